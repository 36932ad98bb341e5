import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationView } from '../../../contract/operation.ts';
import { createActivity } from '../../../main/services/activity.ts';
import { companionMigrations } from '../../../main/services/companionSchema/files.ts';
import { createCompanionSchema } from '../../../main/services/companionSchema.ts';
import type { RunnableFile } from '../../../main/services/migrations/runner.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { clientProgram } from '../../support/postgresInstallation.ts';
import { createRole, type TestRole } from '../../support/postgresRoles.ts';
import { run as runProgram } from '../../support/processes.ts';
import { result, type Services, startServices } from '../checks/services.ts';
import { newDatabase, run, small } from './runnerHarness.ts';

const never = new AbortController().signal;
const quiet = { signal: never, log: () => undefined };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** One computer with the app on it. */
async function computer(files?: () => Promise<RunnableFile[]>, appVersion = '1.2.3') {
  const services: Services = await startServices();
  const warnings: unknown[] = [];
  const schema = createCompanionSchema({
    ...services,
    log: { ...silent, warn: (message, _fields, error) => void warnings.push(message, error) },
    appVersion,
    ...(files === undefined ? {} : { files }),
  });
  return { ...services, schema, warnings, activity: createActivity({ ...services, companionSchema: schema }) };
}

const ended = (instanceId: string, more: Partial<OperationView> = {}): OperationView => ({
  id: randomUUID(),
  kind: 'migrate',
  subject: { instanceId, name: 'Home' },
  state: 'succeeded',
  startedAt: new Date().toISOString(),
  endedAt: new Date().toISOString(),
  steps: [],
  stepIndex: 0,
  overall: 1,
  startedBy: 'window',
  outcome: { key: 'migrate.outcome', values: { applied: 3, seconds: 1 } },
  ...more,
});

