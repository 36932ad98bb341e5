import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckReport } from '../../../contract/check.ts';
import { say } from '../../../contract/copy/text.ts';
import { type PgBouncer, startPgBouncer } from '../../support/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import {
  createOwnedDatabase,
  createReadOnlyByDefaultRole,
  createReadOnlyRole,
  createRole,
  createRoleAtItsLimit,
  fillConnections,
  pretendVectorVersion,
  type TestRole,
} from '../../support/postgresRoles.ts';
import { result, type Services, startServices, statuses } from './services.ts';

/** A day on which 14 has just reached its end of life. */
const now = () => new Date('2026-11-23T12:00:00Z');

let services: Services;
const servers: PostgresServer[] = [];

async function start(options: Parameters<typeof startPostgres>[0]): Promise<PostgresServer> {
  const server = await startPostgres(options);
  servers.push(server);
  return server;
}

const superuserOf = (server: PostgresServer, database = 'postgres'): TestRole => ({
  user: server.superuser,
  password: server.superPassword,
  database,
});

const reportFor = async (server: { host: string; port: number }, role: TestRole): Promise<CheckReport> =>
  services.report(await services.add(server, role));

const evidence = (report: CheckReport, id: Parameters<typeof result>[1]) => say(result(report, id).evidence);

beforeAll(async () => {
  services = await startServices({ now });
});
afterAll(async () => {
  await services.stop();
  for (const server of servers) await server.stop('immediate');
});

