import type { DatabaseSession } from '../../../contract/restore.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { quoteLiteral } from '../../sql/quoting.ts';
import { sessionsOf } from './exchange.ts';

/** As this app's own sessions are called. */
const ownApplication = 'Aperture Companion';
/** Milliseconds between looks at who is in the way. */
const interval = 250;

/** Who else is connected to the database of this session: also what a restore that was killed has left. */
export async function otherSessions(session: Pick<PostgresSession, 'readable'>): Promise<DatabaseSession[]> {
  const [row] = await session.readable.read<{ oid: number }>(
    'SELECT oid::int8::float8 AS oid FROM pg_database WHERE datname = current_database()',
  );
  const all = await sessionsOf(session, [row?.oid ?? 0]);
  return all.filter(({ application }) => application !== ownApplication);
}

/** Ends those that may be ended. Answers those that may not. */
export async function endOthers(session: PostgresSession): Promise<{ ended: number; firm: DatabaseSession[] }> {
  const others = await otherSessions(session);
  for (const { pid, mayEnd } of others) {
    if (mayEnd) await session.writable.run('SELECT pg_terminate_backend($1)', [pid]);
  }
  return { ended: others.filter(({ mayEnd }) => mayEnd).length, firm: others.filter(({ mayEnd }) => !mayEnd) };
}

/** Ends, until it is stopped, whoever the named session waits for: those who come back before it has all its locks. */
export function endBlockers(
  session: PostgresSession,
  applicationName: string,
  log: (line: string) => void,
): { stop(): Promise<void> } {
  let stopped = false;
  // One that may not be ended stays in the way until the lock is given up; the statement must not fail for it.
  const statement = `SELECT b.pid, pg_terminate_backend(b.pid) AS ended
    FROM pg_stat_activity a, unnest(pg_blocking_pids(a.pid)) blocking JOIN pg_stat_activity b ON b.pid = blocking
      JOIN pg_roles r ON r.oid = b.usesysid, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) me
    WHERE a.application_name = ${quoteLiteral(applicationName)}
      AND (me.rolsuper OR (NOT r.rolsuper AND (pg_has_role(b.usesysid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))))`;
  const work = async () => {
    while (!stopped) {
      const { rows } = await session.writable.run<{ pid: number }>(statement);
      for (const { pid } of rows) log(`Session ${pid} was in the way and has been ended`);
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  };
  const done = work().catch(() => undefined);
  return {
    async stop() {
      stopped = true;
      await done;
    },
  };
}
