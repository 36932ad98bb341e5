import { randomUUID } from 'node:crypto';
import { access, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Text } from '../../../contract/copy/text.ts';
import { text } from '../../../contract/copy/text.ts';
import type { OperationKind, OperationLogLine, OperationSubject, OperationView } from '../../../contract/operation.ts';
import { writeProblem } from '../../adapters/files.ts';
import type { AppLog } from '../../adapters/logFile.ts';
import { ownIdentity } from '../../adapters/processIdentity.ts';
import type { ProcessLock } from '../../adapters/processLock.ts';
import { tryLock } from '../../adapters/processLock.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { Emit, Op, Operations } from '../ports.ts';
import { createHistory } from './history.ts';
import type { EndRecord, StartRecord } from './journal.ts';
import { logLines, redactDeep } from './journal.ts';
import { createJournal, type JournalWriter, readJournal } from './journalFiles.ts';
import { createStepProgress, overallProgress } from './progress.ts';
import { throttle } from './throttle.ts';

/** Milliseconds between events of one operation: at most five a second. */
const eventInterval = 200;
/** Milliseconds between progress lines in the journal. */
const journalInterval = 1_000;
/** Milliseconds between looks for another process's request to cancel. */
const cancelPollInterval = 1_000;
/** Characters of a log line that are kept: the ends of a journal are read to list it, and must stay findable. */
const longestLine = 8_000;

export interface OperationsService extends Operations {
  /** Newest first, of this process and all others. */
  list(filter: { instanceId?: string; limit: number }): Promise<OperationView[]>;
  /** Raises `operation-missing`. */
  log(id: string): Promise<OperationLogLine[]>;
  /** Asks it to stop, in whichever process it runs; it is cancelled when it says so. Nothing for one that has ended. Raises `operation-missing`. */
  cancel(id: string): Promise<void>;
  /** To be called once at start: ends the journals of processes that have died as `interrupted`, and removes the oldest ones. */
  recover(): Promise<OperationView[]>;
  /** Cancels everything of this process and waits for it, at most so many milliseconds. Nothing can be started any more. */
  stop(patience: number): Promise<void>;
}

type Running = {
  view: OperationView;
  controller: AbortController;
  journal: JournalWriter;
  ended: Promise<OperationView>;
};

