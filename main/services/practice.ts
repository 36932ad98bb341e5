import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from '../../contract/copy/text.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import { answersAsPostgres, type PracticeChild, type SpawnPractice } from '../adapters/embeddedPostgres.ts';
import { readTextIfPresent, writeProblem } from '../adapters/files.ts';
import type { AppLog } from '../adapters/logFile.ts';
import { isAlive } from '../adapters/processIdentity.ts';
import { lockHolder } from '../adapters/processLock.ts';
import {
  fromPracticeSchema,
  type PortFile,
  portFileSchema,
  practiceFiles,
  type ToPractice,
} from '../practice/protocol.ts';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import type { Operations } from './ports.ts';

export type PracticeAddress = { host: '127.0.0.1'; port: number; user: 'postgres'; database: 'postgres' };

/** 0: being started. 1: started, being waited for. */
export type PracticeStep = 0 | 1;

export interface Practice {
  /**
   * Starts the practice database of an instance unless it runs, in this process of the app or in another, and answers where it is.
   * It does not ask for a password. The first start takes ten seconds or more. Raises `practice-failed` with the reason, `cancelled`.
   */
  ensureStarted(
    instanceId: string,
    signal: AbortSignal,
    progress?: (step: PracticeStep) => void,
  ): Promise<PracticeAddress>;
  /** The same as an operation with its own journal. */
  start(instance: Instance): Promise<{ id: string; ended: Promise<OperationView> }>;
  /** Stops it, also in another process, and removes its data. Nothing for an instance that has none. */
  remove(instance: Instance): Promise<void>;
  /** Writes everything to disk and stops what this process started. */
  stopAll(): Promise<void>;
}

type Own = { child: PracticeChild; port: number; stopping: boolean; exited: Promise<void> };

/** Milliseconds for WebAssembly to be compiled and the first database to be made, on a slow machine. */
const startTimeout = 180_000;
/** Milliseconds to write everything to disk at the end. */
const stopTimeout = 15_000;
/** A database that dies more often than this within a minute is left alone until somebody asks for it. */
const restartsPerMinute = 3;

