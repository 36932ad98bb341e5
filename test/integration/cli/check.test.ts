import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createOwnedDatabase, type TestRole } from '../../support/postgresRoles.ts';
import { mustRun, run, until } from '../../support/processes.ts';
import { startProxy } from '../../support/proxy.ts';
import { startSshd } from '../../support/sshd.ts';
import { makeSshKey } from '../../support/sshKeys.ts';
import { makeCertificates } from '../../support/tls.ts';
import { checkDocumentSchema, commandLine, lastOperation, problemIn } from './commandLine.ts';

let server: PostgresServer;
let owner: TestRole;

const urlOf = (at: { host: string; port: number }, { user, password, database }: TestRole, parameters = '') =>
  `postgres://${user}:${password}@${at.host}:${at.port}/${database}?sslmode=disable${parameters}`;

beforeAll(async () => {
  server = await startPostgres({ major: 17 });
  owner = await createOwnedDatabase(server, 'aperture');
  for (const name of ['vector', 'pgcrypto', 'pg_trgm']) {
    await server.sql(`CREATE EXTENSION ${name}`, { database: 'aperture' });
  }
});
afterAll(() => server.stop('immediate'));

describe('a database that is ready', () => {
  test('a table on standard output, the steps on standard error, exit code 0', async () => {
    const { code, stdout, stderr } = await commandLine().run(['check', '--url', urlOf(server, owner)]);
    expect(stderr).toContain('aperture on 127.0.0.1: ');
    expect(stdout).toMatch(/^PostgreSQL 17\.\d+, Debian 13 · aperture · aperture_owner\n\n/);
    expect(stdout).toMatch(/^pass {9}.+\n {13}17\.\d+ on Debian 13/m);
    expect(stdout).toMatch(/\nReady[^\n]+\n$/);
    expect(stdout).not.toContain('\u001b');
    expect(code).toBe(0);
  });

  test('--json: one document of the promised shape; --quiet: nothing on standard error', async () => {
    const { code, document, stderr } = await commandLine().json(['check', '--url', urlOf(server, owner), '--quiet']);
    expect([code, stderr]).toEqual([0, '']);
    const { instance, server: found, verdict, checks } = checkDocumentSchema.parse(document);
    expect(instance).toBeNull();
    expect(found).toMatchObject({ user: 'aperture_owner', database: 'aperture', inRecovery: false });
    expect(verdict).not.toBe('not-ready');
    expect(checks.find(({ id }) => id === 'extension-pgcrypto')).toMatchObject({ status: 'pass', fixes: [] });
  });

  test('--only leaves out the others', async () => {
    const args = ['check', '--url', urlOf(server, owner), '--only', 'server-version', 'extension-pgcrypto'];
    const { document } = await commandLine().json(args);
    const { checks, verdict } = checkDocumentSchema.parse(document);
    expect(checks.map(({ id, status }) => [id, status])).toEqual([
      ['server-version', 'pass'],
      ['extension-pgcrypto', 'pass'],
    ]);
    expect(verdict).toBe('ready');
  });

  test('the run is in the journal, as started on the command line', async () => {
    const cli = commandLine();
    await cli.run(['check', '--url', urlOf(server, owner)]);
    expect(await lastOperation(cli)).toMatchObject({ kind: 'check', state: 'succeeded', startedBy: 'command-line' });
  });

  test('the password is read from standard input', async () => {
    const url = urlOf(server, { ...owner, password: '' }).replace(':@', '@');
    const { code } = await commandLine().run(['check', '--url', url, '--password-stdin'], {
      input: `${owner.password}\n`,
    });
    expect(code).toBe(0);
  });

  test('environment variables of libpq change nothing', async () => {
    const env = {
      PGHOST: '203.0.113.1',
      PGPORT: '1',
      PGUSER: 'somebody',
      PGPASSWORD: 'wrong',
      PGDATABASE: 'elsewhere',
      PGSSLMODE: 'verify-full',
      PGSERVICE: 'none',
      PGOPTIONS: '-c statement_timeout=1',
      PGCONNECT_TIMEOUT: '1',
    };
    const { code, document } = await commandLine().json(['check', '--url', urlOf(server, owner)], { env });
    expect(code).toBe(0);
    expect(checkDocumentSchema.parse(document).server).toMatchObject({ user: 'aperture_owner', database: 'aperture' });
  });
});

test('a server without pgvector: exit code 1, with the commands that install it', async () => {
  const without = await startPostgres({ major: 15 });
  try {
    const cli = commandLine();
    const url = urlOf(without, await createOwnedDatabase(without, 'aperture'));
    const { code, document } = await cli.json(['check', '--url', url]);
    expect(code).toBe(1);
    const { verdict, checks } = checkDocumentSchema.parse(document);
    expect(verdict).toBe('not-ready');
    const vector = checks.find(({ id }) => id === 'extension-vector');
    expect(vector?.status).toBe('fail');
    expect(vector?.fixes.flatMap((fix) => (fix.kind === 'paste' ? [fix.snippet] : [])).join('\n')).toContain(
      'postgresql-15-pgvector',
    );
    const readable = await cli.run(['check', '--url', url]);
    expect(readable.code).toBe(1);
    expect(readable.stdout).toContain('postgresql-15-pgvector');
    // What has to be known before a command is pasted stands above it.
    expect(readable.stdout).toMatch(/→ Upgrade PostgreSQL\n +Take a backup first\./);
    expect(readable.stdout).toMatch(/^Not ready: \d+ things? to fix\.$/m);
  } finally {
    await without.stop('immediate');
  }
});

