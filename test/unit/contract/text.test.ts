import { fc, test } from '@fast-check/vitest';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../contract/copy/catalogue.ts';
import { saidMessage, say, text } from '../../../contract/copy/text.ts';

const formatted = (message: string, values: Record<string, string | number>) =>
  String(new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).format(values));

const piece = fc.oneof(
  fc.constantFrom('{a}', '{b}', ' ', '’', "'", "''", '#', '<b>', '|', '{n, plural, one {# row} other {# rows of {a}}}'),
  fc.string({ maxLength: 6 }).map((words) => words.replaceAll(/[{}]/g, '')),
);

describe('statements in words', () => {
  test.prop([fc.array(piece, { maxLength: 8 }), fc.string(), fc.oneof(fc.integer(), fc.string()), fc.nat(200_000)])(
    'are what the formatter makes of them, however they are written',
    (pieces, a, b, n) => {
      const message = pieces.join('');
      const values = { a, b, n };
      let expected: string;
      try {
        expected = formatted(message, values);
      } catch {
        // An apostrophe before a brace hides it, and the rest is no message any more.
        return;
      }
      expect(saidMessage(message, values)).toBe(expected);
    },
  );
  it('are the same for the whole catalogue', () => {
    const values = new Proxy(
      {},
      { has: () => true, get: (_, name) => (name === 'count' || name === 'attempt' ? 2 : `<${String(name)}>`) },
    );
    for (const message of Object.values(catalogue)) {
      expect(saidMessage(message, values)).toBe(formatted(message, values));
    }
  });
  it('show a gap where a value is missing, and the rest', () => {
    expect(say(text('operation.outcome.unexpected'))).toContain('under …');
    expect(say(text('screen.palette.switch', {}))).toBe('Switch to …');
    expect(say(text('screen.prompt.waiting'))).toBe('… more questions wait.');
  });
});
