import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChannelName, channels } from '../../../../contract/channels.ts';
import { answer } from '../../../../main/ipc/answer.ts';
import type { Handlers } from '../../../../main/ipc/handlers.ts';
import { ProblemError } from '../../../../main/problems/ProblemError.ts';

const names = Object.keys(channels) as ChannelName[];
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const marker = 'hunter2-marker-of-a-secret';

/** Handlers that note that they were reached: a refused message must never get this far. */
function noting(reached: string[]): Handlers {
  return new Proxy({} as Handlers, {
    get: (_target, name) => async () => {
      reached.push(String(name));
    },
  });
}

/** Anything structured clone can carry, with objects that have some of the channel's own keys and wrong values in them. */
function messages(name: ChannelName, count: number): unknown[] {
  const schema = channels[name].input as { shape?: Record<string, unknown> };
  const keys = Object.keys(schema.shape ?? { id: 1 });
  const value = fc.oneof(
    fc.anything({ withDate: true, withMap: true, withBigInt: true, withTypedArray: true, maxDepth: 2 }),
    fc.constantFrom<unknown>(
      marker,
      marker.repeat(1000),
      { id: marker },
      [marker],
      -1,
      1.5,
      Number.NaN,
      null,
      undefined,
      '',
    ),
  );
  const keyed = fc.dictionary(fc.constantFrom(...keys, '__proto__', 'constructor', 'toString'), value, {
    maxKeys: keys.length + 2,
  });
  return fc.sample(fc.oneof({ weight: 3, arbitrary: keyed }, { weight: 1, arbitrary: value }), {
    numRuns: count,
    seed,
  });
}

describe(`questions of the page (seed ${seed})`, () => {
  it.each(names)(
    '%s refuses 10,000 malformed messages without reaching a service or repeating what they held',
    async (name) => {
      const reached: string[] = [];
      const handlers = noting(reached);
      let refused = 0;
      for (let round = 0; refused < 10_000; round++) {
        // A channel without input accepts nothing but undefined, so nearly every message is malformed; others accept some.
        expect(round).toBeLessThan(20);
        for (const message of messages(name, 4_000)) {
          if (channels[name].input.safeParse(message).success) continue;
          const envelope = await answer(handlers, name, message, () => 'unexpected');
          if (envelope.ok || !('problem' in envelope)) throw new Error(`accepted: ${JSON.stringify(envelope)}`);
          expect(envelope.problem.code).toBe('invalid-input');
          expect(JSON.stringify(envelope).includes(marker)).toBe(false);
          refused += 1;
        }
      }
      expect(reached).toEqual([]);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it('refuses names that are no channel, also those that every object has', async () => {
    const reached: string[] = [];
    for (const name of ['', 'nope', '__proto__', 'constructor', 'toString', 7, null, undefined, {}, ['app.info']]) {
      const envelope = await answer(noting(reached), name, undefined, () => 'unexpected');
      expect(envelope).toEqual({ ok: false, problem: { code: 'invalid-input', values: { where: 'channel' } } });
    }
    expect(reached).toEqual([]);
  });

  it('lets a problem cross as data and keeps an unexpected error in the log', async () => {
    const failing = (error: unknown) => new Proxy({} as Handlers, { get: () => () => Promise.reject(error) });
    const problem = await answer(
      failing(new ProblemError('instance-missing', { id: 'x' })),
      'app.info',
      undefined,
      () => 'r',
    );
    expect(problem).toEqual({ ok: false, problem: { code: 'instance-missing', values: { id: 'x' } } });

    const noted: unknown[] = [];
    const secret = new Error(`connect failed for ${marker}`);
    const unexpected = await answer(failing(secret), 'app.info', undefined, (error, channel) => {
      noted.push(error, channel);
      return 'E-1';
    });
    expect(unexpected).toEqual({ ok: false, unexpected: { reference: 'E-1' } });
    expect(noted).toEqual([secret, 'app.info']);
  });
});
