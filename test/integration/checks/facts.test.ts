import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { directDial } from '../../../main/adapters/directDial.ts';
import { connectPostgres } from '../../../main/adapters/postgres/connectPostgres.ts';
import { gatherFacts } from '../../../main/checks/facts.ts';
import { startPostgres } from '../../support/postgres.ts';
import { postgresMajors } from '../../support/postgresInstallation.ts';

// A refused question falls back to fewer of them, so that a mistake in one would go unnoticed elsewhere.
test.each(postgresMajors)('PostgreSQL %i answers every question in two round trips', async (major) => {
  const server = await startPostgres({ major });
  await server.sql(`CREATE TABLE aperture_migrations (id serial, name text); INSERT INTO aperture_migrations VALUES (1, '0001_init.sql');
    CREATE TABLE movies AS SELECT n AS id FROM generate_series(1, 1000) n; ANALYZE movies`);
  const session = await connectPostgres({
    settings: {
      hosts: [{ host: server.host, port: server.port }],
      database: 'postgres',
      user: server.superuser,
      tls: { mode: 'disable' },
      channelBinding: 'prefer',
      targetSessionAttrs: 'any',
      connectTimeoutSeconds: 10,
    },
    password: server.superPassword,
    dial: directDial(),
    tlsFor: () => false,
    signal: new AbortController().signal,
    queryTimeoutMs: 10_000,
  });
  const facts = await gatherFacts(session.readable);
  expect(session.roundTrips).toBe(2);
  await session.close();
  expect(facts.available?.map((each) => each.name)).toEqual(
    major < 17 ? ['pg_trgm', 'pgcrypto'] : ['pg_trgm', 'pgcrypto', 'vector'],
  );
  expect(facts.available?.find((each) => each.name === 'pgcrypto')?.trusted).toBe(true);
  expect(facts.size?.bytes).toBeGreaterThan(1_000_000);
  expect(facts.size?.uptimeSeconds).toBeGreaterThan(0);
  expect(facts.connections).toEqual({ all: 1, role: 1, database: 1 });
  expect(facts.relations?.count).toBe(2);
  expect(facts.relations?.largest[0]).toMatchObject({ schema: 'public', name: 'movies', rows: 1000 });
  expect(facts.ledgerPlace).toEqual({ schema: 'public', owner: 'postgres', readable: true });
  expect(facts.ledger).toEqual({ applied: 1, last: '0001_init.sql' });
  expect(facts.collation === undefined).toBe(major < 15);
  expect(facts.host?.memoryKilobytes).toBeGreaterThan(100_000);
  const size = / \/dev\/shm tmpfs \S*size=(\d+)k/.exec(readFileSync('/proc/mounts', 'utf8'))?.[1];
  expect(facts.host?.sharedMemoryKilobytes).toBe(size === undefined ? null : Number(size));
  expect(facts.settings.find((each) => each.name === 'data_directory')?.value).toBe(server.dataDir);
  expect(facts.sessionChanged).toBe(false);
  await server.stop('immediate');
});
