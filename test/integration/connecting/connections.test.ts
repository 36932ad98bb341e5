import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pgOfTheServer from 'pg-of-the-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectionReport, ConnectionSettings, Route } from '../../../contract/connection.ts';
import type { Events } from '../../../contract/events.ts';
import type { PromptAnswer } from '../../../contract/prompt.ts';
import { directDial } from '../../../main/adapters/directDial.ts';
import { createKeychain } from '../../../main/adapters/keychain.ts';
import { createLogFile } from '../../../main/adapters/logFile.ts';
import { SshConnections } from '../../../main/adapters/ssh/connections.ts';
import { RemoteHost } from '../../../main/adapters/ssh/remoteHost.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { createRedactor } from '../../../main/redaction.ts';
import { createConnections } from '../../../main/services/connections.ts';
import { createCredentials, keychainIndexDocument } from '../../../main/services/credentials.ts';
import { openDocument } from '../../../main/services/documents.ts';
import { createInstances, instancesDocument, passwordAccount } from '../../../main/services/instances.ts';
import { createOperations } from '../../../main/services/operations/operations.ts';
import type { Ask, Emit } from '../../../main/services/ports.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createExpiredRole, createRole } from '../../support/postgresRoles.ts';
import { mustRun } from '../../support/processes.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makeSshKey } from '../../support/sshKeys.ts';
import { makeCertificates } from '../../support/tls.ts';
import { Answers, homeWith, targetOf } from '../ssh/harness.ts';
import { settingsFor } from './attempts.ts';

let server: PostgresServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'connections-'));
  server = await startPostgres({ major: 17, tls: (await makeCertificates()).server.good });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Seen = { [Name in keyof Events]?: Events[Name][] };

/** The services as they are wired in the app, on a computer without a keychain. */
function companion(ask: Ask, dialFor = (_route: Route) => Promise.resolve(directDial())) {
  const seen: Seen = {};
  const emit: Emit = (name, event) => {
    seen[name] = [...(seen[name] ?? []), event] as never;
  };
  const data = mkdtempSync(join(folder, 'data-'));
  const redactor = createRedactor();
  const credentials = createCredentials({
    keychain: createKeychain({
      load: () => Promise.reject(new Error('Cannot autolaunch D-Bus without X11 $DISPLAY')),
      collectionLocked: () => Promise.resolve(false),
    }),
    index: openDocument(keychainIndexDocument, { folder: data }),
    addToRedactor: redactor.add,
  });
  const log = createLogFile({ file: join(data, 'log'), redact: redactor.redact });
  const operations = createOperations({
    folder: join(data, 'operations'),
    emit,
    redact: redactor.redact,
    log,
    startedBy: 'window',
  });
  const document = openDocument(instancesDocument, { folder: data });
  const instances = createInstances({ document, credentials, emit, removeData: () => Promise.resolve() });
  const connections = createConnections({ instances, credentials, ask, operations, dialFor, emit });
  const report = async (
    instanceId: string,
  ): Promise<{ report: ConnectionReport | undefined; state: string; log: string }> => {
    const { operationId } = await connections.test(instanceId);
    await expect
      .poll(async () => (await operations.list({ limit: 10 })).find(({ id }) => id === operationId)?.state, {
        timeout: 20_000,
      })
      .not.toBe('running');
    const view = (await operations.list({ limit: 10 })).find(({ id }) => id === operationId);
    const lines = (await operations.log(operationId)).map(({ line }) => line).join('\n');
    return {
      report: seen['connection.report']?.findLast((event) => event.operationId === operationId)?.report,
      state: view?.state ?? '',
      log: lines,
    };
  };
  return { seen, credentials, operations, instances, connections, report };
}

const nobody: Ask = () => Promise.reject(new ProblemError('question-unanswered'));

