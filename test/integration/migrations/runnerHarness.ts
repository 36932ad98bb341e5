import { directDial } from '../../../main/adapters/directDial.ts';
import { connectPostgres } from '../../../main/adapters/postgres/connectPostgres.ts';
import type { PostgresSession } from '../../../main/adapters/postgres/session.ts';
import { serverLedger } from '../../../main/services/migrations/ledgers.ts';
import {
  type RunnableFile,
  type RunnerLimits,
  type RunnerNeed,
  type RunnerResult,
  runMigrations,
} from '../../../main/services/migrations/runner.ts';
import type { PostgresServer } from '../../support/postgres.ts';
import { createOwnedDatabase, type TestRole } from '../../support/postgresRoles.ts';

/** Quick to give up, so that a test about it ends soon. */
export const hasty: RunnerLimits = { lockSeconds: 1, tries: 2, backoffSeconds: 0.1, otherRunnerSeconds: 60 };

export async function open(
  at: { host: string; port: number },
  { user, password, database }: TestRole,
  signal: AbortSignal = new AbortController().signal,
): Promise<PostgresSession> {
  return connectPostgres({
    settings: {
      hosts: [{ host: at.host, port: at.port }],
      user,
      database,
      tls: { mode: 'disable' },
      channelBinding: 'prefer',
      targetSessionAttrs: 'any',
      connectTimeoutSeconds: 60,
    },
    password,
    dial: directDial(),
    tlsFor: () => false,
    signal,
    queryTimeoutMs: 600_000,
  });
}

let databases = 0;

/** A database of its own with the extensions that Aperture needs, where the server has them. */
export async function newDatabase(server: PostgresServer): Promise<TestRole> {
  databases += 1;
  const role = await createOwnedDatabase(server, `m${databases}`);
  for (const extension of ['vector', 'pgcrypto', 'pg_trgm']) {
    await server.sql(`CREATE EXTENSION IF NOT EXISTS ${extension}`, { database: role.database }).catch(() => undefined);
  }
  return role;
}

export type Told = { lines: string[]; began: string[]; ended: string[] };

/** Runs with a login of its own; the watcher gets another one. */
export async function run(
  at: { host: string; port: number },
  role: TestRole,
  files: readonly RunnableFile[],
  more: Partial<RunnerNeed> & { told?: Told } = {},
): Promise<RunnerResult> {
  const signal = more.signal ?? new AbortController().signal;
  const session = more.session ?? (await open(at, role, signal));
  const told = more.told ?? { lines: [], began: [], ended: [] };
  try {
    return await runMigrations(files, {
      ledger: serverLedger,
      limits: hasty,
      openWatcher: () => open(at, role),
      ...more,
      session,
      signal,
      listener: {
        began: (name) => void told.began.push(name),
        ended: ({ name, state }) => void told.ended.push(`${name} ${state}`),
        log: (line) => void told.lines.push(line),
      },
    });
  } finally {
    if (more.session === undefined) await session.close();
  }
}

export async function ledgerOf(server: PostgresServer, { database }: TestRole): Promise<string[]> {
  const rows = await server.sql('SELECT name FROM aperture_migrations ORDER BY id', { database });
  return rows.map(({ name }) => String(name));
}

export const small = (count: number, from = 1): RunnableFile[] =>
  Array.from({ length: count }, (_, index) => {
    const number = String(from + index).padStart(4, '0');
    return { name: `${number}_small.sql`, sql: `CREATE TABLE small_${number} (id int PRIMARY KEY, name text);\n` };
  });
