import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type SshAgent, startSshAgent } from '../../support/sshAgent.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makePuttyKey, makeSshKey } from '../../support/sshKeys.ts';
import { Answers, closeAll, connect, homeWith, output, problemOf, targetOf } from './harness.ts';

let sshd: Sshd;
let home: ReturnType<typeof homeWith>;
const at = (login: Parameters<typeof targetOf>[1], server = sshd) =>
  targetOf(server, login, { knownHostsFiles: home.knownHostsFiles });

beforeAll(async () => {
  sshd = await startSshd({});
  home = homeWith(sshd.knownHosts());
});
afterEach(closeAll);

const keys = [
  { type: 'ed25519' as const, format: 'openssh' as const },
  { type: 'rsa' as const, format: 'openssh' as const },
  { type: 'rsa' as const, format: 'pem' as const },
  { type: 'rsa' as const, format: 'pkcs8' as const },
  { type: 'ecdsa' as const, format: 'openssh' as const },
  { type: 'ecdsa' as const, format: 'pem' as const },
  { type: 'ecdsa' as const, format: 'pkcs8' as const },
  { type: 'ecdsa' as const, format: 'openssh' as const, bits: 521 },
];

describe.each(keys)('$type key in $format format', (options) => {
  test('plain: logs in without a question', async () => {
    const key = await makeSshKey(options);
    sshd.authorize(key.publicKey);
    const answers = new Answers();
    const connection = await connect(at({ keys: [key.file] }), answers, home.hostKeys);
    expect(await output(connection, 'id -un')).toBe(`${sshd.user.name}\n`);
    expect(answers.asked).toEqual([]);
    expect(sshd.log()).not.toMatch(/ssh2.*ssh-rsa SHA1/);
  });

  test('encrypted: asks once, tells a wrong passphrase from a missing one', async () => {
    const key = await makeSshKey({ ...options, passphrase: 'a passphrase' });
    sshd.authorize(key.publicKey);
    const right = new Answers();
    right.passphrases = ['a passphrase'];
    await connect(at({ keys: [key.file] }), right, home.hostKeys);
    expect(right.asked).toEqual(['passphrase']);
    expect(right.accepted).toEqual(['passphrase']);

    const second = new Answers();
    second.passphrases = ['wrong', 'a passphrase'];
    await connect(at({ keys: [key.file] }), second, home.hostKeys);
    expect(second.asked).toEqual(['passphrase', 'passphrase again']);

    expect((await problemOf(connect(at({ keys: [key.file] }), new Answers(), home.hostKeys))).code).toBe(
      'ssh-key-passphrase-required',
    );
    const wrong = new Answers();
    wrong.passphrases = ['wrong', 'wrong again', 'and again'];
    expect((await problemOf(connect(at({ keys: [key.file] }), wrong, home.hostKeys))).code).toBe(
      'ssh-key-passphrase-wrong',
    );
  });
});

test('an encrypted key that the server would not take is never asked for', async () => {
  const key = await makeSshKey({ passphrase: 'secret' });
  const answers = new Answers();
  const problem = await problemOf(connect(at({ keys: [key.file] }), answers, home.hostKeys));
  expect(problem).toMatchObject({
    code: 'ssh-authentication-failed',
    values: { tried: 'publickey', offered: 'publickey, password' },
  });
  expect(answers.asked).toEqual([]);
});

test('PuTTY keys, public keys, other files and missing files are explained', async () => {
  const key = await makeSshKey({});
  const codeFor = async (file: string) =>
    (await problemOf(connect(at({ keys: [file] }), new Answers(), home.hostKeys))).code;
  expect(await codeFor(await makePuttyKey(key))).toBe('ssh-key-ppk');
  expect(await codeFor(`${key.file}.pub`)).toBe('ssh-key-format');
  expect(await codeFor('/etc/hostname')).toBe('ssh-key-format');
  expect(await codeFor('/nonexistent/id_rsa')).toBe('ssh-key-unreadable');
});

