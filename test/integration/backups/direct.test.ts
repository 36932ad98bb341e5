import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Companion } from '../../../main/compose.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createOwnedDatabase, createRole, type TestRole } from '../../support/postgresRoles.ts';
import { makeCertificates } from '../../support/tls.ts';
import {
  addInstance,
  backup,
  expectSameAfterRestore,
  explain,
  fill,
  never,
  startCompanion,
  toolsFolder,
} from './harness.ts';

const path = process.env.PATH;
afterAll(() => {
  process.env.PATH = path;
});

describe.each([15, 17, 18] as const)('PostgreSQL %i, directly', (major) => {
  let companion: Companion;
  let server: PostgresServer;
  let owner: TestRole;
  let instance: string;

  beforeAll(async () => {
    process.env.PATH = `${toolsFolder(17, 18)}:${path}`;
    companion = startCompanion();
    server = await startPostgres({ major });
    owner = await createOwnedDatabase(server);
    await fill(server, owner.database);
    await server.sql(
      `GRANT ALL ON SCHEMA public TO ${owner.user}; GRANT ALL ON SCHEMA "Ünïcode ""schema""" TO ${owner.user};
       GRANT SELECT ON ALL TABLES IN SCHEMA public, "Ünïcode ""schema""" TO ${owner.user};
       GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ${owner.user}`,
      owner.database === '' ? {} : { database: owner.database },
    );
    instance = await addInstance(companion, server, owner, { name: 'Films & Séries' });
  });
  afterAll(async () => {
    await companion?.stop();
    await server?.stop('immediate');
  });

  test('plans with the tool of the same major version', async () => {
    const plan = await companion.backups.plan({ instanceId: instance }, never);
    expect(plan.tool).toMatchObject({
      route: { kind: 'this-computer' },
      major,
      compression: major === 15 ? 'gzip' : 'zstd',
    });
    expect(plan.choices.filter(({ major: other }) => other < major).every(({ unusable }) => unusable)).toBe(true);
    expect(plan.estimatedBytes).toBeGreaterThan(0);
    expect(plan.freeBytes).toBeGreaterThan(0);
    expect(plan.problem).toBeUndefined();
    expect(existsSync(plan.folder)).toBe(false);
  });

  test('what comes back is the same, and the manifest tells what is in it', async () => {
    const made = await backup(companion, instance, { label: 'before the trip' });
    expect(made.where.path).toMatch(/aperture_films-series_\d{8}T\d{6}Z_0114\.dump$/);
    expect(made).toMatchObject({ label: 'before the trip', verification: { state: 'verified' } });
    expect(made.manifest).toMatchObject({
      ledger: ['0001_init.sql', '0114_last.sql'],
      server: { major },
      tool: { major },
      warnings: [],
      restorableTo: { major },
    });
    await expectSameAfterRestore(made, { server, database: owner.database }, major);
    expect(await companion.backups.list(instance, never)).toEqual([
      { ...made, modifiedAt: expect.any(String) as string },
    ]);
    const verified = await (await companion.backups.verify(made.id)).ended;
    expect(verified.state, await explain(companion, verified)).toBe('succeeded');
    expect((await companion.backups.newestVerified(instance, never))?.id).toBe(made.id);
  });

  test('newer tools on wish; the choice is remembered', async () => {
    if (major === 18) return;
    const { choices } = await companion.backups.plan({ instanceId: instance }, never);
    const wished = choices.find((choice) => choice.major === 18 && choice.route.kind === 'this-computer');
    expect(wished?.warnings).toMatchObject([{ key: 'backup.warning.newer-major' }]);
    const made = await backup(companion, instance, { route: wished?.route });
    expect(made.manifest?.tool.major).toBe(18);
    expect(made.manifest?.file.compression).toBe('zstd');
    expect((await companion.backups.plan({ instanceId: instance }, never)).tool.major).toBe(18);
    await expectSameAfterRestore(made, { server, database: owner.database }, 18);
  });
});

test('names and passwords with special characters, over verified TLS', async () => {
  process.env.PATH = `${toolsFolder(17)}:${path}`;
  const companion = startCompanion();
  const certificates = await makeCertificates();
  const server = await startPostgres({ major: 17, tls: certificates.server.good });
  try {
    const role = await createRole(server, {
      user: `w:eird "user' \\ ü$(id)`,
      password: `p:a\\s's"w ö%rd$(id)\`;&|#@/?`,
      attributes: 'LOGIN SUPERUSER',
      database: `d'b "1" \\ ü%20 =x`,
    });
    await server.sql(`CREATE DATABASE "${role.database.replaceAll('"', '""')}"`);
    await fill(server, role.database, 50);
    const ca = readFileSync(certificates.authority.certificate, 'utf8');
    const id = await addInstance(companion, server, role, { tls: { mode: 'verify-full', ca } });
    const made = await backup(companion, id);
    await expectSameAfterRestore(made, { server, database: role.database }, 17);
  } finally {
    await companion.stop();
    await server.stop('immediate');
  }
});
