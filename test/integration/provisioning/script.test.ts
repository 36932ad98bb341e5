import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createRole } from '../../support/postgresRoles.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import {
  type Administrator,
  type Provision,
  passwordOf,
  provision,
  requestFor,
  startProvisioning,
  stateOf,
  superuserOf,
} from './harness.ts';

let all: Provision;
beforeAll(async () => {
  all = await startProvisioning();
});
afterAll(() => all.services.stop());

const awkward = `it's "a=b" \\ $x :y\n%`;

describe.each([15, 17, 18] as const)('the script, PostgreSQL %i', (major) => {
  let server: PostgresServer;
  let helper: Administrator;
  beforeAll(async () => {
    server = await startPostgres({ major });
    helper = await createRole(server, { user: 'he"lper', attributes: 'LOGIN CREATEROLE CREATEDB' });
  });
  afterAll(() => server.stop('immediate'));

  async function runScript(script: string, { user, password }: Administrator) {
    const file = path.join(supportFolder('script'), 'provision.sql');
    writeFileSync(file, script);
    const name = user.replace(/[\\']/g, '\\$&');
    return server.psql(['-f', file, `host=127.0.0.1 port=${server.port} dbname=postgres user='${name}'`], {
      PGPASSWORD: password,
    });
  }

  async function compare(planned: string, scripted: string, as: () => Administrator) {
    const byApp = await provision(all, requestFor(server, { role: planned, database: planned }), as());
    expect(byApp.view.state).toBe('succeeded');
    const request = requestFor(server, { role: scripted, database: scripted });
    const keeping = { name: 'scripted', place: 'session' } as const;
    const { script, instance } = await all.provisioning.script(request, keeping, AbortSignal.timeout(10_000));
    const password = await passwordOf(all.services, instance.id);
    expect(script).not.toContain(password);

    for (const round of [1, 2]) {
      const { code, stderr } = await runScript(script, as());
      expect([round, stderr.replace(/^.*NOTICE:.*\n?/gm, ''), code]).toEqual([round, '', 0]);
      // Names as JSON and inside of access lists, where they are quoted in their own ways.
      const normal = (state: unknown) =>
        JSON.stringify(state, (_, value) =>
          typeof value === 'string'
            ? value
                .replaceAll(planned, 'N')
                .replaceAll(scripted, 'N')
                .replace(/"N"|\\"N\\"/g, 'N')
            : value,
        );
      const [first, second] = [await stateOf(server, planned, planned), await stateOf(server, scripted, scripted)];
      expect(normal(second)).toBe(normal(first));
    }
    // The kept password is the right one: nothing is left to do.
    const after = await all.provisioning.plan(request, as(), AbortSignal.timeout(10_000));
    expect(after.steps).toEqual([]);
    await server.sql('SELECT 1', { database: scripted, user: scripted, password });
  }

  test('leads to what the plan leads to, twice, run by a superuser', () =>
    compare('planned', 'scripted', () => superuserOf(server)));

  test('leads to what the plan leads to, twice, run by somebody with CREATEROLE and CREATEDB', async () => {
    if (major === 15) return compare('by helper', 'by script', () => helper);
    // pgvector is there and only a superuser may enable it: the script says so at its last statement, everything else is done.
    const request = requestFor(server, { role: 'by script', database: 'by script' });
    const keeping = { name: 'helper', place: 'session' } as const;
    const { script } = await all.provisioning.script(request, keeping, AbortSignal.timeout(10_000));
    const { code, stderr } = await runScript(script, helper);
    expect(stderr).toContain('permission denied to create extension "vector"');
    expect(code).toBe(3);
    await server.sql('CREATE EXTENSION vector', { database: 'by script' });
    expect(await runScript(script, helper)).toMatchObject({ code: 0 });
    const after = await all.provisioning.plan(request, helper, AbortSignal.timeout(10_000));
    expect(after.steps).toEqual([]);
  });

  test('names that psql, connection strings and SQL each read in their own way', async () => {
    const request = requestFor(server, { role: `r${awkward}`, database: `d${awkward}` });
    const keeping = { name: 'awkward', place: 'session' } as const;
    const { script, instance } = await all.provisioning.script(request, keeping, AbortSignal.timeout(10_000));
    const { code, stderr } = await runScript(script, superuserOf(server));
    expect([stderr, code]).toEqual(['', 0]);
    const password = await passwordOf(all.services, instance.id);
    const rows = await server.sql('SELECT current_user AS role, current_database() AS database', {
      user: request.role,
      database: request.database,
      password,
    });
    expect(rows).toEqual([{ role: request.role, database: request.database }]);
    const after = await all.provisioning.plan(request, superuserOf(server), AbortSignal.timeout(10_000));
    expect(after.steps).toEqual([]);
  });
});
