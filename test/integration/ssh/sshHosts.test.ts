import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EventName, Events } from '../../../contract/events.ts';
import type { Prompt, PromptAnswer } from '../../../contract/prompt.ts';
import type { SshHost } from '../../../contract/sshHost.ts';
import { createKeychain } from '../../../main/adapters/keychain.ts';
import { createCredentials, keychainIndexDocument } from '../../../main/services/credentials.ts';
import { openDocument } from '../../../main/services/documents.ts';
import { createOperations } from '../../../main/services/operations/operations.ts';
import { createPrompts } from '../../../main/services/prompts.ts';
import { createSshHosts, type SshHosts } from '../../../main/services/sshHosts.ts';
import { until } from '../../support/processes.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makeSshKey } from '../../support/sshKeys.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { never, problemOf } from './harness.ts';

let sshd: Sshd;
const open: SshHosts[] = [];

beforeAll(async () => {
  sshd = await startSshd({});
});
afterEach(() => {
  for (const hosts of open.splice(0)) hosts.close();
});
afterAll(() => sshd.stop());

/** The real services in a folder of their own, on a computer without a keychain; `answer` is the user at the window. */
function services(answer: (prompt: Prompt) => PromptAnswer) {
  const folder = supportFolder('ssh-hosts');
  mkdirSync(path.join(folder, 'home'));
  const events: { [Name in EventName]?: Events[Name][] } = {};
  const asked: Prompt['kind'][] = [];
  const emit = <Name extends EventName>(name: Name, event: Events[Name]) => {
    const list: Events[Name][] = events[name] ?? [];
    list.push(event);
    events[name] = list as never;
    if (name !== 'prompt.asked') return;
    const prompt = event as Prompt;
    asked.push(prompt.kind);
    setImmediate(() => prompts.answer(prompt.id, answer(prompt)));
  };
  const prompts = createPrompts({ emit });
  const warned: { message: string; fields: unknown }[] = [];
  const log = {
    info: () => undefined,
    warn: (message: string, fields?: unknown) => void warned.push({ message, fields }),
    error: () => undefined,
  };
  const operations = createOperations({
    folder: path.join(folder, 'operations'),
    emit,
    redact: (text) => text,
    log: { ...log, report: async () => 'report', flush: async () => undefined } as never,
    startedBy: 'window',
  });
  const credentials = createCredentials({
    keychain: createKeychain({ load: () => Promise.reject(new Error('no keychain here')) }),
    index: openDocument(keychainIndexDocument, { folder }),
    addToRedactor: () => undefined,
  });
  const file = path.join(folder, 'hosts.json');
  writeFileSync(file, '[]');
  const hosts = createSshHosts({
    store: {
      read: async () => JSON.parse(readFileSync(file, 'utf8')) as SshHost[],
      update: async (change) =>
        writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as SshHost[]))),
    },
    dataFolder: folder,
    credentials,
    ask: prompts.ask,
    operations,
    emit,
    log,
    environment: { home: path.join(folder, 'home'), env: {}, userName: 'nobody', sshProgram: undefined },
    limits: { backoff: 50 },
  });
  open.push(hosts);
  return { hosts, events, asked, folder, credentials, file, warned };
}

const host = (more: Partial<SshHost> = {}): SshHost => ({
  id: 'nas',
  name: 'the NAS',
  host: sshd.host,
  port: sshd.port,
  user: sshd.user.name,
  authentication: { method: 'password' },
  jumps: [],
  useConfig: false,
  ...more,
});

const obliging = (prompt: Prompt): PromptAnswer =>
  prompt.kind === 'host-key'
    ? { kind: 'accept' }
    : { kind: 'answers', answers: [sshd.user.password ?? ''], remember: true };

test('a login is tried and reported; the password is kept for the session only, because there is no keychain', async () => {
  const { hosts, events, asked, credentials, folder, warned } = services(obliging);
  await hosts.save(host());
  const { operationId } = await hosts.test('nas');
  await until(
    () => events['ssh.report'] !== undefined,
    20_000,
    () => sshd.log(),
  );
  const [reported] = events['ssh.report'] ?? [];
  expect(reported).toMatchObject({
    operationId,
    sshHostId: 'nas',
    report: {
      outcome: 'connected',
      user: sshd.user.name,
      system: expect.stringContaining('Linux'),
      serverSoftware: expect.stringContaining('OpenSSH'),
    },
  });
  expect(hosts.latest('nas')).toEqual(reported?.report);
  expect(asked).toEqual(['host-key', 'ssh-password']);
  expect(await credentials.place('ssh-password:nas')).toBe('session');
  expect(events['secret.not-kept']).toEqual([
    { label: 'the NAS', problem: expect.objectContaining({ code: 'keychain-missing' }) },
  ]);
  expect(warned).toContainEqual({
    message: 'a secret was not kept in the keychain',
    fields: { label: 'the NAS', reason: 'keychain-missing' },
  });
  expect(events['route.changed']).toContainEqual({ sshHostId: 'nas', state: 'connected', attempt: 0 });
  expect(await hosts.hostKeys.list()).toHaveLength(1);
  // No file holds the password.
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (name.isFile())
      expect(readFileSync(path.join(name.parentPath, name.name), 'utf8')).not.toContain(sshd.user.password);
  }
});

