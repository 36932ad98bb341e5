import type { PostgresSession } from '../../adapters/postgres/session.ts';

/** A session that another one waits for. */
export type Blocker = { pid: number; application: string; user: string; query: string; words: string };

export interface LockWatcher {
  /** From now on it is about this file. */
  watch(file: string): void;
  /** Who was in the way of the file that is watched. */
  seen(): Blocker[];
  stop(): Promise<void>;
}

/** Milliseconds that a file may take before anybody looks, and between looks. */
const interval = 1_000;
/** Characters of the other session's statement that are told. */
const longestQuery = 200;

/**
 * Looks with a second login who blocks a session, since the one that waits can't. The login is made when a file takes long, and a
 * database that refuses a second one is not asked again.
 */
export function watchLocks(
  { backendKey }: Pick<PostgresSession, 'backendKey'>,
  open: (() => Promise<PostgresSession>) | undefined,
  log: (line: string, level: 'warn') => void,
): LockWatcher {
  let file = '';
  let since = performance.now();
  let session: PostgresSession | undefined;
  let found = new Map<number, Blocker>();
  let looking: Promise<void> | undefined;
  let stopped = false;
  const pid = backendKey?.processId;

  const look = async () => {
    session ??= await open?.();
    if (session === undefined || pid === undefined || stopped) return;
    const about = file;
    const rows = await session.readable.read<{ pid: number; application: string; user: string; query: string }>(
      `SELECT a.pid, a.application_name AS application, coalesce(a.usename, '') AS user,
              left(coalesce(a.query, ''), ${longestQuery}) AS query
       FROM unnest(pg_blocking_pids(${pid})) blocking JOIN pg_stat_activity a ON a.pid = blocking`,
    );
    if (about !== file) return;
    for (const row of rows) {
      if (found.has(row.pid)) continue;
      const words = `session ${row.pid} of ${row.user} (${row.application || '?'}): ${row.query.replace(/\s+/g, ' ')}`;
      found.set(row.pid, { ...row, words });
      log(`${about} waits for a lock. In the way: ${words}`, 'warn');
    }
  };
  const timer =
    open === undefined || pid === undefined
      ? undefined
      : setInterval(() => {
          if (looking !== undefined || performance.now() - since < interval) return;
          looking = look().then(
            () => {
              looking = undefined;
            },
            // Stays set: no further look.
            () => undefined,
          );
        }, interval);
  timer?.unref();

  return {
    watch(next) {
      if (next !== file) found = new Map();
      file = next;
      since = performance.now();
    },
    seen: () => [...found.values()],
    async stop() {
      stopped = true;
      clearInterval(timer);
      await looking;
      await session?.close();
    },
  };
}
