import { setTimeout as delay } from 'node:timers/promises';
import type { MigrationOutcome } from '../../../contract/migration.ts';
import type { Problem } from '../../../contract/problem.ts';
import type { Notice, PostgresSession } from '../../adapters/postgres/session.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { quoteLiteral } from '../../sql/quoting.ts';
import { type Blocker, watchLocks } from './blockers.ts';
import { isRetried, isTwice, type Place, type SplitStatements, whyFailed } from './failure.ts';
import type { LedgerKind } from './ledgers.ts';
import { holdRunnerLock } from './runnerLock.ts';

/** A file to be run. */
export type RunnableFile = { name: string; sql: string };

/** What happens, as it does. */
export interface RunnerListener {
  began(name: string, index: number, total: number): void;
  ended(outcome: MigrationOutcome, index: number, total: number): void;
  log(line: string, level?: 'info' | 'warn' | 'error'): void;
}

export type RunnerLimits = {
  /** Seconds that a statement waits for a lock before its file is rolled back and tried again. */
  lockSeconds: number;
  /** How often a file is tried. */
  tries: number;
  /** Seconds to wait before the second try; doubled for each further one, up to half a minute. */
  backoffSeconds: number;
  /** Seconds for one statement; none unless told. The server's own setting does not count: an index may take hours. */
  statementSeconds?: number;
  /** Seconds to wait for another runner. */
  otherRunnerSeconds: number;
};

export const usualLimits: RunnerLimits = { lockSeconds: 10, tries: 6, backoffSeconds: 1, otherRunnerSeconds: 600 };

export type RunnerNeed = {
  /** Direct, or through a pooler that keeps sessions: see `requireSession`. Nothing else may use it meanwhile. */
  session: PostgresSession;
  ledger: LedgerKind;
  listener: RunnerListener;
  signal: AbortSignal;
  limits?: RunnerLimits;
  /** A second login, asked for when a file takes longer than a second: tells who is in the way. */
  openWatcher?: () => Promise<PostgresSession>;
  /** The statements of a file, for saying which one failed. */
  split?: SplitStatements;
};

/** `problem`: why it stopped; the files before it are applied and stay. */
export type RunnerResult = { outcomes: MigrationOutcome[]; alreadyApplied: number; problem?: Problem };

/**
 * Applies those of the files that the ledger has not got, in the order given, each in a transaction of its own together with its row in
 * the ledger, exactly as the server does. Holds an advisory lock of the session, so that two runners never work at the same time; the
 * second waits, and then applies what is left. Two round trips a file.
 *
 * A file that waits too long for a lock is rolled back and tried again. The first that fails ends the run: it is rolled back, the earlier
 * ones stay, and running again goes on with it. Rejects with `cancelled`, `migrations-busy`, and what stops the way to the database.
 */
export async function runMigrations(files: readonly RunnableFile[], need: RunnerNeed): Promise<RunnerResult> {
  const { session, ledger, listener, signal } = need;
  const limits = need.limits ?? usualLimits;
  const release = await holdRunnerLock(session, ledger, limits.otherRunnerSeconds, listener.log, signal);
  try {
    // An index that nobody waits for any more is not built to its end (14 and newer; elsewhere there is no such setting).
    await session.writable.run(
      `SELECT set_config(name, '10s', false) FROM pg_catalog.pg_settings WHERE name = 'client_connection_check_interval'`,
    );
    const applied = await appliedIn(session, ledger);
    const pending = files.filter(({ name }) => !applied.has(name));
    const result = await applyAll(pending, need, limits);
    return { ...result, alreadyApplied: files.length - pending.length };
  } finally {
    await release();
  }
}

/** Names in the ledger, which is made when it is missing. */
async function appliedIn({ writable }: PostgresSession, ledger: LedgerKind): Promise<Set<string>> {
  const { rows: found } = await writable.run<{ there: boolean }>(ledger.exists);
  if (found[0]?.there !== true) {
    // A server that starts at this very moment makes it, too: then PostgreSQL refuses one of both, and it is there.
    await writable.run(ledger.create).catch((error: unknown) => {
      if (!isTwice(error)) throw error;
    });
  }
  const { rows } = await writable.run<{ name: string }>(`SELECT name FROM ${ledger.table}`);
  return new Set(rows.map(({ name }) => name));
}

