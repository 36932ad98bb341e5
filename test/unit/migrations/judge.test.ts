import { beforeAll, describe, expect, test } from 'vitest';
import type { StatementEffect, StatementNeed, StatementWarning } from '../../../contract/migration.ts';
import { type Grammar, loadGrammar } from '../../../main/adapters/sqlGrammar.ts';
import type { Facts } from '../../../main/services/migrations/preview/facts.ts';
import { judge, worst } from '../../../main/services/migrations/preview/judge.ts';
import { readStatement } from '../../../main/services/migrations/preview/readStatement.ts';
import { splitStatements } from '../../../main/services/migrations/preview/statements.ts';
import { createWorld } from '../../../main/services/migrations/preview/world.ts';
import { knownDatabase, relation } from './knownDatabase.ts';

let grammar: Grammar;
beforeAll(async () => {
  grammar = await loadGrammar();
});

type Seen = {
  command: string;
  effect: StatementEffect;
  reasons: string[];
  warnings: StatementWarning[];
  counts: (string | undefined)[];
  needs: StatementNeed[];
};

/** The statements of files, judged one after the other in one world. */
function judgeAll(files: readonly string[], facts: Facts = knownDatabase()): Seen[] {
  const world = createWorld(facts);
  return files.flatMap((sql) => {
    const { statements, problem } = splitStatements(grammar, 'x.sql', sql);
    expect(problem).toBeUndefined();
    const seen = statements.map((statement) => {
      const { command, actions } = readStatement(grammar, statement);
      const { warnings, needs } = judge(actions, world);
      return {
        command,
        effect: worst(warnings.map(({ warning }) => warning.effect)),
        reasons: warnings.map(({ warning }) => warning.reason),
        warnings: warnings.map(({ warning }) => warning),
        counts: warnings.map(({ count }) => count),
        needs,
      };
    });
    world.endFile();
    return seen;
  });
}

const lastOf = (sql: string, facts?: Facts) => judgeAll([sql], facts).at(-1);

