import { keywordKind } from '../../contract/connectionString/keywords.ts';
import { hiddenValue, type Mistake, type ParsedConnectionString } from '../../contract/connectionString/parsed.ts';
import { say } from '../../contract/copy/text.ts';

type Span = { start: number; end: number };

/**
 * The string with every stretch that is or may be a secret as dots, whatever its length, and where an offset has gone. Hides rather too
 * much: in a broken string nobody knows for sure where the password ends.
 */
export function hidden(
  given: string,
  parsed: ParsedConnectionString,
): { shown: string; at: (offset: number, edge: 'start' | 'end') => number } {
  let shown = '';
  let read = 0;
  const places: (Span & { shownAt: number })[] = [];
  for (const span of secretSpans(given, parsed)) {
    shown += given.slice(read, span.start);
    places.push({ ...span, shownAt: shown.length });
    shown += hiddenValue;
    read = span.end;
  }
  shown += given.slice(read);
  const at = (offset: number, edge: 'start' | 'end'): number => {
    let shift = 0;
    for (const { start, end, shownAt } of places) {
      if (offset <= start && !(offset === start && edge === 'start')) break;
      if (offset < end || (offset === end && edge === 'end'))
        return edge === 'start' ? shownAt : shownAt + hiddenValue.length;
      shift = shownAt + hiddenValue.length - end;
    }
    return offset + shift;
  };
  return { shown: shown.replaceAll(/\p{Cc}/gu, '·'), at };
}

/** Values that are words of this app, never of the string. `character` is the one that has to be encoded. */
const ownValues = new Set(['character', 'place', 'allowed', 'known', 'replacement', 'most']);

/** What is wrong, without the parts of a password that a broken string makes look like a port, a host or a keyword. */
export function sayMistake({ start, end, text }: Mistake, given: string, parsed: ParsedConnectionString): string {
  const spans = secretSpans(given, parsed);
  const touches = spans.some((span) => start < span.end && end > span.start);
  const secrets = spans.flatMap((span) => {
    const raw = given.slice(span.start, span.end);
    return [raw, decoded(raw)];
  });
  const isSecret = (value: string) => value !== '' && (touches || secrets.some((secret) => secret.includes(value)));
  const values = Object.entries(text.values ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' && !ownValues.has(name) && isSecret(value) ? hiddenValue : value,
  ]);
  return say({ key: text.key, values: Object.fromEntries(values) });
}

function decoded(raw: string): string {
  return raw.replaceAll(/%[0-9A-Fa-f]{2}/g, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(1), 16)));
}

/**
 * What the parser took for a secret, and what could be one: everything between the first colon of a login and the last `@`, and from
 * `password=` (or anything named like it) to the next keyword that PostgreSQL knows.
 */
function secretSpans(given: string, { understood }: ParsedConnectionString): Span[] {
  const spans: Span[] = understood
    .filter(({ value, start, end }) => value === hiddenValue && end > start)
    .map(({ start, end }) => ({ start, end }));
  // Behind the scheme of a PostgreSQL URL; another scheme could be a user's name whose password begins with two slashes.
  const body = /(?:postgres|postgresql|pgsql|postgis|pg)(?:\+\w+)?:\/\//i.exec(given);
  const from = body === null ? 0 : body.index + body[0].length;
  const colon = given.indexOf(':', from);
  const start = colon < 0 ? given.length : colon + 1;
  const end = given.lastIndexOf('@');
  if (end > start) spans.push({ start, end });
  for (const { indices } of given.matchAll(/(?:pass(?:word|wd|phrase)?|pwd|secret|token)\w*\s*=\s*/dgi)) {
    const begin = indices?.[0]?.[1] ?? given.length;
    const stop = endOfValue(given, begin);
    if (stop > begin) spans.push({ start: begin, end: stop });
  }
  return merged(spans);
}

function endOfValue(given: string, from: number): number {
  for (const found of given.slice(from).matchAll(/[&\s]+(?<keyword>[a-z_]+)\s*=/g)) {
    const kind = keywordKind(found.groups?.keyword ?? '');
    if (kind !== 'unknown') return from + found.index;
  }
  return given.length;
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