async function applyAll(
  files: readonly RunnableFile[],
  need: RunnerNeed,
  limits: RunnerLimits,
): Promise<{ outcomes: MigrationOutcome[]; problem?: Problem }> {
  const { session, ledger, listener, signal } = need;
  const outcomes: MigrationOutcome[] = [];
  const watcher = watchLocks(session, need.openWatcher, listener.log);
  let notices: Notice[] = [];
  const hush = session.onNotice((notice) => {
    notices.push(notice);
    const file = files[outcomes.length]?.name ?? '';
    listener.log(`${file}: ${notice.severity}: ${notice.message}`, notice.severity === 'WARNING' ? 'warn' : 'info');
  });
  const begin = (name: string) =>
    [
      'BEGIN',
      `SET LOCAL lock_timeout = ${Math.round(limits.lockSeconds * 1000)}`,
      `SET LOCAL statement_timeout = ${Math.round((limits.statementSeconds ?? 0) * 1000)}`,
      `INSERT INTO ${ledger.table} (name) VALUES (${quoteLiteral(name)})`,
    ].join(';');
  let open = false;
  let attempt = 1;
  let begun = performance.now();
  try {
    for (let index = 0; index < files.length; ) {
      const file = files[index];
      if (file === undefined) break;
      const next = files[index + 1];
      let place: Place = 'begin';
      if (!open || attempt > 1) listener.began(file.name, index, files.length);
      watcher.watch(file.name);
      try {
        signal.throwIfAborted();
        if (!open) {
          begun = performance.now();
          notices = [];
          await session.writable.run(begin(file.name));
        }
        place = 'file';
        await session.writable.run(file.sql);
        place = 'commit';
        // One round trip for the end of this file and the beginning of the next.
        const beginNext = next === undefined ? '' : `;${begin(next.name)}`;
        await session.writable.run(`COMMIT${beginNext}`);
      } catch (error) {
        const completed = session.commandsCompleted;
        // This file is in; what failed is the beginning of the next one.
        const committed = place === 'commit' && completed > 0;
        if (committed) {
          done(file, index);
          index += 1;
          attempt = 1;
          place = 'begin';
        }
        open = false;
        const failed = committed ? next : file;
        if (failed === undefined) throw error;
        const blockers = watcher.seen();
        await session.writable.run('ROLLBACK').catch(() => undefined);
        if (signal.aborted) throw error;
        if (isRetried(error) && attempt < limits.tries) {
          await backOff(failed.name, error, blockers, attempt, limits, listener, signal);
          attempt += 1;
          continue;
        }
        const problem = await whyFailed(failed, error, { place, completed, blockers, ledger, session }, need.split);
        const milliseconds = Math.round(performance.now() - begun);
        const outcome = { name: failed.name, milliseconds, state: 'failed', problem, notices: notices.length } as const;
        outcomes.push(outcome);
        listener.ended(outcome, index, files.length);
        const rest = files.slice(index + 1);
        outcomes.push(
          ...rest.map(({ name }) => ({ name, milliseconds: 0, state: 'not-reached', notices: 0 }) as const),
        );
        return { outcomes, problem };
      }
      done(file, index);
      open = next !== undefined;
      attempt = 1;
      index += 1;
      if (next !== undefined) listener.began(next.name, index, files.length);
    }
    return await verified(outcomes, need);
  } finally {
    hush();
    await watcher.stop();
  }

  function done(file: RunnableFile, index: number): void {
    const now = performance.now();
    const milliseconds = Math.round(now - begun);
    const outcome = { name: file.name, milliseconds, state: 'applied', notices: notices.length } as const;
    outcomes.push(outcome);
    listener.ended(outcome, index, files.length);
    begun = now;
    notices = [];
  }
}

async function backOff(
  name: string,
  error: unknown,
  blockers: readonly Blocker[],
  attempt: number,
  limits: RunnerLimits,
  { log }: RunnerListener,
  signal: AbortSignal,
): Promise<void> {
  const seconds = Math.min(30, limits.backoffSeconds * 2 ** (attempt - 1));
  const why = error instanceof ProblemError ? (error.problem.detail ?? error.problem.code) : String(error);
  const who = blockers.length === 0 ? '' : ` In the way: ${blockers.map(({ words }) => words).join('; ')}.`;
  log(
    `${name}: ${why.split('\n')[0]}. Rolled back, tried again in ${seconds} s (${attempt}/${limits.tries}).${who}`,
    'warn',
  );
  await delay(seconds * 1000, undefined, { signal }).catch((cause: unknown) => {
    throw cancelled(cause);
  });
}

/** A file that ends its transaction by itself can lose its row; the server would then run it again. Said, since it is not up to date. */
async function verified(
  outcomes: MigrationOutcome[],
  { session, ledger }: RunnerNeed,
): Promise<{ outcomes: MigrationOutcome[]; problem?: Problem }> {
  if (outcomes.length === 0) return { outcomes };
  const { rows } = await session.writable.run<{ name: string }>(`SELECT name FROM ${ledger.table}`);
  const names = new Set(rows.map(({ name }) => name));
  const lost = outcomes.find(({ name }) => !names.has(name));
  if (lost === undefined) return { outcomes };
  const problem: Problem = { code: 'migration-not-entered', values: { migration: lost.name, ledger: ledger.table } };
  return {
    outcomes: outcomes.map((each) => (each === lost ? { ...each, state: 'failed', problem } : each)),
    problem,
  };
}
