import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPgBouncer } from '../../support/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createOwnedDatabase } from '../../support/postgresRoles.ts';
import { makeCertificates } from '../../support/tls.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ major: 17 });
});
afterAll(() => server?.stop());

test('in transaction mode two clients share one session of the server', async () => {
  const owner = await createOwnedDatabase(server);
  const pooler = await startPgBouncer(server, { users: [owner], settings: { default_pool_size: 1 } });
  const clients = [1, 2].map(() => new pg.Client({ ...owner, host: pooler.host, port: pooler.port }));
  const backends: unknown[] = [];
  for (const client of clients) {
    await client.connect();
    backends.push((await client.query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid);
  }
  expect(backends[0]).toBe(backends[1]);
  await Promise.all(clients.map((client) => client.end()));
  await pooler.stop();
});

test('it refuses start-up parameters that it does not know, and TLS unless it has a certificate', async () => {
  const admin = { user: server.superuser, password: server.superPassword, database: 'postgres' };
  const plain = await startPgBouncer(server);
  const strict = new pg.Client({ ...admin, host: plain.host, port: plain.port, statement_timeout: 1000 });
  await expect(strict.connect()).rejects.toThrow(/unsupported startup parameter: statement_timeout/);
  const overTls = { ...admin, ssl: { rejectUnauthorized: false } };
  await expect(new pg.Client({ ...overTls, host: plain.host, port: plain.port }).connect()).rejects.toThrow(
    /does not support SSL/,
  );
  await plain.stop();
  const certificates = await makeCertificates();
  const secure = await startPgBouncer(server, { tls: certificates.server.good });
  const client = new pg.Client({ ...overTls, host: secure.host, port: secure.port });
  await client.connect();
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await client.end();
  await secure.stop();
});