describe('PostgreSQL 17 with pgvector on the server', () => {
  let server: PostgresServer;
  let owner: TestRole;
  beforeAll(async () => {
    server = await start({ major: 17 });
    owner = await createOwnedDatabase(server, 'aperture');
  });

  test('superuser of an empty database: extensions are missing, the app may enable them', async () => {
    const report = await reportFor(server, superuserOf(server));
    expect(report.roundTrips).toBeLessThanOrEqual(3);
    expect(report.verdict).toBe('not-ready');
    expect(report.server).toMatchObject({ platform: 'Debian 13', user: 'postgres', inRecovery: false });
    expect(report.server?.pooler).toBeUndefined();
    expect(statuses(report)).toMatchObject({
      'server-version': 'pass',
      'server-writable': 'pass',
      pooler: 'pass',
      encoding: 'pass',
      'extension-vector': 'fail',
      'extension-pgcrypto': 'fail',
      'extension-pg_trgm': 'fail',
      'database-dedicated': 'pass',
      'database-owner': 'pass',
      'create-on-database': 'pass',
      'create-on-schema': 'pass',
      'search-path': 'pass',
      connections: 'pass',
    });
    expect(evidence(report, 'server-version')).toMatch(/^17\.\d+ on Debian 13\. Needs 14, 16 or newer recommended\.$/);
    expect(evidence(report, 'extension-vector')).toMatch(
      /^Installed on the server \(0\.8\.\d+\), not enabled in postgres\. Embeddings are stored in it\.$/,
    );
    expect(result(report, 'extension-vector').fixes).toMatchObject([
      { kind: 'run', id: 'create-extension-vector', as: 'app' },
    ]);
  });

  test('a role that owns the database: trusted extensions by itself, pgvector by an administrator', async () => {
    const report = await reportFor(server, owner);
    expect(statuses(report)).toMatchObject({
      'database-owner': 'pass',
      'create-on-database': 'pass',
      'create-on-schema': 'pass',
      'extension-vector': 'fail',
    });
    const vector = result(report, 'extension-vector').fixes;
    expect(vector[0]).toMatchObject({ kind: 'run', as: 'administrator' });
    expect(vector[1]).toMatchObject({
      kind: 'paste',
      language: 'sql',
      snippet: '\\connect "aperture"\nCREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;',
    });
    expect(result(report, 'extension-pgcrypto').fixes).toMatchObject([{ kind: 'run', as: 'app' }]);
    expect(result(report, 'extension-pg_trgm').fixes).toMatchObject([{ kind: 'run', as: 'app' }]);
  });

  test('a role without rights gets every answer it may have and what it lacks', async () => {
    const report = await reportFor(server, await createReadOnlyRole(server, 'aperture'));
    expect(report.verdict).toBe('not-ready');
    expect(statuses(report)).toMatchObject({
      'database-owner': 'warn',
      'create-on-database': 'fail',
      'create-on-schema': 'fail',
      'extension-pgcrypto': 'fail',
    });
    expect(result(report, 'create-on-schema').fixes[0]).toMatchObject({ kind: 'run', as: 'administrator' });
    expect(result(report, 'extension-pgcrypto').fixes[0]).toMatchObject({ as: 'administrator' });
    expect(report.facts?.databaseBytes).toBeGreaterThan(1_000_000);
  });

  test('a role from which even the catalogue views are withheld still gets the essentials', async () => {
    await server.sql('CREATE DATABASE closed');
    await server.sql(
      'REVOKE SELECT ON pg_available_extensions FROM PUBLIC; REVOKE EXECUTE ON FUNCTION pg_database_size(name) FROM PUBLIC',
      { database: 'closed' },
    );
    const report = await reportFor(server, await createRole(server, { database: 'closed' }));
    expect(report.roundTrips).toBeLessThanOrEqual(3);
    expect(result(report, 'server-version').status).toBe('pass');
    expect(result(report, 'connections').status).toBe('skipped');
    expect(evidence(report, 'extension-vector')).toBe(
      'Not enabled in closed. Whether the server has it could not be read.',
    );
  });

  test('with everything enabled it is ready, and an older pgvector is told', async () => {
    await server.sql('CREATE EXTENSION vector; CREATE EXTENSION pgcrypto; CREATE EXTENSION pg_trgm', {
      database: 'aperture',
    });
    const id = await services.add(server, owner);
    const report = await services.report(id);
    expect(report.verdict).toBe('ready-with-warnings');
    expect(report.results.filter((each) => each.status === 'fail')).toEqual([]);
    const { installed } = report.facts?.extensions.find((each) => each.name === 'vector') ?? {};

    await pretendVectorVersion(server, 'aperture', '0.6.2');
    const older = await services.report(id, ['extension-vector']);
    expect(older.verdict).toBe('not-ready');
    expect(older.results.length).toBe(report.results.length);
    expect(say(result(older, 'extension-vector').evidence)).toBe(
      `0.6.2 is enabled. Needs 0.7.0 or newer; the server has ${installed}.`,
    );
    expect(result(older, 'extension-vector').fixes[0]).toMatchObject({ kind: 'run', id: 'update-extension-vector' });

    await pretendVectorVersion(server, 'aperture', '0.7.4');
    const updatable = await services.report(id, ['extension-vector']);
    expect(result(updatable, 'extension-vector').status).toBe('warn');
    await pretendVectorVersion(server, 'aperture', installed ?? '');
  });

  test("other people's tables, names that clash, and Aperture's own", async () => {
    const role = await createOwnedDatabase(server, 'shared');
    await server.sql('CREATE TABLE orders (id int); CREATE TABLE invoices (id int)', role);
    expect(evidence(await reportFor(server, role), 'database-dedicated')).toBe(
      '2 tables that are not Aperture’s in shared: public.invoices, public.orders.',
    );
    await server.sql('CREATE TABLE users (id int)', role);
    const clash = await reportFor(server, role);
    expect(result(clash, 'database-dedicated').status).toBe('fail');
    expect(evidence(clash, 'database-dedicated')).toContain('public.users');
    await server.sql(
      `CREATE TABLE aperture_migrations (id serial PRIMARY KEY, name text UNIQUE NOT NULL, applied_at timestamptz DEFAULT now());
       INSERT INTO aperture_migrations (name) VALUES ('0001_init.sql'), ('0002_more.sql')`,
      role,
    );
    const own = await reportFor(server, role);
    expect(result(own, 'database-dedicated').status).toBe('pass');
    expect(own.facts).toMatchObject({ migrationsApplied: 2, lastMigration: '0002_more.sql' });
    expect(own.roundTrips).toBeLessThanOrEqual(3);
  });

  test('a role that writes nothing unless told, and another search path', async () => {
    const readOnly = await createReadOnlyByDefaultRole(server, 'aperture');
    const report = await reportFor(server, readOnly);
    expect(result(report, 'server-writable')).toMatchObject({
      status: 'fail',
      fixes: [{ id: 'set-read-write', as: 'app' }],
    });
    expect(evidence(report, 'server-writable')).toContain('set by: user');

    const elsewhere = await createOwnedDatabase(server, 'elsewhere');
    await server.sql('CREATE SCHEMA private', elsewhere);
    await server.sql(`ALTER ROLE elsewhere_owner IN DATABASE elsewhere SET search_path = private`);
    const moved = await reportFor(server, elsewhere);
    expect(result(moved, 'search-path').status).toBe('warn');
    expect(evidence(moved, 'search-path')).toBe('New tables would go to schema private, expected is public (private).');
  });

  test('nothing that the checks do takes a transaction id or changes a row', async () => {
    const activity = async () =>
      (
        await server.sql(
          `SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next,
             (SELECT count(*)::int FROM pg_class) AS relations, (SELECT count(*)::int FROM pg_proc) AS functions`,
        )
      )[0];
    const id = await services.add(server, superuserOf(server, 'aperture'));
    const before = await activity();
    for (let round = 0; round < 3; round += 1) await services.report(id);
    expect(await activity()).toEqual(before);
  });

  test('each result is told before the report, and the operation says how many', async () => {
    const id = await services.add(server, owner);
    services.told.length = 0;
    const { operationId, ended } = await services.checks.run(id);
    const view = await ended;
    const names = services.told.map((each) => each.name).filter((name) => name.startsWith('check.'));
    expect(names.at(-1)).toBe('check.report');
    expect(names.filter((name) => name === 'check.result').length).toBe(services.checks.latest(id)?.results.length);
    expect(view).toMatchObject({ id: operationId, kind: 'check', state: 'succeeded' });
    expect(view.outcome && say(view.outcome)).toMatch(/^\d+ checks passed, \d+ recommendations?, \d+ things? to fix$/);
  });

  test.each([
    ['Plain-1_2.3~4', 'pass'],
    ["it's(fine)!*", 'warn'],
    ['with space', 'warn'],
    ['p@ss/w:rd#%', 'warn'],
    ['päss', 'warn'],
  ] as const)('password %s and the backup of the server: %s', async (password, status) => {
    const report = await reportFor(server, await createRole(server, { password, database: 'aperture' }));
    expect(result(report, 'password-backup').status).toBe(status);
    expect(JSON.stringify(report)).not.toContain(password);
  });

  test('a connection limit is told, of the role and of the server', async () => {
    const limited = await createRoleAtItsLimit(server);
    await limited.release();
    const report = await reportFor(server, limited);
    expect(evidence(report, 'connections')).toBe(`${limited.user} may have 1 connection. Aperture uses up to 20.`);

    const held = await fillConnections(server);
    try {
      // The superuser still gets in, through the slots that are reserved.
      const full = await reportFor(server, superuserOf(server));
      expect(result(full, 'connections').status).toBe('warn');
      await expect(reportFor(server, owner)).rejects.toThrow(/server-connection-limit/);
    } finally {
      await held.release();
    }
  });

  describe('through PgBouncer in transaction mode', () => {
    let pooler: PgBouncer;
    beforeAll(async () => {
      pooler = await startPgBouncer(server, { users: [owner] });
    });
    afterAll(() => pooler.stop());

    test('the same answers, and the pooler is noticed', async () => {
      const direct = await reportFor(server, owner);
      const report = await reportFor(pooler, owner);
      expect(report.server?.pooler).toBe('pgbouncer');
      expect(result(report, 'pooler').status).toBe('warn');
      expect(result(report, 'pooler').fixes).toMatchObject([{ kind: 'setting', id: 'use-direct-address' }]);
      expect({ ...statuses(report), pooler: 'pass' }).toEqual(statuses(direct));
      expect(report.roundTrips).toBeLessThanOrEqual(3);
    });

    test('no setting stays behind on a pooled session', async () => {
      await reportFor(pooler, owner);
      const [after] = await server.sql(
        `SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS patience`,
        { ...owner },
      );
      expect(after).toEqual({ path: '"$user", public', patience: '0' });
      const { default: pg } = await import('pg');
      const client = new pg.Client({ host: pooler.host, port: pooler.port, ...owner });
      await client.connect();
      const { rows } = await client.query(
        `SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS patience`,
      );
      await client.end();
      expect(rows).toEqual([{ path: '"$user", public', patience: '0' }]);
    });
  });

  test('a standby is not for Aperture', async () => {
    const standby = await start({ major: 17, standbyOf: server });
    const report = await reportFor(standby, superuserOf(standby));
    expect(report.server?.inRecovery).toBe(true);
    expect(result(report, 'server-writable').status).toBe('fail');
    expect(evidence(report, 'server-writable')).toBe(
      '127.0.0.1 is a standby: it follows another server and accepts no changes.',
    );
  });
});

