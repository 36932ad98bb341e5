import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startKeychain, type TestKeychain } from '../../support/keychain.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { commandLine, lastOperation, problemIn } from './commandLine.ts';

let server: PostgresServer;
let keychain: TestKeychain;
beforeAll(async () => {
  keychain = await startKeychain();
  server = await startPostgres({ major: 17, settings: { log_statement: 'all' } });
});
afterAll(async () => {
  await server.stop('immediate');
  await keychain.stop();
});

const url = () => `postgres://${server.host}:${server.port}?sslmode=disable`;
const admin = () => ['--admin-user', server.superuser, '--admin-password-stdin'];
const resultSchema = z.object({
  plan: z.object({
    title: z.string(),
    steps: z.array(z.looseObject({ statement: z.string() })),
    notes: z.array(z.string()),
  }),
  instance: z.object({ id: z.string(), name: z.string(), password: z.string() }).optional(),
  verdict: z.string().nullish(),
});

describe('provision', () => {
  test('--plan changes nothing, --yes does it, again nothing is left; the password is in the keychain only', async () => {
    const cli = commandLine(keychain.env);
    const input = `${server.superPassword}\n`;
    const planned = await cli.json(['provision', '--url', url(), ...admin(), '--plan'], { input });
    expect([planned.stderr, planned.code]).toEqual(['', 0]);
    const { plan } = resultSchema.parse(planned.document);
    expect(plan.steps[0]?.statement).toBe('CREATE ROLE "aperture" LOGIN PASSWORD ***');
    expect(await server.sql(`SELECT FROM pg_roles WHERE rolname = 'aperture'`)).toEqual([]);

    const done = await cli.json(['provision', '--url', url(), ...admin(), '--yes', '--name', 'films'], { input });
    expect(done.code).toBe(0);
    const { instance, verdict } = resultSchema.parse(done.document);
    expect(instance).toMatchObject({ name: 'films', password: 'keychain' });
    expect(verdict).not.toBe('not-ready');
    expect(await lastOperation(cli)).toMatchObject({ kind: 'check', state: 'succeeded' });

    const check = await cli.json(['check', '--instance', 'films']);
    expect(check.code).toBe(0);
    const again = await cli.run(['provision', '--instance', 'films', ...admin(), '--yes'], { input });
    expect(again.stderr).toContain('Nothing has to be changed.');
    expect(again.stdout).toContain('Nothing had to be changed; aperture can log in to aperture. Instance: films');
    expect(again.code).toBe(0);
    expect(cli.kept()).not.toContain(server.superPassword);
    expect(cli.kept()).not.toContain('SCRAM-SHA-256$');
    expect(server.log()).toContain(`PASSWORD 'SCRAM-SHA-256$4096:`);
  });

  test('--script: for somebody else to run; the instance then works', async () => {
    const cli = commandLine(keychain.env);
    const { code, stdout, stderr } = await cli.run([
      'provision',
      '--url',
      url(),
      '--role',
      'scripted',
      '--database',
      'scripted',
      '--script',
      '--name',
      'later',
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('The password is kept for later');
    expect((await cli.json(['check', '--instance', 'later'])).code).toBe(3);
    const file = path.join(supportFolder('script'), 'provision.sql');
    writeFileSync(file, stdout);
    expect(await server.psql(['-f', file, server.conninfo()])).toMatchObject({ code: 0 });
    expect((await cli.json(['check', '--instance', 'later'])).code).toBe(0);
  });

  test('a chosen password on the second line, kept nowhere', async () => {
    const cli = commandLine();
    const wish = ['--role', 'chosen', '--database', 'chosen', '--session', '--password-stdin'];
    const input = `${server.superPassword}\nm y'pw$\n`;
    const done = await cli.json(['provision', '--url', url(), ...admin(), ...wish, '--yes'], { input });
    expect(done.code).toBe(0);
    expect(resultSchema.parse(done.document).instance?.password).toBe('session');
    await server.sql('SELECT 1', { user: 'chosen', database: 'chosen', password: "m y'pw$" });
    expect(cli.kept()).not.toContain("m y'pw$");
  });

  test('without a keychain nothing is made, and it is said', async () => {
    const cli = commandLine();
    const input = `${server.superPassword}\n`;
    const wish = ['--role', 'lost', '--database', 'lost'];
    const { code, document } = await cli.json(['provision', '--url', url(), ...admin(), ...wish, '--yes'], { input });
    expect(code).toBe(3);
    expect(problemIn(document).code).toBe('keychain-missing');
    expect(await server.sql(`SELECT FROM pg_roles WHERE rolname = 'lost'`)).toEqual([]);
  });

  test.each<[string, string[], RegExp]>([
    ['two ways at once', ['--plan', '--yes'], /one of --plan/],
    ['no administrator', ['--yes'], /--admin-user/],
    ['a password that nobody would know', ['--session', '--yes'], /--password-stdin/],
    ['a name that PostgreSQL keeps for itself', ['--role', 'pg_x', '--script'], /keeps for itself/],
    ['a name that is too long', ['--database', 'é'.repeat(40), '--script'], /longer than 63 bytes/],
  ])('%s is wrong usage', async (_, args, why) => {
    const { code, stderr } = await commandLine().run(['provision', '--url', url(), ...args]);
    expect([stderr, code]).toEqual([expect.stringMatching(why), 2]);
  });
});

describe('compose show', () => {
  test('masked, planned, written: the DATABASE_URL leads to the instance’s database', async () => {
    const cli = commandLine(keychain.env);
    const added = await cli.run([
      'instances',
      'add',
      '--name',
      'films',
      '--url',
      'postgres://u:s3cret-pw@db.lan/aperture',
    ]);
    expect(added.code).toBe(0);
    const shown = await cli.run(['compose', 'show', '--instance', 'films', '--preset', 'unraid', '--port', '8080']);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('/mnt/user/appdata/aperture/backups:/backups');
    expect(shown.stdout).toContain('DATABASE_URL=***');

    const out = path.join(supportFolder('out'), 'aperture');
    mkdirSync(out);
    const args = ['compose', 'show', '--instance', 'films', '--out', out];
    const planned = await cli.run([...args, '--plan']);
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('+services:');
    const written = await cli.json([...args, '--yes']);
    expect(written.code).toBe(0);
    expect(written.document).toMatchObject({ written: true, changes: [{ state: 'new' }, { state: 'new' }] });
    const env = readFileSync(path.join(out, '.env'), 'utf8');
    expect(env).toContain('postgresql://u:s3cret-pw@db.lan:5432/aperture');
    expect(statSync(path.join(out, '.env')).mode & 0o777).toBe(0o600);
    for (const text of [shown.stdout, planned.stdout, JSON.stringify(written.document), cli.kept()]) {
      expect(text).not.toContain('s3cret-pw');
    }
    expect((await cli.run([...args, '--time-zone', 'Europe/Berlin', '--yes'])).code).toBe(0);
    expect(readFileSync(path.join(out, 'docker-compose.yml'), 'utf8')).toContain(`TZ: 'Europe/Berlin'`);
    expect(readFileSync(path.join(out, '.env'), 'utf8')).toBe(env);

    writeFileSync(path.join(out, 'docker-compose.yml'), 'services: {a: {image: "aperture:${TAG}"}}');
    const refused = await cli.json([...args, '--yes']);
    expect(problemIn(refused.document)).toMatchObject({
      code: 'compose-not-editable',
      detail: expect.stringContaining('+'),
    });
  });

  test.each<[string, string[], RegExp]>([
    ['a port that is none', ['--port', 'x'], /as port/],
    ['a folder with a colon', ['--backups', '/a:b'], /as folders\.backups/],
    ['--yes without a folder', ['--yes'], /--out/],
  ])('%s is wrong usage', async (_, args, why) => {
    const cli = commandLine(keychain.env);
    await cli.run(['instances', 'add', '--name', 'films', '--url', 'postgres://u@db.lan/aperture']);
    const { code, stderr } = await cli.run(['compose', 'show', '--instance', 'films', ...args]);
    expect([stderr, code]).toEqual([expect.stringMatching(why), 2]);
  });
});