/** Answers one after the other; remembers what was asked. */
function answering(...passwords: string[]): { ask: Ask; asked: boolean[] } {
  const asked: boolean[] = [];
  return {
    asked,
    ask: (question) => {
      if (question.kind !== 'database-password') throw new Error(question.kind);
      asked.push(question.retry);
      const password = passwords.shift();
      const answer: PromptAnswer =
        password === undefined ? { kind: 'refuse' } : { kind: 'answers', answers: [password], remember: true };
      return Promise.resolve(answer);
    },
  };
}

const settings = (more: Partial<ConnectionSettings> = {}) => settingsFor(server, { tls: { mode: 'require' }, ...more });

describe('testing an instance', () => {
  test('reports the server, the certificates and what each reader makes of them', async () => {
    const { instances, connections, credentials, report } = companion(nobody);
    const { id } = await instances.create({
      name: 'Home',
      kind: 'external',
      route: { kind: 'direct' },
      connection: settings(),
    });
    await credentials.set(passwordAccount(id), server.superPassword, 'session', 'Home');
    expect(connections.latest(id)).toBeUndefined();
    const { report: told, state, log } = await report(id);
    expect(state).toBe('succeeded');
    expect(told).toMatchObject({
      outcome: 'connected',
      address: { port: server.port },
      server: { versionNum: expect.any(Number), user: server.superuser, database: 'postgres', inRecovery: false },
      tls: {
        offered: true,
        protocol: 'TLSv1.3',
        verdicts: [
          { reader: 'app', outcome: 'encrypted-unverified' },
          { reader: 'tools', outcome: 'encrypted-unverified', rendered: 'PGSSLMODE=require' },
          { reader: 'server', outcome: 'encrypted-unverified' },
        ],
      },
    });
    expect(connections.latest(id)).toEqual(told);
    expect(log).toContain('server: encrypted-unverified');
    expect(log).not.toContain(server.superPassword);
  });

  test('a failure is a report, too, with the reason and the chain', async () => {
    const { instances, report, credentials } = companion(nobody);
    const connection = settings({ hosts: [{ host: 'localhost', port: server.port }], tls: { mode: 'verify-full' } });
    const { id } = await instances.create({ name: 'Home', kind: 'external', route: { kind: 'direct' }, connection });
    await credentials.set(passwordAccount(id), server.superPassword, 'session', 'Home');
    const { report: told, state } = await report(id);
    expect(state).toBe('failed');
    expect(told).toMatchObject({
      outcome: 'failed',
      problem: { code: 'tls-untrusted', values: { issuer: 'CN=Authority of the tests' } },
      tls: {
        chain: [{ subject: 'CN=localhost' }],
        verdicts: [{ outcome: 'refused' }, { outcome: 'refused' }, { outcome: 'refused' }],
      },
    });
  });

  test('can be cancelled while the server is silent', async () => {
    const { startBlackhole } = await import('../../support/strangers.ts');
    const silent = await startBlackhole();
    const { instances, connections, operations, seen } = companion(nobody);
    const connection = settingsFor(silent, { connectTimeoutSeconds: 60 });
    const { id } = await instances.create({ name: 'Silent', kind: 'external', route: { kind: 'direct' }, connection });
    const { operationId } = await connections.test(id);
    await expect.poll(() => silent.connections()).toBe(1);
    await operations.cancel(operationId);
    await expect.poll(async () => (await operations.list({ limit: 1 }))[0]?.state).toBe('cancelled');
    expect(seen['connection.report']).toBeUndefined();
    await silent.stop();
  });

  test('settings that are no instance', async () => {
    const { connections } = companion(nobody);
    const signal = new AbortController().signal;
    const good = await connections.tryOnce(
      { settings: settings(), route: { kind: 'direct' }, password: server.superPassword },
      signal,
    );
    expect(good.outcome).toBe('connected');
    const bad = await connections.tryOnce({ settings: settings(), route: { kind: 'direct' }, password: 'no' }, signal);
    expect(bad).toMatchObject({ outcome: 'failed', problem: { code: 'password-wrong' }, tls: { offered: true } });
    const certificate = settings({ tls: { mode: 'require', clientCertificatePath: '/nowhere/client.pem' } });
    const unreadable = await connections.tryOnce(
      { settings: certificate, route: { kind: 'direct' }, password: 'no' },
      signal,
    );
    expect(unreadable.problem).toMatchObject({
      code: 'certificate-file-unreadable',
      values: { path: '/nowhere/client.pem', reason: expect.stringContaining('ENOENT') },
    });
    await expect(
      connections.tryOnce({ settings: settings(), route: { kind: 'direct' } }, AbortSignal.abort()),
    ).rejects.toMatchObject({
      problem: { code: 'cancelled' },
    });
  });
});

