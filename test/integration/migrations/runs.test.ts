import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VerifiedBackup } from '../../../contract/migrationRun.ts';
import { LocalHost } from '../../../main/adapters/localHost.ts';
import { createSchemaDump } from '../../../main/services/migrations/schemaDump.ts';
import { testData } from '../../support/migrations/data.ts';
import { nextMigration, realisticMigrations, special, tableMigrations } from '../../support/migrations/set.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { clientProgram } from '../../support/postgresInstallation.ts';
import { createRole } from '../../support/postgresRoles.ts';
import { ledgerOf, newDatabase, run, small } from './runnerHarness.ts';
import { folderOf, startRuns } from './runsHarness.ts';

type Runs = Awaited<ReturnType<typeof startRuns>>;
const never = new AbortController().signal;

describe.each([15, 17, 18] as const)('PostgreSQL %i', { timeout: 180_000 }, (major) => {
  const flavour = { vector: major !== 15 };
  const set = realisticMigrations(flavour);
  const tables = tableMigrations(flavour);
  let server: PostgresServer;
  let all: Runs;
  beforeAll(async () => {
    server = await startPostgres({ major });
    all = await startRuns();
  });
  afterAll(async () => {
    await all.stop();
    await server.stop('immediate');
  });

  test('from empty: everything in order, and then nothing', async () => {
    const role = await newDatabase(server);
    const id = await all.add(server, role);
    const source = folderOf(set);
    const plan = await all.runs.plan(id, source, never);
    expect(plan.pending).toHaveLength(set.length);
    expect(plan).toMatchObject({ destroys: 0, needsOverride: false, needsStop: false, blocked: [] });
    const view = await all.migrate(id, source, { withoutBackup: false });
    expect(view).toMatchObject({ state: 'succeeded', outcome: { values: { applied: set.length } } });
    expect(await ledgerOf(server, role)).toEqual(set.map(({ name }) => name));
    const again = await all.migrate(id, source);
    expect(again).toMatchObject({ state: 'succeeded', outcome: { values: { applied: 0 } } });
    expect(all.runs.latestRun(id)).toMatchObject({ alreadyApplied: set.length, files: [] });
  });

  test('with data from half-way and from the last but one: the same tables as from empty', async () => {
    const [fresh, old] = [await newDatabase(server), await newDatabase(server)];
    await run(server, fresh, set);
    await run(server, old, set.slice(0, tables));
    await server.sql(testData({ ...flavour, rows: 50 }), { database: old.database });
    for (const upTo of [set.length - 1, set.length]) {
      const { problem } = await run(server, old, set.slice(0, upTo));
      expect(problem).toBeUndefined();
    }
    expect(await ledgerOf(server, old)).toEqual(set.map(({ name }) => name));
    expect(await columnsOf(server, old.database)).toEqual(await columnsOf(server, fresh.database));
  });

  test('a rehearsal on all data finds what fails on data only, tells rows and times, and leaves nothing', async () => {
    const role = await newDatabase(server);
    await server.sql(`ALTER ROLE "${role.user}" CREATEDB`);
    const id = await all.add(server, role);
    await run(server, role, set.slice(0, tables));
    await server.sql(testData({ ...flavour, rows: 60 }), { database: role.database });
    const before = await ledgerOf(server, role);
    const deleting = nextMigration(set, 'deletes', special.deleting);
    const bad = nextMigration([...set, deleting], 'fails_on_data', special.failingOnData);
    const { ended } = await all.runs.rehearse(id, folderOf([...set, deleting, bad]));
    const view = await ended;
    expect(view.problem).toBeUndefined();
    const report = all.runs.latestRehearsal(id);
    expect(report).toMatchObject({ on: 'template-copy' });
    expect(report?.files.at(-1)).toMatchObject({
      name: bad.name,
      state: 'failed',
      problem: { code: 'migration-failed', values: { line: 2, sqlState: '23505' } },
    });
    expect(report?.files.at(-2)).toMatchObject({ name: deleting.name, state: 'applied' });
    const movies = report?.rows.find(({ table }) => table === 'movies');
    expect(movies?.before).toBe(60);
    expect(movies?.after).toBeLessThan(60);
    expect(view.outcome).toMatchObject({ key: 'rehearse.outcome.failed', values: { migration: bad.name } });
    expect(await ledgerOf(server, role)).toEqual(before);
    expect(await copies(server)).toEqual([]);
  });
});

