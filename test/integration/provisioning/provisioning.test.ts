import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createRole } from '../../support/postgresRoles.ts';
import { result } from '../checks/services.ts';
import {
  type Administrator,
  type Provision,
  passwordOf,
  provision,
  requestFor,
  startProvisioning,
  statementsIn,
  stateOf,
  superuserOf,
} from './harness.ts';

let all: Provision;
beforeAll(async () => {
  all = await startProvisioning();
});
afterAll(() => all.services.stop());

const notesOf = (plan: { notes: Parameters<typeof say>[0][] }) => plan.notes.map(say).join('\n');

describe.each([15, 17, 18] as const)('PostgreSQL %i', (major) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ major, settings: { log_statement: 'all' } });
  });
  afterAll(() => server.stop('immediate'));
  const hasVector = major !== 15;

  test('a superuser: role, database, extensions and rights; the password is in no statement; again changes nothing', async () => {
    const request = requestFor(server, { role: 'aperture', database: 'aperture' });
    const first = await provision(all, request, superuserOf(server));
    expect(first.view.problem).toBeUndefined();
    expect(first.view.state).toBe('succeeded');
    expect(statementsIn(first.plan)).toEqual([
      'CREATE ROLE "aperture" LOGIN PASSWORD ***',
      'CREATE DATABASE "aperture" OWNER "aperture"',
      'GRANT ALL ON SCHEMA public TO "aperture"',
      'CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public',
      'CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public',
      ...(hasVector ? ['CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public'] : []),
    ]);
    expect(first.log.filter((line) => line.endsWith(';')).map((line) => line.slice(0, -1))).toEqual(
      statementsIn(first.plan),
    );
    const password = await passwordOf(all.services, first.instance.id);
    expect(password).toMatch(/^[A-Za-z0-9]{32,}$/);
    expect(server.log()).toContain('CREATE ROLE');
    expect(server.log()).not.toContain(password);
    expect(JSON.stringify([first.plan, first.view, first.log])).not.toMatch(/SCRAM-SHA-256\$/);
    expect(all.secrets).toContain(password);

    const report = all.services.checks.latest(first.instance.id);
    if (report === undefined) throw new Error('the checks did not run');
    expect(report.server?.user).toBe('aperture');
    for (const id of ['database-owner', 'create-on-schema', 'extension-pg_trgm', 'extension-pgcrypto'] as const) {
      expect([id, result(report, id).status]).toEqual([id, 'pass']);
    }
    expect(result(report, 'extension-vector').status === 'fail').toBe(!hasVector);
    if (!hasVector) expect(notesOf(first.plan)).toContain('vector is not installed on the server');

    const before = await stateOf(server, 'aperture', 'aperture');
    const [stored] = await server.sql(`SELECT rolpassword FROM pg_authid WHERE rolname = 'aperture'`);
    const second = await provision(all, request, superuserOf(server));
    expect(statementsIn(second.plan)).toEqual([]);
    expect(second.view.state).toBe('succeeded');
    expect(second.instance.id).toBe(first.instance.id);
    expect(await passwordOf(all.services, second.instance.id)).toBe(password);
    expect(await stateOf(server, 'aperture', 'aperture')).toEqual(before);
    expect((await server.sql(`SELECT rolpassword FROM pg_authid WHERE rolname = 'aperture'`))[0]).toEqual(stored);
  });

  test('somebody who may only create roles and databases', async () => {
    const role = await createRole(server, { user: 'helper', attributes: 'LOGIN CREATEROLE CREATEDB' });
    const helper: Administrator = { user: role.user, password: role.password };
    const request = requestFor(server, { role: 'by helper', database: 'by "helper"' });
    const first = await provision(all, request, helper);
    expect(first.view.problem).toBeUndefined();
    expect(first.view.state).toBe('succeeded');
    expect(statementsIn(first.plan)[1]).toBe(
      `GRANT "by helper" TO "helper"${major >= 16 ? ' WITH INHERIT TRUE, SET TRUE' : ''}`,
    );
    expect(notesOf(first.plan)).toContain('helper becomes a member of by helper');
    expect(statementsIn(first.plan).at(-1)).toContain('pg_trgm');
    if (hasVector) expect(notesOf(first.plan)).toContain('helper may not enable the extension vector');
    const report = all.services.checks.latest(first.instance.id);
    if (report === undefined) throw new Error('the checks did not run');
    expect(result(report, 'database-owner').status).toBe('pass');
    expect(result(report, 'extension-pg_trgm').status).toBe('pass');

    const before = await stateOf(server, 'by helper', 'by "helper"');
    const second = await provision(all, request, helper);
    expect([second.view.state, statementsIn(second.plan)]).toEqual(['succeeded', []]);
    expect(await stateOf(server, 'by helper', 'by "helper"')).toEqual(before);
  });

  test('what exists is changed only where it could not be used, and it is said', async () => {
    await server.sql(`CREATE ROLE sleeping NOLOGIN CONNECTION LIMIT 3 PASSWORD 'kept' VALID UNTIL '2001-01-01'`);
    await server.sql('CREATE DATABASE mine');
    const request = requestFor(server, { role: 'sleeping', database: 'mine', password: 'kept' });
    const { plan, view } = await provision(all, request, superuserOf(server));
    expect(view.state).toBe('succeeded');
    expect(statementsIn(plan).slice(0, 2)).toEqual([
      `ALTER ROLE "sleeping" LOGIN CONNECTION LIMIT -1 VALID UNTIL 'infinity'`,
      'ALTER DATABASE "mine" OWNER TO "sleeping"',
    ]);
    expect(notesOf(plan)).toMatch(/sleeping exists already and is changed only[\s\S]*is handed over to sleeping/);

    await server.sql('CREATE DATABASE theirs');
    await server.sql('CREATE TABLE wedding (photo bytea)', { database: 'theirs' });
    const foreign = requestFor(server, { role: 'sleeping', database: 'theirs', password: 'other' });
    const second = await provision(all, foreign, superuserOf(server));
    expect(second.view.state).toBe('succeeded');
    expect(statementsIn(second.plan)[0]).toBe('ALTER ROLE "sleeping" PASSWORD ***');
    expect(notesOf(second.plan)).toMatch(/gets a new password[\s\S]*holds 1 table/);
    const [owner] = await server.sql(
      `SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = 'theirs'`,
    );
    expect(owner?.owner).toBe(server.superuser);
    await server.sql('CREATE TABLE made (id int)', { database: 'theirs', user: 'sleeping', password: 'other' });
  });

  test('a wrong administrator password changes nothing', async () => {
    const request = requestFor(server, { role: 'never', database: 'never' });
    const wrong = { user: server.superuser, password: 'wrong' };
    await expect(all.provisioning.plan(request, wrong, AbortSignal.timeout(30_000))).rejects.toMatchObject({
      problem: { code: 'password-wrong' },
    });
    const plan = await all.provisioning.plan(request, superuserOf(server), AbortSignal.timeout(30_000));
    const { ended } = await all.provisioning.run(plan.id, wrong, { name: 'never', place: 'session' });
    expect(await ended).toMatchObject({ state: 'failed', problem: { code: 'password-wrong' } });
    expect(await server.sql(`SELECT FROM pg_roles WHERE rolname = 'never'`)).toEqual([]);
  });

  test('an administrator without the rights: said before, then in PostgreSQL’s own words', async () => {
    const role = await createRole(server, { user: 'powerless' });
    const request = requestFor(server, { role: 'unmade', database: 'unmade' });
    const { plan, view } = await provision(all, request, role);
    expect(notesOf(plan)).toMatch(/CREATEROLE[\s\S]*CREATEDB/);
    expect(view).toMatchObject({ state: 'failed', problem: { code: 'permission-denied', values: { number: 1 } } });
  });
});