describe('the password', () => {
  const open = (parts: ReturnType<typeof companion>, id: string) =>
    parts.instances
      .get(id)
      .then((instance) => parts.connections.open(instance, { signal: new AbortController().signal, purpose: 'read' }));
  let answers: ReturnType<typeof answering>;
  let parts: ReturnType<typeof companion>;
  let id: string;

  async function start(...passwords: string[]): Promise<void> {
    answers = answering(...passwords);
    parts = companion(answers.ask);
    ({ id } = await parts.instances.create({
      name: 'Home',
      kind: 'external',
      route: { kind: 'direct' },
      connection: settings(),
    }));
  }
  beforeEach(() => start());

  test('is asked for when there is none, and again when it is wrong, and kept once it was right', async () => {
    await start('wrong', server.superPassword);
    const session = await open(parts, id);
    await session.close();
    expect(answers.asked).toEqual([false, true]);
    // There is no keychain here, and the password is not lost for that.
    expect(await parts.credentials.place(passwordAccount(id))).toBe('session');
    await (await open(parts, id)).close();
    expect(answers.asked).toHaveLength(2);
  });

  test('is asked for three times at most, and a wrong one is never kept', async () => {
    await start('a', 'b', 'c', 'd');
    await expect(open(parts, id)).rejects.toMatchObject({ problem: { code: 'password-wrong' } });
    expect(answers.asked).toHaveLength(3);
    expect(await parts.credentials.place(passwordAccount(id))).toBe('none');
  });

  test('with characters that the server’s driver takes otherwise is told in the log', async () => {
    const role = await createRole(server, { password: 'ﬁsch' });
    const connection = settings({ user: role.user });
    const { instances, credentials, report } = companion(nobody);
    const made = await instances.create({ name: 'Home', kind: 'external', route: { kind: 'direct' }, connection });
    await credentials.set(passwordAccount(made.id), role.password, 'session', 'Home');
    const { report: told, log } = await report(made.id);
    expect(told?.outcome).toBe('connected');
    expect(log).toContain('SASLprep');
    // What the line says, shown with that driver.
    const login = { host: server.host, port: server.port, user: role.user, database: 'postgres' };
    const asItIs = new pgOfTheServer.Client({ ...login, password: role.password });
    await expect(asItIs.connect()).rejects.toMatchObject({ code: '28P01' });
    const prepared = new pgOfTheServer.Client({ ...login, password: 'fisch' });
    await prepared.connect();
    await prepared.end();
  });

  test('nobody to ask: tells what is missing', async () => {
    await expect(open(parts, id)).rejects.toMatchObject({ problem: { code: 'password-required' } });
    const alone = companion(nobody);
    const { id: other } = await alone.instances.create({
      name: 'Home',
      kind: 'external',
      route: { kind: 'direct' },
      connection: settings(),
    });
    await expect(open(alone, other)).rejects.toMatchObject({ problem: { code: 'password-required' } });
  });

  test('an administrator’s login is used once: not asked for, not stored', async () => {
    const instance = await parts.instances.get(id);
    const signal = new AbortController().signal;
    const login = { user: server.superuser, password: server.superPassword };
    const session = await parts.connections.open(instance, { signal, purpose: 'write', login });
    expect((await session.writable.run<{ u: string }>('SELECT current_user AS u')).rows).toEqual([
      { u: server.superuser },
    ]);
    await session.close();
    await expect(
      parts.connections.open(instance, { signal, purpose: 'write', login: { ...login, password: 'no' } }),
    ).rejects.toMatchObject({
      problem: { code: 'password-wrong' },
    });
    expect(answers.asked).toEqual([]);
    expect(await parts.credentials.place(passwordAccount(id))).toBe('none');
  });
});

