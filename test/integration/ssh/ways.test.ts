import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SshHost } from '../../../contract/sshHost.ts';
import { configuredAliases } from '../../../main/adapters/ssh/config.ts';
import { SshConnections } from '../../../main/adapters/ssh/connections.ts';
import { findOpenSsh } from '../../../main/adapters/ssh/openSsh.ts';
import { RemoteHost } from '../../../main/adapters/ssh/remoteHost.ts';
import { type ResolveEnvironment, resolveTarget } from '../../../main/adapters/ssh/resolve.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { Answers, homeWith, never, problemOf } from './harness.ts';

let key: SshKey;
let outer: Sshd;
let middle: Sshd;
let inner: Sshd;
let home: string;
let opened: SshConnections[] = [];

beforeAll(async () => {
  key = await makeSshKey({});
  const users = [{ name: 'tester', keys: [key.publicKey] }];
  inner = await startSshd({ users, hosts: { 'database.internal': '127.0.0.1' } });
  middle = await startSshd({ users, hosts: { 'inner.internal': '127.0.0.1' } });
  outer = await startSshd({ users, hosts: { 'middle.internal': '127.0.0.1' } });
  home = supportFolder('home');
  mkdirSync(path.join(home, '.ssh', 'more'), { recursive: true });
  writeFileSync(
    path.join(home, '.ssh', 'known_hosts'),
    [
      outer.knownHosts(),
      middle.knownHosts().replaceAll('127.0.0.1', 'middle.internal'),
      inner.knownHosts().replaceAll('127.0.0.1', 'inner.internal'),
      middle.knownHosts(),
      inner.knownHosts(),
    ].join(''),
  );
});
afterAll(() => {
  for (const connections of opened) connections.close();
  opened = [];
});

async function environment(withOpenSsh: boolean): Promise<ResolveEnvironment> {
  return {
    home,
    platform: 'linux',
    env: { PATH: process.env.PATH },
    userName: 'nobody',
    sshProgram: withOpenSsh ? await findOpenSsh(process.env, 'linux') : undefined,
    configFile: path.join(home, '.ssh', 'config'),
  };
}

async function reach(host: SshHost, hosts: SshHost[], withOpenSsh = true) {
  const target = await resolveTarget(host, hosts, await environment(withOpenSsh));
  const answers = new Answers();
  const connections = new SshConnections({
    hostKeys: homeWith('').hostKeys,
    questions: () => answers,
    onState: () => undefined,
  });
  opened.push(connections);
  return { target, answers, host: new RemoteHost(host.name, connections.to(target)), connections };
}

const saved = (id: string, host: string, port: number, jumps: string[] = []): SshHost => ({
  id,
  name: id,
  host,
  port,
  user: 'tester',
  authentication: { method: 'key', path: key.file },
  jumps,
  useConfig: false,
});

test('a chain of saved jump hosts; every key is verified, every name resolved where it belongs', async () => {
  const hosts = [
    saved('outer', outer.host, outer.port),
    saved('middle', 'middle.internal', middle.port),
    saved('inner', 'inner.internal', inner.port, ['outer', 'middle']),
  ];
  const way = await reach(hosts[2] as SshHost, hosts);
  expect((await way.host.run(['id', '-un'], { signal: never })).stdout).toBe('tester\n');
  expect(way.answers.asked).toEqual([]);
  const listener = createServer((socket) => socket.end('seen from the inside')).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  const stream = await way.host.dial({ host: 'database.internal', port }, never);
  let text = '';
  for await (const bytes of stream) text += String(bytes);
  expect(text).toBe('seen from the inside');
  listener.close();

  // The same way again shares every connection of it.
  const before = outer.log().match(/Accepted publickey/g)?.length;
  await way.host.run(['true'], { signal: never });
  expect(outer.log().match(/Accepted publickey/g)?.length).toBe(before);
});

test('a changed key in the middle of the chain is refused', async () => {
  const users = [{ name: 'tester', keys: [key.publicKey] }];
  const changed = await startSshd({ users });
  const hosts = [saved('outer', outer.host, outer.port), saved('last', '127.0.0.1', changed.port, ['outer'])];
  const file = path.join(home, '.ssh', 'known_hosts2');
  writeFileSync(file, `[127.0.0.1]:${changed.port} ${key.publicKey}\n`);
  const way = await reach(hosts[1] as SshHost, hosts);
  expect(await problemOf(way.host.run(['true'], { signal: never }))).toMatchObject({
    code: 'ssh-host-key-changed',
    values: { port: changed.port },
  });
  writeFileSync(file, '');
  await changed.stop();
});

