import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import type { RunnableFixId } from '../../../contract/fix.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import {
  createOwnedDatabase,
  createReadOnlyByDefaultRole,
  createRole,
  pretendVectorVersion,
  type TestRole,
} from '../../support/postgresRoles.ts';
import { result, type Services, startServices } from './services.ts';

let services: Services;
let server: PostgresServer;
let time = new Date('2026-11-23T12:00:00Z');
let administrator: { user: string; password: string };

beforeAll(async () => {
  services = await startServices({ now: () => time });
  server = await startPostgres({ major: 17 });
  administrator = { user: server.superuser, password: server.superPassword };
});
afterAll(async () => {
  await services.stop();
  await server.stop('immediate');
});

/** Plans, runs, and gives the ended operation with what was logged. */
async function fix(id: string, fixes: RunnableFixId[], as: 'app' | 'administrator') {
  const plan = await services.fixes.plan(id, fixes, as);
  const { ended, operationId } = await services.fixes.run(plan.id, as === 'administrator' ? administrator : undefined);
  const view = await ended;
  const log = (await services.operations.log(operationId)).map((each) => each.line);
  return { plan, view, log };
}

const status = (id: string, check: Parameters<typeof result>[1]) => {
  const report = services.checks.latest(id);
  if (report === undefined) throw new Error('the checks did not run again');
  return result(report, check).status;
};