describe('agent', () => {
  let agent: SshAgent;
  beforeAll(async () => {
    agent = await startSshAgent();
  });

  test('none, empty, with the key, restricted to named keys', async () => {
    const codeFor = async (login: Parameters<typeof at>[0]) =>
      (await problemOf(connect(at(login), new Answers(), home.hostKeys))).code;
    expect(await codeFor({ agent: '/nonexistent/agent.sock' })).toBe('ssh-agent-unreachable');
    expect(await codeFor({ agent: agent.socket })).toBe('ssh-agent-empty');
    const key = await makeSshKey({ type: 'rsa' });
    const other = await makeSshKey({});
    sshd.authorize(key.publicKey);
    await agent.add(other);
    await agent.add(key);
    const connection = await connect(at({ agent: agent.socket }), new Answers(), home.hostKeys);
    expect(await output(connection, 'echo in')).toBe('in\n');
    // The public halves of the named keys choose; the other key in the agent is not even shown to the server.
    expect(await codeFor({ agent: agent.socket, agentOnlyNamed: true, keys: [other.file] })).toBe(
      'ssh-authentication-failed',
    );
  });

  test('a named key is used alone although an agent holds the right one', async () => {
    const right = await makeSshKey({});
    const wrong = await makeSshKey({});
    sshd.authorize(right.publicKey);
    await agent.add(right);
    const problem = await problemOf(connect(at({ keys: [wrong.file] }), new Answers(), home.hostKeys));
    expect(problem.code).toBe('ssh-authentication-failed');
  });
});

describe('passwords', () => {
  test('right, wrong then right, three times wrong', async () => {
    const { password } = sshd.user;
    const right = new Answers();
    right.passwords = [password ?? ''];
    await connect(at({ password: true }), right, home.hostKeys);
    expect(right.accepted).toEqual(['password']);
    const second = new Answers();
    second.passwords = ['wrong', password ?? ''];
    await connect(at({ password: true }), second, home.hostKeys);
    expect(second.asked).toEqual(['password', 'password again']);
    const wrong = new Answers();
    wrong.passwords = ['a', 'b', 'c', 'd'];
    const problem = await problemOf(connect(at({ password: true }), wrong, home.hostKeys));
    expect(problem).toMatchObject({
      code: 'ssh-authentication-failed',
      values: { offered: 'publickey, password', tried: 'password' },
    });
    expect(wrong.asked).toHaveLength(3);
  });

  test('a user who takes longer than the server waits is not punished', async () => {
    const hasty = await startSshd({ settings: { LoginGraceTime: 2 } });
    const answers = new Answers();
    answers.passwords = [hasty.user.password ?? '', hasty.user.password ?? ''];
    answers.slow = 3500;
    const connection = await connect(at({ password: true }, hasty), answers, home.hostKeys).catch(() => undefined);
    expect(connection, hasty.log()).toBeDefined();
    expect(answers.asked).toEqual(['host-key', 'password']);
    await hasty.stop();
  });

  test('keyboard-interactive: the password is answered from the settings, a code is asked for', async () => {
    const asking = await startSshd({
      keyboardInteractive: 'password and code',
      settings: { PasswordAuthentication: 'no' },
    });
    const answers = new Answers();
    answers.passwords = [asking.user.password ?? ''];
    answers.codes = (questions) =>
      questions.map(({ text }) =>
        /one-time/i.test(text) ? asking.user.nextOneTimePassword() : (asking.user.password ?? ''),
      );
    const connection = await connect(at({ password: true }, asking), answers, home.hostKeys);
    expect(await output(connection, 'id -un')).toBe(`${asking.user.name}\n`);
    expect(answers.asked.some((question) => question.startsWith('interactive'))).toBe(true);
    const unanswered = await problemOf(
      connect(
        at({ password: true }, asking),
        Object.assign(new Answers(), { passwords: [asking.user.password ?? ''] }),
        home.hostKeys,
      ),
    );
    expect(unanswered.code).toBe('question-unanswered');
    await asking.stop();
  });

  test('a key and then a code', async () => {
    const key = await makeSshKey({});
    const both = await startSshd({
      users: [{ name: 'tester', keys: [key.publicKey] }],
      keyboardInteractive: 'password and code',
      settings: { AuthenticationMethods: 'publickey,keyboard-interactive' },
    });
    const answers = new Answers();
    answers.codes = (questions) =>
      questions.map(({ text }) =>
        /one-time/i.test(text) ? both.user.nextOneTimePassword() : (both.user.password ?? ''),
      );
    const connection = await connect(at({ keys: [key.file] }, both), answers, home.hostKeys);
    expect(await output(connection, 'echo in')).toBe('in\n');
    await both.stop();
  });
});
