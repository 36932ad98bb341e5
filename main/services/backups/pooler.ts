import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';

const pid = 'SELECT pg_backend_pid() AS pid';

/**
 * Raises `pooler-unsuitable` where each transaction may land in another session of the server: a snapshot would be lost, and settings
 * leak to others. A second session holds the server's process while the first asks again.
 */
export async function refusePooler(session: PostgresSession, open: () => Promise<PostgresSession>): Promise<void> {
  const [first] = await session.readable.read<{ pid: number }>(pid);
  if (first === undefined || first.pid === session.backendKey?.processId) return;
  const other = await open();
  try {
    const changed = await other.writable.transaction(async (database) => {
      const { rows } = await database.run<{ pid: number }>(pid);
      const [again] = await session.readable.read<{ pid: number }>(pid);
      return rows[0]?.pid === first.pid || again?.pid !== first.pid;
    });
    if (changed) throw new ProblemError('pooler-unsuitable', { ...session.address });
  } finally {
    await other.close();
  }
}
