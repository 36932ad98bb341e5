import type { DatabaseSession, SideDatabaseState } from '../../../contract/restore.ts';
import type { PostgresSession, Row } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quoting.ts';
import { type DatabaseFound, readDatabases } from './databases.ts';
import { type DatabaseNote, writeNote } from './note.ts';

export type Exchange = {
  /** The name that both databases have in turns: what everybody connects to. */
  database: string;
  /** Of the database that is to be in use. */
  nextOid: number;
  /** The name that the one in use gets. */
  asideName: string;
  asideState: Exclude<SideDatabaseState, 'making'>;
  operationId: string;
  /** ISO 8601. */
  now: string;
  keepUntil?: string;
};

/** Milliseconds between looks at who is connected, while PostgreSQL waits for the last of them to go (five seconds). */
const interval = 50;
const attempts = 3;

/**
 * Puts one database in the place of another: both names and both notes change in one transaction, so that at every moment, whoever is
 * killed, exactly one database has the name, and it is a whole one. Nothing is copied, so it takes as long for any size.
 *
 * PostgreSQL renames a database when nobody is connected to it. The rename takes its lock first, which keeps newcomers waiting, and
 * then waits five seconds for those who are there; meanwhile `helper`, a second login, ends their sessions.
 * Both logins are to another database of the server. Can be called again after any failure: where it was done already it does nothing.
 *
 * Raises `database-in-use` with who would not go, `database-missing`, `permission-denied`, what ends a connection.
 */
export async function exchange(
  session: Pick<PostgresSession, 'readable' | 'writable' | 'address'>,
  helper: Pick<PostgresSession, 'readable' | 'writable'>,
  wish: Exchange,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { current, beside } = await readDatabases(session, wish.database);
    if (current?.oid === wish.nextOid) return;
    const next = beside.find(({ oid }) => oid === wish.nextOid);
    if (current === undefined || next === undefined) {
      throw new ProblemError('database-missing', { ...session.address, database: next?.name ?? wish.database });
    }
    const oids = [current.oid, next.oid];
    // Found out before anybody is sent away.
    const firm = (await sessionsOf(helper, oids)).filter(({ mayEnd }) => !mayEnd);
    if (firm.length > 0) throw inUse(session, wish, firm);
    const clearing = clear(helper, oids);
    try {
      await session.writable.transaction(async (transaction) => {
        for (const statement of statementsFor(wish, current, next)) await transaction.run(statement);
      });
      return;
    } catch (error) {
      if (!isInUse(error)) throw error;
      if (attempt < attempts) continue;
      throw inUse(session, wish, await sessionsOf(helper, oids), error);
    } finally {
      await clearing.stop();
    }
  }
}

/** The statements, in the order in which they run, in one transaction. What is shown in a plan is what these are. */
function statementsFor(wish: Exchange, current: DatabaseFound, next: DatabaseFound): string[] {
  const { database, asideName, asideState, operationId, now, keepUntil } = wish;
  const comment = current.note === undefined ? current.comment : (current.note.comment ?? null);
  const aside: DatabaseNote = {
    version: 1,
    state: asideState,
    besides: database,
    operationId,
    since: now,
    ...(keepUntil === undefined ? {} : { keepUntil }),
    ...(comment === null ? {} : { comment }),
  };
  // A database that was in use before has its own comment; one that was made for this gets that of the one whose place it takes.
  const own = next.note?.comment ?? comment;
  return [
    `ALTER DATABASE ${quoteIdentifier(database)} RENAME TO ${quoteIdentifier(asideName)}`,
    `ALTER DATABASE ${quoteIdentifier(next.name)} RENAME TO ${quoteIdentifier(database)}`,
    `COMMENT ON DATABASE ${quoteIdentifier(asideName)} IS ${quoteLiteral(writeNote(aside))}`,
    `COMMENT ON DATABASE ${quoteIdentifier(database)} IS ${own === null ? 'NULL' : quoteLiteral(own)}`,
  ];
}

function inUse(
  { address }: Pick<PostgresSession, 'address'>,
  { database }: Exchange,
  sessions: readonly DatabaseSession[],
  cause?: unknown,
): ProblemError {
  const values = { ...address, database, count: sessions.length, sessions: sessions.map(inWords).join('; ') };
  return new ProblemError('database-in-use', values, { cause });
}

/** Whether a session may be ended: by its own role or a member of it; that of a superuser only by a superuser. */
const mayEnd = `(me.rolsuper OR (NOT r.rolsuper AND (pg_has_role(a.usesysid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))))`;

/** Sessions of programs; what the server runs by itself has no user, and goes when it is asked. */
const programs = (oids: readonly number[]) => `pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid,
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) me
  WHERE a.datid IN (${oids.join(', ')}) AND a.pid <> pg_backend_pid()`;

/** Who is connected to these databases. Where a role may not know more, only the process and the user are told. */
export async function sessionsOf(
  { readable }: Pick<PostgresSession, 'readable'>,
  oids: readonly number[],
): Promise<DatabaseSession[]> {
  return (await readable.read(
    `SELECT a.pid, a.usename AS user, coalesce(a.application_name, '') AS application, coalesce(host(a.client_addr), '') AS client,
            coalesce(to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS since, ${mayEnd} AS "mayEnd"
     FROM ${programs(oids)} ORDER BY a.pid`,
  )) as Row[] as DatabaseSession[];
}

const inWords = ({ pid, user, application, client }: DatabaseSession) =>
  [`${pid} of ${user}`, application, client].filter((part) => part !== '').join(', ');

/** Ends sessions of these databases again and again, those that it may end, until it is stopped. */
function clear(helper: Pick<PostgresSession, 'writable'>, oids: readonly number[]) {
  let stopped = false;
  const statement = `SELECT pg_terminate_backend(a.pid) FROM ${programs(oids)} AND ${mayEnd}`;
  const work = async () => {
    while (!stopped) {
      await helper.writable.run(statement);
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  };
  const done = work().catch(() => {
    // The rename tells by itself that somebody is still there, or that the server is gone.
  });
  return {
    async stop() {
      stopped = true;
      await done;
    },
  };
}

/** PostgreSQL: object_in_use. */
function isInUse(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.values.sqlState === '55006';
}
