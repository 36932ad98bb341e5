import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import {
  createExpiredRole,
  createNoLoginRole,
  createOwnedDatabase,
  createReadOnlyByDefaultRole,
  createReadOnlyRole,
  createRole,
  createRoleAtItsLimit,
  createRoleWithoutPassword,
  fillConnections,
  pretendVectorVersion,
  type TestRole,
} from '../../support/postgresRoles.ts';

let server: PostgresServer;
let owner: TestRole;
beforeAll(async () => {
  server = await startPostgres({ major: 17, settings: { max_connections: 12 } });
  owner = await createOwnedDatabase(server);
});
afterAll(() => server?.stop());

const refusal = (code: string) => expect.objectContaining({ code });

test('an owner creates in its database and may not create extension vector', async () => {
  await server.sql('CREATE TABLE films (title text)', owner);
  await expect(server.sql('CREATE EXTENSION vector', owner)).rejects.toEqual(refusal('42501'));
  await server.sql('CREATE EXTENSION pg_trgm', owner);
});

test('a read-only role reads and does not write', async () => {
  const reader = await createReadOnlyRole(server, owner.database);
  await server.sql('SELECT * FROM films', reader);
  await expect(server.sql('CREATE TABLE mine ()', reader)).rejects.toEqual(refusal('42501'));
});

test('roles are refused for the reason that they were made for', async () => {
  await expect(server.sql('SELECT 1', await createNoLoginRole(server))).rejects.toEqual(refusal('28000'));
  await expect(server.sql('SELECT 1', await createExpiredRole(server))).rejects.toEqual(refusal('28P01'));
  expect(server.log()).toMatch(/has an expired password/);
  await expect(server.sql('SELECT 1', await createRoleWithoutPassword(server))).rejects.toEqual(refusal('28P01'));
  const readOnly = await createReadOnlyByDefaultRole(server, owner.database);
  await expect(server.sql('CREATE TEMP TABLE t (); CREATE TABLE mine ()', readOnly)).rejects.toEqual(refusal('25006'));
});

test('limits are reached, and released again', async () => {
  const limited = await createRoleAtItsLimit(server);
  await expect(server.sql('SELECT 1', limited)).rejects.toEqual(refusal('53300'));
  await limited.release();
  const ordinary = await createRole(server);
  const full = await fillConnections(server);
  await expect(server.sql('SELECT 1', ordinary)).rejects.toEqual(refusal('53300'));
  await full.release();
  expect(await server.sql('SELECT 1 AS one', ordinary)).toEqual([{ one: 1 }]);
});

test('an older pgvector is pretended', async () => {
  await server.sql('CREATE EXTENSION vector', { database: owner.database });
  await pretendVectorVersion(server, owner.database, '0.7.4');
  const [row] = await server.sql(
    "SELECT installed_version, default_version FROM pg_available_extensions WHERE name = 'vector'",
    { database: owner.database },
  );
  expect(row?.installed_version).toBe('0.7.4');
  expect(row?.default_version).not.toBe('0.7.4');
});

test('a standby is in recovery, follows, and refuses writes', async () => {
  await server.sql('CREATE TABLE followed AS SELECT 7 AS n');
  const standby = await startPostgres({ major: 17, standbyOf: server, settings: { max_connections: 12 } });
  expect(await standby.sql('SELECT pg_is_in_recovery() AS yes')).toEqual([{ yes: true }]);
  expect(await standby.sql('SELECT n FROM followed')).toEqual([{ n: 7 }]);
  await expect(standby.sql('CREATE TABLE t ()')).rejects.toEqual(refusal('25006'));
  await standby.stop();
});

test('passwords are stored and asked for by md5', async () => {
  const old = await startPostgres({ major: 13, passwordEncryption: 'md5' });
  const [row] = await old.sql("SELECT left(rolpassword, 3) AS kind FROM pg_authid WHERE rolname = 'postgres'");
  expect(row).toEqual({ kind: 'md5' });
  expect(await old.sql('SELECT 1 AS one', { password: old.superPassword })).toEqual([{ one: 1 }]);
  await expect(old.sql('SELECT 1', { password: 'wrong' })).rejects.toEqual(refusal('28P01'));
  await old.stop();
});

test('pg_hba.conf refuses who has no line in it', async () => {
  const role = await createRole(server);
  await server.setHba(['host all postgres 127.0.0.1/32 scram-sha-256']);
  await expect(server.sql('SELECT 1', role)).rejects.toThrow(/no pg_hba.conf entry/);
  await server.setHba(['host all all 127.0.0.1/32 scram-sha-256']);
  expect(await server.sql('SELECT 1 AS one', role)).toEqual([{ one: 1 }]);
});
