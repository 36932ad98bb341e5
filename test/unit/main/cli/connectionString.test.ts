import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { parseConnectionString } from '../../../../contract/connectionString/parse.ts';
import { readConnectionString } from '../../../../main/cli/connectionString.ts';
import { WrongUsage } from '../../../../main/cli/failure.ts';
import { hidden } from '../../../../main/cli/hiddenString.ts';

const silent = { progress: () => undefined };

/** What is said about a string that is refused. */
function refusal(given: string): { explanation: string; document: string } {
  try {
    readConnectionString(given, silent);
  } catch (error) {
    if (error instanceof WrongUsage) return { explanation: error.explanation, document: JSON.stringify(error.more) };
    throw error;
  }
  return { explanation: '', document: '' };
}

describe('a refused connection string', () => {
  test.each([
    ['postgres://anna@db.lan:54x2/media', ['  postgres://anna@db.lan:54x2/media', '                         ^^^^']],
    [
      'postgres://anna:se%zzcret@db.lan/media',
      ['  postgres://anna:••••••••@db.lan/media', '                  ^^^^^^^^'],
    ],
    ["host=db.lan password='open user=anna", ['  host=db.lan password=••••••••']],
    ['postgres://anna@db.lan/media?sslmod=require', ['  postgres://anna@db.lan/media?sslmod=require']],
  ])('%s', (given, lines) => {
    const { explanation } = refusal(given);
    for (const line of lines) expect(explanation).toContain(line);
  });

  test('what is no connection string may be a password alone, and is not repeated', () => {
    expect(refusal('correct-horse-battery').explanation).toContain('This is not a connection string');
    expect(refusal('correct-horse-battery').explanation).not.toContain('horse');
  });

  test('no control character of it reaches the terminal', () => {
    const { shown } = hidden('postgres://a@h\u001b[2J/d', parseConnectionString('postgres://a@h\u001b[2J/d'));
    expect(shown).not.toMatch(/\p{Cc}/u);
  });
});

/** Words that occur in no message, so that finding one means that it leaked; around them what breaks strings. */
const secret = fc
  .tuple(
    fc.string({
      unit: fc.constantFrom('%', '#', '/', '?', '@', ':', ' ', "'", '"', '\\', '=', '&', '[', '\n', 'x'),
      maxLength: 5,
    }),
    fc.string({
      unit: fc.constantFrom('%', '#', '/', '?', '@', ':', ' ', "'", '\\', '=', '&', ';', 'x'),
      maxLength: 5,
    }),
  )
  .map(([before, after]) => `${before}Wq7k${after}Zv9j`);

describe('the password of a refused string is never repeated', () => {
  test.prop([secret, fc.constantFrom('', ':54x2', ':5432', '[::1')], { numRuns: 2000 })(
    'in a URL',
    (password, host) => {
      const { explanation, document } = refusal(`postgres://anna:${password}@db.lan${host}/media%zz?sslmode=maybe`);
      expect(explanation + document).not.toMatch(/Wq7k|Zv9j/);
    },
  );

  test.prop([secret], { numRuns: 2000 })('in a URL without its scheme', (password) => {
    const { explanation, document } = refusal(`anna:${password}@db.lan:54x2/media`);
    expect(explanation + document).not.toMatch(/Wq7k|Zv9j/);
  });

  test.prop([secret, fc.constantFrom('password', 'PGPASSWORD', 'passwd', 'sslpassword')], { numRuns: 2000 })(
    'in key=value pairs',
    (password, keyword) => {
      const { explanation, document } = refusal(`host=db.lan ${keyword}='${password}' port=54x2`);
      expect(explanation + document).not.toMatch(/Wq7k|Zv9j/);
    },
  );

  test.prop([secret], { numRuns: 2000 })('in the parameters of a URL', (password) => {
    const { explanation, document } = refusal(`postgres://db.lan:54x2/media?user=anna&password=${password}`);
    expect(explanation + document).not.toMatch(/Wq7k|Zv9j/);
  });
});
