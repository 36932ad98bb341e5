import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { text } from '../../../contract/copy/text.ts';
import {
  type EndRecord,
  type JournalRecord,
  parseRecords,
  redactDeep,
  replay,
  type StartRecord,
} from '../../../main/services/operations/journal.ts';

const start: StartRecord = {
  type: 'start',
  at: '2026-01-01T00:00:00.000Z',
  id: 'a',
  kind: 'check',
  subject: { name: 'Home', instanceId: 'i' },
  steps: [
    { name: text('operation.kind.connect'), weight: 1 },
    { name: text('operation.kind.check'), weight: 1 },
  ],
  startedBy: 'window',
  process: { pid: 1 },
};
const middle: JournalRecord[] = [
  { type: 'step', at: '2026-01-01T00:00:01.000Z', index: 1, overall: 0.5 },
  { type: 'log', at: '2026-01-01T00:00:02.000Z', level: 'info', line: 'ä "quoted" \\ line' },
  {
    type: 'progress',
    at: '2026-01-01T00:00:03.000Z',
    index: 1,
    overall: 0.75,
    progress: { done: 5, total: 10, unit: 'checks' },
  },
];
const end: EndRecord = { type: 'end', at: '2026-01-01T00:00:04.000Z', state: 'succeeded', stepIndex: 1, overall: 1 };
const whole = [start, ...middle, end].map((record) => `${JSON.stringify(record)}\n`).join('');

describe('a journal', () => {
  it('tells the operation again', () => {
    const records = parseRecords(whole);
    expect(records).toEqual([start, ...middle, end]);
    expect(replay(start, records, false)).toMatchObject({
      state: 'succeeded',
      overall: 1,
      endedAt: end.at,
      progress: { done: 5 },
    });
  });

  it('without an end is running while its process lives, else interrupted since its last sign', () => {
    expect(replay(start, middle, true)).toMatchObject({ state: 'running', stepIndex: 1, overall: 0.75 });
    expect(replay(start, middle, true)).not.toHaveProperty('endedAt');
    expect(replay(start, middle, false)).toMatchObject({ state: 'interrupted', endedAt: middle[2]?.at, overall: 0.75 });
  });

  test.prop([fc.nat({ max: Buffer.byteLength(whole) - 1 })])(
    'cut off at any byte never says that it succeeded',
    (bytes) => {
      const torn = Buffer.from(whole).subarray(0, bytes).toString('utf8');
      const records = parseRecords(torn);
      const complete = torn.endsWith('}') && torn.includes('"type":"end"');
      expect(replay(start, records, false).state).toBe(complete ? 'succeeded' : 'interrupted');
      // Whatever is appended later begins on a line of its own.
      expect(parseRecords(`${torn}\n${JSON.stringify(end)}\n`).at(-1)).toEqual(end);
    },
  );

  test.prop([fc.string({ minLength: 1 }).filter((secret) => !'*'.includes(secret))])(
    'has no secret in any free text, and keeps its own words even if one is a secret',
    (secret) => {
      const redact = (given: string) => given.replaceAll(secret, '***');
      const record: EndRecord = {
        ...end,
        state: 'failed',
        problem: { code: 'sql-error', values: { code: secret, name: `x${secret}` }, detail: `failed: ${secret}` },
        outcome: { key: 'operation.outcome.unexpected', values: { reference: secret } },
      };
      const redacted = redactDeep(record, redact);
      expect(redacted).toMatchObject({
        type: 'end',
        state: 'failed',
        problem: { code: 'sql-error', values: { code: '***' }, detail: redact(`failed: ${secret}`) },
        outcome: { key: 'operation.outcome.unexpected', values: { reference: '***' } },
      });
    },
  );

  it.each(['check', 'window', 'end', 'a', 'failed'])('stays readable when the password is %j', (secret) => {
    const redact = (given: string) => given.replaceAll(secret, '***');
    expect(parseRecords(`${JSON.stringify(redactDeep(start, redact))}\n`)).toHaveLength(1);
  });
});
