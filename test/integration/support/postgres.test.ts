import { afterAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { clientProgram, postgresMajors } from '../../support/postgresInstallation.ts';
import { mustRun } from '../../support/processes.ts';

describe.each(postgresMajors)('PostgreSQL %i', (major) => {
  let server: PostgresServer;
  afterAll(() => server?.stop());

  test('starts, answers with its version and has pgvector exactly from 17 on', async () => {
    server = await startPostgres({ major });
    const [version] = await server.sql('SHOW server_version_num');
    expect(Math.floor(Number(version?.server_version_num) / 10_000)).toBe(major);
    const vector = await server.sql("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'");
    expect(vector.length).toBe(major >= 17 ? 1 : 0);
    const others = await server.sql(
      "SELECT name FROM pg_available_extensions WHERE name IN ('pg_trgm', 'pgcrypto') ORDER BY name",
    );
    expect(others.map(({ name }) => name)).toEqual(['pg_trgm', 'pgcrypto']);
  });

  test('its own psql and pg_dump speak to it over TCP with the password', async () => {
    const answer = await server.psql(['-Atc', 'SELECT 1 + 1'], {
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.superuser,
      PGPASSWORD: server.superPassword,
      PGDATABASE: 'postgres',
    });
    expect(answer).toEqual({ code: 0, stdout: '2\n', stderr: '' });
    const dump = await mustRun([clientProgram(major, 'pg_dump'), '--schema-only', '-d', server.conninfo()]);
    expect(dump.stdout).toContain(`Dumped by pg_dump version ${major}`);
  });

  test('refuses a wrong password', async () => {
    await expect(server.sql('SELECT 1', { password: 'wrong' })).rejects.toMatchObject({ code: '28P01' });
  });

  test('keeps its data over restart and kill -9', async () => {
    await server.sql('CREATE TABLE kept AS SELECT 42 AS answer');
    const before = server.pid();
    await server.restart();
    expect(server.pid()).not.toBe(before);
    await server.kill9();
    await expect(server.sql('SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.start();
    expect(await server.sql('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });
});
