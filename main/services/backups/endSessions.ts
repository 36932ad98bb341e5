import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresSession } from '../../adapters/postgres/session.ts';

const find = 'SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()';

/**
 * Ends the sessions that a tool has on the server, by the name that only they have, and waits until they are gone. Never rejects: a
 * server that can't be reached has none that could be ended.
 */
export async function endSessions(open: () => Promise<PostgresSession>, applicationName: string): Promise<void> {
  try {
    const session = await open();
    try {
      for (let attempt = 0; attempt < 50; attempt += 1) {
        const { rows } = await session.writable.run<{ pid: number }>(find, [applicationName]);
        if (rows.length === 0) return;
        for (const { pid } of rows) await session.writable.run('SELECT pg_terminate_backend($1)', [pid]);
        await delay(100);
      }
    } finally {
      await session.close();
    }
  } catch {
    // Unreachable: its sessions end with it.
  }
}
