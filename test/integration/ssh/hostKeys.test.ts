import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HostKeys } from '../../../main/adapters/hostKeys.ts';
import { mustRun } from '../../support/processes.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { Answers, closeAll, connect, homeWith, problemOf, targetOf } from './harness.ts';

let sshd: Sshd;
let key: SshKey;

beforeAll(async () => {
  key = await makeSshKey({});
  sshd = await startSshd({ users: [{ name: 'tester', keys: [key.publicKey] }] });
});
afterEach(closeAll);

/** Connects with this known_hosts; tells what was asked. */
async function tryWith(knownHosts: string, answers = new Answers(), server = sshd) {
  const home = homeWith(knownHosts);
  const target = targetOf(server, { keys: [key.file] }, { knownHostsFiles: home.knownHostsFiles });
  return { home, answers, attempt: () => connect(target, answers, home.hostKeys), target };
}

const line = (host: string, publicKey: string) => `${host} ${publicKey}\n`;

describe('an unknown host', () => {
  test('is asked about with the fingerprint that ssh-keygen prints, and remembered', async () => {
    const { attempt, answers, home } = await tryWith('');
    await attempt();
    const ed25519 = sshd.hostKeys().find(({ type }) => type === 'ed25519');
    expect(answers.shown).toEqual([
      { host: sshd.host, port: sshd.port, algorithm: 'ssh-ed25519', fingerprint: ed25519?.fingerprint },
    ]);
    await attempt();
    expect(answers.asked).toEqual(['host-key']);
    // Also by another process of the app.
    const [pin] = await new HostKeys(home.folder).list();
    expect(pin).toMatchObject({
      host: sshd.host,
      port: sshd.port,
      algorithm: 'ssh-ed25519',
      fingerprint: ed25519?.fingerprint,
    });
    await home.hostKeys.forget(sshd.host, sshd.port);
    await attempt();
    expect(answers.asked).toEqual(['host-key', 'host-key']);
  });

  test('refused: nothing is remembered and nobody logs in', async () => {
    const before = sshd.log().match(/Accepted publickey/g)?.length ?? 0;
    const answers = Object.assign(new Answers(), { trust: false });
    const { attempt, home } = await tryWith('', answers);
    expect((await problemOf(attempt())).code).toBe('ssh-host-key-unknown');
    expect(await home.hostKeys.list()).toEqual([]);
    expect(sshd.log().match(/Accepted publickey/g)?.length ?? 0).toBe(before);
  });
});

