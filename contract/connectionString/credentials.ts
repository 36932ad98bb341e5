import { keywordKind } from './keywords.ts';

/**
 * Where the login of a URL ends. libpq ends it at the first `@` unless a `/` comes before, so a raw `@` or `/` in a password moves the
 * rest of the password into the host, the port or the database.
 */
export type Credentials = {
  /** Offset of the `@`; -1: no login. */
  at: number;
  /** `libpq-fails`: libpq could not connect with its own reading, `at` is our guess. `doubtful`: libpq's reading works, `guess` is likelier. */
  reading: 'plain' | 'libpq-fails' | 'doubtful';
  guess?: number;
};

const oneHost = String.raw`(?:\[[^\]\s/?#@]*\]|[A-Za-z0-9._%-]*)(?::\d*)?`;
const afterLogin = new RegExp(`^(?<hosts>${oneHost}(?:,${oneHost})*)(?<tail>[/?].*)?$`, 's');

/** Finds the login in `text`, from behind `scheme://` to `end`. */
export function findCredentials(text: string, start: number, end: number): Credentials {
  const first = text.slice(start, end).search(/[@/]/);
  const at = first >= 0 && text[start + first] === '@' ? start + first : -1;
  const hostsStart = at < 0 ? start : at + 1;
  const hostsEnd = endOfHosts(text, hostsStart, end);
  const hosts = text.slice(hostsStart, hostsEnd);
  const query = text.indexOf('?', hostsEnd);
  const path = text.slice(hostsEnd, query < 0 || query > end ? end : query);
  const portFails = hosts.split(',').some((host) => !/^(?:\[[^\]]*\]|[^:]*)(?::\s*\+?\d*\s*)?$/.test(host));
  const hostFails = hosts.includes('@');
  const after = text.slice(hostsEnd, end);
  if (!after.includes('@') && !hostFails) return { at, reading: 'plain' };
  const guess = guessLogin(text, start, end);
  if (guess === undefined || guess === at) return { at, reading: 'plain' };
  if (hostFails || portFails) return { at: guess, reading: 'libpq-fails' };
  // libpq takes the rest for the database or the query. Only what looks like `host:port` or `host/database` casts doubt on that.
  if (!/^[^/?@]+(?::\d|\/)/.test(text.slice(guess + 1, end))) return { at, reading: 'plain' };
  if (path.includes('@')) return { at, reading: 'doubtful', guess };
  const keyword = /^[^=&]*/.exec(text.slice(query + 1, end))?.[0] ?? '';
  return keywordKind(keyword) === 'unknown' ? { at: guess, reading: 'libpq-fails' } : { at, reading: 'plain' };
}

/** The end of `host:port,host:port`, as libpq finds it: brackets hide everything inside. */
function endOfHosts(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text[at] !== '/' && text[at] !== '?') {
    if (text[at] === '[' && (at === start || text[at - 1] === ',')) {
      const close = text.indexOf(']', at);
      if (close > 0 && close < end) at = close;
    }
    at++;
  }
  return at;
}

/** The last `@` behind which stands something like `host:5432/database?…`. */
function guessLogin(text: string, start: number, end: number): number | undefined {
  let fallback: number | undefined;
  for (let at = text.lastIndexOf('@', end - 1); at >= start; at = text.lastIndexOf('@', at - 1)) {
    const match = afterLogin.exec(text.slice(at + 1, end));
    if (match !== null) {
      const tail = match.groups?.tail ?? '';
      const database = tail.startsWith('?') ? '' : (tail.split('?')[0] ?? '');
      if (!database.includes('@')) {
        if (tail !== '') return at;
        if (match.groups?.hosts !== '') fallback ??= at;
      }
    }
    if (at === 0) break;
  }
  return fallback;
}
