import type { Findings } from './findings.ts';

const hexPair = /^[0-9A-Fa-f]{2}$/;

/**
 * Decodes `%XX` as libpq does: everything else stands for itself (`+` is a plus). A `%` that begins no escape is kept and reported,
 * `%00` is dropped and reported, bytes that are not UTF-8 are reported. Blanks are kept and reported (libpq 17 and later refuse them),
 * line breaks, which a terminal or a mail puts into a long line, are dropped and reported.
 */
export function decodePercent(raw: string, start: number, findings: Findings): string {
  if (!/[%\s\0]/.test(raw)) return raw;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  let at = 0;
  while (at < raw.length) {
    const found = raw.slice(at).search(/[%\s\0]/);
    const next = found < 0 ? raw.length : at + found;
    for (const byte of encoder.encode(raw.slice(at, next))) bytes.push(byte);
    if (next === raw.length) break;
    at = next + 1;
    const character = raw[next] ?? '';
    if (character === '\r' || character === '\n') {
      findings.add('error', 'line-break', start + next, start + at, {}, '');
    } else if (character === '\0') {
      findings.add('error', 'character-forbidden', start + next, start + at, {}, '');
    } else if (character !== '%') {
      findings.add('warning', 'space-raw', start + next, start + at, {}, encodePercent(character));
      for (const byte of encoder.encode(character)) bytes.push(byte);
    } else if (!hexPair.test(raw.slice(at, at + 2))) {
      findings.add('error', 'percent-escape', start + next, start + at, {}, '%25');
      bytes.push(0x25);
    } else {
      const byte = Number.parseInt(raw.slice(at, at + 2), 16);
      at += 2;
      if (byte === 0) findings.add('error', 'percent-zero', start + next, start + at, {}, '');
      else bytes.push(byte);
    }
  }
  const array = Uint8Array.from(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(array);
  } catch {
    findings.add('error', 'percent-encoding', start, start + raw.length);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(array);
  }
}

/** Percent-encodes everything but letters, digits, `-`, `.`, `_` and `~` (RFC 3986, 2.3), so that every reader agrees on it. */
export function encodePercent(value: string): string {
  // A lone surrogate has no UTF-8 form; it becomes U+FFFD, as everywhere where text becomes bytes.
  const wellFormed = value.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
  return encodeURIComponent(wellFormed).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
