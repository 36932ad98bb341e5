import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test as property } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { environmentLine, quoteArgument, quoteCommand } from '../../../main/adapters/ssh/quoting.ts';

const shells = ['sh', 'bash', 'dash'].filter((shell) => existsSync(`/bin/${shell}`) || existsSync(`/usr/bin/${shell}`));
/** Anything but NUL; lone surrogates are no text that a shell could be given. */
const argument = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(...'\'"\\$`!*?~#&|;<>(){}[] \t\n=%-ab'), maxLength: 30 }),
  )
  .map((text) => Buffer.from(text.replaceAll('\0', ''), 'utf8').toString('utf8'));

const echoed = (shell: string, command: string, input?: string): string =>
  execFileSync(shell, ['-c', command], { encoding: 'utf8', ...(input === undefined ? {} : { input }) });

describe.each(shells)('%s', (shell) => {
  property.prop([fc.array(argument, { minLength: 1, maxLength: 6 })], { numRuns: 150 })(
    'gives every argument back as it was',
    (given) => {
      const out = echoed(shell, quoteCommand(['printf', '%s\\0', ...given]));
      expect(out.split('\0').slice(0, -1)).toEqual(given);
    },
  );

  property.prop([fc.dictionary(fc.stringMatching(/^X_[A-Z0-9_]{0,8}$/), argument, { minKeys: 1, maxKeys: 4 })], {
    numRuns: 100,
  })('environment that is read from standard input is what was sent', (environment) => {
    const names = Object.keys(environment);
    const script = `nl=$(printf "\\nx"); nl=\${nl%x}; IFS= read -r line; eval "$line"; printf '%s\\0' ${names.map((name) => `"$${name}"`).join(' ')}; cat`;
    const out = echoed(shell, script, `${environmentLine(environment)}the rest`);
    expect(out.split('\0')).toEqual([...names.map((name) => environment[name]), 'the rest']);
  });
});

test('what cannot be quoted is refused', () => {
  expect(() => quoteArgument('a\0b')).toThrow(TypeError);
  expect(() => quoteCommand([])).toThrow(TypeError);
  expect(() => environmentLine({ 'A;B': 'x' })).toThrow(TypeError);
});
