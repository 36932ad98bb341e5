import { findCredentials } from './credentials.ts';
import { Findings } from './findings.ts';
import { interpret } from './interpret.ts';
import type { Field } from './parsed.ts';
import { decodePercent, encodePercent } from './percent.ts';

/** What is raw in a login although some reader takes it for the end of it. A second colon is read by everybody as part of the password. */
const endsLogin: Record<string, 'error' | 'warning'> = {
  '/': 'error',
  '@': 'error',
  '?': 'warning',
  '#': 'warning',
  ':': 'warning',
};

/**
 * The fields of a URL, in libpq's order and with libpq's reading (conninfo_uri_parse): login up to the first `@`, any number of
 * hosts, everything after the first `/` is the database, then the query, where a later keyword replaces an earlier one.
 * `start` is behind `scheme://`.
 */
export function readUrl(text: string, start: number, end: number, findings: Findings): Field[] {
  const login = findCredentials(text, start, end);
  if (login.guess === undefined) return readFrom(text, start, end, login.at, findings);
  // Two readings are possible. libpq's counts as long as libpq could connect with it.
  const trial = new Findings(text);
  interpret(readFrom(text, start, end, login.at, trial), trial, end);
  if (trial.failed) return readFrom(text, start, end, login.guess, findings);
  const repaired = loginParts(text, start, login.guess)
    .map(({ from, to }) => encodeRaw(text.slice(from, to)))
    .join(':');
  const values = { character: login.at < 0 ? '/' : '@', place: 'password' };
  findings.add('warning', 'character-raw', start, login.guess, values, repaired);
  return readFrom(text, start, end, login.at, findings);
}

/** Everything, with the login's end at the given `@` (-1: there is no login). */
function readFrom(text: string, start: number, end: number, loginEnd: number, findings: Findings): Field[] {
  const fields: Field[] = [];
  if (loginEnd >= 0) {
    // An empty user is none. An empty password is kept, to be told from none.
    fields.push(
      ...readLogin(text, start, loginEnd, findings).filter(({ keyword, value }) => keyword !== 'user' || value !== ''),
    );
  }
  const hosts = readHosts(text, loginEnd < 0 ? start : loginEnd + 1, end, findings);
  fields.push(...hosts.fields);
  let at = hosts.end;
  if (text[at] === '/' && at < end) {
    const query = text.indexOf('?', at);
    const stop = query < 0 || query > end ? end : query;
    // An empty name is none, so that the default holds.
    if (stop > at + 1) fields.push(decoded('dbname', text, at + 1, stop, findings));
    at = stop;
  }
  if (text[at] === '?' && at < end) fields.push(...readQuery(text, at + 1, end, findings));
  return fields;
}

function decoded(keyword: string, text: string, start: number, end: number, findings: Findings): Field {
  return { keyword, value: decodePercent(text.slice(start, end), start, findings), start, end };
}

function loginParts(text: string, start: number, end: number): { from: number; to: number }[] {
  const colon = text.slice(start, end).indexOf(':');
  if (colon < 0) return [{ from: start, to: end }];
  return [
    { from: start, to: start + colon },
    { from: start + colon + 1, to: end },
  ];
}

/** Encodes what is raw and leaves valid escapes as they are. */
function encodeRaw(part: string): string {
  return part
    .split(/(%[0-9A-Fa-f]{2})/)
    .map((piece, index) => (index % 2 === 1 ? piece : encodePercent(piece)))
    .join('');
}

function readLogin(text: string, start: number, at: number, findings: Findings): Field[] {
  return loginParts(text, start, at).map(({ from, to }, index) => {
    const keyword = index === 0 ? 'user' : 'password';
    for (let offset = from; offset < to; offset++) {
      const character = text[offset] ?? '';
      const severity = Object.hasOwn(endsLogin, character) ? endsLogin[character] : undefined;
      if (severity !== undefined) {
        const values = { character, place: keyword };
        findings.add(severity, 'character-raw', offset, offset + 1, values, encodePercent(character));
      }
    }
    return decoded(keyword, text, from, to, findings);
  });
}

function readHosts(text: string, start: number, end: number, findings: Findings): { fields: Field[]; end: number } {
  const hosts: string[] = [];
  const ports: string[] = [];
  const bare = /^[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.exec(text.slice(start, end).split(/[/?]/)[0] ?? '');
  if (bare !== null) {
    const stop = start + bare[0].length;
    findings.add('error', 'address-without-brackets', start, stop, { address: bare[0] }, `[${bare[0]}]`);
    return { fields: [{ keyword: 'host', value: bare[0], start, end: stop }], end: stop };
  }
  let at = start;
  let hostRange: { start: number; end: number } | undefined;
  let portRange: { start: number; end: number } | undefined;
  const until = (from: number, stops: string) => {
    let to = from;
    while (to < end && !stops.includes(text[to] ?? '')) to++;
    return to;
  };
  for (;;) {
    let from = at;
    let to: number;
    if (text[at] === '[' && at < end) {
      from = at + 1;
      to = until(from, ']');
      if (to === end) {
        to = until(from, '/?,');
        findings.add('error', 'bracket-missing', at, to, {}, `${text.slice(at, to)}]`);
        at = to;
      } else {
        at = to + 1;
        const stop = until(at, ':/?,');
        if (stop > at) {
          findings.add('error', 'bracket-after', at, stop);
          at = stop;
        }
      }
      if (to === from) findings.add('error', 'host-invalid', from, to, { host: '[]' });
    } else {
      to = until(at, ':/?,');
      at = to;
    }
    hosts.push(decodePercent(text.slice(from, to), from, findings));
    hostRange = { start: hostRange?.start ?? from, end: to };
    let port = '';
    if (text[at] === ':' && at < end) {
      const stop = until(at + 1, '/?,');
      port = decodePercent(text.slice(at + 1, stop), at + 1, findings);
      portRange = { start: portRange?.start ?? at + 1, end: stop };
      at = stop;
    }
    ports.push(port);
    if (text[at] !== ',' || at >= end) break;
    at++;
  }
  const fields: Field[] = [];
  const host = hosts.join(',');
  const port = ports.join(',');
  if (host !== '' && hostRange !== undefined) fields.push({ keyword: 'host', value: host, ...hostRange });
  if (port !== '') fields.push({ keyword: 'port', value: port, ...(portRange ?? { start, end: at }) });
  return { fields, end: at };
}

function readQuery(text: string, start: number, end: number, findings: Findings): Field[] {
  const fields: Field[] = [];
  let at = start;
  while (at < end) {
    const ampersand = text.indexOf('&', at);
    const stop = ampersand < 0 || ampersand > end ? end : ampersand;
    const equals = text.indexOf('=', at);
    if (equals < 0 || equals >= stop) {
      findings.add('error', 'equals-missing', at, stop);
    } else {
      for (
        let extra = text.indexOf('=', equals + 1);
        extra >= 0 && extra < stop;
        extra = text.indexOf('=', extra + 1)
      ) {
        findings.add('error', 'equals-extra', extra, extra + 1, {}, '%3D');
      }
      const keyword = decodePercent(text.slice(at, equals), at, findings);
      fields.push(decoded(keyword, text, equals + 1, stop, findings));
    }
    at = stop + 1;
  }
  return fields;
}
