import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';

/** Looks at both logins. */
const looks = 3;

/**
 * Makes sure that every statement of this login lands on one and the same session of the server, as locks and settings need. Only where
 * a pooler answered (its session has another process id than it said) a second login is made: through a transaction pooler both are
 * given the same session as long as neither is in a transaction; through one that keeps sessions they never are.
 * Raises `pooler-unsuitable`.
 */
export async function requireSession(session: PostgresSession, second: () => Promise<PostgresSession>): Promise<void> {
  const unsuitable = () => new ProblemError('pooler-unsuitable', { ...session.address, phase: 'query' });
  const own = await processOf(session);
  if (session.backendKey?.processId === own) return;
  const other = await second();
  try {
    for (let look = 0; look < looks; look += 1) {
      const pids = [await processOf(other), await processOf(session)];
      if (pids[0] === own || pids[1] !== own) throw unsuitable();
    }
  } finally {
    await other.close();
  }
}

async function processOf({ writable }: PostgresSession): Promise<number> {
  const { rows } = await writable.run<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}