describe('what cannot be done', () => {
  test('a wrong password: exit code 3, on standard output nothing', async () => {
    const url = urlOf(server, { ...owner, password: 'certainly-not-it' });
    const cli = commandLine();
    const { code, stdout, stderr } = await cli.run(['check', '--url', url]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('--password-stdin');
    expect(stderr).not.toContain('certainly-not-it');
    const { document } = await cli.json(['check', '--url', url]);
    expect(problemIn(document).code).toBe('password-wrong');
    expect(await lastOperation(cli)).toMatchObject({ state: 'failed' });
  });

  test('a server without TLS is not talked to in the clear unasked', async () => {
    const url = urlOf(server, owner).replace('?sslmode=disable', '');
    const refused = await commandLine().json(['check', '--url', url]);
    expect([refused.code, problemIn(refused.document).code]).toEqual([3, 'tls-plain-needs-consent']);
    expect(problemIn(refused.document).next).toContain('--tls disable');
    expect((await commandLine().run(['check', '--url', url, '--tls', 'disable'])).code).toBe(0);
  });

  test.each<[string, string[]]>([
    ['an unknown command', ['chek']],
    ['an unknown option', ['check', '--ur', 'x']],
    ['neither a string nor an instance', ['check']],
    ['both', ['check', '--url', 'postgres://h/d', '--instance', 'x']],
    ['a check that is none', ['check', '--url', 'postgres://h/d', '--only', 'colour']],
    ['a mode that is none', ['check', '--url', 'postgres://h/d', '--tls', 'maybe']],
    ['a key without a host', ['check', '--url', 'postgres://h/d', '--ssh-key', '/k']],
    ['an SSH host that is none', ['check', '--url', 'postgres://h/d', '--ssh', 'a b']],
    ['an instance that is none', ['check', '--instance', 'nobody']],
    ['a CA file that is missing', ['check', '--url', 'postgres://h/d', '--ca', '/nonexistent.pem']],
  ])('wrong usage: %s', async (_name, args) => {
    const plain = await commandLine().run(args);
    expect([plain.code, plain.stdout]).toEqual([2, '']);
    expect(plain.stderr.length).toBeGreaterThan(10);
    const { code, document } = await commandLine().json(args);
    expect(code).toBe(2);
    problemIn(document);
  });

  test('a mistake in the connection string is pointed at; neither it nor its repair shows the password', async () => {
    const password = `p%zz${randomBytes(6).toString('hex')}#q`;
    const url = `postgres://aperture:${password}@db.lan/aperture`;
    const { code, stdout, stderr } = await commandLine().run(['check', '--url', url]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('  postgres://aperture:••••••••@db.lan/aperture\n                      ^^^^^^^^\n');
    expect(stderr).toContain('Meant as: postgres://aperture:••••••••@db.lan/aperture');
    const host = await commandLine().run(['check', '--url', 'postgres://aperture@db.lan:54x2/aperture']);
    expect(host.stderr).toContain('  postgres://aperture@db.lan:54x2/aperture\n                             ^^^^\n');
    for (const secret of [password, password.slice(4, 16), encodeURIComponent(password)]) {
      expect(stderr).not.toContain(secret);
    }
  });
});

describe('no secret gets out', () => {
  test('not to the outputs, the journal or the log, whether it was right or wrong', async () => {
    const cli = commandLine();
    const wrong = `wrong-${randomBytes(9).toString('hex')}`;
    const outputs = [
      await cli.run(['check', '--url', urlOf(server, owner)]),
      await cli.run(['check', '--url', urlOf(server, owner), '--json']),
      await cli.run(['check', '--url', urlOf(server, { ...owner, password: wrong })]),
      await cli.run(['check', '--url', urlOf(server, { ...owner, password: wrong }), '--json']),
      await cli.run(['check', '--url', urlOf(server, { ...owner, database: 'missing' })]),
      await cli.run(['chek', urlOf(server, owner)]),
      await cli.run(['check', `--urll=${urlOf(server, owner)}`]),
      await cli.run(['operations', 'list']),
    ];
    const everything = outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n') + cli.kept();
    expect(everything).toContain('password-wrong');
    for (const secret of [owner.password, wrong]) expect(everything).not.toContain(secret);
  });

  test('other users do not see it among the processes', async () => {
    const proxy = await startProxy({ target: server, fault: { kind: 'stall', after: 0, of: 'server' } });
    const { child, ended, stderr } = commandLine().begin(['check', '--url', urlOf(proxy, owner)]);
    try {
      await until(() => stderr().includes('aperture on '), 20_000, stderr);
      const { stdout } = await mustRun(['ps', '-o', 'args=', '-p', String(child.pid)]);
      expect(stdout).not.toContain(owner.password);
    } finally {
      child.kill('SIGINT');
      await ended;
      await proxy.stop();
    }
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it cleanly: exit code 130, the journal says cancelled',
  async (signal) => {
    const proxy = await startProxy({ target: server, fault: { kind: 'stall', after: 0, of: 'server' } });
    const cli = commandLine();
    const { child, ended, stderr } = cli.begin(['check', '--url', urlOf(proxy, owner), '--json']);
    await until(() => stderr().includes('aperture on '), 20_000, stderr);
    await until(async () => (await proxy.counts()).open > 0, 20_000, stderr);
    child.kill(signal);
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(problemIn(JSON.parse(stdout)).code).toBe('cancelled');
    expect(await lastOperation(cli)).toMatchObject({ kind: 'check', state: 'cancelled' });
    await proxy.stop();
  },
);

test('with a CA file the certificate and the name are verified', async () => {
  const certificates = await makeCertificates();
  const encrypted = await startPostgres({ major: 17, tls: certificates.server.good });
  try {
    const role = await createOwnedDatabase(encrypted, 'aperture');
    const url = `postgres://${role.user}:${role.password}@localhost:${encrypted.port}/aperture`;
    const only = ['--only', 'tls-agreement', 'server-version'];
    const good = await commandLine().json(['check', '--url', url, '--ca', certificates.authority.certificate, ...only]);
    expect(good.code).toBe(0);
    const { checks } = checkDocumentSchema.parse(good.document);
    expect(checks.find(({ id }) => id === 'tls-agreement')?.status).toBe('pass');
    const other = await commandLine().json(['check', '--url', url, '--ca', certificates.otherAuthority.certificate]);
    expect(other.code).toBe(3);
    expect(problemIn(other.document).code).toMatch(/^tls-(untrusted|self-signed)$/);
  } finally {
    await encrypted.stop('immediate');
  }
});

test('through SSH: an unknown host key is refused with its fingerprint, then accepted and remembered', async () => {
  const key = await makeSshKey();
  const sshd = await startSshd({
    users: [{ name: 'tester', keys: [key.publicKey] }],
    hosts: { 'db.internal': server.host },
  });
  try {
    const cli = commandLine();
    const url = urlOf({ host: 'db.internal', port: server.port }, owner);
    const args = ['check', '--url', url, '--ssh', `${sshd.user.name}@${sshd.host}:${sshd.port}`, '--ssh-key', key.file];
    const refused = await cli.json(args);
    expect([refused.code, problemIn(refused.document).code]).toEqual([3, 'ssh-host-key-unknown']);
    const fingerprint = /--accept-host-key (SHA256:\S+)/.exec(problemIn(refused.document).next)?.[1] ?? '';
    expect(sshd.hostKeys().map((one) => one.fingerprint)).toContain(fingerprint);
    const wrong = await cli.json([...args, '--accept-host-key', 'SHA256:somethingelse']);
    expect(problemIn(wrong.document).code).toBe('ssh-host-key-unknown');
    const accepted = await cli.json([...args, '--accept-host-key', fingerprint]);
    expect(accepted.code).toBe(0);
    expect(checkDocumentSchema.parse(accepted.document).server).toMatchObject({ database: 'aperture' });
    expect((await cli.json(args)).code).toBe(0);
    const { document } = await cli.json(['ssh-hosts', 'list']);
    expect(document).toEqual({ hosts: [], aliases: [] });
  } finally {
    await sshd.stop();
  }
});

test('at a terminal the password is asked for, unseen, and again when it is wrong', async () => {
  const cli = commandLine();
  const url = urlOf(server, { ...owner, password: '' }).replace(':@', '@');
  const words = cli.command(['check', '--url', url, '--only', 'server-version']).map((word) => `'${word}'`);
  // util-linux's script gives it a terminal; what is typed early waits in the terminal's buffer and is echoed by the kernel until the
  // question turns that off, so each answer waits for its question.
  const answers = `while ! grep -q 'Database password of' log; do sleep 0.1; done; sleep 0.2; echo wrong-one
    while ! grep -q 'was refused' log; do sleep 0.1; done; sleep 0.2; echo ${owner.password}; while ! grep -q 'Ready' log; do sleep 0.1; done`;
  const script = `: > log; ( ${answers} ) | script -qefc "${words.join(' ')}" log; cat log`;
  const { stdout } = await run(['sh', '-c', script], { env: { ...cli.environment, TERM: 'xterm' }, cwd: cli.home });
  expect(stdout).toContain('Database password of aperture_owner at 127.0.0.1:');
  expect(stdout).toContain('That password was refused.');
  expect(stdout).toContain('Ready: Aperture can run on this database.');
  expect(stdout).not.toContain(owner.password);
  expect(stdout).not.toContain('wrong-one');
});