test('a jump that cannot reach the next host says so; a circle is refused', async () => {
  const hosts = [saved('outer', outer.host, outer.port), saved('inner', 'no-such.internal', 22, ['outer'])];
  const way = await reach(hosts[1] as SshHost, hosts);
  expect(await problemOf(way.host.run(['true'], { signal: never }))).toMatchObject({
    code: 'ssh-target-refused',
    values: { target: 'no-such.internal:22' },
  });
  const circle = [saved('a', outer.host, outer.port, ['b']), saved('b', outer.host, outer.port, ['a'])];
  expect((await problemOf(reach(circle[0] as SshHost, circle))).code).toBe('ssh-config-invalid');
  expect((await problemOf(reach(saved('x', 'x', 22, ['gone']), []))).code).toBe('ssh-host-missing');
});

describe.each([
  ['read by OpenSSH', true],
  ['read without OpenSSH', false],
])('~/.ssh/config, %s', (_name, withOpenSsh) => {
  const alias = (host: string): SshHost => ({ id: host, name: host, host, jumps: [], useConfig: true });

  beforeAll(() => {
    writeFileSync(
      path.join(home, '.ssh', 'config'),
      [
        'Include more/*.conf',
        'Host *',
        '  User tester',
        `  IdentityFile ${key.file}`,
        '  IdentityAgent none',
        '  StrictHostKeyChecking no',
        `  UserKnownHostsFile ${home}/.ssh/known_hosts`,
      ].join('\n'),
    );
    writeFileSync(
      path.join(home, '.ssh', 'more', 'hosts.conf'),
      [
        'Host nas other-name *.pattern !not-this',
        '  HostName inner.internal',
        `  Port ${inner.port}`,
        `  ProxyJump gate,tester@middle.internal:${middle.port}`,
        'Host gate',
        `  HostName ${outer.host}`,
        `  Port ${outer.port}`,
        'Host by-command',
        `  HostName ${inner.host}`,
        `  Port ${inner.port}`,
        `  ProxyCommand ssh -F none -o BatchMode=yes -o UserKnownHostsFile=${home}/.ssh/known_hosts -i ${key.file} -p ${outer.port} -W %h:%p %r@${outer.host}`,
        'Host broken-command',
        `  HostName ${inner.host}`,
        '  ProxyCommand sh -c "echo cannot >&2; exit 3"',
        'Host renamed',
        `  HostName ${inner.host}`,
        `  Port ${inner.port}`,
        '  HostKeyAlias the-nas',
      ].join('\n'),
    );
  });

  test('alias, chain of jumps, user, port and key', async () => {
    const way = await reach(alias('nas'), [], withOpenSsh);
    expect(way.target).toMatchObject({
      host: 'inner.internal',
      port: inner.port,
      user: 'tester',
      via: { kind: 'jump' },
    });
    expect((await way.host.run(['echo', 'there'], { signal: never })).stdout).toBe('there\n');
    expect(way.answers.asked).toEqual([]);
  });

  test('own fields win over the configuration', async () => {
    const own = { ...alias('nas'), user: 'somebody', port: 1 };
    expect((await reach(own, [], withOpenSsh)).target).toMatchObject({ user: 'somebody', port: 1 });
  });

  test('ProxyCommand runs as it does for OpenSSH, and says what it said when it fails', async () => {
    const way = await reach(alias('by-command'), [], withOpenSsh);
    expect((await way.host.run(['echo', 'through'], { signal: never })).stdout).toBe('through\n');
    way.connections.close();
    const broken = await reach(alias('broken-command'), [], withOpenSsh);
    expect(await problemOf(broken.host.run(['true'], { signal: never }))).toMatchObject({
      code: 'ssh-proxy-command',
      detail: 'cannot',
    });
  });

  test('StrictHostKeyChecking no changes nothing, HostKeyAlias is looked up', async () => {
    const way = await reach(alias('renamed'), [], withOpenSsh);
    way.answers.trust = false;
    expect((await problemOf(way.host.run(['true'], { signal: never }))).code).toBe('ssh-host-key-unknown');
    expect(way.answers.asked).toEqual(['host-key']);
  });

  test('names that one can choose', async () => {
    const { env, sshProgram, configFile } = await environment(withOpenSsh);
    const aliases = await configuredAliases({ home, env, sshProgram, file: configFile ?? '' });
    expect(aliases).toEqual(['nas', 'other-name', 'gate', 'by-command', 'broken-command', 'renamed']);
  });
});