describe('other versions', () => {
  test('13 is too old, and all facts are there', async () => {
    const server = await start({ major: 13 });
    const report = await reportFor(server, superuserOf(server));
    expect(result(report, 'server-version').status).toBe('fail');
    expect(evidence(report, 'server-version')).toMatch(/^13\.\d+ on Debian 11\. Needs 14 or newer\.$/);
    expect(result(report, 'collation').status).toBe('skipped');
    expect(report.facts?.connectionsMax).toBe(50);
    expect(report.roundTrips).toBeLessThanOrEqual(3);
  });

  test('15 without pgvector: the way to get it on this very server', async () => {
    const server = await start({ major: 15 });
    const owner = await createOwnedDatabase(server);
    const report = await reportFor(server, owner);
    expect(result(report, 'server-version').status).toBe('warn');
    expect(evidence(report, 'extension-vector')).toBe('Not on the server (Debian 12). Embeddings are stored in it.');
    const snippets = result(report, 'extension-vector').fixes.map((fix) => (fix.kind === 'paste' ? fix.snippet : ''));
    expect(snippets[0]).toContain('apt.postgresql.org.sh');
    expect(snippets[0]).toContain('sudo apt install postgresql-15-pgvector');
    expect(snippets[1]).toContain('PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config');
    expect(result(report, 'create-on-schema').status).toBe('pass');
  });

  test('15 with a collation from before an upgrade of the system', async () => {
    const server = await start({ major: 15 });
    const owner = await createOwnedDatabase(server);
    await server.sql(
      `CREATE DATABASE sorted OWNER ${owner.user} LOCALE_PROVIDER icu ICU_LOCALE 'en' TEMPLATE template0`,
    );
    await server.sql(`UPDATE pg_database SET datcollversion = '1.0' WHERE datname = 'sorted'`);
    const report = await reportFor(server, { ...owner, database: 'sorted' });
    expect(result(report, 'collation')).toMatchObject({
      status: 'warn',
      fixes: [{ kind: 'run', id: 'refresh-collation-version', as: 'app' }],
    });
    expect(evidence(report, 'collation')).toContain('made with version 1.0');
  });

  test('18, in another encoding', async () => {
    const server = await start({ major: 18 });
    await server.sql(`CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`);
    const report = await reportFor(server, superuserOf(server, 'latin'));
    expect(result(report, 'server-version').status).toBe('pass');
    expect(evidence(report, 'encoding')).toBe(
      'LATIN1. Needs UTF8: titles and names in other scripts would be refused or garbled.',
    );
  });
});