describe('a client key with a passphrase', () => {
  test('is asked for only because the key is encrypted, and kept once it opened it', async () => {
    const certificates = await makeCertificates();
    const { client, authority, server: ofServers } = certificates;
    const key = join(folder, 'encrypted.key');
    await mustRun(['openssl', 'pkcs8', '-topk8', '-in', client.key, '-out', key, '-passout', 'pass:open sesame']);
    const strict = await startPostgres({
      major: 17,
      tls: { ...ofServers.good, clientAuthority: authority.certificate, requireClientCertificate: true },
    });
    try {
      const asked: boolean[] = [];
      const given = ['wrong', 'open sesame'];
      const { instances, connections, credentials } = companion((question) => {
        if (question.kind !== 'key-passphrase') throw new Error(question.kind);
        expect(question.path).toBe(key);
        asked.push(question.retry);
        return Promise.resolve({ kind: 'answers', answers: [given.shift() ?? ''], remember: false });
      });
      const tls = { mode: 'require' as const, clientCertificatePath: client.certificate, clientKeyPath: key };
      const connection = settingsFor(strict, { tls });
      const { id } = await instances.create({
        name: 'Strict',
        kind: 'external',
        route: { kind: 'direct' },
        connection,
      });
      await credentials.set(passwordAccount(id), strict.superPassword, 'session', 'Strict');
      const instance = await instances.get(id);
      const open = () => connections.open(instance, { signal: new AbortController().signal, purpose: 'read' });
      await (await open()).close();
      await (await open()).close();
      expect(asked).toEqual([false, true]);
      await credentials.forget(`tls-key-passphrase:${id}`);
      await expect(open()).rejects.toMatchObject({ problem: { code: 'tls-client-certificate-invalid' } });
      expect(asked).toHaveLength(5);
    } finally {
      await strict.stop();
    }
  });
});

describe('an administrator', () => {
  test('learns what a refused login does not tell', async () => {
    const { instances, connections } = companion(nobody);
    const role = await createExpiredRole(server);
    const connection = settings({ user: role.user, database: 'not_there' });
    const { id } = await instances.create({ name: 'Home', kind: 'external', route: { kind: 'direct' }, connection });
    const instance = await instances.get(id);
    const signal = new AbortController().signal;
    const login = { user: server.superuser, password: server.superPassword };
    const values = { host: server.host, port: server.port, user: role.user, database: 'not_there' };
    const expired = await connections.explain(instance, { code: 'password-wrong', values }, login, signal);
    expect(expired).toMatchObject({
      code: 'role-expired',
      values: { ...values, validUntil: expect.stringMatching(/^\d{4}-/) },
    });
    await server.sql(`ALTER ROLE ${role.user} VALID UNTIL 'infinity'`);
    expect(await connections.explain(instance, { code: 'password-wrong', values }, login, signal)).toEqual({
      code: 'password-wrong',
      values,
    });
    const line = 'host all all 127.0.0.1/32 scram-sha-256';
    const refused = await connections.explain(
      instance,
      { code: 'pg-hba-refused', values: { ...values, line } },
      login,
      signal,
    );
    expect(refused).toMatchObject({
      code: 'pg-hba-refused',
      fixes: [
        { snippet: line, where: { values: { path: join(server.dataDir, 'pg_hba.conf') } } },
        { snippet: 'SELECT pg_reload_conf();' },
      ],
    });
  });
});

test('a standby is refused for writing, taken for reading', async () => {
  const standby = await startPostgres({ major: 17, standbyOf: server });
  try {
    const { instances, connections, credentials } = companion(nobody);
    const connection = settingsFor(standby);
    const { id } = await instances.create({ name: 'Copy', kind: 'external', route: { kind: 'direct' }, connection });
    await credentials.set(passwordAccount(id), server.superPassword, 'session', 'Copy');
    const instance = await instances.get(id);
    const signal = new AbortController().signal;
    await expect(connections.open(instance, { signal, purpose: 'write' })).rejects.toMatchObject({
      problem: { code: 'server-in-recovery' },
    });
    await (await connections.open(instance, { signal, purpose: 'read' })).close();
  } finally {
    await standby.stop();
  }
});

