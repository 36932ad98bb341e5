import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as property } from '@fast-check/vitest';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeHostKey, preferredHostKeyAlgorithms } from '../../../main/adapters/hostKeys.ts';
import {
  fingerprintOf,
  knownHostName,
  matchesPattern,
  namesHost,
  parseKnownHosts,
} from '../../../main/adapters/ssh/knownHosts.ts';

let folder: string;
let publicKey: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'known-hosts-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, 'key')]);
  publicKey = execFileSync('ssh-keygen', ['-y', '-f', path.join(folder, 'key')], { encoding: 'utf8' }).trim();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Line numbers that OpenSSH finds. */
function foundByOpenSsh(text: string, name: string): number[] {
  const file = path.join(folder, 'known_hosts');
  writeFileSync(file, text);
  try {
    const out = execFileSync('ssh-keygen', ['-F', name, '-f', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return [...out.matchAll(/found: line (\d+)/g)].map(([, line]) => Number(line));
  } catch {
    return [];
  }
}

const label = fc.stringMatching(/^[a-c]{1,3}$/);
const hostName = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
const host = fc.oneof(
  hostName,
  fc.tuple(hostName, fc.constantFrom(22, 2222, 2200)).map(([name, port]) => knownHostName(name, port)),
);
const pattern = fc.oneof(
  host,
  fc
    .array(fc.constantFrom('*', '?', 'a', 'b', '.', 'c'), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join('')),
);
const entry = fc
  .array(fc.tuple(fc.boolean(), pattern), { minLength: 1, maxLength: 3 })
  .map((patterns) => patterns.map(([negated, one]) => (negated ? `!${one}` : one)).join(','));

property.prop([fc.array(entry, { minLength: 1, maxLength: 6 }), host], { numRuns: 150 })(
  'the lines that name a host are those that ssh-keygen -F finds',
  (entries, name) => {
    const text = entries.map((hosts) => `${hosts} ${publicKey}\n`).join('');
    const ours = parseKnownHosts(text)
      .filter(({ hosts }) => namesHost(hosts, name))
      .map(({ lineNumber }) => lineNumber);
    expect(ours).toEqual(foundByOpenSsh(text, name));
  },
);

property.prop([hostName, hostName, fc.constantFrom(22, 2222)], { numRuns: 20 })(
  'hashed names match as for OpenSSH',
  (filed, asked, port) => {
    const file = path.join(folder, 'hashed');
    writeFileSync(file, `${knownHostName(filed, port)} ${publicKey}\n`);
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
    const [line] = parseKnownHosts(execFileSync('cat', [file], { encoding: 'utf8' }));
    expect(line?.hosts.startsWith('|1|')).toBe(true);
    expect(namesHost(line?.hosts ?? '', knownHostName(asked, port))).toBe(asked === filed);
  },
);

test('fingerprints are those of ssh-keygen -l', () => {
  const [line] = parseKnownHosts(`host ${publicKey}`);
  const printed = execFileSync('ssh-keygen', ['-lf', path.join(folder, 'key.pub')], { encoding: 'utf8' });
  expect(printed.split(' ')[1]).toBe(fingerprintOf(line?.key ?? Buffer.alloc(0)));
});

test('lines that cannot be read make nothing known', () => {
  const text = [
    '# comment',
    '',
    'host',
    'host ssh-ed25519',
    'host ssh-ed25519 AAAA',
    '@unknown host x y',
    `host ssh-rsa ${publicKey.split(' ')[1]}`,
  ];
  expect(parseKnownHosts(text.join('\n'))).toEqual([]);
  expect(parseKnownHosts(`@revoked * ${publicKey}\r\n\thost\t${publicKey} a comment`)).toMatchObject([
    { marker: 'revoked', lineNumber: 1 },
    { hosts: 'host', lineNumber: 2 },
  ]);
});

test('a hostile pattern takes no time', () => {
  const started = performance.now();
  expect(matchesPattern('*a'.repeat(200), 'a'.repeat(2000))).toBe(true);
  expect(matchesPattern(`${'*a'.repeat(200)}b`, 'a'.repeat(2000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(500);
});

test('kinds of keys that are known are asked for first', () => {
  const [line] = parseKnownHosts(`host ${publicKey}`);
  if (line === undefined) throw new Error('no line');
  const nothing = {
    identity: { host: 'host', port: 22, knownHostsFiles: [] },
    lines: [],
    revoked: [],
    withoutPort: [],
    certificateAuthority: false,
    pins: [],
  };
  expect(preferredHostKeyAlgorithms(nothing)[0]).toBe('ssh-ed25519');
  const rsaPin = { host: 'host', port: 22, algorithm: 'ssh-rsa', fingerprint: 'SHA256:x', pinnedAt: '' };
  expect(preferredHostKeyAlgorithms({ ...nothing, pins: [rsaPin] }).slice(0, 2)).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
  ]);
  expect(preferredHostKeyAlgorithms({ ...nothing, pins: [rsaPin], lines: [{ file: 'f', line }] })[0]).toBe(
    'ssh-ed25519',
  );
  expect(preferredHostKeyAlgorithms(nothing)).not.toContain('ssh-rsa');
  // The user's own file decides before what was accepted in the app.
  const pinned = { ...rsaPin, algorithm: 'ssh-ed25519', fingerprint: fingerprintOf(Buffer.from('other')) };
  expect(judgeHostKey({ ...nothing, pins: [pinned], lines: [{ file: 'f', line }] }, 'ssh-ed25519', line.key)).toEqual({
    outcome: 'known',
  });
});
