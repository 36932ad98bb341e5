import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPgBouncer } from '../../support/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { until } from '../../support/processes.ts';
import { hasty, ledgerOf, newDatabase, open, run, small, type Told } from './runnerHarness.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ major: 17 });
});
afterAll(() => server.stop('immediate'));

const told = (): Told => ({ lines: [], began: [], ended: [] });

async function client(role: { user: string; password: string; database: string }, name: string): Promise<pg.Client> {
  const { host, port } = server;
  const made = new pg.Client({ host, port, ...role, application_name: name });
  made.on('error', () => undefined);
  await made.connect();
  return made;
}

describe('the runner', { timeout: 120_000 }, () => {
  test('writes the ledger as the server does, in order, and has nothing to do the second time', async () => {
    const role = await newDatabase(server);
    const seen = told();
    const files = small(12);
    const first = await run(server, role, files, { told: seen });
    expect(first.problem).toBeUndefined();
    expect(first.outcomes.map(({ state }) => state)).toEqual(Array(12).fill('applied'));
    expect(await ledgerOf(server, role)).toEqual(files.map(({ name }) => name));
    const [columns] = await server.sql(
      `SELECT string_agg(format('%s %s %s %s', column_name, data_type, is_nullable, coalesce(column_default, '')), E'\\n' ORDER BY ordinal_position) AS c
       FROM information_schema.columns WHERE table_name = 'aperture_migrations'`,
      { database: role.database },
    );
    expect(String(columns?.c).split('\n')).toEqual([
      "id integer NO nextval('aperture_migrations_id_seq'::regclass)",
      'name text NO ',
      'applied_at timestamp with time zone YES now()',
    ]);
    expect(seen.began).toEqual(files.map(({ name }) => name));
    expect(seen.ended).toEqual(files.map(({ name }) => `${name} applied`));
    const second = await run(server, role, files);
    expect(second).toMatchObject({ outcomes: [], alreadyApplied: 12 });
  });

  test('two round trips a file', async () => {
    const role = await newDatabase(server);
    const session = await open(server, role);
    const before = session.roundTrips;
    await run(server, role, small(50), { session });
    const trips = session.roundTrips - before;
    await session.close();
    expect(trips).toBeLessThanOrEqual(50 * 2 + 8);
  });

  test('tells notices with the name of the file as they come, warnings as such', async () => {
    const role = await newDatabase(server);
    const seen = told();
    const files = [
      { name: '0001_says.sql', sql: `DO $$ BEGIN FOR n IN 1..150 LOOP RAISE NOTICE 'row %', n; END LOOP; END $$` },
      { name: '0002_warns.sql', sql: `DO $$ BEGIN RAISE WARNING 'careful'; END $$` },
    ];
    const { outcomes } = await run(server, role, files, { told: seen });
    expect(outcomes.map(({ notices }) => notices)).toEqual([150, 1]);
    expect(seen.lines).toContain('0001_says.sql: NOTICE: row 150');
    expect(seen.lines).toContain('0002_warns.sql: WARNING: careful');
  });

  test('a failing file is rolled back and named with line, statement and PostgreSQL’s words; running again goes on', async () => {
    const role = await newDatabase(server);
    const broken = {
      name: '0002_broken.sql',
      sql: 'CREATE TABLE halfway (id int);\n\n-- Ö\nINSERT INTO halfway VALUES (1);\nSELECT nonsense\n  FROM halfway;\n',
    };
    const files = [...small(1), broken, ...small(2, 3)];
    const result = await run(server, role, files);
    expect(result.outcomes.map(({ state }) => state)).toEqual(['applied', 'failed', 'not-reached', 'not-reached']);
    expect(result.problem).toMatchObject({
      code: 'migration-failed',
      values: { migration: '0002_broken.sql', line: 5, sqlState: '42703', message: 'column "nonsense" does not exist' },
    });
    expect(result.problem?.detail).toContain('0002_broken.sql, line 5');
    expect(await ledgerOf(server, role)).toEqual(['0001_small.sql']);
    const [left] = await server.sql("SELECT to_regclass('halfway') AS t", { database: role.database });
    expect(left?.t).toBeNull();
    const mended = files.map((file) => (file === broken ? { ...file, sql: 'CREATE TABLE halfway (id int)' } : file));
    const again = await run(server, role, mended);
    expect(again.problem).toBeUndefined();
    expect(again.alreadyApplied).toBe(1);
    expect(await ledgerOf(server, role)).toEqual(files.map(({ name }) => name));
  });

  test('what fails only at the end of its transaction is this file’s failure, not the next one’s', async () => {
    const role = await newDatabase(server);
    const files = [
      {
        name: '0001.sql',
        sql: 'CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a DEFERRABLE INITIALLY DEFERRED)',
      },
      { name: '0002.sql', sql: 'INSERT INTO a VALUES (1, 99)' },
      ...small(1, 3),
    ];
    const { outcomes, problem } = await run(server, role, files);
    expect(outcomes.map(({ state }) => state)).toEqual(['applied', 'failed', 'not-reached']);
    expect(problem).toMatchObject({ code: 'migration-failed', values: { migration: '0002.sql', sqlState: '23503' } });
    expect(await ledgerOf(server, role)).toEqual(['0001.sql']);
  });

  test('a file that ends its transaction and loses its row is told', async () => {
    const role = await newDatabase(server);
    const { problem } = await run(server, role, [
      { name: '0001.sql', sql: 'ROLLBACK; CREATE TABLE outside (id int);' },
      ...small(1, 2),
    ]);
    expect(problem).toMatchObject({ code: 'migration-not-entered', values: { migration: '0001.sql' } });
    expect(await ledgerOf(server, role)).toEqual(['0002_small.sql']);
  });

  test('two runners at once: the second waits, and then finds nothing to do', async () => {
    const role = await newDatabase(server);
    const files = [{ name: '0001_slow.sql', sql: 'SELECT pg_sleep(1.2)' }, ...small(20, 2)];
    const seen = told();
    const first = run(server, role, files);
    await until(
      async () => (await server.sql(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 1`)).length > 0,
      10_000,
      () => 'nobody took the lock',
    );
    const second = run(server, role, files, { told: seen });
    expect((await first).outcomes).toHaveLength(21);
    expect(await second).toMatchObject({ outcomes: [], alreadyApplied: 21 });
    expect(seen.lines.join('\n')).toMatch(
      /Another runner is at work: session \d+ of m\d+_owner \(Aperture Companion\)/,
    );
  });

  test('another runner that does not end is named', async () => {
    const role = await newDatabase(server);
    const other = await client(role, 'somebody');
    await other.query('SELECT pg_advisory_lock(1095779666, 1)');
    await expect(run(server, role, small(1), { limits: { ...hasty, otherRunnerSeconds: 0.1 } })).rejects.toMatchObject({
      problem: { code: 'migrations-busy', values: { application: 'somebody' } },
    });
    await other.end();
  });

  test('a session that holds a lock is named; the file is tried again and goes through once it is free', async () => {
    const role = await newDatabase(server);
    await run(server, role, small(1));
    const alter = { name: '0002.sql', sql: 'ALTER TABLE small_0001 ADD COLUMN more text' };
    const other = await client(role, 'pgAdmin');
    await other.query('BEGIN; SELECT * FROM small_0001');
    const seen = told();
    const limits = { ...hasty, lockSeconds: 2.5, tries: 2 };
    const failed = await run(server, role, [...small(1), alter], { told: seen, limits });
    expect(failed.problem).toMatchObject({
      code: 'lock-timeout',
      values: { migration: '0002.sql', application: 'pgAdmin' },
    });
    expect(seen.lines.join('\n')).toContain('(pgAdmin): BEGIN; SELECT * FROM small_0001');
    expect(seen.lines.join('\n')).toContain('tried again in');
    expect(await ledgerOf(server, role)).toEqual(['0001_small.sql']);

    const waiting = run(server, role, [...small(1), alter], { limits: { ...hasty, lockSeconds: 1, tries: 50 } });
    setTimeout(() => void other.end(), 2_500);
    expect((await waiting).problem).toBeUndefined();
    expect(await ledgerOf(server, role)).toEqual(['0001_small.sql', '0002.sql']);
  });

  test('the server that starts at the same time and wins is recognised', async () => {
    const role = await newDatabase(server);
    await run(server, role, small(1));
    const other = await client(role, 'aperture');
    await other.query(
      `BEGIN; INSERT INTO aperture_migrations (name) VALUES ('0002_small.sql'); CREATE TABLE small_0002 (id int)`,
    );
    const running = run(server, role, small(3), { limits: { ...hasty, lockSeconds: 30 } });
    setTimeout(() => void other.query('COMMIT').then(() => other.end()), 800);
    const { problem, outcomes } = await running;
    expect(problem).toMatchObject({ code: 'migrations-raced', values: { migration: '0002_small.sql' } });
    expect(outcomes.map(({ state }) => state)).toEqual(['failed', 'not-reached']);
    const again = await run(server, role, small(3));
    expect(again.alreadyApplied).toBe(2);
    expect(await ledgerOf(server, role)).toHaveLength(3);
  });

  test('a statement that takes longer than it may is stopped and rolled back', async () => {
    const role = await newDatabase(server);
    const slow = { name: '0001.sql', sql: 'CREATE TABLE t (id int); SELECT pg_sleep(30)' };
    const { problem } = await run(server, role, [slow], { limits: { ...hasty, statementSeconds: 1 } });
    expect(problem).toMatchObject({ code: 'statement-timeout', values: { migration: '0001.sql' } });
    expect(await ledgerOf(server, role)).toEqual([]);
  });

  test('cancelled: the file is rolled back, the earlier ones stay, and the lock is free', async () => {
    const role = await newDatabase(server);
    const controller = new AbortController();
    const files = [...small(2), { name: '0003.sql', sql: 'CREATE TABLE t (id int); SELECT pg_sleep(60)' }];
    const running = run(server, role, files, { signal: controller.signal });
    running.catch(() => undefined);
    await until(
      async () => (await server.sql(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length > 0,
      10_000,
      () => 'it never slept',
    );
    controller.abort();
    await expect(running).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    const rest = await run(server, role, [...files.slice(0, 2), { name: '0003.sql', sql: 'CREATE TABLE t (id int)' }]);
    expect(rest.problem).toBeUndefined();
    expect(rest.alreadyApplied).toBe(2);
  });

  test('a ledger edited by hand: gaps are filled in, strangers stay', async () => {
    const role = await newDatabase(server);
    await run(server, role, small(5));
    await server.sql(
      `DELETE FROM aperture_migrations WHERE name = '0003_small.sql'; DROP TABLE small_0003;
       INSERT INTO aperture_migrations (name, applied_at) VALUES ('9999_by_hand.sql', NULL)`,
      { database: role.database },
    );
    const { outcomes } = await run(server, role, small(6));
    expect(outcomes.map(({ name }) => name)).toEqual(['0003_small.sql', '0006_small.sql']);
    expect(await ledgerOf(server, role)).toContain('9999_by_hand.sql');
  });
});

test('a transaction pooler is told from one that keeps sessions', async () => {
  const { requireSession } = await import('../../../main/services/migrations/requireSession.ts');
  const role = await newDatabase(server);
  for (const mode of ['transaction', 'session'] as const) {
    const pooler = await startPgBouncer(server, { mode, users: [role] });
    const session = await open(pooler, role);
    const check = requireSession(session, () => open(pooler, role));
    if (mode === 'transaction') await expect(check).rejects.toMatchObject({ problem: { code: 'pooler-unsuitable' } });
    else await expect(check).resolves.toBeUndefined();
    await session.close();
    await pooler.stop();
  }
  const direct = await open(server, role);
  await requireSession(direct, () => open(server, role));
  await direct.close();
});
