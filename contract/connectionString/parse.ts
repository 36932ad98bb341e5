import { Findings } from './findings.ts';
import { interpret } from './interpret.ts';
import { readKeyValue } from './keyValue.ts';
import { fromSemicolons } from './otherFormats.ts';
import type { Field, ParsedConnectionString } from './parsed.ts';
import { readUrl } from './url.ts';
import { unwrap } from './wrapping.ts';

const schemePattern = /^(?<scheme>(?:jdbc:)?[A-Za-z][A-Za-z0-9+._-]*):\/\//;
const plainSchemes = new Set(['postgres', 'postgresql']);

/**
 * Reads whatever libpq accepts as libpq reads it (URL, `key=value`, `service=`), and what people paste besides: wrapped in quotes or an
 * assignment, another driver's flavour, a password with raw characters. Says what it understood and what is wrong with it, each with
 * its place in the text. Pure: no environment variable, file or login name takes part. Never throws.
 */
export function parseConnectionString(text: string): ParsedConnectionString {
  const findings = new Findings(text);
  const { start, end } = unwrap(text, findings);
  const { format, fields } = read(text, start, end, findings);
  const interpretation = interpret(fields, findings, end);
  return {
    format,
    ...interpretation,
    mistakes: findings.mistakes(),
    usable: format !== 'none' && !findings.failed,
  };
}

function read(
  text: string,
  start: number,
  end: number,
  findings: Findings,
): { format: ParsedConnectionString['format']; fields: Field[] } {
  if (start === end) return { format: 'none', fields: [] };
  const inside = text.slice(start, end);
  const scheme = schemePattern.exec(inside);
  if (scheme !== null) {
    checkScheme(scheme.groups?.scheme ?? '', start, findings);
    return { format: 'url', fields: readUrl(text, start + scheme[0].length, end, findings) };
  }
  const translated = isKeyValue(text, start, end) ? undefined : fromSemicolons(inside);
  if (translated !== undefined) {
    findings.add('error', 'format-other', start, end, {}, translated);
    return {
      format: 'keywords',
      fields: readKeyValue(translated, 0, translated.length, new Findings(translated)).map((field) => ({
        ...field,
        start,
        end,
      })),
    };
  }
  // `user:password@host…` and `//host…`: the scheme was not copied. A key=value string has its first `=` before any of this.
  if (/^(?:\/\/)?[^\s=/@]*(?::[^\s=]*)?@[^\s@=]+/.test(inside) || inside.startsWith('//')) {
    const body = start + (inside.startsWith('//') ? 2 : 0);
    findings.add('error', 'scheme-missing', start, body, {}, 'postgresql://');
    return { format: 'url', fields: readUrl(text, body, end, findings) };
  }
  if (inside.includes('=')) return { format: 'keywords', fields: readKeyValue(text, start, end, findings) };
  findings.add('error', 'format-unknown', start, end);
  return { format: 'none', fields: [] };
}

/** Whether libpq could connect with it as it is: a semicolon in a password makes no other format of it. */
function isKeyValue(text: string, start: number, end: number): boolean {
  const trial = new Findings(text);
  interpret(readKeyValue(text, start, end, trial), trial, end);
  return !trial.failed;
}

function checkScheme(scheme: string, start: number, findings: Findings): void {
  if (plainSchemes.has(scheme)) return;
  const stop = start + scheme.length;
  const lower = scheme.toLowerCase();
  if (plainSchemes.has(lower)) {
    findings.add('warning', 'scheme-case', start, stop, { scheme }, lower);
  } else if (/^jdbc:postgresql$|^(?:postgres|postgresql|pgsql|postgis)(?:\+[a-z0-9_]+)?$|^pg$/.test(lower)) {
    findings.add('warning', 'scheme-driver', start, stop, { scheme }, 'postgresql');
  } else {
    findings.add('error', 'scheme-other-database', start, stop, { scheme });
  }
}