describe('through SSH', () => {
  let sshd: Sshd;
  let ssh: SshConnections;

  beforeAll(async () => {
    const key = await makeSshKey({ type: 'ed25519', format: 'openssh' });
    sshd = await startSshd({
      // root may enter the folder of the server's socket.
      users: [{ name: 'root', keys: [key.publicKey] }],
      hosts: { 'db.internal': '127.0.0.1', localhost: '127.0.0.1' },
    });
    const { knownHostsFiles, hostKeys } = homeWith(sshd.knownHosts());
    ssh = new SshConnections({ hostKeys, questions: () => new Answers(), onState: () => {} });
    const target = targetOf(sshd, { keys: [key.file] }, { knownHostsFiles });
    dial = new RemoteHost('nas', ssh.to(target)).dial;
  });
  afterAll(async () => {
    ssh.close();
    await sshd.stop();
  });
  let dial: ReturnType<typeof directDial>;

  test('verifies the real host’s name, not the tunnel’s end, with channel binding', async () => {
    const { connections } = companion(nobody, () => Promise.resolve(dial));
    const { readFileSync } = await import('node:fs');
    const certificates = await makeCertificates();
    const named = await certificates.authority.issue({ name: 'db.internal', alternativeNames: ['DNS:db.internal'] });
    const internal = await startPostgres({ major: 17, tls: named });
    try {
      const ca = readFileSync(certificates.authority.certificate, 'utf8');
      const target = {
        route: { kind: 'ssh' as const, sshHostId: 'nas' },
        password: internal.superPassword,
        settings: settingsFor(
          { host: 'db.internal', port: internal.port, superuser: internal.superuser },
          { tls: { mode: 'verify-full', ca }, channelBinding: 'require' },
        ),
      };
      const signal = new AbortController().signal;
      const report = await connections.tryOnce(target, signal);
      expect(report).toMatchObject({
        outcome: 'connected',
        tls: {
          verdicts: [
            { outcome: 'encrypted-verified' },
            { outcome: 'encrypted-verified' },
            { outcome: 'encrypted-verified' },
          ],
        },
      });
      const session = await connections.openWith(target, { signal, purpose: 'read' });
      expect(session.transport).toMatchObject({ kind: 'tls', channelBound: true });
      const rows = await session.readable.read('SELECT n, repeat($1, 1000) AS filler FROM generate_series(1, 3000) n', [
        'x',
      ]);
      expect(rows).toHaveLength(3000);
      const running = session.readable.read('SELECT pg_sleep(30)').catch((error: unknown) => error);
      await session.cancel();
      expect(await running).toMatchObject({ problem: { code: 'statement-timeout' } });
      await session.close();
      const refused = await connections.tryOnce(
        { ...target, settings: { ...target.settings, hosts: [{ host: 'localhost', port: internal.port }] } },
        signal,
      );
      expect(refused.problem).toMatchObject({
        code: 'tls-wrong-name',
        values: { expected: 'localhost', names: 'db.internal' },
      });
    } finally {
      await internal.stop();
    }
  });

  test('a Unix socket on the other side', async () => {
    const { connections } = companion(nobody, () => Promise.resolve(dial));
    const report = await connections.tryOnce(
      {
        route: { kind: 'ssh', sshHostId: 'nas' },
        password: server.superPassword,
        settings: settingsFor({ host: server.socketDir, port: server.port, superuser: server.superuser }),
      },
      new AbortController().signal,
    );
    expect(report.problem).toBeUndefined();
    expect(report).toMatchObject({ outcome: 'connected', server: { user: server.superuser } });
    expect(report.tls).toBeUndefined();
  });
});
