import type { Findings } from './findings.ts';
import type { Field } from './parsed.ts';

/** Blanks as C's isspace knows them in libpq. */
function blank(character: string | undefined): boolean {
  return character !== undefined && ' \t\n\v\f\r'.includes(character);
}

/**
 * The fields of a `key=value` string with libpq's reading (conninfo_parse): blanks around `=` are allowed, a backslash takes the next
 * character as it is, a value may stand in single quotes.
 */
export function readKeyValue(text: string, start: number, end: number, findings: Findings): Field[] {
  const fields: Field[] = [];
  let at = start;
  const skipBlanks = () => {
    while (at < end && blank(text[at])) at++;
  };
  for (;;) {
    skipBlanks();
    if (at >= end) return fields;
    const nameStart = at;
    while (at < end && text[at] !== '=' && !blank(text[at])) at++;
    const nameEnd = at;
    skipBlanks();
    if (text[at] !== '=' || at >= end) {
      reportMissingEquals(text, nameStart, nameEnd, fields.at(-1), findings);
      continue;
    }
    at++;
    skipBlanks();
    const keyword = text.slice(nameStart, nameEnd);
    const valueStart = at;
    const quoted = text[at] === "'" && at < end;
    if (quoted) at++;
    let value = '';
    let closed = !quoted;
    while (at < end) {
      const character = text[at] ?? '';
      if (quoted ? character === "'" : blank(character)) {
        closed = true;
        at++;
        break;
      }
      if (character === '\\') {
        reportBackslash(text, at, end, keyword, findings);
        at++;
        // The blank behind the last backslash belongs to it, even where the end of the text was trimmed.
        if (at < end || blank(text[at])) value += text[at] ?? '';
        at++;
        continue;
      }
      if (character === '\0') findings.add('error', 'character-forbidden', at, at + 1, {}, '');
      else value += character;
      at++;
    }
    const valueEnd = Math.min(at, text.length);
    if (!closed)
      findings.add('error', 'quote-unterminated', valueStart, valueEnd, {}, `${text.slice(valueStart, valueEnd)}'`);
    fields.push({ keyword, value, start: valueStart, end: trimEnd(text, valueStart, valueEnd) });
  }
}

/** `value` as it stands in a `key=value` string. */
export function quoteKeyValue(value: string): string {
  return /^[A-Za-z0-9_.:/@%+-]+$/.test(value) ? value : `'${value.replace(/[\\']/g, '\\$&')}'`;
}

function trimEnd(text: string, start: number, end: number): number {
  return end > start && blank(text[end - 1]) && text[end - 2] !== '\\' ? end - 1 : end;
}

const mayHoldBlanks = new Set(['password', 'user', 'dbname', 'options', 'application_name', 'sslpassword']);

/** A word without `=` right behind a value is mostly the rest of a value with a blank in it: the value needs quotes. */
function reportMissingEquals(
  text: string,
  start: number,
  end: number,
  before: Field | undefined,
  findings: Findings,
): void {
  if (before === undefined || !mayHoldBlanks.has(before.keyword) || text[before.start] === "'") {
    findings.add('error', 'equals-missing', start, end);
    return;
  }
  const repaired = quoteKeyValue(text.slice(before.start, end));
  findings.add('error', 'space-raw', before.start, end, {}, repaired.startsWith("'") ? repaired : `'${repaired}'`);
}

/** A lone backslash in a password is mostly meant as one. */
function reportBackslash(text: string, at: number, end: number, keyword: string, findings: Findings): void {
  if (keyword !== 'password' || at + 1 > end) return;
  const next = text[at + 1];
  if (next === undefined || next === '\\' || next === "'" || blank(next)) return;
  findings.add('warning', 'backslash', at, at + 1, {}, '\\\\');
}
