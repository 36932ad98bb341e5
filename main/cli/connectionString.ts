import type { ConnectionSettings } from '../../contract/connection.ts';
import { parseConnectionString } from '../../contract/connectionString/parse.ts';
import type { Mistake, ParsedConnectionString } from '../../contract/connectionString/parsed.ts';
import { say, text } from '../../contract/copy/text.ts';
import { WrongUsage } from './failure.ts';
import { hidden, sayMistake } from './hiddenString.ts';
import type { Output } from './output.ts';

export type UnderstoodString = {
  settings: ConnectionSettings;
  password: string | undefined;
  clientKeyPassphrase: string | undefined;
};

/**
 * Reads a connection string. What libpq would refuse is wrong usage, shown with its place and the repaired string; what was taken by
 * default (but for what is `unneeded`) or is read differently elsewhere is told as progress. No secret of the string is ever shown.
 */
export function readConnectionString(
  given: string,
  output: Pick<Output, 'progress'>,
  unneeded: readonly string[] = ['password'],
): UnderstoodString {
  const parsed = parseConnectionString(given);
  if (!parsed.usable) throw refusal(given, parsed);
  if (parsed.service !== undefined && parsed.missing.includes('host')) {
    throw new WrongUsage(say(text('cli.url.service', { service: parsed.service })), 'connection-string-invalid');
  }
  for (const field of parsed.missing) {
    if (!unneeded.includes(field)) output.progress(say(text('connecting.import.missing', { field })));
  }
  for (const mistake of parsed.mistakes) {
    if (mistake.severity === 'warning') output.progress(sayMistake(mistake, given, parsed));
  }
  return {
    settings: parsed.settings,
    password: parsed.password,
    clientKeyPassphrase: parsed.clientKeyPassphrase,
  };
}

function refusal(given: string, parsed: ParsedConnectionString): WrongUsage {
  const errors = parsed.mistakes.filter(({ severity }) => severity === 'error');
  const shown = errors.map((mistake) =>
    [...pointAt(given, parsed, mistake), sayMistake(mistake, given, parsed)].join('\n'),
  );
  const repair = errors.find((mistake) => mistake.repair !== undefined)?.repair;
  const repaired = repair === undefined ? undefined : hidden(repair, parseConnectionString(repair)).shown;
  const lines = [
    say(text('cli.url.mistake')),
    ...shown,
    ...(repaired === undefined ? [] : [say(text('cli.url.repair', { repaired }))]),
    say(text('cli.url.password-apart')),
  ];
  return new WrongUsage(lines.join('\n'), 'connection-string-invalid', {
    mistakes: errors.map((mistake) => ({
      start: mistake.start,
      end: mistake.end,
      code: mistake.code,
      severity: mistake.severity,
      text: sayMistake(mistake, given, parsed),
    })),
    ...(repaired === undefined ? {} : { repaired }),
  });
}

/** The string with its secrets hidden, and carets below the mistake. Nothing for what is no connection string: it may be a secret alone. */
function pointAt(given: string, parsed: ParsedConnectionString, { start, end }: Mistake): string[] {
  if (parsed.format === 'none') return [];
  const { shown, at } = hidden(given, parsed);
  const from = at(start, 'start');
  const to = Math.max(from + 1, at(end, 'end'));
  return [`  ${shown}`, `  ${' '.repeat(from)}${'^'.repeat(to - from)}`];
}
