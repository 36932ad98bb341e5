import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationPreview, StatementWarning } from '../../../contract/migration.ts';
import type { PostgresSession } from '../../../main/adapters/postgres/session.ts';
import { type Grammar, loadGrammar } from '../../../main/adapters/sqlGrammar.ts';
import { previewFiles } from '../../../main/services/migrations/preview/preview.ts';
import { createMigrationReadings } from '../../../main/services/migrations/readings.ts';
import { migrationsOf } from '../../../main/services/migrations/source.ts';
import { applyScript, testData, testRows } from '../../support/migrations/data.ts';
import { nextMigration, realisticMigrations, special, tableMigrations } from '../../support/migrations/set.ts';
import { startPgBouncer } from '../../support/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createReadOnlyRole, type TestRole } from '../../support/postgresRoles.ts';
import { type Services, startServices } from '../checks/services.ts';
import { newDatabase, open } from './runnerHarness.ts';
import { folderOf } from './runsHarness.ts';

const never = new AbortController().signal;
const noDocker = { engine: () => Promise.reject(new Error('no Docker in this test')) };

let grammar: Grammar;
let services: Services;
beforeAll(async () => {
  grammar = await loadGrammar();
  services = await startServices();
});
afterAll(() => services.stop());

const filesOf = (migrations: readonly { name: string; sql: string }[]) =>
  migrationsOf(
    { kind: 'folder', name: 'x' },
    migrations.map(({ name, sql }) => ({ name, content: Buffer.from(sql) })),
    'x',
  ).files;