test('an operation of the instance that runs already is not disturbed', async () => {
  const server = await startPostgres({ major: 17 });
  const request = requestFor(server, { role: 'busy', database: 'busy' });
  const plan = await all.provisioning.plan(request, superuserOf(server), AbortSignal.timeout(30_000));
  const keeping = { name: 'busy', place: 'session' } as const;
  const first = await all.provisioning.run(plan.id, superuserOf(server), keeping);
  await expect(all.provisioning.run(plan.id, superuserOf(server), keeping)).rejects.toMatchObject({
    problem: { code: 'operation-busy' },
  });
  expect((await first.ended).state).toBe('succeeded');
  await server.stop('immediate');
});

test('a server whose template is not UTF8 gets a UTF8 database', async () => {
  const server = await startPostgres({ major: 17 });
  await server.sql(`UPDATE pg_database SET datistemplate = false WHERE datname = 'template1'`);
  await server.sql('DROP DATABASE template1');
  await server.sql(
    `CREATE DATABASE template1 TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc`,
  );
  const { plan, view } = await provision(all, requestFor(server, { role: 'r', database: 'd' }), superuserOf(server));
  expect(view.problem).toBeUndefined();
  expect(statementsIn(plan)[1]).toContain(`ENCODING 'UTF8'`);
  expect(await stateOf(server, 'r', 'd')).toMatchObject({ database: { encoding: 'UTF8', owner: 'r' } });
  await server.stop('immediate');
});
