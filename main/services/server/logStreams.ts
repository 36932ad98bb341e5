import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerLogLine } from '../../../contract/server.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Emit } from '../ports.ts';
import type { Servers, ServerTarget } from '../servers.ts';

export interface LogStreams {
  /** Begins to tell the lines as events `server.log`; the end that the log itself comes to as `server.log.ended`. */
  open(target: ServerTarget, window: { tail: number; since?: string }): string;
  /** Held, nothing more is read: the lines wait on the Docker host. Nothing for a stream that has ended. */
  hold(id: string, held: boolean): void;
  /** Ends the command on the Docker host, too. Nothing for a stream that has ended. */
  close(id: string): void;
  closeAll(): void;
}

/** Milliseconds between batches of one stream. */
const interval = 100;
/** Lines of one batch: more wait until the next one, and hold up what is behind them. */
const largestBatch = 2_000;

/** Logs that somebody watches: batches of bounded size, at most ten a second. */
export function createLogStreams({
  servers,
  emit,
  redact,
  unexpected,
}: {
  servers: Pick<Servers, 'log'>;
  emit: Emit;
  redact: (text: string) => string;
  /** Told of what nobody expected. */
  unexpected: (error: unknown) => void;
}): LogStreams {
  const streams = new Map<string, { controller: AbortController; gate: Gate }>();

  const follow = async (
    id: string,
    { signal, gate }: { signal: AbortSignal; gate: Gate },
    target: ServerTarget,
    window: { tail: number; since?: string },
  ) => {
    const pace = createPace(async (lines) => {
      await gate.opened();
      if (!signal.aborted) emit('server.log', { streamId: id, lines });
    });
    let problem: ProblemError['problem'] | undefined;
    try {
      for await (const lines of servers.log(target, { ...window, follow: true, signal })) {
        await pace.add(lines.map((line) => ({ ...line, message: redact(line.message) })));
        await gate.opened();
        if (signal.aborted) break;
      }
      await pace.flush();
    } catch (error) {
      if (signal.aborted) return;
      await pace.flush();
      if (error instanceof ProblemError) problem = error.problem;
      else unexpected(error);
    } finally {
      streams.delete(id);
    }
    if (!signal.aborted) emit('server.log.ended', { streamId: id, ...(problem === undefined ? {} : { problem }) });
  };

  const close = (id: string) => {
    const stream = streams.get(id);
    streams.delete(id);
    stream?.controller.abort();
    stream?.gate.set(true);
  };

  return {
    open(target, window) {
      const id = randomUUID();
      const [controller, gate] = [new AbortController(), createGate()];
      streams.set(id, { controller, gate });
      void follow(id, { signal: controller.signal, gate }, target, window);
      return id;
    },
    hold: (id, held) => streams.get(id)?.gate.set(!held),
    close,
    closeAll() {
      for (const id of [...streams.keys()]) close(id);
    },
  };
}

type Gate = { set(open: boolean): void; opened(): Promise<void> };

function createGate(): Gate {
  let closed: { promise: Promise<void>; open: () => void } | undefined;
  return {
    set(open) {
      if (open) {
        closed?.open();
        closed = undefined;
      } else if (closed === undefined) {
        let resolve: () => void = () => undefined;
        const promise = new Promise<void>((done) => {
          resolve = done;
        });
        closed = { promise, open: resolve };
      }
    },
    opened: () => closed?.promise ?? Promise.resolve(),
  };
}

/** Collects lines and sends them on in batches, one each interval. `add` waits while more than a batch is collected. */
function createPace(send: (lines: ServerLogLine[]) => Promise<void>) {
  const waiting: ServerLogLine[] = [];
  let sending: Promise<void> | undefined;
  const pump = async () => {
    while (waiting.length > 0) {
      // A moment to collect, so that single lines that come together go together.
      await delay(interval);
      await send(waiting.splice(0, largestBatch));
    }
    sending = undefined;
  };
  return {
    async add(lines: ServerLogLine[]) {
      waiting.push(...lines);
      sending ??= pump();
      while (waiting.length > largestBatch) await delay(interval);
    },
    async flush() {
      await sending;
    },
  };
}