describe('known_hosts', () => {
  test('each kind of key alone is enough: the server is asked for the kind that is known', async () => {
    for (const hostKey of sshd.hostKeys()) {
      const { attempt, answers } = await tryWith(line(`[${sshd.host}]:${sshd.port}`, hostKey.publicKey));
      await attempt();
      expect(answers.asked, hostKey.type).toEqual([]);
    }
  });

  test('hashed entries, patterns, negations, entries without the port', async () => {
    const [hostKey] = sshd.hostKeys();
    if (hostKey === undefined) throw new Error('no host key');
    const hashed = homeWith(line(`[${sshd.host}]:${sshd.port}`, hostKey.publicKey));
    await mustRun(['ssh-keygen', '-q', '-H', '-f', hashed.knownHostsFiles[0] ?? '']);
    const text = readFileSync(hashed.knownHostsFiles[0] ?? '', 'utf8');
    expect(text).toMatch(/^\|1\|/);
    const asked = async (knownHosts: string) => {
      const { attempt, answers } = await tryWith(knownHosts);
      await attempt();
      return answers.asked;
    };
    expect(await asked(text)).toEqual([]);
    expect(await asked(line(`other,[127.0.0.*]:${sshd.port}`, hostKey.publicKey))).toEqual([]);
    expect(await asked(line(`[127.0.0.*]:${sshd.port},![127.0.0.1]:${sshd.port}`, hostKey.publicKey))).toEqual([
      'host-key',
    ]);
    expect(await asked(line(sshd.host, hostKey.publicKey))).toEqual([]);
    expect(await asked(`# comment\n\n${line('nonsense', 'ssh-ed25519 AAAA')}`)).toEqual(['host-key']);
  });

  test('a changed key is refused with both fingerprints and what to paste', async () => {
    const other = await makeSshKey({});
    const { attempt, answers, home } = await tryWith(line(`[${sshd.host}]:${sshd.port}`, other.publicKey));
    const problem = await problemOf(attempt());
    const shown = sshd.hostKeys().find(({ type }) => type === 'ed25519');
    expect(problem).toMatchObject({
      code: 'ssh-host-key-changed',
      values: { expected: other.fingerprint, fingerprint: shown?.fingerprint, source: `${home.knownHostsFiles[0]}:1` },
    });
    const [fix] = problem.fixes ?? [];
    if (fix?.kind !== 'paste') throw new Error('nothing to paste');
    await mustRun(['sh', '-c', fix.snippet]);
    expect(readFileSync(home.knownHostsFiles[0] ?? '', 'utf8')).toBe('');
    expect(answers.asked).toEqual([]);
  });

  test('a known key of another kind does not let a new key through as merely unknown', async () => {
    const onlyRsa = await makeSshKey({ type: 'rsa' });
    const ed25519 = await startSshd({ users: [{ name: 'tester', keys: [key.publicKey] }], hostKeys: ['ed25519'] });
    const { attempt } = await tryWith(
      line(`[${ed25519.host}]:${ed25519.port}`, onlyRsa.publicKey),
      new Answers(),
      ed25519,
    );
    expect((await problemOf(attempt())).code).toBe('ssh-host-key-changed');
    await ed25519.stop();
  });

  test('a revoked key is refused although another line accepts it', async () => {
    const lines = sshd
      .hostKeys()
      .map(({ publicKey }) => `${line(`[${sshd.host}]:${sshd.port}`, publicKey)}@revoked * ${publicKey}\n`);
    const { attempt } = await tryWith(lines.join(''));
    expect((await problemOf(attempt())).code).toBe('ssh-host-key-revoked');
  });

  test('a certificate authority alone makes no key known', async () => {
    const authority = await makeSshKey({});
    const certified = await startSshd({
      users: [{ name: 'tester', keys: [key.publicKey] }],
      certified: { by: authority, names: ['127.0.0.1'] },
    });
    const { attempt, answers } = await tryWith(`@cert-authority * ${authority.publicKey}\n`, new Answers(), certified);
    await attempt();
    expect(answers.asked).toEqual(['host-key']);
    await certified.stop();
  });

  test('a file that cannot be read fails closed', async () => {
    const home = homeWith('');
    const folder = path.join(home.folder, 'is-a-folder');
    mkdirSync(folder);
    const target = targetOf(sshd, { keys: [key.file] }, { knownHostsFiles: [folder] });
    expect(await problemOf(connect(target, new Answers(), home.hostKeys))).toMatchObject({
      code: 'ssh-known-hosts-unreadable',
      values: { path: folder },
    });
  });

  test('damaged pins fail closed and are not overwritten', async () => {
    const { attempt, home } = await tryWith('');
    const file = path.join(home.folder, 'host-keys.json');
    writeFileSync(file, '{"version":1,"pins":[{"host":');
    expect((await problemOf(attempt())).code).toBe('ssh-known-hosts-unreadable');
    expect(readFileSync(file, 'utf8')).toBe('{"version":1,"pins":[{"host":');
    chmodSync(file, 0o600);
  });
});

test('a pinned key that changes is refused too, until it is forgotten', async () => {
  const changing = await startSshd({ users: [{ name: 'tester', keys: [key.publicKey] }] });
  const { attempt, answers, home } = await tryWith('', new Answers(), changing);
  await attempt();
  const before = changing.hostKeys().find(({ type }) => type === 'ed25519')?.fingerprint;
  await changing.changeHostKeys();
  const after = changing.hostKeys().find(({ type }) => type === 'ed25519')?.fingerprint;
  expect(await problemOf(attempt())).toMatchObject({
    code: 'ssh-host-key-changed',
    values: { expected: before, fingerprint: after, source: 'pin' },
  });
  await home.hostKeys.forget(changing.host, changing.port);
  await attempt();
  expect(answers.asked).toEqual(['host-key', 'host-key']);
  await changing.stop();
});

test('OpenSSH reaches the same verdicts', async () => {
  const other = await makeSshKey({ type: 'rsa' });
  const name = `[${sshd.host}]:${sshd.port}`;
  const files = [
    sshd.knownHosts(),
    line(name, other.publicKey),
    line(`[127.0.0.*]:${sshd.port}`, sshd.hostKeys()[1]?.publicKey ?? ''),
    line(sshd.host, sshd.hostKeys()[0]?.publicKey ?? ''),
    sshd
      .hostKeys()
      .map(({ publicKey }) => `@revoked ${name} ${publicKey}\n`)
      .join(''),
  ];
  for (const text of files) {
    const { attempt, home } = await tryWith(text, Object.assign(new Answers(), { trust: false }));
    const ours = await attempt().then(
      () => true,
      () => false,
    );
    const theirs = await mustRun([
      ...(['ssh', '-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes'] as const),
      ...['-o', `UserKnownHostsFile=${home.knownHostsFiles[0]}`, '-o', 'GlobalKnownHostsFile=none'],
      ...[
        '-i',
        key.file,
        '-o',
        'IdentityAgent=none',
        '-p',
        String(sshd.port),
        `${sshd.user.name}@${sshd.host}`,
        'true',
      ],
    ]).then(
      () => true,
      () => false,
    );
    expect(ours, text).toBe(theirs);
  }
});