/** Anything long: with steps, progress, a log, a journal on disk that is written as it goes, and one outcome. */
export function createOperations({
  folder,
  emit,
  redact,
  log,
  startedBy,
  now = () => new Date(),
  keep = 1_000,
}: {
  /** Journals go here, locks into its folder `locks`. */
  folder: string;
  emit: Emit;
  redact: (text: string) => string;
  log: AppLog;
  startedBy: OperationView['startedBy'];
  now?: () => Date;
  /** How many journals are kept. */
  keep?: number;
}): OperationsService {
  const running = new Map<string, Running>();
  let stopping = false;
  const history = createHistory({ folder, live: (id) => running.get(id)?.view });
  const cancelRequest = (id: string) => path.join(folder, `${id}.cancel`);

  /** Runs the body to its end. Never rejects. */
  const execute = async (
    view: OperationView,
    controller: AbortController,
    journal: JournalWriter,
    lock: ProcessLock | undefined,
    body: (op: Op) => Promise<Text | undefined>,
  ): Promise<OperationView> => {
    let step = createStepProgress();
    let lines: OperationLogLine[] = [];
    const snapshot = (): OperationView => redactDeep(view, redact);
    const changed = throttle(eventInterval, () => emit('operation.changed', snapshot()));
    const logged = throttle(eventInterval, () => {
      emit('operation.logged', { id: view.id, lines });
      lines = [];
    });
    const journalProgress = throttle(journalInterval, () => {
      if (view.progress !== undefined) {
        const { stepIndex: index, overall, progress } = view;
        journal.write({ type: 'progress', at: now().toISOString(), index, overall, progress });
      }
    });
    const advance = () => {
      view.overall = Math.max(view.overall, overallProgress(view.steps, view.stepIndex, view.progress));
    };
    const isOver = () => view.state !== 'running';

    const op: Op = {
      id: view.id,
      signal: controller.signal,
      step(index) {
        if (isOver() || index < view.stepIndex || index >= view.steps.length) return;
        journalProgress.flush();
        view.stepIndex = index;
        delete view.progress;
        step = createStepProgress();
        advance();
        journal.write({ type: 'step', at: now().toISOString(), index, overall: view.overall });
        changed.request();
      },
      progress(done, total, unit, parts) {
        if (isOver()) return;
        view.progress = step.report(performance.now(), done, total, unit);
        if (parts !== undefined) view.progress.parts = parts;
        advance();
        journalProgress.request();
        changed.request();
      },
      log(line, level = 'info') {
        if (isOver()) return;
        for (const part of redact(line).split(/\r?\n/)) {
          const cut = part.length > longestLine ? `${part.slice(0, longestLine)} …` : part;
          const record: OperationLogLine = { at: now().toISOString(), level, line: cut };
          journal.write({ type: 'log', ...record });
          lines.push(record);
        }
        logged.request();
      },
    };

    const poll = setInterval(() => {
      access(cancelRequest(view.id)).then(
        () => controller.abort(cancelled()),
        () => undefined,
      );
    }, cancelPollInterval);
    poll.unref();

    changed.request();
    let end: Pick<EndRecord, 'state' | 'problem' | 'unexpected' | 'outcome'>;
    try {
      const outcome = await body(op);
      // Also when it was asked to stop and finished all the same: that is what happened.
      end = { state: 'succeeded', outcome };
    } catch (error) {
      end = outcomeOf(error, controller.signal, view);
    }
    clearInterval(poll);
    journalProgress.flush();

    const final: OperationView = { ...view, endedAt: now().toISOString(), state: end.state };
    if (end.state === 'succeeded') final.overall = 1;
    if (end.problem !== undefined) final.problem = end.problem;
    if (end.unexpected !== undefined) final.unexpected = end.unexpected;
    if (end.outcome !== undefined) final.outcome = end.outcome;
    const record: EndRecord = redactDeep(
      {
        type: 'end',
        at: final.endedAt ?? final.startedAt,
        state: end.state,
        stepIndex: final.stepIndex,
        overall: final.overall,
        ...(final.progress === undefined ? {} : { progress: final.progress }),
        ...(final.problem === undefined ? {} : { problem: final.problem }),
        ...(final.unexpected === undefined ? {} : { unexpected: final.unexpected }),
        ...(final.outcome === undefined ? {} : { outcome: final.outcome }),
      },
      redact,
    );
    journal.write(record);
    try {
      await journal.flush();
    } catch (error) {
      log.error('The journal of an operation could not be written to its end', { operation: view.id }, error);
    }
    Object.assign(view, final);
    running.delete(view.id);
    await journal.close().catch(() => undefined);
    await lock?.release().catch((error) => log.error('A lock could not be released', { operation: view.id }, error));
    await rm(cancelRequest(view.id), { force: true }).catch(() => undefined);
    logged.flush();
    changed.request();
    changed.flush();
    await history.prune(keep).catch((error) => log.warn('Old journals could not be removed', {}, error));
    return snapshot();
  };

  const outcomeOf = (
    error: unknown,
    signal: AbortSignal,
    view: OperationView,
  ): Omit<EndRecord, 'type' | 'at' | 'stepIndex' | 'overall'> => {
    const problem = error instanceof ProblemError ? error.problem : undefined;
    if (problem?.code === 'cancelled') return { state: 'cancelled' };
    if (signal.aborted) {
      // What broke while it was being stopped is worth a look, but it is not why it ended.
      if (error !== signal.reason && !isAbortError(error)) {
        log.warn('An operation ended with an error after it was cancelled', { operation: view.id }, error);
      }
      return { state: 'cancelled' };
    }
    if (problem !== undefined) return { state: 'failed', problem };
    const reference = randomUUID().slice(0, 8);
    log.error('An operation ended with an unexpected error', { reference, operation: view.id, kind: view.kind }, error);
    return { state: 'failed', unexpected: reference, outcome: text('operation.outcome.unexpected', { reference }) };
  };

  return {
    async run(kind, subject, steps, body, options = {}) {
      if (stopping) throw cancelled();
      const id = randomUUID();
      const startedAt = now().toISOString();
      const lock = options.exclusive
        ? await lockSubject(folder, { id, kind, subject, startedBy, startedAt })
        : undefined;
      const start: StartRecord = redactDeep(
        { type: 'start', at: startedAt, id, kind, subject, steps, startedBy, process: await ownIdentity() },
        redact,
      );
      let journal: JournalWriter;
      try {
        journal = await createJournal(folder, start);
      } catch (error) {
        await lock?.release();
        throw error;
      }
      const view: OperationView = {
        id,
        kind,
        subject,
        state: 'running',
        startedAt,
        steps,
        stepIndex: 0,
        overall: 0,
        startedBy,
      };
      const controller = new AbortController();
      // Registered before the body's first line runs, which may already look it up.
      const { promise, resolve } = deferred<OperationView>();
      running.set(id, { view, controller, journal, ended: promise });
      void execute(view, controller, journal, lock, body).then(resolve);
      return { id, ended: promise };
    },

    list: async (filter) => (await history.list(filter)).map((view) => redactDeep(view, redact)),

    async log(id) {
      await running
        .get(id)
        ?.journal.flush()
        .catch(() => undefined);
      const name = await history.nameOf(id);
      if (name === undefined) throw new ProblemError('operation-missing', { id });
      return logLines(await readJournal(folder, name));
    },

    async cancel(id) {
      const mine = running.get(id);
      if (mine !== undefined) {
        mine.controller.abort(cancelled());
        return;
      }
      const name = await history.nameOf(id);
      const view = name === undefined ? undefined : await history.view(name);
      if (view === undefined) throw new ProblemError('operation-missing', { id });
      if (view.state !== 'running') return;
      const file = cancelRequest(id);
      await writeFile(file, '', { mode: 0o600 }).catch((error) => {
        throw writeProblem(error, file);
      });
    },

    async recover() {
      const interrupted = await history.recover();
      await history.prune(keep);
      for (const view of interrupted) emit('operation.changed', redactDeep(view, redact));
      return interrupted;
    },

    async stop(patience) {
      stopping = true;
      const all = [...running.values()];
      for (const { controller } of all) controller.abort(cancelled());
      await Promise.race([
        Promise.all(all.map(({ ended }) => ended)),
        new Promise((resolve) => setTimeout(resolve, patience).unref()),
      ]);
    },
  };
}

function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Promise.withResolvers, which Node 20 has not got. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Raises `operation-busy` with what holds it. */
async function lockSubject(
  folder: string,
  by: { id: string; kind: OperationKind; subject: OperationSubject; startedBy: string; startedAt: string },
): Promise<ProcessLock | undefined> {
  const key = by.subject.instanceId;
  if (key === undefined) return undefined;
  const file = path.join(folder, 'locks', `${encodeURIComponent(key).replaceAll('*', '%2A')}.lock`);
  const { name } = by.subject;
  const result = await tryLock(file, { id: by.id, kind: by.kind, name, startedBy: by.startedBy, since: by.startedAt });
  if ('lock' in result) return result.lock;
  const { kind = '', name: heldName = '', startedBy = '', since = '', id = '' } = result.holder.label;
  throw new ProblemError('operation-busy', { kind, name: heldName, startedBy, since, id, pid: result.holder.pid });
}