describe('what stands in the way', { timeout: 120_000 }, () => {
  let server: PostgresServer;
  let all: Runs;
  let backup: VerifiedBackup | undefined;
  beforeAll(async () => {
    server = await startPostgres({ major: 17 });
    all = await startRuns({ newestVerifiedBackup: async () => backup });
  });
  afterAll(async () => {
    await all.stop();
    await server.stop('immediate');
  });

  test('a session of the same role, which may be the server: refused with who it is', async () => {
    const role = await newDatabase(server);
    const id = await all.add(server, role);
    const other = new pg.Client({ host: server.host, port: server.port, ...role, application_name: '' });
    await other.connect();
    const plan = await all.runs.plan(id, folderOf(small(1)), never);
    expect(plan.blocked).toHaveLength(1);
    const view = await all.migrate(id, folderOf(small(1)));
    expect(view).toMatchObject({ state: 'failed', problem: { code: 'migrations-server-running' } });
    expect(String(view.problem?.values.why)).toContain(role.user);
    await other.end();
    expect(await all.migrate(id, folderOf(small(1)))).toMatchObject({ state: 'succeeded' });
  });

  test('where the app logs in as somebody else than the server, the owner of the tables counts', async () => {
    const role = await newDatabase(server);
    await run(server, role, small(1));
    const guest = { ...(await createRole(server, { attributes: 'LOGIN' })), database: role.database };
    await server.sql(`GRANT "${role.user}" TO "${guest.user}"`, { database: role.database });
    await server.sql(
      `ALTER ROLE "${guest.user}" NOINHERIT; GRANT SELECT, INSERT ON aperture_migrations TO "${guest.user}"`,
      {
        database: role.database,
      },
    );
    const id = await all.add(server, guest);
    const other = new pg.Client({ host: server.host, port: server.port, ...role });
    await other.connect();
    const { blocked, server: use } = await all.runs.plan(id, folderOf(small(2)), never);
    expect(use.sessions).toMatchObject([{ user: role.user, ownRole: true }]);
    expect(blocked).toHaveLength(1);
    await other.end();
  });

  test('data is destroyed only after a verified backup, or when none is wanted', async () => {
    const role = await newDatabase(server);
    const id = await all.add(server, role);
    await run(server, role, small(2));
    await server.sql('INSERT INTO small_0001 SELECT generate_series(1, 12)', { database: role.database });
    const files = [...small(2), { name: '0003_deletes.sql', sql: '-- all of it\nDELETE FROM small_0001;\n' }];
    const source = folderOf(files);
    backup = undefined;
    const plan = await all.runs.plan(id, source, never);
    expect(plan).toMatchObject({ destroys: 1, needsOverride: true });
    expect(plan.plan.notes.find(({ key }) => key === 'migrate.note.destroys')?.values).toMatchObject({
      name: '0003_deletes.sql',
      line: 2,
      rows: 12,
    });
    const refused = await all.migrate(id, source, { withoutBackup: false });
    expect(refused).toMatchObject({
      state: 'failed',
      problem: { code: 'migrations-destroy-data', values: { count: 1 } },
    });
    expect(await ledgerOf(server, role)).toHaveLength(2);
    // Older than the schema that it would have to bring back.
    backup = { at: '2001-01-01T00:00:00.000Z', name: 'old' };
    expect(await all.migrate(id, source, { withoutBackup: false })).toMatchObject({ state: 'failed' });
    // Of another schema, whatever its time.
    backup = { at: new Date(Date.now() + 60_000).toISOString(), name: 'other', ledger: ['0001_small.sql'] };
    expect(await all.migrate(id, source, { withoutBackup: false })).toMatchObject({ state: 'failed' });
    backup = { at: new Date(Date.now() + 60_000).toISOString(), name: 'new' };
    expect(await all.migrate(id, source, { withoutBackup: false })).toMatchObject({ state: 'succeeded' });
  });

  test('a statement that PostgreSQL refuses inside of a transaction is told beforehand', async () => {
    const role = await newDatabase(server);
    const id = await all.add(server, role);
    const files = [...small(1), { name: '0002.sql', sql: 'CREATE INDEX CONCURRENTLY ON small_0001 (name);' }];
    const plan = await all.runs.plan(id, folderOf(files), never);
    expect(plan.plan.notes.map(({ key }) => key)).toContain('migrate.note.no-transaction');
    const view = await all.migrate(id, folderOf(files));
    expect(view).toMatchObject({
      state: 'failed',
      problem: { code: 'migration-failed', values: { sqlState: '25001' } },
    });
    expect(await ledgerOf(server, role)).toEqual(['0001_small.sql']);
  });

  test('a failure is journalled with the file’s statement and line; a plan of another database is stale', async () => {
    const role = await newDatabase(server);
    const id = await all.add(server, role);
    const files = [...small(3), { name: '0004_fails.sql', sql: special.failing }];
    const view = await all.migrate(id, folderOf(files));
    expect(view).toMatchObject({
      state: 'failed',
      problem: { code: 'migration-failed', values: { migration: '0004_fails.sql', line: 4, sqlState: '42P01' } },
    });
    expect(view.problem?.detail).toContain('INSERT INTO never_made');
    const { plan } = await all.runs.plan(id, folderOf(files), never);
    const instance = await all.instances.get(id);
    const { connection } = instance;
    if (connection === undefined) throw new Error('no settings');
    await all.instances.update(id, { connection: { ...connection, database: 'postgres' } });
    await expect(all.runs.run(plan.id, { stopServer: false, withoutBackup: true })).rejects.toMatchObject({
      problem: { code: 'plan-stale' },
    });
  });

  test('a statement without a position is found by how many came before it', async () => {
    const role = await newDatabase(server);
    const id = await all.add(server, role);
    const sql = `CREATE TABLE t (id int PRIMARY KEY);
/* two
   lines */ INSERT INTO t VALUES (1);
INSERT INTO t
  VALUES (1);
DROP TABLE t;`;
    const view = await all.migrate(id, folderOf([{ name: '0001.sql', sql }]));
    expect(view.problem).toMatchObject({
      code: 'migration-failed',
      values: { line: 4, sqlState: '23505', statement: 'INSERT INTO t\n  VALUES (1)' },
    });
    expect(view.problem?.detail).toContain('DETAIL: Key (id)=(1) already exists.');
  });

  test('with somebody logged in a rehearsal has the tables only; without the right to make databases there is none', async () => {
    const role = await newDatabase(server);
    const id = await all.add(server, role);
    await run(server, role, small(3));
    await server.sql('INSERT INTO small_0001 VALUES (1), (2)', { database: role.database });
    const source = folderOf([...small(3), { name: '0004.sql', sql: 'ALTER TABLE small_0001 ADD CHECK (id > 1);' }]);
    const refused = await (await all.runs.rehearse(id, source)).ended;
    expect(refused.problem).toMatchObject({ code: 'rehearsal-impossible', values: { reason: 'right' } });
    await server.sql(`ALTER ROLE "${role.user}" CREATEDB`);
    const other = new pg.Client({ host: server.host, port: server.port, ...role });
    await other.connect();
    await (await all.runs.rehearse(id, source)).ended;
    expect(all.runs.latestRehearsal(id)).toMatchObject({
      on: 'schema-only',
      files: [{ name: '0004.sql', state: 'applied' }],
    });
    await server.sql(`INSERT INTO aperture_migrations (name) VALUES ('0000_by_hand.sql')`, { database: role.database });
    const unknown = await (await all.runs.rehearse(id, source)).ended;
    expect(unknown.problem).toMatchObject({ code: 'rehearsal-impossible', values: { reason: 'history' } });
    const failsAnew = folderOf([{ name: '0000_by_hand.sql', sql: 'SELECT 1 / 0;' }, ...small(3)]);
    const past = await (await all.runs.rehearse(id, failsAnew)).ended;
    expect(past.problem).toMatchObject({
      code: 'rehearsal-impossible',
      values: { reason: 'past', migration: '0000_by_hand.sql', message: 'division by zero' },
    });
    await other.end();
    await (await all.runs.rehearse(id, source)).ended;
    expect(all.runs.latestRehearsal(id)).toMatchObject({
      on: 'template-copy',
      files: [{ name: '0004.sql', state: 'failed' }],
    });
    expect(await copies(server)).toEqual([]);
  });

  test('with pg_dump at hand the tables are as they are, whatever the migrations say', async () => {
    const role = await newDatabase(server);
    // The extension is not one that everybody may create.
    await server.sql(`ALTER ROLE "${role.user}" SUPERUSER`);
    const set = realisticMigrations();
    await run(server, role, set);
    await server.sql(
      `INSERT INTO aperture_migrations (name) VALUES ('0000_by_hand.sql'); CREATE TABLE by_hand (id int)`,
      role,
    );
    const path = clientProgram(17, 'pg_dump');
    const withTool = await startRuns({
      dumpSchema: (of, log, signal) =>
        createSchemaDump({
          tools: { findPostgres: async () => [{ tool: 'pg_dump', path, version: '17', major: 17 }] },
          thisComputer: new LocalHost('this computer'),
          credentials: withTool.credentials,
        })(of, log, signal),
    });
    const id = await withTool.add(server, role);
    const other = new pg.Client({ host: server.host, port: server.port, ...role });
    await other.connect();
    const next = nextMigration(set, 'by_hand', 'ALTER TABLE by_hand ADD COLUMN name text;');
    const view = await (await withTool.runs.rehearse(id, folderOf([...set, next]))).ended;
    if (view.state !== 'succeeded') throw new Error(JSON.stringify([view, await withTool.operations.log(view.id)]));
    expect(view.problem).toBeUndefined();
    expect(withTool.runs.latestRehearsal(id)).toMatchObject({
      on: 'schema-only',
      files: [{ name: next.name, state: 'applied' }],
      rows: [],
    });
    const lines = (await withTool.operations.log(view.id)).map(({ line }) => line).join('\n');
    expect(lines).toContain('definitions taken by pg_dump');
    expect(lines).not.toContain(role.password);
    await other.end();
    await withTool.stop();
    expect(await copies(server)).toEqual([]);
  });

  test('copies that a killed rehearsal has left are removed by the next one, others’ stay', async () => {
    const role = await newDatabase(server);
    await server.sql(`ALTER ROLE "${role.user}" CREATEDB`);
    const id = await all.add(server, role);
    const stamp = Date.now().toString(36);
    const old = (Date.now() - 7_200_000).toString(36);
    const dead = JSON.stringify({
      host: (await import('node:os')).hostname(),
      process: { pid: 4_190_000 },
      at: new Date().toISOString(),
    });
    const elsewhere = JSON.stringify({ host: 'other', process: { pid: 1 }, at: new Date().toISOString() });
    const left = [`companion_rehearsal_${stamp}_dead`, `companion_rehearsal_${old}_nobody`];
    const kept = [`companion_rehearsal_${stamp}_other`, `companion_rehearsal_${stamp}_justmade`];
    for (const name of [...left, ...kept]) await server.sql(`CREATE DATABASE ${name} OWNER "${role.user}"`);
    await server.sql(`COMMENT ON DATABASE ${left[0]} IS '${dead}'`);
    await server.sql(`COMMENT ON DATABASE ${kept[0]} IS '${elsewhere}'`);
    await (await all.runs.rehearse(id, folderOf(small(1)))).ended;
    expect(await copies(server)).toEqual([...kept].sort());
    for (const name of kept) await server.sql(`DROP DATABASE ${name}`);
  });

  test('a rehearsal that is cancelled leaves nothing', async () => {
    const role = await newDatabase(server);
    await server.sql(`ALTER ROLE "${role.user}" CREATEDB`);
    const id = await all.add(server, role);
    const { operationId, ended } = await all.runs.rehearse(id, folderOf([{ name: '0001.sql', sql: special.slow(60) }]));
    await expect
      .poll(async () => (await server.sql(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length, {
        timeout: 20_000,
      })
      .toBe(1);
    await all.operations.cancel(operationId);
    expect(await ended).toMatchObject({ state: 'cancelled' });
    expect(await copies(server)).toEqual([]);
  });
});

async function copies(server: PostgresServer): Promise<string[]> {
  const rows = await server.sql(`SELECT datname FROM pg_database WHERE datname LIKE 'companion%' ORDER BY 1`);
  return rows.map(({ datname }) => String(datname));
}

async function columnsOf(server: PostgresServer, database: string): Promise<unknown[]> {
  return server.sql(
    `SELECT table_name, column_name, udt_name, is_nullable FROM information_schema.columns
     WHERE table_schema = 'public' ORDER BY 1, 2`,
    { database },
  );
}