/** Keeps the practice databases of this app running while they are used. */
export function createPractice({
  folder,
  spawn,
  operations,
  log,
}: {
  /** Each instance has a folder of its own in here. */
  folder: string;
  spawn: SpawnPractice;
  operations: Operations;
  log: AppLog;
}): Practice {
  const own = new Map<string, Own>();
  const starting = new Map<string, Promise<number>>();
  const deaths = new Map<string, number[]>();
  /** Started and not ready yet: nothing of the user's is in them that a kill could lose. */
  const unready = new Set<PracticeChild>();
  let stopped = false;

  const folderOf = (instanceId: string) => path.join(folder, encodeURIComponent(instanceId));
  const failed = (detail: string, cause?: unknown) => new ProblemError('practice-failed', {}, { detail, cause });

  /** The port of a practice process of another process of the app, if that answers. */
  const elsewhere = async (instanceId: string): Promise<number | undefined> => {
    const found = await readPortFile(practiceFiles(folderOf(instanceId)).port);
    if (found === undefined || !(await isAlive(found, new Date(found.since)))) return undefined;
    return (await answersAsPostgres(found.port)) ? found.port : undefined;
  };

  const startOwn = (instanceId: string): Promise<number | 'held'> =>
    new Promise((resolve, reject) => {
      const child = spawn([folderOf(instanceId), String(process.pid)]);
      unready.add(child);
      let reason = '';
      const timer = setTimeout(() => {
        reason = `no answer within ${startTimeout / 1000} s`;
        child.kill();
      }, startTimeout);
      let noteExit: () => void = () => undefined;
      const exited = new Promise<void>((settle) => {
        noteExit = settle;
      });
      child.onMessage((raw) => {
        const parsed = fromPracticeSchema.safeParse(raw);
        if (!parsed.success) return;
        const message = parsed.data;
        switch (message.type) {
          case 'ready':
            clearTimeout(timer);
            unready.delete(child);
            own.set(instanceId, { child, port: message.port, stopping: false, exited });
            resolve(message.port);
            break;
          case 'held':
            resolve('held');
            break;
          case 'failed':
            reason = message.message;
            break;
          default:
            message satisfies never;
        }
      });
      child.onExit((code, lastWords) => {
        clearTimeout(timer);
        unready.delete(child);
        noteExit();
        const known = own.get(instanceId);
        if (known?.child === child) {
          own.delete(instanceId);
          if (!known.stopping && !stopped) afterDeath(instanceId, code, reason || lastWords);
        }
        // Nothing happens when it was ready before.
        reject(failed(reason || lastWords || `the process ended with ${code ?? 'a signal'}`));
      });
    });

  const afterDeath = (instanceId: string, code: number | null, reason: string) => {
    const now = performance.now();
    const recent = [...(deaths.get(instanceId) ?? []), now].filter((at) => at > now - 60_000);
    deaths.set(instanceId, recent);
    const again = recent.length <= restartsPerMinute;
    log.warn('The practice database ended by itself', {
      instanceId,
      code: code ?? 'signal',
      reason,
      startedAgain: again,
    });
    if (again) {
      startOnce(instanceId).catch((error) =>
        log.error('The practice database could not be started again', { instanceId }, error),
      );
    }
  };

  const startOnce = (instanceId: string): Promise<number> => {
    const running = starting.get(instanceId);
    if (running !== undefined) return running;
    const promise = startOrFind(instanceId).finally(() => starting.delete(instanceId));
    starting.set(instanceId, promise);
    return promise;
  };

  const startOrFind = async (instanceId: string): Promise<number> => {
    const end = performance.now() + startTimeout;
    while (performance.now() < end) {
      if (stopped) throw cancelled();
      const other = await elsewhere(instanceId);
      if (other !== undefined) return other;
      if ((await lockHolder(practiceFiles(folderOf(instanceId)).lock)) === undefined) {
        const port = await startOwn(instanceId);
        if (port !== 'held') return port;
      }
      // Another process is starting or ending it.
      await delay(250);
    }
    throw failed(`another process holds ${folderOf(instanceId)} and does not answer`);
  };

  const stopOne = async (instanceId: string): Promise<void> => {
    await starting.get(instanceId)?.catch(() => undefined);
    const known = own.get(instanceId);
    if (known === undefined) return;
    known.stopping = true;
    known.child.send({ type: 'stop' } satisfies ToPractice);
    const ended = await Promise.race([known.exited.then(() => true), delay(stopTimeout, false, { ref: false })]);
    if (!ended) {
      log.warn('The practice database did not end in time and was killed', { instanceId });
      known.child.kill();
      await known.exited;
    }
  };

  /** Whether the process that served this port last still runs: its one thread may be busy with a long statement and answer nobody. */
  const stillRuns = async (instanceId: string, port: number): Promise<boolean> => {
    if (own.get(instanceId)?.port === port) return true;
    const found = await readPortFile(practiceFiles(folderOf(instanceId)).port);
    return found?.port === port && (await isAlive(found, new Date(found.since)));
  };

  const ensureStarted: Practice['ensureStarted'] = async (instanceId, signal, progress) => {
    for (let attempt = 1; attempt <= restartsPerMinute; attempt += 1) {
      if (signal.aborted || stopped) throw cancelled(signal.reason);
      progress?.(0);
      const port = own.get(instanceId)?.port ?? (await unlessAborted(startOnce(instanceId), signal));
      progress?.(1);
      do {
        if (await unlessAborted(answersAsPostgres(port), signal)) {
          return { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' };
        }
      } while (await stillRuns(instanceId, port));
    }
    throw failed('it ends as soon as it has started');
  };

  return {
    ensureStarted,

    start: (instance) =>
      operations.run(
        'practice-start',
        { instanceId: instance.id, name: instance.name },
        [
          { name: text('practice.step.start'), weight: 9 },
          { name: text('practice.step.answer'), weight: 1 },
        ],
        async (op) => {
          const { host, port } = await ensureStarted(instance.id, op.signal, (step) => op.step(step));
          return text('practice.outcome.started', { host, port: String(port) });
        },
      ),

    async remove(instance) {
      if (instance.kind !== 'practice') return;
      await stopOne(instance.id);
      const files = practiceFiles(folderOf(instance.id));
      const holder = await lockHolder(files.lock);
      if (holder !== undefined && holder.pid !== process.pid) {
        process.kill(holder.pid, 'SIGTERM');
        const end = performance.now() + stopTimeout;
        while ((await lockHolder(files.lock)) !== undefined && performance.now() < end) await delay(50);
      }
      const target = folderOf(instance.id);
      await rm(target, { recursive: true, force: true, maxRetries: 5 }).catch((error) => {
        throw writeProblem(error, target);
      });
    },

    async stopAll() {
      stopped = true;
      for (const child of unready) child.kill();
      await Promise.all([...new Set([...own.keys(), ...starting.keys()])].map(stopOne));
    },
  };
}

async function readPortFile(file: string): Promise<PortFile | undefined> {
  try {
    const parsed = portFileSchema.safeParse(JSON.parse((await readTextIfPresent(file)) ?? ''));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Being written by nobody whole: as good as missing.
    return undefined;
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
