import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startKeychain, type TestKeychain } from '../../support/keychain.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createOwnedDatabase, type TestRole } from '../../support/postgresRoles.ts';
import { mustRun } from '../../support/processes.ts';
import { type CommandLine, checkDocumentSchema, commandLine, lastOperation, problemIn } from './commandLine.ts';

let server: PostgresServer;
let owner: TestRole;
let keychain: TestKeychain;
let url: string;

beforeAll(async () => {
  keychain = await startKeychain();
  server = await startPostgres({ major: 17 });
  owner = await createOwnedDatabase(server, 'aperture');
  url = `postgres://${owner.user}:${owner.password}@${server.host}:${server.port}/aperture?sslmode=disable`;
});
afterAll(async () => {
  await server.stop('immediate');
  await keychain.stop();
});

const instanceSchema = z.looseObject({ id: z.string(), name: z.string(), password: z.string() });

async function listed(cli: CommandLine) {
  const { code, document } = await cli.json(['instances', 'list']);
  expect(code).toBe(0);
  return z.strictObject({ instances: z.array(instanceSchema) }).parse(document).instances;
}

/** What the keychain itself has, asked in a process of its own: libdbus connects once in each. */
async function inKeychain(id: string | undefined): Promise<string> {
  const ask = `import('keytar').then(async ({ default: keytar }) =>
    console.log(JSON.stringify(await keytar.getPassword('Aperture Companion', 'database:${id}'))))`;
  const { stdout } = await mustRun([process.execPath, '-e', ask], { env: { ...process.env, ...keychain.env } });
  return stdout.trim();
}

describe('with a keychain', () => {
  test('add, list, show, check, remove: the password is in the keychain only, and gone at the end', async () => {
    const cli = commandLine(keychain.env);
    const outputs: string[] = [];
    const run = async (...args: string[]) => {
      const finished = await cli.run(args);
      outputs.push(finished.stdout, finished.stderr);
      return finished;
    };

    const added = await run('instances', 'add', '--name', 'Home', '--url', url);
    expect(added.stdout).toMatch(/^Added Home \([0-9a-f-]{36}\)\. Password: in the keychain\.\n$/);
    expect(added.code).toBe(0);
    const [instance] = await listed(cli);
    expect(instance).toMatchObject({ name: 'Home', password: 'keychain' });

    expect((await run('instances', 'list')).stdout).toContain(`${owner.user}@127.0.0.1:${server.port}/aperture`);
    expect((await run('instances', 'show', 'Home')).stdout).toMatch(/^Password {2}in the keychain$/m);
    const { document, code } = await cli.json(['check', '--instance', 'Home', '--only', 'server-version']);
    expect(code).toBe(0);
    expect(checkDocumentSchema.parse(document).instance).toEqual({ id: instance?.id, name: 'Home' });
    expect((await run('check', '--instance', instance?.id ?? '', '--only', 'server-version')).code).toBe(0);
    // With another setting than its own, the stored password still serves.
    expect((await run('check', '--instance', 'Home', '--tls', 'disable', '--only', 'server-version')).code).toBe(0);
    expect((await run('operations', 'list', '--instance', 'Home')).stdout).toContain('Checks');

    const again = await run('instances', 'add', '--name', 'Home', '--url', url);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('already')]);
    expect((await run('instances', 'remove', 'Home')).code).toBe(2);
    expect(await listed(cli)).toHaveLength(1);
    expect(outputs.join('') + cli.kept()).not.toContain(owner.password);

    expect(await inKeychain(instance?.id)).toBe(JSON.stringify(owner.password));
    expect((await run('instances', 'remove', 'Home', '--yes')).code).toBe(0);
    expect(await listed(cli)).toEqual([]);
    expect(await inKeychain(instance?.id)).toBe('null');
  });

  test('a compose file is imported with the password that its .env holds', async () => {
    const cli = commandLine(keychain.env);
    writeFileSync(path.join(cli.home, '.env'), `DB_PASSWORD=${owner.password}\n`);
    const file = path.join(cli.home, 'docker-compose.yml');
    writeFileSync(
      file,
      `services:
  aperture:
    image: ghcr.io/dgruhin-hrizn/aperture
    environment:
      DATABASE_URL: postgres://${owner.user}:\${DB_PASSWORD}@127.0.0.1:${server.port}/aperture?sslmode=disable
`,
    );
    const { code, stdout, stderr } = await cli.run(['instances', 'import', file, '--name', 'From compose']);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    expect(stdout).toContain('Added From compose');
    expect(stdout + stderr + cli.kept()).not.toContain(owner.password);
    expect((await cli.run(['check', '--instance', 'From compose', '--only', 'server-version'])).code).toBe(0);
    expect((await cli.run(['instances', 'remove', 'From compose', '--yes'])).code).toBe(0);
  });
});

describe('without a keychain', () => {
  test('a password is not dropped silently: nothing is added unless --session says so', async () => {
    const cli = commandLine();
    const refused = await cli.json(['instances', 'add', '--name', 'Home', '--url', url]);
    expect([refused.code, problemIn(refused.document).code]).toEqual([3, 'keychain-missing']);
    expect(problemIn(refused.document).next).toContain('--session');
    expect(await listed(cli)).toEqual([]);

    const added = await cli.run(['instances', 'add', '--name', 'Home', '--url', url, '--session']);
    expect([added.code, added.stdout]).toEqual([0, expect.stringContaining('Password: not kept.')]);
    const check = ['check', '--instance', 'Home', '--only', 'server-version'];
    const unanswered = await cli.json(check);
    expect([unanswered.code, problemIn(unanswered.document).code]).toEqual([3, 'password-required']);
    expect((await cli.run([...check, '--password-stdin'], { input: owner.password })).code).toBe(0);
    expect(await lastOperation(cli)).toMatchObject({ kind: 'check', state: 'succeeded', subject: { name: 'Home' } });
    expect(cli.kept()).not.toContain(owner.password);
  });

  test('several connections of one file get names of their own', async () => {
    const cli = commandLine();
    const file = path.join(cli.home, '.pgpass');
    writeFileSync(file, 'db1.lan:5432:media:anna:one-secret\ndb2.lan:5432:media:anna:other-secret\n');
    const named = await cli.run(['instances', 'import', file, '--name', 'One', '--session']);
    expect(named.code).toBe(2);
    expect((await cli.run(['instances', 'import', file, '--session'])).code).toBe(0);
    expect((await cli.run(['instances', 'import', file, '--session'])).code).toBe(0);
    const names = (await listed(cli)).map(({ name }) => name);
    expect(new Set(names).size).toBe(4);
    expect(cli.kept()).not.toMatch(/one-secret|other-secret/);
  });

  test('a file without connections, and one that is not there: exit code 2', async () => {
    const cli = commandLine();
    const file = path.join(cli.home, 'notes.txt');
    writeFileSync(file, 'nothing here\n');
    const nothing = await cli.json(['instances', 'import', file]);
    expect([nothing.code, problemIn(nothing.document).code]).toEqual([2, 'import-nothing-found']);
    const missing = await cli.json(['instances', 'import', path.join(cli.home, 'missing.yml')]);
    expect([missing.code, problemIn(missing.document).code]).toEqual([2, 'file-unreadable']);
  });

  test('a damaged file of instances is put aside, and said', async () => {
    const cli = commandLine();
    writeFileSync(path.join(cli.data, 'instances.json'), '{ "version": 1, "data": ');
    const { code, document } = await cli.json(['instances', 'list']);
    expect(code).toBe(1);
    expect(document).toMatchObject({ instances: [], problem: { code: 'store-corrupt' } });
  });
});
