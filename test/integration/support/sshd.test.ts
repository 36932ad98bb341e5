import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, run, until } from '../../support/processes.ts';
import { accountsCanBeMade } from '../../support/sshAccounts.ts';
import { startSshAgent } from '../../support/sshAgent.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { answering, makePuttyKey, makeSshKey, sshKeyTypes } from '../../support/sshKeys.ts';
import { supportFolder } from '../../support/supportFolder.ts';

/** OpenSSH's client with nothing of this machine's configuration, trusting the host keys given. */
function ssh(
  sshd: Sshd,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; knownHosts?: string; command?: string; host?: string } = {},
): Promise<Finished> {
  const knownHosts = join(supportFolder('ssh'), 'known_hosts');
  writeFileSync(knownHosts, options.knownHosts ?? sshd.knownHosts());
  chmodSync(knownHosts, 0o600);
  return run(
    [
      ...(['ssh', '-F', 'none', '-p', String(sshd.port)] as const),
      ...[
        '-o',
        `UserKnownHostsFile=${knownHosts}`,
        '-o',
        'GlobalKnownHostsFile=none',
        '-o',
        'StrictHostKeyChecking=yes',
      ],
      ...args,
      `${sshd.user.name}@${options.host ?? sshd.host}`,
      options.command ?? 'id -un',
    ],
    { env: { PATH: process.env.PATH, HOME: '/nonexistent', ...options.env }, timeout: 20_000 },
  );
}

const byKey = (file: string) => ['-i', file, '-o', 'IdentitiesOnly=yes', '-o', 'PreferredAuthentications=publickey'];

