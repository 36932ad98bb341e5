import type { DatabaseAddress } from '../../../contract/connection.ts';
import type { RehearsalReport } from '../../../contract/migration.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { isServerError } from '../../problems/serverError.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quoting.ts';
import type { Op } from '../ports.ts';
import { claim, copyName, dropCopy, sweepCopies } from './copies.ts';
import type { SplitStatements } from './failure.ts';
import { readLedger } from './ledger.ts';
import { serverLedger } from './ledgers.ts';
import { changedRows, countRows } from './rowCounts.ts';
import { type RunnerLimits, type RunnerListener, runMigrations } from './runner.ts';
import type { MigrationFile } from './source.ts';

export type RehearsalNeed = {
  /** All of the source. */
  files: readonly MigrationFile[];
  op: Op;
  /** Logs in to a database of the same server; to the instance's own without a name. */
  open: (database: string | undefined, signal: AbortSignal) => Promise<PostgresSession>;
  limits: RunnerLimits;
  listener: RunnerListener;
  at: Date;
  split?: SplitStatements;
  /** The definitions of the original, from a tool that can tell them. */
  dumpSchema?: (address: DatabaseAddress, major: number) => Promise<string | undefined>;
};

type Original = {
  database: string;
  user: string;
  mayCreate: boolean;
  mayCopy: boolean;
  others: number;
  bytes: number;
  encoding: string;
  collate: string;
  ctype: string;
  versionNum: number;
};

/** Milliseconds for removing the copy, also after a cancel. */
const dropPatience = 120_000;

/**
 * Applies what is pending to a copy of the database on the same server, and removes the copy whatever happens. All of the data is copied
 * where nobody else is logged in; else the tables are made anew, empty, from the migrations that are applied. Nothing else is written.
 * Raises `rehearsal-impossible`, `migration-file-invalid`, `cancelled`.
 */
export async function rehearse(need: RehearsalNeed): Promise<RehearsalReport> {
  const { files, op, open, at } = need;
  const { signal } = op;
  const session = await open(undefined, signal);
  let original: Original;
  let address: DatabaseAddress;
  let applied: Set<string>;
  try {
    original = await lookAt(session);
    address = session.address;
    applied = new Set((await readLedger(session)).rows.map(({ name }) => name));
  } finally {
    // A database is copied only when nobody is logged in to it.
    await session.close();
  }
  const pending = files.filter(({ name }) => !applied.has(name));
  const unfit = pending.find(({ problem }) => problem !== undefined)?.problem;
  if (unfit !== undefined) throw new ProblemError(unfit.code, unfit.values, unfit);
  if (!original.mayCreate) throw impossible('right', { user: original.user });
  const maintenance = await openMaintenance(open, original.database, signal);
  const name = copyName(at);
  try {
    for (const swept of await sweepCopies(maintenance, at)) op.log(`${swept}: left behind by a rehearsal, removed`);
    op.log(`${original.database} has ${Math.ceil(original.bytes / 1048576)} MB; a copy needs as much again`);
    const began = performance.now();
    const whole = await copyWhole(maintenance, original, name, op);
    await claim(maintenance, name, at);
    const on = whole ? 'template-copy' : 'schema-only';
    const dumped = !whole && (await takeDefinitions(name, address, original, applied, need));
    const took = Math.round(performance.now() - began);
    return await tryOn(name, { on, dumped, took }, applied, pending, need);
  } finally {
    op.step(3);
    await maintenance.close();
    await remove(name, need, original.database);
  }
}

/** True for all data, false for an empty database. */
async function copyWhole({ writable }: PostgresSession, original: Original, name: string, op: Op): Promise<boolean> {
  const { database, user, encoding, collate, ctype, mayCopy, others } = original;
  if (mayCopy && others === 0) {
    try {
      const [copy, template] = [quoteIdentifier(name), quoteIdentifier(database)];
      await writable.run(`CREATE DATABASE ${copy} TEMPLATE ${template} OWNER ${quoteIdentifier(user)}`);
      op.log(`${name}: copied from ${database}`);
      return true;
    } catch (error) {
      const cause = error instanceof ProblemError ? error.cause : error;
      // Somebody has logged in meanwhile.
      if (!isServerError(cause) || cause.code !== '55006') throw error;
    }
  }
  const why = mayCopy ? `others are logged in to ${database}` : `${user} may not copy ${database}`;
  op.log(`${why}: only the tables are made, without their rows`, 'warn');
  await writable.run(
    `CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0 OWNER ${quoteIdentifier(user)}
     ENCODING ${quoteLiteral(encoding)} LC_COLLATE ${quoteLiteral(collate)} LC_CTYPE ${quoteLiteral(ctype)}`,
  );
  return false;
}

