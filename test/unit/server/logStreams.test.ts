import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Events } from '../../../contract/events.ts';
import type { ServerLogLine } from '../../../contract/server.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { createLogStreams } from '../../../main/services/server/logStreams.ts';

const target = { place: { docker: { kind: 'local' as const }, container: 'aperture' } };
const numbered = (count: number, from = 0): ServerLogLine[] =>
  Array.from({ length: count }, (_, index) => ({ level: 'info', message: `line ${from + index} secret` }));

/** Streams over a log that a generator plays. */
function streamsOver(play: (signal: AbortSignal) => AsyncGenerator<ServerLogLine[], void, void>) {
  const batches: { at: number; lines: ServerLogLine[] }[] = [];
  const ends: Events['server.log.ended'][] = [];
  const unexpected: unknown[] = [];
  const streams = createLogStreams({
    servers: { log: (_target, { signal }) => play(signal) },
    emit: (name, event) => {
      if (name === 'server.log') batches.push({ at: performance.now(), ...(event as Events['server.log']) });
      if (name === 'server.log.ended') ends.push(event as Events['server.log.ended']);
    },
    redact: (text) => text.replaceAll('secret', '***'),
    unexpected: (error) => unexpected.push(error),
  });
  const until = async (wished: () => boolean) => {
    for (let tries = 0; !wished() && tries < 500; tries += 1) await delay(20);
  };
  return { streams, batches, ends, unexpected, until };
}

describe('a log that is watched', () => {
  test('comes whole and in order, in batches of bounded size, without secrets, and ends', async () => {
    const { streams, batches, ends, until } = streamsOver(async function* () {
      yield numbered(3);
      yield numbered(6_000, 3);
    });
    const streamId = streams.open(target, { tail: 10 });
    await until(() => ends.length > 0);
    expect(ends).toEqual([{ streamId }]);
    expect(batches.every(({ lines }) => lines.length <= 2_000)).toBe(true);
    const messages = batches.flatMap(({ lines }) => lines.map(({ message }) => message));
    expect(messages).toEqual(Array.from({ length: 6_003 }, (_, index) => `line ${index} ***`));
    // At most ten a second, with what a timer may be early.
    for (const [index, { at }] of batches.entries()) {
      const before = batches[index - 1];
      if (before !== undefined) expect(at - before.at).toBeGreaterThan(90);
    }
  });

  test('held back, it is not read any further, and goes on from there', async () => {
    let read = 0;
    const { streams, batches, until } = streamsOver(async function* () {
      for (; read < 100; read += 1) {
        yield numbered(2_500, read * 2_500);
        await delay(1);
      }
    });
    const id = streams.open(target, { tail: 10 });
    await until(() => batches.length >= 2);
    streams.hold(id, true);
    await delay(400);
    const [sent, seen] = [batches.length, read];
    await delay(400);
    expect([batches.length, read]).toEqual([sent, seen]);
    streams.hold(id, false);
    await until(() => batches.length > sent + 2);
    const messages = batches.flatMap(({ lines }) => lines.map(({ message }) => message));
    expect(messages).toEqual(messages.map((_, index) => `line ${index} ***`));
    streams.closeAll();
  });

  test.each([false, true])('closed (held: %s), the command ends and nothing more is told', async (held) => {
    let over = false;
    const { streams, batches, ends, unexpected, until } = streamsOver(async function* (signal) {
      try {
        while (!signal.aborted) {
          yield numbered(1);
          await delay(10);
        }
        throw new ProblemError('cancelled', {});
      } finally {
        over = true;
      }
    });
    const id = streams.open(target, { tail: 10 });
    await until(() => batches.length > 0);
    streams.hold(id, held);
    await delay(150);
    streams.close(id);
    const sent = batches.length;
    await until(() => over);
    await delay(300);
    expect(over).toBe(true);
    expect([batches.length, ends, unexpected]).toEqual([sent, [], []]);
  });

  test('a failure is told with what was read before it', async () => {
    const { streams, batches, ends, until } = streamsOver(async function* () {
      yield numbered(2);
      throw new ProblemError('container-missing', { container: 'aperture', host: 'nas' });
    });
    streams.open(target, { tail: 10 });
    await until(() => ends.length > 0);
    expect(batches.flatMap(({ lines }) => lines)).toHaveLength(2);
    expect(ends[0]?.problem?.code).toBe('container-missing');
  });
});