describe('sshd', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd({ keyboardInteractive: 'password' });
  });
  afterAll(() => sshd?.stop());

  test.each(sshKeyTypes)('lets in a key of type %s once it is authorized, and not before', async (type) => {
    const key = await makeSshKey({ type });
    expect((await ssh(sshd, byKey(key.file))).stderr).toContain('Permission denied');
    sshd.authorize(key.publicKey);
    expect(await ssh(sshd, byKey(key.file))).toMatchObject({ code: 0, stdout: `${sshd.user.name}\n` });
  });

  test.each(['pem', 'pkcs8'] as const)('lets in RSA and ECDSA keys in %s files', async (format) => {
    for (const type of ['rsa', 'ecdsa'] as const) {
      const key = await makeSshKey({ type, format, passphrase: 'secret words' });
      expect(key.privateKey).not.toContain('OPENSSH');
      sshd.authorize(key.publicKey);
      const env = answering([{ to: 'passphrase', answer: 'secret words' }]);
      expect(await ssh(sshd, byKey(key.file), { env })).toMatchObject({ code: 0 });
    }
  });

  // The environment script lists what an ordinary user cannot have.
  test.runIf(accountsCanBeMade).each(['password', 'keyboard-interactive'])(
    'asks for the password by %s',
    async (method) => {
      const flags = ['-o', `PreferredAuthentications=${method}`, '-o', 'NumberOfPasswordPrompts=1'];
      const right = answering([{ to: 'password', answer: sshd.user.password }]);
      expect(await ssh(sshd, flags, { env: right })).toMatchObject({ code: 0, stdout: `${sshd.user.name}\n` });
      const wrong = answering([{ to: 'password', answer: 'wrong' }]);
      expect((await ssh(sshd, flags, { env: wrong })).stderr).toContain('Permission denied');
    },
  );

  test('lets in a key that an agent holds', async () => {
    const key = await makeSshKey({ passphrase: 'of the agent' });
    sshd.authorize(key.publicKey);
    const agent = await startSshAgent();
    const flags = ['-o', 'PreferredAuthentications=publickey'];
    const env = { SSH_AUTH_SOCK: agent.socket };
    expect((await ssh(sshd, flags, { env })).code).toBe(255);
    await agent.add(key, 'of the agent');
    expect(await agent.list()).toEqual([key.publicKey]);
    expect((await ssh(sshd, flags, { env })).code).toBe(0);
    await agent.remove(key);
    expect(await agent.list()).toEqual([]);
    await agent.stop();
  });

  test("PuTTY's key format is made, and OpenSSH does not take it", async () => {
    const key = await makeSshKey();
    const { stdout } = await run(['head', '-1', await makePuttyKey(key)]);
    expect(stdout).toMatch(/^PuTTY-User-Key-File-\d: ssh-ed25519/);
  });

  test('ends connections while it goes on listening', async () => {
    const key = await makeSshKey();
    sshd.authorize(key.publicKey);
    const sleeping = ssh(sshd, byKey(key.file), { command: 'echo there; sleep 30' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await sshd.dropConnections();
    expect(await sleeping).toMatchObject({ code: 255, stdout: 'there\n' });
    expect((await ssh(sshd, byKey(key.file))).code).toBe(0);
  });

  test('is the same host after a restart and another one after its keys changed', async () => {
    const key = await makeSshKey();
    sshd.authorize(key.publicKey);
    const knownHosts = sshd.knownHosts();
    await sshd.restart();
    expect((await ssh(sshd, byKey(key.file), { knownHosts })).code).toBe(0);
    await sshd.changeHostKeys();
    const refused = await ssh(sshd, byKey(key.file), { knownHosts });
    expect(refused.code).toBe(255);
    expect(refused.stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
    expect((await ssh(sshd, byKey(key.file))).code).toBe(0);
  });
});

test.runIf(accountsCanBeMade)('asks for the password and then for a one-time code', async () => {
  const sshd = await startSshd({
    keyboardInteractive: 'password and code',
    settings: { PasswordAuthentication: 'no' },
  });
  const { user } = sshd;
  const flags = ['-o', 'PreferredAuthentications=keyboard-interactive', '-o', 'NumberOfPasswordPrompts=1'];
  const login = (code: string) =>
    ssh(sshd, flags, {
      env: answering([
        { to: 'one-time', answer: code },
        { to: 'password', answer: user.password },
      ]),
    });
  const code = user.nextOneTimePassword();
  expect(await login(code)).toMatchObject({ code: 0 });
  expect((await login(code)).code).toBe(255);
  expect(await login(user.nextOneTimePassword())).toMatchObject({ code: 0 });
  await sshd.stop();
});

test('a host certificate is enough for who trusts the authority', async () => {
  const authority = await makeSshKey({ comment: 'authority' });
  const key = await makeSshKey();
  const sshd = await startSshd({
    certified: { by: authority, names: ['127.0.0.1'] },
    users: [{ name: 'tester', keys: [key.publicKey] }],
  });
  const trusting = `@cert-authority * ${authority.publicKey}\n`;
  expect((await ssh(sshd, byKey(key.file), { knownHosts: trusting })).code).toBe(0);
  const another = await makeSshKey();
  expect((await ssh(sshd, byKey(key.file), { knownHosts: `@cert-authority * ${another.publicKey}\n` })).code).toBe(255);
  await sshd.stop();
});

test.runIf(accountsCanBeMade)('a second host is reached through the first, which alone knows its name', async () => {
  const key = await makeSshKey();
  const users = [{ name: 'tester', keys: [key.publicKey] }];
  const inner = await startSshd({ users });
  const jump = await startSshd({ users, hosts: { 'inner.internal': '127.0.0.1' } });
  const knownHosts = jump.knownHosts() + inner.knownHosts().replaceAll('[127.0.0.1]', '[inner.internal]');
  const file = join(supportFolder('known'), 'known_hosts');
  writeFileSync(file, knownHosts);
  const proxy = `ssh -F none -o UserKnownHostsFile=${file} -i ${key.file} -p ${jump.port} -W %h:%p tester@127.0.0.1`;
  const through = ['-o', `ProxyCommand=${proxy}`, ...byKey(key.file)];
  expect(await ssh(inner, through, { host: 'inner.internal', knownHosts })).toMatchObject({ code: 0 });
  const around = await ssh(inner, byKey(key.file), { host: 'inner.internal', knownHosts });
  expect(around.stderr).toContain('Could not resolve hostname');

  const closed = await startSshd({
    users,
    hosts: { 'inner.internal': '127.0.0.1' },
    settings: { AllowTcpForwarding: 'no' },
  });
  writeFileSync(file, closed.knownHosts());
  const barred = proxy.replace(`-p ${jump.port} `, `-p ${closed.port} `);
  const refused = await ssh(inner, ['-o', `ProxyCommand=${barred}`, ...byKey(key.file)], {
    host: 'inner.internal',
    knownHosts,
  });
  expect(refused.stderr).toContain('administratively prohibited');
  await Promise.all([inner.stop(), jump.stop(), closed.stop()]);
});

test('its settings hold: one session per connection, one cipher', async () => {
  const key = await makeSshKey();
  const sshd = await startSshd({
    users: [{ name: 'tester', keys: [key.publicKey] }],
    settings: { MaxSessions: 1, Ciphers: 'aes256-gcm@openssh.com' },
  });
  const socket = join(supportFolder('master'), 'socket');
  const first = ssh(sshd, [...byKey(key.file), '-M', '-S', socket], { command: 'sleep 2' });
  await until(
    () => existsSync(socket),
    10_000,
    () => 'the first connection was not made',
  );
  const second = await ssh(sshd, [...byKey(key.file), '-S', socket, '-o', 'BatchMode=yes']);
  expect(second.stderr).toContain('Session open refused by peer');
  expect(await first).toMatchObject({ code: 0 });
  const other = await ssh(sshd, [...byKey(key.file), '-c', 'aes128-ctr']);
  expect(other.stderr).toContain('no matching cipher found');
  await sshd.stop();
});
