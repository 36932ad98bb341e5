import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createOwnedDatabase, type TestRole } from '../../support/postgresRoles.ts';
import { startProxy } from '../../support/proxy.ts';
import { result, type Services, startServices } from './services.ts';

let services: Services;
let server: PostgresServer;
let owner: TestRole;

beforeAll(async () => {
  services = await startServices();
  server = await startPostgres({ major: 17 });
  owner = await createOwnedDatabase(server);
});
afterAll(async () => {
  await services.stop();
  await server.stop('immediate');
});

test('checks that wait for a server that went silent can be cancelled', async () => {
  // Enough for the login; the answer to the first question never comes.
  const proxy = await startProxy({ target: server, fault: { kind: 'stall', after: 2000, of: 'server' } });
  const id = await services.add(proxy, owner);
  const { operationId, ended } = await services.checks.run(id);
  await delay(700);
  const began = performance.now();
  await services.operations.cancel(operationId);
  expect((await ended).state).toBe('cancelled');
  expect(performance.now() - began).toBeLessThan(6000);
  expect(services.checks.latest(id)).toBeUndefined();
  await proxy.stop();
});

test('a link that breaks in the middle is a lost connection, not a refused question', async () => {
  const proxy = await startProxy({ target: server, fault: { kind: 'reset', after: 2000, of: 'server' } });
  const id = await services.add(proxy, owner);
  const view = await (await services.checks.run(id)).ended;
  expect(view.state).toBe('failed');
  expect(view.problem?.code).toMatch(/^connection-(lost|reset)$/);
  await proxy.stop();
});

test('a table that a migration has locked is waited for shortly, the essentials are told', async () => {
  await server.sql('CREATE TABLE aperture_migrations (id serial PRIMARY KEY, name text)', owner);
  const id = await services.add(server, owner);
  let locked: (() => void) | undefined;
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const holding = server.sql('BEGIN; LOCK TABLE aperture_migrations; SELECT pg_sleep(8); COMMIT', owner);
  setTimeout(() => locked?.(), 500);
  await isLocked;
  const began = performance.now();
  const report = await services.report(id);
  expect(performance.now() - began).toBeLessThan(6000);
  expect(report.roundTrips).toBeLessThanOrEqual(3);
  expect(result(report, 'server-version').status).toBe('pass');
  await holding;
  expect((await services.report(id)).facts?.migrationsApplied).toBe(0);
});