describe.each([15, 18] as const)('the companion’s own schema, PostgreSQL %i', { timeout: 120_000 }, (major) => {
  let server: PostgresServer;
  let here: Awaited<ReturnType<typeof computer>>;
  let there: Awaited<ReturnType<typeof computer>>;
  beforeAll(async () => {
    server = await startPostgres({ major });
    [here, there] = [await computer(), await computer()];
  });
  afterAll(async () => {
    await here.stop();
    await there.stop();
    await server.stop('immediate');
  });

  test('is made on request only; its identity stays, wherever it is looked at from', async () => {
    const role = await newDatabase(server);
    const id = await here.add(server, role);
    expect(await here.schema.state(id, never)).toEqual({ kind: 'missing' });
    const made = await here.schema.ensure(id, quiet);
    expect(made).toMatchObject({
      kind: 'there',
      pending: 0,
      identity: { appVersion: '1.2.3', place: expect.any(String) },
    });
    expect(await here.schema.ensure(id, quiet)).toEqual(made);
    const other = await there.add(server, role);
    expect(await there.schema.state(other, never)).toEqual(made);
    expect((await there.instances.get(other)).companionSchema).toBe('there');
  });

  test('a copy is told from the original, until it is settled', async () => {
    const role = await newDatabase(server);
    const id = await here.add(server, role);
    const made = await here.schema.ensure(id, quiet);
    if (made.kind !== 'there') throw new Error(made.kind);
    const copy = { ...role, database: `${role.database}_copy` };
    await server.sql(`CREATE DATABASE ${copy.database} TEMPLATE ${role.database} OWNER "${role.user}"`);
    const other = await here.add(server, copy);
    const seen = await here.schema.state(other, never);
    expect(seen).toMatchObject({
      kind: 'there',
      identity: { id: made.identity.id, place: 'moved', lastPlace: { database: role.database } },
    });
    const settled = await here.schema.settle(other, never);
    expect(settled).toMatchObject({ identity: { id: made.identity.id, lastPlace: { database: copy.database } } });
    expect(settled).not.toMatchObject({ identity: { place: 'moved' } });
  });

  test('what one computer did, another one sees, each once; readings and strangers are not written', async () => {
    const role = await newDatabase(server);
    const [mine, theirs] = [await here.add(server, role), await there.add(server, role)];
    await here.schema.ensure(mine, quiet);
    const first = ended(mine);
    const failed = ended(mine, {
      state: 'failed',
      startedAt: new Date(Date.now() + 1000).toISOString(),
      problem: { code: 'migration-failed', values: { migration: '0001.sql', message: 'x'.repeat(5000) } },
    });
    here.schema.noticed(first);
    here.schema.noticed(first);
    here.schema.noticed(failed);
    here.schema.noticed(ended(mine, { kind: 'check' }));
    here.schema.noticed(ended(mine, { state: 'running' }));
    await here.schema.flush(20_000);
    expect(here.warnings).toEqual([]);
    // Found out after a look, without a question.
    there.schema.noticed(ended(theirs, { kind: 'connect' }));
    await there.schema.flush(20_000);
    const seen = await there.activity.list({ instanceId: theirs, limit: 10 }, 20_000);
    expect(seen.map(({ id }) => id)).toEqual([failed.id, first.id]);
    expect(seen[1]).toMatchObject({
      kind: 'migrate',
      state: 'succeeded',
      subject: { instanceId: theirs },
      outcome: first.outcome,
    });
    expect(JSON.stringify(seen[0]?.problem).length).toBeLessThan(600);
    // The same computer's name: in a test both are.
    expect(seen[0]?.host).toBeUndefined();
    await server.sql(`UPDATE companion.operations SET host = 'nas'`, { database: role.database });
    const again = await there.schema.history(theirs, 10, never);
    expect(again.map(({ host }) => host)).toEqual(['nas', 'nas']);
    expect(hostname()).not.toBe('nas');
  });

  test('a role that may not create it works with less, and is not asked again', async () => {
    const owner = await newDatabase(server);
    const guest = await createRole(server, { database: owner.database });
    const id = await here.add(server, guest);
    await expect(here.schema.ensure(id, quiet)).rejects.toMatchObject({ problem: { code: 'permission-denied' } });
    expect((await here.instances.get(id)).companionSchema).toBe('not-permitted');
    here.schema.noticed(ended(id));
    await here.schema.flush(20_000);
    expect(await here.activity.list({ instanceId: id, limit: 10 }, 5_000)).toEqual([]);
  });

  test('somebody else’s schema of that name is left alone', async () => {
    const role = await newDatabase(server);
    await server.sql(`CREATE SCHEMA companion AUTHORIZATION "${role.user}"; CREATE TABLE companion.plants (id int)`, {
      database: role.database,
    });
    const id = await here.add(server, role);
    expect(await here.schema.state(id, never)).toEqual({ kind: 'foreign' });
    await expect(here.schema.ensure(id, quiet)).rejects.toMatchObject({
      problem: { code: 'companion-schema-foreign' },
    });
  });

  test('the checks take it as ours, and the server’s own backup by the tables’ owner goes through', async () => {
    const owner = await newDatabase(server);
    await run(server, owner, small(2));
    // The app logs in as somebody else than the server.
    const admin: TestRole = {
      ...(await createRole(server, { attributes: 'LOGIN SUPERUSER' })),
      database: owner.database,
    };
    const id = await here.add(server, admin);
    await here.schema.ensure(id, quiet);
    here.schema.noticed(ended(id));
    await here.schema.flush(20_000);
    const report = await here.report(await here.add(server, owner), ['database-dedicated']);
    expect(result(report, 'database-dedicated').status).toBe('pass');
    const { code, stderr, stdout } = await runProgram(
      [
        clientProgram(major, 'pg_dump'),
        '--no-owner',
        '--no-acl',
        '-h',
        server.host,
        '-p',
        String(server.port),
        '-U',
        owner.user,
        owner.database,
      ],
      { env: { PGPASSWORD: owner.password, PATH: process.env.PATH ?? '' } },
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('companion.operations');
  });
});

describe('versions of the schema', { timeout: 120_000 }, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ major: 17 });
  });
  afterAll(() => server.stop('immediate'));

  test('each version is upgraded with data in it, by itself once it is there', async () => {
    const all = await companionMigrations();
    expect(all.length).toBeGreaterThanOrEqual(2);
    for (let version = 1; version < all.length; version += 1) {
      const role = await newDatabase(server);
      const old = await computer(async () => all.slice(0, version), '0.9.0');
      const fresh = await computer();
      const id = await old.add(server, role);
      const before = await old.schema.ensure(id, quiet);
      const same = await fresh.add(server, role);
      expect(await fresh.schema.state(same, never)).toMatchObject({ kind: 'there', pending: all.length - version });
      const view = ended(same);
      fresh.schema.noticed(view);
      await fresh.schema.flush(20_000);
      expect(fresh.warnings).toEqual([]);
      expect(await fresh.schema.state(same, never)).toMatchObject({
        kind: 'there',
        pending: 0,
        identity: before.kind === 'there' ? before.identity : {},
      });
      expect((await fresh.schema.history(same, 10, never)).map((each) => each.id)).toEqual([view.id]);
      // The older app reads on, and does not write.
      expect(await old.schema.state(id, never)).toMatchObject({
        kind: 'newer',
        unknown: all.slice(version).map(({ name }) => name),
      });
      await expect(old.schema.ensure(id, quiet)).rejects.toMatchObject({ problem: { code: 'companion-schema-newer' } });
      await old.stop();
      await fresh.stop();
    }
  });

  test('no statement touches anything outside of the schema', async () => {
    for (const { sql } of await companionMigrations()) {
      expect(sql).not.toMatch(/\b(?:public|aperture_migrations)\b|CREATE EXTENSION|\bBEGIN\b|\bCOMMIT\b/);
    }
  });

  test('only so many operations are kept', async () => {
    const role = await newDatabase(server);
    const one = await computer();
    const id = await one.add(server, role);
    await one.schema.ensure(id, quiet);
    await server.sql(
      `INSERT INTO companion.operations (id, kind, state, started_at, ended_at, host, started_by, app_version)
       SELECT gen_random_uuid(), 'fix', 'succeeded', now() - n * interval '1 hour', now(), 'nas', 'window', '1' FROM generate_series(1, 700) n`,
      { database: role.database },
    );
    const view = ended(id);
    one.schema.noticed(view);
    await one.schema.flush(20_000);
    const [row] = await server.sql('SELECT count(*)::int AS n FROM companion.operations', { database: role.database });
    expect(row?.n).toBe(500);
    expect((await one.schema.history(id, 3, never))[0]?.id).toBe(view.id);
    await one.stop();
  });
});