describe.each([15, 17, 18] as const)('PostgreSQL %i', (major) => {
  const flavour = { vector: major !== 15 };
  const set = realisticMigrations(flavour);
  const tables = tableMigrations(flavour);
  const rows = testRows(200);
  let server: PostgresServer;
  let filled: TestRole;
  let owner: PostgresSession;

  /** What files would do, seen with a login of its own. */
  async function look(
    role: TestRole,
    migrations: readonly { name: string; sql: string }[],
    at: { host: string; port: number } = server,
  ): Promise<{ files: MigrationPreview[]; trips: number }> {
    const session = await open(at, role);
    try {
      const before = session.roundTrips;
      const files = await previewFiles(grammar, filesOf(migrations), session);
      return { files, trips: session.roundTrips - before };
    } finally {
      await session.close();
    }
  }
  /** The warnings for one file, seen by the owner of the tables. */
  const one = async (text: string) => {
    const files = await previewFiles(grammar, filesOf([{ name: '0001_x.sql', sql: text }]), owner);
    return files.flatMap(({ statements }) => statements.flatMap(({ warnings }) => warnings));
  };
  const sql = (text: string, role = filled) => server.sql(text, { database: role.database });
  const asOwner = (text: string, role = filled) => server.sql(text, role);

  beforeAll(async () => {
    server = await startPostgres({ major });
    filled = await newDatabase(server);
    await asOwner(applyScript(set.slice(0, tables)));
    await asOwner(testData(flavour));
    owner = await open(server, filled);
  });
  afterAll(async () => {
    await owner.close();
    await server.stop('immediate');
  });

  test('on tables with data each file is what it was written to be, in two round trips when all can be counted', async () => {
    const { files } = await look(filled, set.slice(tables));
    expect(files.map(({ name, effect, problem }) => ({ name, effect, problem }))).toEqual(
      set.slice(tables).map(({ name, effect }) => ({ name, effect, problem: undefined })),
    );
    const warnings = files.flatMap(({ statements }) => statements.flatMap((each) => each.warnings));
    const of = (object: string, reason: string) =>
      warnings.find((warning) => warning.object === object && warning.reason === reason);
    expect(of('public.embeddings_384', 'delete-all')).toMatchObject({ rows: rows.embeddings_384, rowsExact: true });
    expect(of('public.user_ratings', 'delete-rows')).toMatchObject({ rows: 200, rowsExact: true });
    expect(of('public.movies', 'update-rows')).toMatchObject({ rows: 100, rowsExact: true });
    expect(of('public.sessions', 'truncate')).toMatchObject({ rows: rows.sessions, rowsExact: true });
    expect(of('public.feature_24', 'drop-table')).toMatchObject({ rows: rows.feature_24, rowsExact: true });
    expect((await look(filled, [nextMigration(set, 'deleting', special.deleting)])).trips).toBe(2);
    expect((await look(filled, [nextMigration(set, 'note', 'ALTER TABLE movies ADD COLUMN x int;')])).trips).toBe(1);
  });

  test('nothing was changed by looking', async () => {
    const count = async () =>
      (
        await sql(
          "SELECT sum((xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %s', oid::regclass), false, true, '')))[1]::text::int) AS rows, count(*) AS tables FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
        )
      )[0];
    const before = await count();
    await look(filled, set.slice(tables));
    expect(await count()).toEqual(before);
  });

  test('from empty everything is harmless but what nobody can know', async () => {
    const role = await newDatabase(server);
    const { files } = await look(role, set);
    const bad = files.filter(({ effect }) => effect !== 'harmless');
    expect(bad.map(({ effect, statements }) => [effect, statements[0]?.warnings[0]?.reason])).toEqual([
      ['unknown', 'dynamic-sql'],
    ]);
    expect(files.flatMap(({ statements }) => statements.flatMap(({ needs }) => needs))).toEqual([]);
  });

  test('what is said of ALTER TABLE is what PostgreSQL does: whether it writes the table anew', async () => {
    await sql(`CREATE TABLE probe (id int, v varchar(20), t text, n numeric(10,2), c char(4), ts timestamp(3), b bit varying(8), j json, a int[], i int4range);
      INSERT INTO probe SELECT g, 'v', '1', 1, 'c', now(), B'1', '{}', '{1}', '[1,2)' FROM generate_series(1, 50) g;
      CREATE DOMAIN positive AS int CHECK (VALUE > 0); ALTER TABLE probe ADD COLUMN d positive; ANALYZE probe`);
    const said: unknown[] = [];
    const done: unknown[] = [];
    for (const change of [
      'ALTER v TYPE varchar(40)',
      'ALTER v TYPE varchar(10)',
      'ALTER v TYPE varchar',
      'ALTER v TYPE text',
      'ALTER v TYPE text USING v',
      'ALTER v TYPE text USING upper(v)',
      'ALTER t TYPE varchar',
      'ALTER t TYPE varchar(100)',
      'ALTER t TYPE int USING t::int',
      'ALTER n TYPE numeric(12,2)',
      'ALTER n TYPE numeric(12,3)',
      'ALTER n TYPE numeric(8,2)',
      'ALTER n TYPE numeric',
      'ALTER c TYPE char(8)',
      'ALTER c TYPE char(4)',
      'ALTER ts TYPE timestamp(6)',
      'ALTER ts TYPE timestamp(1)',
      'ALTER b TYPE bit varying(16)',
      'ALTER id TYPE bigint',
      'ALTER id TYPE int',
      'ALTER j TYPE jsonb',
      'ALTER a TYPE bigint[]',
      'ALTER d TYPE int',
      'ADD COLUMN x int',
      'ADD COLUMN x int DEFAULT 5',
      'ADD COLUMN x timestamptz DEFAULT now()',
      'ADD COLUMN x timestamptz DEFAULT clock_timestamp()',
      'ADD COLUMN x uuid DEFAULT gen_random_uuid()',
      'ADD COLUMN x serial',
      'ADD COLUMN x int GENERATED BY DEFAULT AS IDENTITY',
      'ADD COLUMN x int GENERATED ALWAYS AS (id * 2) STORED',
      'ADD COLUMN IF NOT EXISTS id uuid DEFAULT gen_random_uuid()',
      'ALTER id SET NOT NULL',
      'ADD CHECK (id > 0)',
      'ADD PRIMARY KEY (id)',
      'DROP COLUMN t',
      'RENAME COLUMN t TO u',
      'SET UNLOGGED',
      'SET (fillfactor = 70)',
      'ALTER v SET STORAGE EXTERNAL',
      'ALTER v SET DEFAULT 1',
    ]) {
      const statement = `ALTER TABLE probe ${change}`;
      said.push([change, (await one(statement)).some(({ effect }) => effect === 'rewrites-table')]);
      const [file] = await sql(
        `BEGIN; CREATE TEMP TABLE before ON COMMIT DROP AS SELECT pg_relation_filenode('probe') AS node; ${statement};
         SELECT node <> pg_relation_filenode('probe') AS anew FROM before`,
      );
      done.push([change, file?.anew]);
      await sql('ROLLBACK').catch(() => undefined);
    }
    expect(said).toEqual(done);
  });

  test('what CASCADE takes along is found by the database, and nothing else', async () => {
    await sql(`CREATE SCHEMA archive; CREATE TYPE archive.mood AS ENUM ('good', 'bad');
      CREATE TABLE archive.days (day date, mood archive.mood); INSERT INTO archive.days VALUES (now(), 'good'), (now(), 'bad');
      CREATE TABLE notes (id int, mood archive.mood, more archive.mood[]); INSERT INTO notes SELECT 1, 'good';
      CREATE VIEW good_days AS SELECT * FROM archive.days WHERE mood = 'good'; CREATE VIEW better_days AS SELECT * FROM good_days; ANALYZE`);
    const told = (warnings: StatementWarning[]) =>
      warnings.map(({ effect, reason, object, rows: hit }) => [effect, reason, object, hit]).sort();
    expect(told(await one('DROP TYPE archive.mood CASCADE'))).toEqual([
      ['destroys-data', 'cascade-column', 'archive.days.mood', 2],
      ['destroys-data', 'cascade-column', 'public.notes.mood', 1],
      ['destroys-data', 'cascade-column', 'public.notes.more', 1],
      ['harmless', 'cascade-view', 'public.better_days', undefined],
      ['harmless', 'cascade-view', 'public.good_days', undefined],
    ]);
    expect(told(await one('DROP SCHEMA archive CASCADE'))).toEqual([
      ['destroys-data', 'cascade-column', 'public.notes.mood', 1],
      ['destroys-data', 'cascade-column', 'public.notes.more', 1],
      ['destroys-data', 'drop-schema', 'archive.days', 2],
      ['harmless', 'cascade-view', 'public.better_days', undefined],
      ['harmless', 'cascade-view', 'public.good_days', undefined],
    ]);
    expect(told(await one('DROP TABLE archive.days CASCADE'))).toEqual([
      ['destroys-data', 'drop-table', 'archive.days', 2],
      ['harmless', 'cascade-view', 'public.better_days', undefined],
      ['harmless', 'cascade-view', 'public.good_days', undefined],
    ]);
    if (!flavour.vector) return;
    const lost = (await one('DROP EXTENSION vector CASCADE')).filter(({ effect }) => effect === 'destroys-data');
    expect(lost.map(({ object }) => object)).toEqual(
      expect.arrayContaining(['public.embeddings_384.embedding', 'public.user_taste.embedding']),
    );
  });

  test('rows that are deleted take those along that refer to them, step by step', async () => {
    await asOwner(`CREATE TABLE top (id int PRIMARY KEY); CREATE TABLE middle (id int PRIMARY KEY, top int REFERENCES top ON DELETE CASCADE);
      CREATE TABLE low (middle int REFERENCES middle ON DELETE CASCADE); CREATE TABLE kept (top int REFERENCES top ON DELETE SET NULL, own int);
      INSERT INTO top VALUES (1), (2); INSERT INTO middle VALUES (1, 1), (2, 1), (3, 2); INSERT INTO low VALUES (1), (2), (3), (3);
      INSERT INTO kept VALUES (1); ANALYZE`);
    const told = async (text: string) =>
      (await one(text)).map(({ reason, object, rows: hit, rowsExact }) => [reason, object, hit, rowsExact]);
    expect(await told('DELETE FROM top WHERE id = 1')).toEqual([
      ['delete-rows', 'public.top', 1, true],
      ['delete-cascades', 'public.low', 4, false],
      ['delete-cascades', 'public.middle', 3, false],
    ]);
    expect(await told('TRUNCATE top CASCADE')).toEqual([
      ['truncate', 'public.top', 2, true],
      ['truncate-cascades', 'public.kept', 1, true],
      ['truncate-cascades', 'public.low', 4, true],
      ['truncate-cascades', 'public.middle', 3, true],
    ]);
  });

  test('counts exactly where the statement can be run, else estimates; asks for nothing that changes something', async () => {
    await sql(
      `CREATE SEQUENCE IF NOT EXISTS asked; CREATE OR REPLACE FUNCTION ask() RETURNS boolean LANGUAGE sql AS $$ SELECT nextval('asked') > 0 $$`,
    );
    expect(await one("DELETE FROM movies WHERE year < 1990 OR title IN ('Movie 1', 'Movie 3')")).toMatchObject([
      { reason: 'delete-rows', rowsExact: true, rows: expect.any(Number) },
    ]);
    expect(
      await one('ALTER TABLE movies ADD COLUMN old boolean; DELETE FROM movies WHERE old; DELETE FROM sessions'),
    ).toMatchObject([
      { reason: 'delete-rows', rowsExact: false, rows: 200 },
      { reason: 'delete-all', rowsExact: true, rows: 5 },
    ]);
    expect(await one('DELETE FROM movies WHERE ask()')).toMatchObject([
      { reason: 'delete-rows', rowsExact: false },
      { reason: 'calls-function', object: 'ask' },
    ]);
    expect(await sql('SELECT is_called FROM asked')).toEqual([{ is_called: false }]);
  });

  test('says which rights and extensions are missing, as a role that may only read', async () => {
    const reader = await createReadOnlyRole(server, filled.database);
    const { files } = await look(reader, [
      { name: '0001_a.sql', sql: 'ALTER TABLE movies ADD COLUMN z int; DELETE FROM movies; CREATE TABLE z (id int);' },
      { name: '0002_b.sql', sql: 'CREATE EXTENSION IF NOT EXISTS nix; CREATE EXTENSION IF NOT EXISTS pgcrypto;' },
    ]);
    const needs = files.flatMap(({ statements }) => statements.flatMap((each) => each.needs));
    expect(needs).toEqual([
      { kind: 'privilege', on: 'public.movies', privilege: 'OWNER' },
      { kind: 'privilege', on: 'public.movies', privilege: 'DELETE' },
      { kind: 'privilege', on: 'schema public', privilege: 'CREATE' },
      { kind: 'extension', name: 'nix', state: 'missing' },
    ]);
  });

  test('status and preview of an instance, also through a transaction pooler; a ledger edited by hand is shown as it is', async () => {
    const role = await newDatabase(server);
    await asOwner(applyScript(set.slice(0, tables + 3)), role);
    await sql(
      "DELETE FROM aperture_migrations WHERE name LIKE '0002%'; INSERT INTO aperture_migrations (name, applied_at) VALUES ('9999_hand.sql', NULL)",
      role,
    );
    const readings = createMigrationReadings({ connections: services.connections, dockerHosts: noDocker });
    const pooler = await startPgBouncer(server, { mode: 'transaction', users: [role] });
    const source = folderOf(set);
    for (const at of [server, pooler]) {
      const instance = await services.instances.get(await services.add(at, role));
      const status = await readings.status(instance, source, never);
      expect(status).toMatchObject({
        ledger: 'there',
        applied: tables + 2,
        pending: set.length - tables - 2,
        unknown: 1,
        outOfOrder: ['0002_users.sql'],
        source: { kind: 'folder', files: set.length },
      });
      expect(status.entries.at(-1)).toEqual({ name: '9999_hand.sql', state: 'unknown', id: expect.any(Number) });
      const [{ now } = { now: '' }] = await sql('SELECT now()::text', role);
      expect(Math.abs(Date.parse(status.entries[0]?.appliedAt ?? '') - Date.parse(String(now)))).toBeLessThan(600_000);
      const preview = await readings.preview(instance, source, never);
      expect(preview.files.map(({ name }) => name)).toEqual(
        status.entries.flatMap(({ name, state }) => (state === 'pending' ? [name] : [])),
      );
      expect(Object.values(preview.effects).reduce((a, b) => a + b)).toBe(
        preview.files.flatMap(({ statements }) => statements).length,
      );
      const missing = await readings.status(instance, { kind: 'installed' }, never);
      expect(missing).toMatchObject({
        source: null,
        sourceProblem: { code: 'migrations-no-server' },
        applied: tables + 3,
      });
    }
    await pooler.stop();
    const empty = await services.instances.get(await services.add(server, await newDatabase(server)));
    expect(await readings.status(empty, source, never)).toMatchObject({ ledger: 'missing', pending: set.length });
  });
});
