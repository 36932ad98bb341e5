import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { say } from '../../../contract/copy/text.ts';
import type { Companion } from '../../../main/compose.ts';
import { startKeychain } from '../../support/keychain.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { clientProgram } from '../../support/postgresInstallation.ts';
import { createRole, type TestRole } from '../../support/postgresRoles.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { addInstance, backup, explain, never, startCompanion, toolsFolder } from '../backups/harness.ts';
import { type CommandLine, commandLine } from '../cli/commandLine.ts';
import { expectSucceeded, fingerprint, ownedDatabase, restoreInPlace } from './inPlaceHarness.ts';

const searchPath = process.env.PATH;
let server: PostgresServer;
let companion: Companion;
let count = 0;

beforeAll(async () => {
  server = await startPostgres({ major: 17 });
  process.env.PATH = `${toolsFolder(17)}:/usr/bin:/bin`;
  companion = startCompanion();
});
afterAll(async () => {
  await companion?.stop();
  await server?.stop('immediate');
  process.env.PATH = searchPath;
});

const tables = `CREATE TABLE aperture_migrations (id serial PRIMARY KEY, name text UNIQUE NOT NULL, applied_at timestamptz DEFAULT now());
  INSERT INTO aperture_migrations (name) VALUES ('0001_init.sql');
  CREATE TABLE movies (id int PRIMARY KEY, title text); INSERT INTO movies SELECT i, 'Movie ' || i FROM generate_series(1, 50) i;
  CREATE TABLE users (id int PRIMARY KEY); INSERT INTO users VALUES (1), (2);`;

/** A database with little in it, its backup, and what has changed since. */
async function prepared(): Promise<{ role: TestRole; id: string; backupId: string }> {
  count += 1;
  const role = await ownedDatabase(server, `films${count}`);
  await server.sql(tables, role);
  const id = await addInstance(companion, server, role, { name: `films ${count}` });
  const { id: backupId } = await backup(companion, id);
  await server.sql(`DELETE FROM movies WHERE id > 10; CREATE TABLE newer (id int); INSERT INTO newer VALUES (1)`, role);
  return { role, id, backupId };
}

const planOf = (instanceId: string, id: string, withoutSafetyBackup = false) =>
  companion.inPlaceRestores.plan({ instanceId, from: { kind: 'backup', id }, withoutSafetyBackup }, never);

test('what belongs to others is told and left alone', async () => {
  const { role, id, backupId } = await prepared();
  const other = await createRole(server, { user: 'somebody_else', database: role.database });
  await server.sql(
    `CREATE SCHEMA theirs AUTHORIZATION somebody_else; GRANT CREATE ON SCHEMA public TO somebody_else; GRANT SELECT ON movies TO somebody_else`,
    { database: role.database },
  );
  await server.sql(
    'CREATE TABLE theirs.notes AS SELECT 1 AS id; CREATE TABLE public.also_theirs AS SELECT 2 AS id',
    other,
  );
  // A dump of what may not be read is impossible: so is the backup before.
  expect((await planOf(id, backupId)).blocked.map(say).join()).toContain('public.also_theirs, theirs.notes');
  expect((await restoreInPlace(companion, id, backupId)).problem?.code).toBe('restore-refused');
  const plan = await planOf(id, backupId, true);
  expect(plan.blocked).toEqual([]);
  expect(plan.unknownTables).toEqual(['public.newer']);
  expect(plan.leftAlone).toEqual(expect.arrayContaining(['theirs.notes', 'public.also_theirs', 'extension vector']));
  expect(plan.notes.map(say).join('\n')).toContain('public.movies');
  await expectSucceeded(companion, await restoreInPlace(companion, id, backupId, { withoutSafetyBackup: true }));
  const after = await fingerprint(server, role.database);
  expect(Object.keys(after)).toEqual(expect.arrayContaining(['theirs.notes', 'public.also_theirs', 'public.movies']));
  expect(Object.keys(after)).not.toContain('public.newer');
  expect(after['public.movies']).toMatch(/^50 /);
});

test('what would take something of others with it, or may not be replaced, is refused before anything is touched', async () => {
  const { role, id, backupId } = await prepared();
  const third = await createRole(server, { user: 'third_party', database: role.database });
  await server.sql('GRANT CREATE ON SCHEMA public TO third_party; GRANT SELECT ON movies TO third_party', {
    database: role.database,
  });
  await server.sql('CREATE VIEW their_view AS SELECT title FROM movies', third);
  const before = await fingerprint(server, role.database);
  expect((await planOf(id, backupId)).blocked.map(say).join()).toContain('public.their_view');
  const view = await restoreInPlace(companion, id, backupId, { withoutSafetyBackup: true });
  expect(view.problem?.code).toBe('restore-refused');
  expect(await fingerprint(server, role.database)).toEqual(before);
  await server.sql('DROP VIEW their_view', third);
  await server.sql('ALTER TABLE users OWNER TO third_party', { database: role.database });
  expect((await planOf(id, backupId)).blocked.map(say).join()).toContain('public.users (third_party)');
});

test('sessions are ended, also those that hold locks and those that come back', async () => {
  const { role, id, backupId } = await prepared();
  const holder = server
    .sql('BEGIN; LOCK TABLE movies; SELECT pg_sleep(600)', role)
    .catch((error: Error) => error.message);
  let stop = false;
  const returning = (async () => {
    while (!stop)
      await server.sql('BEGIN; SELECT count(*) FROM movies; SELECT pg_sleep(0.5); COMMIT', role).catch(() => undefined);
  })();
  try {
    await expectSucceeded(companion, await restoreInPlace(companion, id, backupId));
  } finally {
    stop = true;
  }
  expect(await holder).toMatch(/terminat/);
  await returning;
  expect((await fingerprint(server, role.database))['public.movies']).toMatch(/^50 /);
});

