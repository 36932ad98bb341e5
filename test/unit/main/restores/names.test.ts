import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { splitNames } from '../../../../main/services/restores/createBeside.ts';
import { isSideName, sideName } from '../../../../main/services/restores/names.ts';
import { readNote, writeNote } from '../../../../main/services/restores/note.ts';

const random = fc.stringMatching(/^[0-9a-f]{8}$/);
const database = fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => Buffer.byteLength(name) <= 63);

describe('the name of a database beside another one', () => {
  test.prop([database, random])('fits, and is known again', (name, hex) => {
    const made = sideName(name, hex);
    expect(Buffer.byteLength(made)).toBeLessThanOrEqual(63);
    expect(isSideName(made, name)).toBe(true);
  });
  it('is not taken for one of another database', () => {
    expect(isSideName(sideName('aperture', '0123abcd'), 'aperture2')).toBe(false);
    expect(isSideName('aperture_companion_notes', 'aperture')).toBe(false);
    expect(isSideName('aperture', 'aperture')).toBe(false);
  });
});

describe('the note in a comment', () => {
  const note = fc.record(
    {
      version: fc.constant(1 as const),
      state: fc.constantFrom('making', 'ready', 'kept'),
      besides: fc.string({ minLength: 1 }),
      operationId: fc.string({ minLength: 1, maxLength: 64 }),
      since: fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
        .map((at) => at.toISOString()),
      comment: fc.string(),
    },
    { requiredKeys: ['version', 'state', 'besides', 'operationId', 'since'] },
  );
  test.prop([note])('is read back as it was written', (given) => {
    expect(readNote(writeNote(given))).toEqual(given);
  });
  test.prop([fc.option(fc.string())])('is not found in what somebody else wrote', (comment) => {
    expect(readNote(comment)).toBeUndefined();
  });
  test.prop([note, fc.nat()])('is none once it was cut', (given, at) => {
    const whole = writeNote(given);
    expect(readNote(whole.slice(0, at % whole.length))).toBeUndefined();
  });
});

describe('a list of names in a setting', () => {
  it.each([
    ['public', ['public']],
    ['"$user", public', ['$user', 'public']],
    ['"a ""b""",c', ['a "b"', 'c']],
    ['"a, b"', ['a, b']],
    ['', ['']],
    ['""', ['']],
  ])('%s', (list, names) => {
    expect(splitNames(list)).toEqual(names);
  });
});