test('a broken connection is made again without asking', async () => {
  const { hosts, events, asked } = services(obliging);
  await hosts.save(host());
  const computer = await hosts.hostFor('nas');
  const tunnel = await computer.tunnel({ host: '127.0.0.1', port: sshd.port }, never);
  await sshd.dropConnections();
  const states = () => (events['route.changed'] ?? []).map(({ state }) => state);
  await until(
    () => states().join().endsWith('reconnecting,connected'),
    20_000,
    () => states().join(),
  );
  expect(asked).toEqual(['host-key', 'ssh-password']);
  await tunnel.close();
});

test('routes: direct, by SSH, refused', async () => {
  const { hosts } = services((prompt) => (prompt.kind === 'host-key' ? { kind: 'refuse' } : obliging(prompt)));
  expect(typeof (await hosts.dialFor({ kind: 'direct' }, never))).toBe('function');
  expect((await problemOf(hosts.dialFor({ kind: 'ssh', sshHostId: 'gone' }, never))).code).toBe('ssh-host-missing');
  await hosts.save(host());
  expect((await problemOf(hosts.dialFor({ kind: 'ssh', sshHostId: 'nas' }, never))).code).toBe('ssh-host-key-unknown');
  const { hosts: trusting } = services(obliging);
  await trusting.save(host());
  const dial = await trusting.dialFor({ kind: 'ssh', sshHostId: 'nas' }, never);
  const stream = await dial({ host: '127.0.0.1', port: sshd.port }, never);
  const [greeting] = await new Promise<Buffer[]>((resolve) => stream.once('data', (bytes: Buffer) => resolve([bytes])));
  expect(String(greeting)).toMatch(/^SSH-2/);
  stream.destroy();
});

test('hosts: jumps must exist, used ones stay, removed ones take their password along', async () => {
  const { hosts, credentials } = services(obliging);
  expect((await problemOf(hosts.save(host({ jumps: ['gate'] })))).code).toBe('ssh-host-missing');
  await hosts.save(host({ id: 'gate', name: 'gate' }));
  await hosts.save(host({ jumps: ['gate'] }));
  expect(await problemOf(hosts.save(host({ id: 'gate', name: 'gate', jumps: ['nas'] })))).toMatchObject({
    code: 'ssh-config-invalid',
  });
  expect(await problemOf(hosts.remove('gate', []))).toMatchObject({
    code: 'ssh-host-in-use',
    values: { by: 'the NAS' },
  });
  expect((await problemOf(hosts.remove('nas', ['home server']))).code).toBe('ssh-host-in-use');
  await credentials.set('ssh-password:nas', 'secret', 'session', 'the NAS');
  await hosts.remove('nas', []);
  expect(await credentials.place('ssh-password:nas')).toBe('none');
  expect((await hosts.list()).map(({ id }) => id)).toEqual(['gate']);
});

test('what another process saved in the meantime stays', async () => {
  const { hosts, file } = services(obliging);
  await hosts.save(host());
  const mine = hosts.save(host({ id: 'second', name: 'second' }));
  writeFileSync(file, JSON.stringify([host(), host({ id: 'theirs', name: 'theirs' })]));
  await mine;
  expect((await hosts.list()).map(({ id }) => id)).toEqual(['nas', 'theirs', 'second']);
  const removal = hosts.remove('theirs', []);
  writeFileSync(
    file,
    JSON.stringify([host({ id: 'late', name: 'late', jumps: ['theirs'] }), host({ id: 'theirs', name: 'theirs' })]),
  );
  expect(await problemOf(removal)).toMatchObject({ code: 'ssh-host-in-use', values: { by: 'late' } });
});

test('a key file that others can read is used, and told of in the log once', async () => {
  const key = await makeSshKey({});
  const { hosts, warned } = services(obliging);
  sshd.authorize(key.publicKey);
  await hosts.save(host({ authentication: { method: 'key', path: key.file } }));
  chmodSync(key.file, 0o600);
  await hosts.dialFor({ kind: 'ssh', sshHostId: 'nas' }, never);
  expect(warned).toEqual([]);
  chmodSync(key.file, 0o644);
  await hosts.dialFor({ kind: 'ssh', sshHostId: 'nas' }, never);
  await hosts.dialFor({ kind: 'ssh', sshHostId: 'nas' }, never);
  expect(warned).toEqual([{ message: expect.stringContaining('private key'), fields: { path: key.file } }]);
});