test('an administrator’s login leaves everything to the owner of what is there', async () => {
  const { role, backupId } = await prepared();
  const admin = { user: server.superuser, password: server.superPassword, database: role.database };
  const id = await addInstance(companion, server, admin, { name: 'as administrator' });
  await expectSucceeded(companion, await restoreInPlace(companion, id, backupId));
  const owners = await server.sql(
    `SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    { database: role.database },
  );
  expect(owners).toEqual([{ owner: role.user }]);
  expect(await server.sql('SELECT count(*)::int AS n FROM movies', role)).toEqual([{ n: 50 }]);
});

test('dumps in SQL: whole ones are restored, one that ends early or commits by itself changes nothing', async () => {
  const { role, id } = await prepared();
  await server.sql('DROP TABLE newer', role);
  const wanted = await fingerprint(server, role.database);
  const sql = execFileSync(clientProgram(17, 'pg_dump'), ['--no-owner', '--no-acl', '--clean', '--if-exists'], {
    env: {
      ...process.env,
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: role.user,
      PGPASSWORD: role.password,
      PGDATABASE: role.database,
    },
    encoding: 'utf8',
  });
  const folder = supportFolder('sql');
  const run = async (name: string, text: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    const { name: confirm } = await companion.instances.get(id);
    const from = { kind: 'file' as const, path: file };
    return (await companion.inPlaceRestores.run({ instanceId: id, from, confirm, withoutSafetyBackup: true })).ended;
  };
  await server.sql('DELETE FROM users; CREATE TABLE newer (id int)', role);
  const before = await fingerprint(server, role.database);
  const middle = sql.indexOf('COPY public.users');
  for (const [name, text] of [
    ['error.sql', `${sql.slice(0, middle)}SELECT 1 / 0;\n${sql.slice(middle)}`],
    ['commit.sql', `${sql.slice(0, middle)}COMMIT;\n${sql.slice(middle)}`],
    ['rollback.sql', `${sql.slice(0, middle)}ROLLBACK;\n${sql.slice(middle)}`],
    ['program.sql', `${sql.slice(0, middle)}\\! touch ${folder}/started\n${sql.slice(middle)}`],
    ['early.sql', sql.slice(0, middle)],
  ] as const) {
    const view = await run(name, text);
    expect(view.state, `${name}: ${await explain(companion, view)}`).toBe('failed');
    expect(await fingerprint(server, role.database), name).toEqual(before);
  }
  expect(() => execFileSync('ls', [`${folder}/started`], { stdio: 'pipe' })).toThrow();
  await expectSucceeded(companion, await run('whole.sql', sql));
  expect(await fingerprint(server, role.database)).toEqual(wanted);
});

test('the command line: plan, confirmation, restore, inspect, table', async () => {
  const keychain = await startKeychain('unlocked');
  try {
    const cli: CommandLine = commandLine({ ...keychain.env, PATH: `${toolsFolder(17)}:${searchPath}` });
    const role = await ownedDatabase(server, 'terminal');
    await server.sql(tables, role);
    const url = `postgres://${role.user}:${encodeURIComponent(role.password)}@${server.host}:${server.port}/terminal?sslmode=disable`;
    expect((await cli.run(['instances', 'add', '--name', 'Films', '--url', url])).code).toBe(0);
    const made = await cli.json(['backup', 'now', '--instance', 'Films']);
    const id = z.object({ backup: z.object({ id: z.string() }) }).parse(made.document).backup.id;
    await server.sql('DELETE FROM movies', role);
    const which = ['--instance', 'Films', '--backup', id];
    const plan = await cli.run(['restore', 'in-place', ...which, '--plan']);
    expect(plan.code, plan.stderr).toBe(0);
    expect(plan.stdout).toMatch(/rows +53 +3/);
    expect((await cli.run(['restore', 'in-place', ...which, '--yes', '--confirm', 'films'])).code).toBe(2);
    expect((await cli.run(['restore', 'in-place', '--instance', 'Films', '--plan'])).code).toBe(2);
    const inside = await cli.run(['restore', 'inspect', '--backup', id]);
    expect(inside.stdout).toMatch(/public\.movies +50 rows/);
    const table = await cli.json(['restore', 'table', 'movies', ...which]);
    expect(table.code, table.stdout).toBe(0);
    const { restored } = z
      .object({
        restored: z.object({ schema: z.string(), sql: z.string(), tables: z.array(z.object({ rows: z.number() })) }),
      })
      .parse(table.document);
    expect(restored.tables).toEqual([{ rows: 50 }].map((one) => expect.objectContaining(one)));
    await server.sql(`DROP SCHEMA ${restored.schema} CASCADE`, role);
    const run = await cli.json(['restore', 'in-place', ...which, '--yes', '--confirm', 'Films']);
    expect(run.code, run.stdout + run.stderr).toBe(0);
    expect(run.document).toMatchObject({ report: { compared: 3, numbers: { rows: 53 } } });
    expect(await server.sql('SELECT count(*)::int AS n FROM movies', role)).toEqual([{ n: 50 }]);
  } finally {
    await keychain.stop();
  }
});
