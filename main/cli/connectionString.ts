import type { ConnectionSettings } from '../../contract/connection.ts';
import { parseConnectionString } from '../../contract/connectionString/parse.ts';
import { hiddenValue, type Mistake, type ParsedConnectionString } from '../../contract/connectionString/parsed.ts';
import { say, text } from '../../contract/copy/text.ts';
import { WrongUsage } from './failure.ts';
import type { Output } from './output.ts';

export type UnderstoodString = {
  settings: ConnectionSettings;
  password: string | undefined;
  clientKeyPassphrase: string | undefined;
};

/**
 * Reads a connection string. What libpq would refuse is wrong usage, shown with its place and the repaired string; what was taken by
 * default or is read differently elsewhere is told as progress. No secret of the string is ever shown.
 */
export function readConnectionString(given: string, output: Output): UnderstoodString {
  const parsed = parseConnectionString(given);
  if (!parsed.usable) throw refusal(given, parsed);
  if (parsed.service !== undefined && parsed.missing.includes('host')) {
    throw new WrongUsage(say(text('cli.url.service', { service: parsed.service })), 'connection-string-invalid');
  }
  for (const field of parsed.missing) {
    if (field !== 'password') output.progress(say(text('connecting.import.missing', { field })));
  }
  for (const mistake of parsed.mistakes) if (mistake.severity === 'warning') output.progress(say(mistake.text));
  return {
    settings: parsed.settings,
    password: parsed.password,
    clientKeyPassphrase: parsed.clientKeyPassphrase,
  };
}

function refusal(given: string, parsed: ParsedConnectionString): WrongUsage {
  const errors = parsed.mistakes.filter(({ severity }) => severity === 'error');
  const shown = errors.map((mistake) => [...pointAt(given, parsed, mistake), say(mistake.text)].join('\n'));
  const repair = errors.find((mistake) => mistake.repair !== undefined)?.repair;
  const repaired = repair === undefined ? undefined : hidden(repair, parseConnectionString(repair)).shown;
  const lines = [
    say(text('cli.url.mistake')),
    ...shown,
    ...(repaired === undefined ? [] : [say(text('cli.url.repair', { repaired }))]),
    say(text('cli.url.password-apart')),
  ];
  return new WrongUsage(lines.join('\n'), 'connection-string-invalid', {
    mistakes: errors.map(({ start, end, code, severity, text: statement }) => ({
      start,
      end,
      code,
      severity,
      text: say(statement),
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

type Span = { start: number; end: number };

/** The string with every stretch that is or may be a secret as dots, whatever its length, and where an offset has gone. */
export function hidden(
  given: string,
  parsed: ParsedConnectionString,
): { shown: string; at: (offset: number, edge: 'start' | 'end') => number } {
  const spans = merged(secretSpans(given, parsed));
  let shown = '';
  let read = 0;
  const places: (Span & { shownAt: number })[] = [];
  for (const span of spans) {
    shown += given.slice(read, span.start);
    places.push({ ...span, shownAt: shown.length });
    shown += hiddenValue;
    read = span.end;
  }
  shown += given.slice(read);
  const at = (offset: number, edge: 'start' | 'end'): number => {
    let shift = 0;
    for (const { start, end, shownAt } of places) {
      if (offset <= start) break;
      if (offset < end || (offset === end && edge === 'end'))
        return edge === 'start' ? shownAt : shownAt + hiddenValue.length;
      shift = shownAt + hiddenValue.length - end;
    }
    return offset + shift;
  };
  return { shown: shown.replaceAll(/\p{Cc}/gu, '·'), at };
}

/**
 * What the parser took for a secret, and what could be one where the string is broken: everything between the first colon of a login
 * and the last `@`, and everything after `password=`.
 */
function secretSpans(given: string, { understood }: ParsedConnectionString): Span[] {
  const spans: Span[] = understood
    .filter(({ value, start, end }) => value === hiddenValue && end > start)
    .map(({ start, end }) => ({ start, end }));
  const login = /^(?:[^@]*?:\/\/|\/\/)?[^\s:@/]*:(?!\/\/)(?<rest>[\s\S]*)@/d.exec(given);
  const [start, end] = login?.indices?.groups?.rest ?? [0, 0];
  if (end > start) spans.push({ start, end });
  const named =
    /(?:pass(?:word|wd|phrase)?|pwd|secret|token)\w*\s*=\s*(?<value>'(?:[^'\\]|\\[\s\S])*'?|[^&\s][\s\S]*?(?=&|\s+\w+\s*=|$))/dgi;
  for (const { indices } of given.matchAll(named)) {
    const [from, to] = indices?.groups?.value ?? [0, 0];
    if (to > from) spans.push({ start: from, end: to });
  }
  return spans;
}

function merged(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else result.push({ ...span });
  }
  return result;
}
