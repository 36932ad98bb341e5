import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** One line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT") that names a key. */
export type KnownHostLine = {
  marker?: 'revoked' | 'cert-authority';
  hosts: string;
  algorithm: string;
  key: Buffer;
  /** Counted from 1. */
  lineNumber: number;
};

/** `SHA256:…` as OpenSSH prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The algorithm that a public key in wire format names itself, e.g. `ssh-ed25519`. */
export function algorithmOf(key: Buffer): string {
  if (key.length < 4) return 'unknown';
  const length = key.readUInt32BE(0);
  return length > 64 || length + 4 > key.length ? 'unknown' : key.toString('latin1', 4, 4 + length);
}

/** Lines that cannot be read as a key are left out, as OpenSSH does; they can only make a host less known, never more. */
export function parseKnownHosts(text: string): KnownHostLine[] {
  const lines: KnownHostLine[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const fields = line.split(/[ \t]+/);
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') continue;
    const [hosts, algorithm, encoded] = fields;
    if (hosts === undefined || algorithm === undefined || encoded === undefined) continue;
    const key = Buffer.from(encoded, 'base64');
    if (algorithmOf(key) !== algorithm) continue;
    lines.push({
      ...(marker === undefined ? {} : { marker: marker === '@revoked' ? 'revoked' : 'cert-authority' }),
      hosts,
      algorithm,
      key,
      lineNumber: index + 1,
    });
  }
  return lines;
}

/** The name under which OpenSSH files a host: lower case, `[host]:port` unless the port is 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** Whether the first field of a line names the host: hashed, or a list of patterns of which `!pattern` excludes. */
export function namesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return hashNames(hosts, name);
  let named = false;
  for (const pattern of hosts.split(',')) {
    const negated = pattern.startsWith('!');
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    named = true;
  }
  return named;
}

/** `|1|salt|hash`: HMAC-SHA1 of the name with the salt as key. */
function hashNames(hosts: string, name: string): boolean {
  const [, version, salt, hash] = hosts.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` and `?` as in ssh_config(5), without regard to case. Linear in pattern times name: no regular expression to blow up. */
export function matchesPattern(pattern: string, name: string): boolean {
  const wanted = pattern.toLowerCase();
  const actual = name.toLowerCase();
  let at = 0;
  let position = 0;
  let star = -1;
  let starred = 0;
  while (position < actual.length) {
    if (at < wanted.length && wanted[at] === '*') {
      star = at;
      starred = position;
      at += 1;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === actual[position])) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      at = star + 1;
      starred += 1;
      position = starred;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}