describe('fixes', () => {
  test('extensions: by the app what it may, by an administrator what it may not, then all pass', async () => {
    const owner = await createOwnedDatabase(server, 'aperture');
    const id = await services.add(server, owner);
    await services.report(id);

    const trusted = await fix(id, ['create-extension-pg_trgm', 'create-extension-pgcrypto'], 'app');
    expect(trusted.view).toMatchObject({ kind: 'fix', state: 'succeeded' });
    expect(trusted.plan.steps).toEqual([
      {
        kind: 'sql',
        host: '127.0.0.1',
        database: 'aperture',
        role: owner.user,
        statement: 'CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public',
      },
      {
        kind: 'sql',
        host: '127.0.0.1',
        database: 'aperture',
        role: owner.user,
        statement: 'CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public',
      },
    ]);
    expect(status(id, 'extension-pgcrypto')).toBe('pass');
    expect(status(id, 'extension-pg_trgm')).toBe('pass');
    expect(status(id, 'extension-vector')).toBe('fail');

    const refused = await fix(id, ['create-extension-vector'], 'app');
    expect(refused.view.state).toBe('failed');
    expect(refused.view.problem?.code).toMatch(/^(extension-not-permitted|permission-denied)$/);
    expect(refused.view.problem?.values).toMatchObject({
      number: 1,
      statement: 'CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public',
    });

    const allowed = await fix(id, ['create-extension-vector'], 'administrator');
    expect(allowed.view.state).toBe('succeeded');
    expect(allowed.view.outcome && say(allowed.view.outcome)).toBe('1 statement ran');
    expect(status(id, 'extension-vector')).not.toBe('fail');
    expect(JSON.stringify([allowed.log, allowed.view, allowed.plan])).not.toContain(administrator.password);

    const again = await fix(id, ['create-extension-vector'], 'administrator');
    expect(again.view.state).toBe('succeeded');
    expect(again.log.join('\n')).toMatch(/NOTICE: extension "vector" already exists, skipping/);
    const logged = services.told.filter((each) => each.name === 'check.report').length;
    expect(logged).toBeGreaterThanOrEqual(4);
  });

  test('rights, owner and search path of a role that had none of them', async () => {
    await server.sql('CREATE DATABASE bare');
    const role = await createRole(server, { user: 'odd "name\'', database: 'bare' });
    await server.sql('CREATE SCHEMA private; GRANT ALL ON SCHEMA private TO PUBLIC', { database: 'bare' });
    await server.sql(`ALTER ROLE "odd ""name'" IN DATABASE bare SET search_path = private`);
    const id = await services.add(server, role);
    await services.report(id);
    expect(status(id, 'create-on-database')).toBe('fail');
    expect(status(id, 'create-on-schema')).toBe('fail');

    const granted = await fix(
      id,
      ['set-search-path', 'grant-create-on-schema', 'grant-create-on-database'],
      'administrator',
    );
    expect(granted.view.state).toBe('succeeded');
    expect(granted.plan.notes.map(say).join(' ')).toContain('not stored');
    expect(status(id, 'create-on-database')).toBe('pass');
    expect(status(id, 'create-on-schema')).toBe('pass');
    expect(status(id, 'search-path')).toBe('pass');
    expect(status(id, 'database-owner')).toBe('warn');

    expect((await fix(id, ['make-owner'], 'administrator')).view.state).toBe('succeeded');
    expect(status(id, 'database-owner')).toBe('pass');
  });

  test('a role whose transactions are read-only by default becomes writable by itself', async () => {
    const role = await createReadOnlyByDefaultRole(server);
    const id = await services.add(server, role);
    await services.report(id);
    expect(status(id, 'server-writable')).toBe('fail');
    const writable = await fix(id, ['set-read-write'], 'app');
    expect(writable.view.state).toBe('succeeded');
    expect(status(id, 'server-writable')).toBe('pass');
  });

  test('memory for index builds', async () => {
    const owner = await createOwnedDatabase(server, 'updatable');
    await server.sql('CREATE EXTENSION vector', { database: 'updatable' });
    const id = await services.add(server, owner);
    await services.report(id);
    expect(status(id, 'memory-maintenance')).toBe('warn');
    expect((await fix(id, ['set-maintenance-memory'], 'app')).view.state).toBe('succeeded');
    expect(status(id, 'memory-maintenance')).toBe('pass');
  });

  test('an extension whose package was upgraded is updated', async () => {
    // Its last update script only adds comments, so that the older version can be pretended.
    const newer = await startPostgres({ major: 18 });
    const owner = await createOwnedDatabase(newer, 'updatable');
    await newer.sql('CREATE EXTENSION vector', { database: 'updatable' });
    const id = await services.add(newer, owner);
    const vector = () => services.checks.latest(id)?.facts?.extensions.find((each) => each.name === 'vector');
    await pretendVectorVersion(newer, 'updatable', '0.8.6');
    await services.report(id);
    expect(vector()?.installed).toBe('0.8.6');
    const plan = await services.fixes.plan(id, ['update-extension-vector'], 'administrator');
    const { ended } = await services.fixes.run(plan.id, { user: newer.superuser, password: newer.superPassword });
    expect(await ended).toMatchObject({ state: 'succeeded' });
    expect(vector()?.installed).toBe(vector()?.available);
    expect(status(id, 'extension-vector')).toBe('pass');
    await newer.stop('immediate');
  });

  test('a changed collation is rebuilt and recorded', async () => {
    const owner = await createRole(server, { user: 'sorted_owner', database: 'sorted' });
    await server.sql(
      `CREATE DATABASE sorted OWNER sorted_owner LOCALE_PROVIDER icu ICU_LOCALE 'en' TEMPLATE template0`,
    );
    await server.sql(`UPDATE pg_database SET datcollversion = '1.0' WHERE datname = 'sorted'`);
    const id = await services.add(server, owner);
    await services.report(id);
    expect(status(id, 'collation')).toBe('warn');
    const rebuilt = await fix(id, ['refresh-collation-version'], 'app');
    expect(rebuilt.view.problem).toBeUndefined();
    expect(rebuilt.view.state).toBe('succeeded');
    expect(status(id, 'collation')).toBe('pass');
  });

  test('what was shown is what runs, statement by statement; earlier ones stay', async () => {
    const owner = await createOwnedDatabase(server, 'partly');
    const id = await services.add(server, owner);
    const half = await fix(
      id,
      ['create-extension-pgcrypto', 'create-extension-vector', 'create-extension-pg_trgm'],
      'app',
    );
    expect(half.view.state).toBe('failed');
    const ran = half.log.filter((line) => line.endsWith(';')).map((line) => line.slice(0, -1));
    const shown = half.plan.steps.map((step) => (step.kind === 'sql' ? step.statement : ''));
    expect(ran).toEqual(shown.slice(0, ran.length));
    const names = await server.sql('SELECT extname FROM pg_extension ORDER BY 1', { database: 'partly' });
    // vector comes first and is refused, so that nothing after it ran.
    expect(names.map((each) => each.extname)).toEqual(['plpgsql']);
    expect(half.view.problem?.values.number).toBe(1);
  });

  test('a wrong administrator password changes nothing, and the plan can be run again', async () => {
    const owner = await createOwnedDatabase(server, 'patient');
    const id = await services.add(server, owner);
    const plan = await services.fixes.plan(id, ['create-extension-vector'], 'administrator');
    const wrong = await services.fixes.run(plan.id, { user: server.superuser, password: 'wrong' });
    expect(await wrong.ended).toMatchObject({ state: 'failed', problem: { code: 'password-wrong' } });
    const right = await services.fixes.run(plan.id, administrator);
    expect((await right.ended).state).toBe('succeeded');
    await expect(services.fixes.run(plan.id)).rejects.toMatchObject({ problem: { code: 'invalid-input' } });
  });

  test('two fixes of one instance do not run at the same time', async () => {
    const owner = await createOwnedDatabase(server, 'busy');
    const id = await services.add(server, owner);
    const plan = await services.fixes.plan(id, ['create-extension-pgcrypto'], 'app');
    const first = await services.fixes.run(plan.id);
    await expect(services.fixes.run(plan.id)).rejects.toMatchObject({ problem: { code: 'operation-busy' } });
    expect((await first.ended).state).toBe('succeeded');
  });

  test('a plan that is unknown, too old, or was made for another database does not run', async () => {
    const owner: TestRole = await createOwnedDatabase(server, 'stale');
    const id = await services.add(server, owner);
    await expect(services.fixes.run('no-such-plan')).rejects.toMatchObject({ problem: { code: 'plan-missing' } });

    const plan = await services.fixes.plan(id, ['create-extension-pgcrypto'], 'app');
    const { connection } = await services.instances.get(id);
    if (connection === undefined) throw new Error('no settings');
    await services.instances.update(id, { connection: { ...connection, database: 'postgres' } });
    await expect(services.fixes.run(plan.id)).rejects.toMatchObject({ problem: { code: 'plan-stale' } });

    await services.instances.update(id, { connection });
    time = new Date(time.getTime() + 31 * 60_000);
    await expect(services.fixes.run(plan.id)).rejects.toMatchObject({ problem: { code: 'plan-stale' } });
  });
});
