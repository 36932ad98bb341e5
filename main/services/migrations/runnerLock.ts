import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { type LedgerKind, lockClass } from './ledgers.ts';

/** Milliseconds between tries. */
const interval = 500;

/**
 * Takes the lock of a ledger's runner for this session, waiting for another runner at most so many seconds. Answers how to give it back.
 * Raises `migrations-busy` with who holds it, and `cancelled`.
 */
export async function holdRunnerLock(
  { writable }: PostgresSession,
  { lockKey }: LedgerKind,
  seconds: number,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const key = `${lockClass}, ${lockKey}`;
  const until = performance.now() + seconds * 1000;
  let told = '';
  for (;;) {
    const { rows } = await writable.run<{ held: boolean }>(`SELECT pg_try_advisory_lock(${key}) AS held`);
    if (rows[0]?.held === true) break;
    const { rows: holders } = await writable.run<{ pid: number; application: string; user: string; client: string }>(
      `SELECT a.pid, a.application_name AS application, coalesce(a.usename, '') AS user, coalesce(host(a.client_addr), '') AS client
       FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'advisory' AND l.granted AND l.classid = ${lockClass} AND l.objid = ${lockKey} AND l.objsubid = 2
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    const holder = holders[0] ?? { pid: 0, application: '', user: '', client: '' };
    if (performance.now() >= until) throw new ProblemError('migrations-busy', { ...holder, seconds });
    const line = `Another runner is at work: session ${holder.pid} of ${holder.user} (${holder.application}) from ${holder.client || 'the same computer'}. Waiting for it.`;
    if (line !== told) log(line);
    told = line;
    await delay(interval, undefined, { signal }).catch((cause: unknown) => {
      throw cancelled(cause);
    });
  }
  return async () => {
    // With the session gone the lock is gone, too.
    await writable.run(`SELECT pg_advisory_unlock(${key})`).catch(() => undefined);
  };
}