describe('one statement on tables with rows', () => {
  const table: [sql: string, command: string, effect: StatementEffect, ...reasons: string[]][] = [
    ['DELETE FROM movies', 'DELETE', 'destroys-data', 'delete-all'],
    ['DELETE FROM movies WHERE year < 1900', 'DELETE', 'destroys-data', 'delete-rows'],
    ['WITH gone AS (DELETE FROM movies RETURNING id) SELECT * FROM gone', 'SELECT', 'destroys-data', 'delete-all'],
    [
      'INSERT INTO users WITH m AS (DELETE FROM movies RETURNING id) SELECT * FROM m',
      'INSERT',
      'destroys-data',
      'delete-all',
    ],
    ['TRUNCATE movies, users', 'TRUNCATE TABLE', 'destroys-data', 'truncate', 'truncate'],
    ['DELETE FROM users', 'DELETE', 'destroys-data', 'delete-all', 'delete-cascades'],
    ['TRUNCATE users CASCADE', 'TRUNCATE TABLE', 'destroys-data', 'truncate', 'truncate-cascades', 'truncate-cascades'],
    ['DROP TABLE movies', 'DROP TABLE', 'destroys-data', 'drop-table'],
    ['DROP TABLE movies CASCADE', 'DROP TABLE', 'destroys-data', 'drop-table', 'cascade-view'],
    ['ALTER TABLE movies DROP COLUMN title', 'ALTER TABLE', 'destroys-data', 'drop-column'],
    ['ALTER TABLE movies DROP COLUMN IF EXISTS never', 'ALTER TABLE', 'harmless'],
    ['DROP MATERIALIZED VIEW popular', 'DROP MATERIALIZED VIEW', 'destroys-data', 'drop-materialized-view'],
    ['DROP VIEW newest', 'DROP VIEW', 'harmless'],
    ['DROP SEQUENCE numbers', 'DROP SEQUENCE', 'destroys-data', 'drop-sequence'],
    ['DROP SCHEMA archive CASCADE', 'DROP SCHEMA', 'destroys-data', 'drop-schema'],
    ['DROP SCHEMA archive', 'DROP SCHEMA', 'harmless'],
    ['DROP TYPE mood CASCADE', 'DROP TYPE', 'destroys-data', 'cascade-column'],
    ['DROP TYPE mood', 'DROP TYPE', 'harmless'],
    ['DROP EXTENSION vector CASCADE', 'DROP EXTENSION', 'destroys-data', 'cascade-column'],
    ['DROP FUNCTION f()', 'DROP FUNCTION', 'harmless'],
    ['DROP FUNCTION f() CASCADE', 'DROP FUNCTION', 'unknown', 'cascade'],
    ['DROP OWNED BY app', 'DROP OWNED', 'destroys-data', 'drop-owned'],
    ['DROP DATABASE other', 'DROP DATABASE', 'destroys-data', 'drop-database', 'outside-transaction'],
    ['DROP INDEX movies_title', 'DROP INDEX', 'harmless'],
    [
      'MERGE INTO movies m USING users u ON m.id = u.id WHEN MATCHED THEN DELETE',
      'MERGE',
      'destroys-data',
      'merge-delete',
    ],
    [
      'MERGE INTO movies m USING users u ON m.id = u.id WHEN MATCHED THEN UPDATE SET year = 1',
      'MERGE',
      'rewrites-table',
      'insert-or-update',
    ],
    ['UPDATE movies SET year = year + 1', 'UPDATE', 'rewrites-table', 'update-rows'],
    ['INSERT INTO movies (id) VALUES (gen_random_uuid())', 'INSERT', 'harmless'],
    ['INSERT INTO movies (id) VALUES (NULL) ON CONFLICT DO NOTHING', 'INSERT', 'harmless'],
    [
      'INSERT INTO movies (id) VALUES (NULL) ON CONFLICT (id) DO UPDATE SET year = 1',
      'INSERT',
      'rewrites-table',
      'insert-or-update',
    ],
    ['ALTER TABLE movies ALTER COLUMN title TYPE varchar(200)', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ALTER COLUMN title TYPE varchar', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ALTER COLUMN title TYPE text', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ALTER COLUMN title TYPE text USING title', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ALTER COLUMN title TYPE text USING lower(title)', 'ALTER TABLE', 'rewrites-table', 'set-type'],
    ['ALTER TABLE movies ALTER COLUMN title TYPE varchar(50)', 'ALTER TABLE', 'rewrites-table', 'set-type'],
    ['ALTER TABLE movies ALTER COLUMN price TYPE numeric(12,2)', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ALTER COLUMN price TYPE numeric', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ALTER COLUMN price TYPE numeric(12,3)', 'ALTER TABLE', 'rewrites-table', 'set-type'],
    ['ALTER TABLE movies ALTER COLUMN year TYPE bigint', 'ALTER TABLE', 'rewrites-table', 'set-type'],
    ['ALTER TABLE movies ALTER COLUMN code TYPE char(8)', 'ALTER TABLE', 'rewrites-table', 'set-type'],
    ['ALTER TABLE movies ADD COLUMN note text', 'ALTER TABLE', 'harmless'],
    ["ALTER TABLE movies ADD COLUMN note text NOT NULL DEFAULT ''", 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ADD COLUMN seen timestamptz DEFAULT now()', 'ALTER TABLE', 'harmless'],
    [
      'ALTER TABLE movies ADD COLUMN token uuid DEFAULT gen_random_uuid()',
      'ALTER TABLE',
      'rewrites-table',
      'add-column-default',
    ],
    ['ALTER TABLE movies ADD COLUMN n bigserial', 'ALTER TABLE', 'rewrites-table', 'add-column-default'],
    [
      'ALTER TABLE movies ADD COLUMN n int GENERATED ALWAYS AS IDENTITY',
      'ALTER TABLE',
      'rewrites-table',
      'add-column-default',
    ],
    [
      'ALTER TABLE movies ADD COLUMN n int GENERATED ALWAYS AS (year + 1) STORED',
      'ALTER TABLE',
      'rewrites-table',
      'add-generated-column',
    ],
    ['ALTER TABLE movies ADD COLUMN n int GENERATED ALWAYS AS (year + 1) VIRTUAL', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ADD COLUMN n int NOT NULL', 'ALTER TABLE', 'locks-table', 'not-null-without-default'],
    ['ALTER TABLE movies ADD COLUMN n int CHECK (n > 0)', 'ALTER TABLE', 'locks-table', 'add-check'],
    ['ALTER TABLE movies ADD COLUMN n int UNIQUE', 'ALTER TABLE', 'builds-index', 'add-key'],
    ['ALTER TABLE movies ADD COLUMN IF NOT EXISTS year uuid DEFAULT gen_random_uuid()', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ALTER COLUMN year SET NOT NULL', 'ALTER TABLE', 'locks-table', 'set-not-null'],
    ['ALTER TABLE movies ALTER COLUMN year SET DEFAULT 1', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ALTER COLUMN year DROP NOT NULL', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ADD CONSTRAINT c CHECK (year > 0)', 'ALTER TABLE', 'locks-table', 'add-check'],
    ['ALTER TABLE movies ADD CONSTRAINT c CHECK (year > 0) NOT VALID', 'ALTER TABLE', 'harmless'],
    [
      'ALTER TABLE movies ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES users',
      'ALTER TABLE',
      'locks-table',
      'add-foreign-key',
    ],
    ['ALTER TABLE movies ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES users NOT VALID', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ADD PRIMARY KEY (id)', 'ALTER TABLE', 'builds-index', 'add-key'],
    ['ALTER TABLE movies ADD CONSTRAINT k UNIQUE USING INDEX movies_title', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies ADD CONSTRAINT e EXCLUDE USING gist (id WITH =)', 'ALTER TABLE', 'builds-index', 'add-key'],
    ['ALTER TABLE movies VALIDATE CONSTRAINT c', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies DROP CONSTRAINT c', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies SET TABLESPACE fast', 'ALTER TABLE', 'rewrites-table', 'set-storage'],
    ['ALTER TABLE movies SET LOGGED', 'ALTER TABLE', 'rewrites-table', 'set-storage'],
    ['ALTER TABLE movies SET UNLOGGED', 'ALTER TABLE', 'rewrites-table', 'set-storage'],
    ['ALTER TABLE movies SET ACCESS METHOD heap', 'ALTER TABLE', 'rewrites-table', 'set-storage'],
    ['ALTER TABLE movies ATTACH PARTITION users FOR VALUES IN (1)', 'ALTER TABLE', 'locks-table', 'attach-partition'],
    ['ALTER TABLE movies DETACH PARTITION users CONCURRENTLY', 'ALTER TABLE', 'unknown', 'outside-transaction'],
    ['ALTER TABLE movies ENABLE ROW LEVEL SECURITY', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies RENAME TO films', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies RENAME COLUMN title TO name', 'ALTER TABLE', 'harmless'],
    ['ALTER TABLE movies SET SCHEMA archive', 'ALTER TABLE', 'harmless'],
    ['ALTER INDEX movies_title RENAME TO t', 'ALTER INDEX', 'harmless'],
    ["ALTER TYPE mood ADD VALUE 'sad'", 'ALTER TYPE', 'harmless'],
    ['ALTER DOMAIN score ADD CHECK (VALUE > 0)', 'ALTER DOMAIN', 'locks-table', 'domain-constraint'],
    ['CREATE INDEX i ON movies (year)', 'CREATE INDEX', 'builds-index', 'create-index'],
    ['CREATE INDEX IF NOT EXISTS movies_title ON movies (title)', 'CREATE INDEX', 'harmless'],
    [
      'CREATE INDEX ON movies USING hnsw (embedding halfvec_cosine_ops)',
      'CREATE INDEX',
      'builds-index',
      'create-index',
    ],
    [
      'CREATE INDEX CONCURRENTLY i ON movies (year)',
      'CREATE INDEX',
      'builds-index',
      'outside-transaction',
      'create-index',
    ],
    ['DROP INDEX CONCURRENTLY movies_title', 'DROP INDEX', 'unknown', 'outside-transaction'],
    ['REINDEX TABLE movies', 'REINDEX', 'builds-index', 'reindex'],
    ['REINDEX INDEX movies_title', 'REINDEX', 'builds-index', 'reindex'],
    ['REINDEX TABLE CONCURRENTLY movies', 'REINDEX', 'unknown', 'outside-transaction'],
    ['REFRESH MATERIALIZED VIEW popular', 'REFRESH MATERIALIZED VIEW', 'rewrites-table', 'refresh'],
    ['CLUSTER movies USING movies_title', 'CLUSTER', 'rewrites-table', 'cluster'],
    ['CLUSTER', 'CLUSTER', 'unknown', 'outside-transaction'],
    ['VACUUM movies', 'VACUUM', 'unknown', 'outside-transaction'],
    ['VACUUM (FULL, ANALYZE) movies', 'VACUUM', 'rewrites-table', 'outside-transaction', 'vacuum-full'],
    ['VACUUM (FULL false) movies', 'VACUUM', 'unknown', 'outside-transaction'],
    ['ANALYZE movies', 'ANALYZE', 'harmless'],
    ['LOCK TABLE movies', 'LOCK TABLE', 'locks-table', 'lock-table'],
    ["ALTER SYSTEM SET work_mem = '1GB'", 'ALTER SYSTEM', 'unknown', 'outside-transaction'],
    ['CREATE DATABASE other', 'CREATE DATABASE', 'unknown', 'outside-transaction'],
    ['BEGIN', 'BEGIN', 'unknown', 'transaction-control'],
    ['COMMIT', 'COMMIT', 'unknown', 'transaction-control'],
    ['SAVEPOINT s', 'SAVEPOINT', 'harmless'],
    ['SELECT do_anything()', 'SELECT', 'unknown', 'calls-function'],
    ['SELECT count(*), lower(title) FROM movies', 'SELECT', 'harmless'],
    ['CALL do_anything()', 'CALL', 'unknown', 'calls-function'],
    ['EXPLAIN DELETE FROM movies', 'EXPLAIN', 'harmless'],
    ['EXPLAIN (ANALYZE) DELETE FROM movies', 'EXPLAIN', 'destroys-data', 'delete-all'],
    ['CREATE TABLE t (id int)', 'CREATE TABLE', 'harmless'],
    ['CREATE TABLE t AS SELECT * FROM movies', 'CREATE TABLE AS', 'harmless'],
    ['CREATE MATERIALIZED VIEW v AS SELECT 1', 'CREATE MATERIALIZED VIEW', 'harmless'],
    ['CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM movies $$', 'CREATE FUNCTION', 'harmless'],
    ["COMMENT ON TABLE movies IS 'x'", 'COMMENT', 'harmless'],
    ['GRANT SELECT ON movies TO PUBLIC', 'GRANT', 'harmless'],
    ['REVOKE SELECT ON movies FROM PUBLIC', 'REVOKE', 'harmless'],
    ["SET search_path = ''", 'SET', 'harmless'],
    ['DELETE FROM never_made', 'DELETE', 'unknown', 'table-missing'],
    ['DROP TABLE IF EXISTS never_made', 'DROP TABLE', 'harmless'],
    ['ALTER TABLE IF EXISTS never_made ALTER x SET NOT NULL', 'ALTER TABLE', 'harmless'],
    // Blocks
    ["DO $$ BEGIN RAISE NOTICE 'x'; END $$", 'DO', 'harmless'],
    ['DO $$ BEGIN DELETE FROM movies WHERE year < 1; END $$', 'DO', 'destroys-data', 'delete-rows'],
    ['DO $$ BEGIN IF false THEN TRUNCATE users; END IF; END $$', 'DO', 'destroys-data', 'truncate'],
    ["DO $$ BEGIN EXECUTE 'DROP TABLE movies'; END $$", 'DO', 'destroys-data', 'drop-table'],
    ["DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'movies'); END $$", 'DO', 'unknown', 'dynamic-sql'],
    [
      'DO $$ BEGIN FOR i IN 1..3 LOOP UPDATE users SET year = i; END LOOP; END $$',
      'DO',
      'rewrites-table',
      'update-rows',
    ],
    ['DO $$ DECLARE n int; BEGIN n := do_anything(); END $$', 'DO', 'unknown', 'calls-function'],
    ['DO $$ BEGIN COMMIT; END $$', 'DO', 'unknown', 'transaction-control'],
    ['DO LANGUAGE plperl $$ 1; $$', 'DO', 'unknown', 'language'],
  ];
  test.each(table)('%s', (sql, command, effect, ...reasons) => {
    expect(lastOf(sql)).toMatchObject({ command, effect, reasons });
  });

  test('empty tables have nothing to lose and nothing to wait for', () => {
    for (const [sql] of table) {
      if (
        !/\bmovies\b/.test(sql) ||
        /CASCADE|EXTENSION|users|archive|do_anything|CONCURRENTLY|VACUUM|DATABASE/.test(sql)
      )
        continue;
      const seen = lastOf(sql.replaceAll(/\bmovies\b/g, 'empty'));
      expect([sql, seen?.reasons.filter((reason) => reason !== 'dynamic-sql' && reason !== 'reindex')]).toEqual([
        sql,
        [],
      ]);
    }
  });
});

describe('what earlier statements have done', () => {
  test('a table that the files make is theirs, whatever is done to it', () => {
    const seen = judgeAll([
      'CREATE TABLE t (id int, x text); CREATE INDEX ON t (x);',
      'DELETE FROM t; DELETE FROM public.t; ALTER TABLE t ALTER x TYPE int USING x::int; ALTER TABLE t RENAME TO u;',
      'TRUNCATE u; DROP TABLE u; DROP TABLE IF EXISTS u;',
    ]);
    expect(seen.flatMap(({ reasons }) => reasons)).toEqual([]);
  });

  test('CREATE TABLE IF NOT EXISTS of a table that is there makes nothing new', () => {
    expect(lastOf('CREATE TABLE IF NOT EXISTS movies (id int); DELETE FROM movies')?.reasons).toEqual(['delete-all']);
    expect(lastOf('CREATE TABLE IF NOT EXISTS public.movies (id int); DELETE FROM movies')?.reasons).toEqual([
      'delete-all',
    ]);
  });

  test('a table of the same name in another schema is another one', () => {
    expect(lastOf('CREATE TABLE archive.movies (id int); DELETE FROM movies')?.reasons).toEqual(['delete-all']);
    expect(lastOf('CREATE TABLE archive.movies (id int); DELETE FROM archive.movies')?.reasons).toEqual([]);
  });

  test('a renamed table keeps its rows, and is not counted by its new name', () => {
    const seen = lastOf('ALTER TABLE movies RENAME TO films; DELETE FROM films');
    expect(seen).toMatchObject({ reasons: ['delete-all'], counts: [undefined] });
    expect(seen?.warnings[0]).toMatchObject({ object: 'public.movies', rows: 1_000_000, rowsExact: false });
    expect(lastOf('DROP TABLE movies; ALTER TABLE users RENAME TO movies; DELETE FROM movies')).toMatchObject({
      reasons: ['delete-all', 'delete-cascades'],
      counts: [undefined, undefined],
      warnings: [{ object: 'public.users' }, { object: 'public.history', rows: 300 }],
    });
  });

  test('a table that was dropped and made anew is new', () => {
    expect(
      judgeAll(['DROP TABLE movies; CREATE TABLE movies (id int);', 'DELETE FROM movies;']).at(-1)?.reasons,
    ).toEqual([]);
  });

  test('what refers to a table and is dropped before is not told of again', () => {
    expect(lastOf('DROP TABLE history; DELETE FROM users')?.reasons).toEqual(['delete-all']);
    expect(lastOf('DROP TABLE archive.old; DROP SCHEMA archive CASCADE')?.reasons).toEqual([]);
  });

  test('temporary tables count only in their own file', () => {
    const files = ['CREATE TEMP TABLE movies AS SELECT 1 AS id; DELETE FROM movies;', 'DELETE FROM movies;'];
    expect(judgeAll(files).map(({ reasons }) => reasons)).toEqual([[], [], ['delete-all']]);
  });

  test('a column that the files add is no loss; one that they rename is', () => {
    expect(lastOf('ALTER TABLE movies ADD COLUMN note text; ALTER TABLE movies DROP COLUMN note')?.reasons).toEqual([]);
    expect(lastOf('ALTER TABLE movies RENAME year TO y; ALTER TABLE movies DROP COLUMN y')?.reasons).toEqual([
      'drop-column',
    ]);
  });

  test('VALIDATE is held against the locks of its own file only', () => {
    const add = 'ALTER TABLE movies ADD CONSTRAINT c CHECK (year > 0) NOT VALID;';
    const validate = 'ALTER TABLE movies VALIDATE CONSTRAINT c;';
    expect(judgeAll([`${add}${validate}`]).at(-1)?.reasons).toEqual(['validate']);
    expect(judgeAll([add, validate]).at(-1)?.reasons).toEqual([]);
  });
});

describe('rows that are hit', () => {
  test.each([
    ['DELETE FROM movies', 'SELECT count(*) AS rows FROM movies'],
    [
      "DELETE FROM ONLY movies AS m WHERE title = 'a WHERE b' RETURNING id",
      "SELECT count(*) AS rows FROM ONLY movies AS m WHERE title = 'a WHERE b'",
    ],
    [
      'DELETE FROM movies m USING users u, (SELECT 1 AS one) o WHERE m.id = u.id AND u.year = (SELECT 2 WHERE true) -- end',
      'SELECT count(*) AS rows FROM movies m WHERE EXISTS (SELECT FROM users u, (SELECT 1 AS one) o WHERE m.id = u.id AND u.year = (SELECT 2 WHERE true))',
    ],
    [
      'UPDATE movies SET year = 1, title = (SELECT x FROM y WHERE z) FROM users WHERE movies.id = users.id',
      'SELECT count(*) AS rows FROM movies WHERE EXISTS (SELECT FROM users WHERE movies.id = users.id)',
    ],
    [
      'UPDATE movies SET same = year IS DISTINCT FROM 2 WHERE "título" = 3',
      'SELECT count(*) AS rows FROM movies WHERE "título" = 3',
    ],
    [
      "DELETE FROM movies WHERE year IN (1, 2) AND title = ANY (ARRAY['a', 'b'])",
      "SELECT count(*) AS rows FROM movies WHERE year IN (1, 2) AND title = ANY (ARRAY['a', 'b'])",
    ],
    ['TRUNCATE movies', 'SELECT count(*) AS rows FROM "movies"'],
    ['ALTER TABLE movies DROP COLUMN title', 'SELECT count("title") AS rows FROM "movies"'],
    ['DELETE FROM movies WHERE random() < 0.5', undefined],
    ['WITH a AS (SELECT 1) DELETE FROM movies WHERE year IN (SELECT * FROM a)', undefined],
    ['DELETE FROM movies WHERE CURRENT OF c', undefined],
    ['DO $$ BEGIN DELETE FROM movies; END $$', 'SELECT count(*) AS rows FROM "movies"'],
    ['DO $$ BEGIN DELETE FROM movies WHERE year = 1; END $$', undefined],
  ])('%s', (sql, count) => {
    expect(lastOf(sql)?.counts).toEqual([count]);
  });
});

describe('what takes long', () => {
  const secondsOf = (sql: string, facts?: Facts) => lastOf(sql, facts)?.warnings[0]?.estimatedSeconds;

  test('grows with the table, and is told from a second on', () => {
    expect(secondsOf('CREATE INDEX ON users (year)')).toBeUndefined();
    const btree = secondsOf('CREATE INDEX ON movies (year)') ?? 0;
    const hnsw = secondsOf('CREATE INDEX ON movies USING hnsw (embedding halfvec_l2_ops)') ?? 0;
    const ivfflat = secondsOf('CREATE INDEX ON movies USING ivfflat (embedding halfvec_l2_ops)') ?? 0;
    expect(btree).toBeGreaterThan(0);
    expect(ivfflat).toBeGreaterThan(10 * btree);
    expect(hnsw).toBeGreaterThan(ivfflat);
    const twice = knownDatabase({ relations: [relation('movies', { rows: 2_000_000, bytes: 1_600e6 })] });
    expect(secondsOf('ALTER TABLE movies ALTER year TYPE bigint', twice)).toBeGreaterThan(
      secondsOf('ALTER TABLE movies ALTER year TYPE bigint') ?? Infinity,
    );
  });
});

describe('what is needed', () => {
  test.each<[string, StatementNeed[]]>([
    ['CREATE EXTENSION IF NOT EXISTS vector', []],
    ['CREATE EXTENSION pg_trgm', [{ kind: 'extension', name: 'pg_trgm', state: 'available' }]],
    ['CREATE EXTENSION plpython3u', [{ kind: 'extension', name: 'plpython3u', state: 'not-permitted' }]],
    ['CREATE EXTENSION postgis', [{ kind: 'extension', name: 'postgis', state: 'missing' }]],
  ])('%s', (sql, needs) => {
    expect(lastOf(sql)?.needs).toEqual(needs);
  });

  test('a superuser may enable what is there', () => {
    const facts = knownDatabase({ superuser: true });
    expect(lastOf('CREATE EXTENSION plpython3u', facts)?.needs).toEqual([
      { kind: 'extension', name: 'plpython3u', state: 'available' },
    ]);
  });

  test('rights on tables and schemas that are missing', () => {
    const facts = knownDatabase({
      schemas: [{ name: 'public', mayCreate: false }],
      mayCreateSchemas: false,
      relations: [relation('movies', { owned: false, rights: ['INSERT'] })],
    });
    const needs = (sql: string) => lastOf(sql, facts)?.needs;
    expect(needs('ALTER TABLE movies ADD COLUMN x int')).toEqual([
      { kind: 'privilege', on: 'public.movies', privilege: 'OWNER' },
    ]);
    expect(needs('DELETE FROM movies')).toEqual([{ kind: 'privilege', on: 'public.movies', privilege: 'DELETE' }]);
    expect(needs('INSERT INTO movies DEFAULT VALUES')).toEqual([]);
    expect(needs('CREATE TABLE t (id int)')).toEqual([{ kind: 'privilege', on: 'schema public', privilege: 'CREATE' }]);
    expect(needs('CREATE SCHEMA s')).toEqual([{ kind: 'privilege', on: 'database', privilege: 'CREATE' }]);
    expect(needs('CREATE TEMP TABLE t (id int)')).toEqual([]);
  });
});