/** The tables as they are, whatever the migrations say; false where no tool can tell, or the role may not make them. */
async function takeDefinitions(
  name: string,
  address: DatabaseAddress,
  { versionNum }: Original,
  applied: ReadonlySet<string>,
  { dumpSchema, open, op }: RehearsalNeed,
): Promise<boolean> {
  const definitions = await dumpSchema?.(address, Math.floor(versionNum / 10_000));
  if (definitions === undefined) return false;
  const session = await open(name, op.signal);
  try {
    // All of it or nothing: several statements in one message are one transaction.
    await session.writable.run(definitions);
    await session.writable.run('RESET search_path');
    const names = [...applied].map((each) => `(${quoteLiteral(each)})`);
    if (names.length > 0) {
      await session.writable.run(`INSERT INTO ${serverLedger.table} (name) VALUES ${names.join(', ')}`);
    }
    op.log(`${name}: definitions taken by pg_dump`);
    return true;
  } catch (error) {
    if (!(error instanceof ProblemError) || op.signal.aborted) throw error;
    op.log(`The definitions by pg_dump could not be used: ${error.message}`, 'warn');
    return false;
  } finally {
    await session.close();
  }
}

async function tryOn(
  name: string,
  { on, dumped, took }: { on: 'template-copy' | 'schema-only'; dumped: boolean; took: number },
  applied: ReadonlySet<string>,
  pending: readonly MigrationFile[],
  { files, op, open, limits, listener, at, split }: RehearsalNeed,
): Promise<RehearsalReport> {
  const session = await open(name, op.signal);
  const run = (what: readonly MigrationFile[], quiet: boolean) =>
    runMigrations(what, {
      session,
      ledger: serverLedger,
      signal: op.signal,
      limits,
      listener: quiet ? { ...listener, began: () => undefined, ended: () => undefined } : listener,
      ...(split === undefined ? {} : { split }),
    });
  try {
    if (on === 'schema-only' && !dumped) {
      const known = new Set(files.map((file) => file.name));
      const missing = [...applied].filter((each) => !known.has(each));
      if (missing.length > 0) throw impossible('history', { names: missing.slice(0, 5).join(', ') });
      const past = files.filter((file) => applied.has(file.name));
      const { problem } = await run(past, true);
      if (problem !== undefined) {
        const { migration = '', message = '' } = problem.values;
        throw impossible('past', { migration, message }, problem.detail);
      }
    }
    op.step(1);
    const before = await countRows(session);
    op.step(2);
    const { outcomes } = await run(
      files.filter((file) => applied.has(file.name) || pending.includes(file)),
      false,
    );
    const after = await countRows(session);
    return { at: at.toISOString(), on, copyMilliseconds: took, files: outcomes, rows: changedRows(before, after) };
  } finally {
    await session.close();
  }
}

async function lookAt({ readable }: PostgresSession): Promise<Original> {
  const [row] = await readable.read<Original>(
    `SELECT d.datname AS database, current_user AS "user", r.rolsuper OR r.rolcreatedb AS "mayCreate",
            r.rolsuper OR d.datistemplate OR pg_has_role(d.datdba, 'USAGE') AS "mayCopy",
            (SELECT count(*)::int FROM pg_stat_activity a
             WHERE a.datid = d.oid AND a.pid <> pg_backend_pid() AND a.usesysid IS NOT NULL) AS others,
            pg_database_size(d.oid)::float8 AS bytes, pg_encoding_to_char(d.encoding) AS encoding,
            d.datcollate AS collate, d.datctype AS ctype, current_setting('server_version_num')::int AS "versionNum"
     FROM pg_database d, pg_roles r WHERE d.datname = current_database() AND r.rolname = current_user`,
  );
  if (row === undefined) throw new Error('the database did not tell about itself');
  return row;
}

/** Databases are made and removed from another one. `postgres` is there unless somebody has removed it. */
async function openMaintenance(
  open: RehearsalNeed['open'],
  own: string,
  signal: AbortSignal,
): Promise<PostgresSession> {
  const candidates = ['postgres', 'template1'].filter((name) => name !== own);
  for (const [index, database] of candidates.entries()) {
    try {
      return await open(database, signal);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
      if (index === candidates.length - 1) throw error;
    }
  }
  throw new Error('there is always a last candidate');
}

/** With a login of its own: the one before may have gone with the cancel. */
async function remove(name: string, { open, op }: RehearsalNeed, own: string): Promise<void> {
  const session = await openMaintenance(open, own, AbortSignal.timeout(dropPatience));
  try {
    await dropCopy(session, name);
    op.log(`${name}: removed`);
  } finally {
    await session.close();
  }
}

function impossible(reason: string, values: Record<string, string | number>, detail?: string): ProblemError {
  return new ProblemError('rehearsal-impossible', { reason, ...values }, detail === undefined ? {} : { detail });
}
