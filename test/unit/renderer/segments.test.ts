import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { parseConnectionString } from '../../../contract/connectionString/parse.ts';
import { segments } from '../../../renderer/setup/segments.ts';

describe('marks on a pasted connection string', () => {
  it('show what was understood and leave the rest plain', () => {
    const text = 'postgres://ann@db.lan:5432/aperture';
    const parsed = parseConnectionString(text);
    const marked = segments(text, parsed.understood, parsed.mistakes)
      .filter(({ mark }) => mark === 'understood')
      .map((segment) => segment.text);
    expect(marked).toEqual(['ann', 'db.lan', '5432', 'aperture']);
  });
  it('let a mistake win over what was understood', () => {
    const text = 'postgres://ann@db.lan:54x2/aperture';
    const parsed = parseConnectionString(text);
    const wrong = segments(text, parsed.understood, parsed.mistakes).filter(({ mark }) => mark === 'error');
    expect(wrong.map((segment) => segment.text)).toEqual(['54x2']);
  });
  it('make a mistake of no length visible on the character before it', () => {
    expect(segments('abc', [], [{ start: 3, end: 3, severity: 'error' }])).toEqual([
      { start: 0, text: 'ab', mark: 'plain' },
      { start: 2, text: 'c', mark: 'error' },
    ]);
  });
  test.prop([
    fc.string({ maxLength: 60 }),
    fc.array(fc.record({ start: fc.nat(70), end: fc.nat(70) })),
    fc.array(
      fc.record({ start: fc.nat(70), end: fc.nat(70), severity: fc.constantFrom('error', 'warning', 'note') } as const),
    ),
  ])('never add, lose or move a character', (text, understood, mistakes) => {
    const found = segments(text, understood, mistakes);
    expect(found.map((segment) => segment.text).join('')).toBe(text);
    for (const segment of found)
      expect(text.slice(segment.start, segment.start + segment.text.length)).toBe(segment.text);
  });
});
