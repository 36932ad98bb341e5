import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  makeNetwork,
  type PostgresContainer,
  runPostgres,
  runServer,
  type ServerContainer,
  uniqueName,
} from '../../support/docker/containers.ts';
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { startKeychain, type TestKeychain } from '../../support/keychain.ts';
import { commandLine, problemIn } from '../cli/commandLine.ts';

let docker: Docker;
let keychain: TestKeychain;
let cli: ReturnType<typeof commandLine>;
let database: PostgresContainer;
let server: ServerContainer;
const name = uniqueName('Home');

beforeAll(async () => {
  docker = await startDocker();
  keychain = await startKeychain();
  const network = await makeNetwork(docker);
  const { PATH, DOCKER_CONFIG } = docker.env('v2');
  cli = commandLine({ ...keychain.env, PATH, DOCKER_CONFIG });
  database = await runPostgres(docker, { network });
  server = await runServer(docker, { network, version: '0.7.8', env: { DATABASE_URL: database.url() } });
  await server.says('Aperture API server running at');
  const adopted = ['server', 'adopt', '--socket', docker.socket, '--container', server.name, '--name', name];
  const { code, stderr } = await cli.json(adopted);
  if (code !== 0) throw new Error(stderr);
}, 600_000);
afterAll(async () => {
  await keychain?.stop();
  await docker?.release();
});

const reportSchema = z.looseObject({
  report: z.looseObject({
    downtimeSeconds: z.number(),
    kept: z.looseObject({ name: z.string() }),
    server: z.looseObject({ container: z.string(), problem: z.unknown().optional() }),
    proof: z.looseObject({ compared: z.number(), differences: z.array(z.unknown()) }),
  }),
});
const films = async () => (await database.sql(`SELECT count(*) || ' ' || coalesce(max(title), '') FROM movies`)).trim();
const confirmed = ['--instance', name, '--yes', '--confirm', name];

describe('a restore beside the server', { timeout: 300_000 }, () => {
  test('the server is stopped for the exchange, ready afterwards, and everything can be taken back', async () => {
    await database.sql(`INSERT INTO movies (title) VALUES ('in the backup')`);
    const made = await cli.json(['backup', 'now', '--instance', name]);
    expect(made.code, made.stderr).toBe(0);
    const before = await films();
    await database.sql(`DELETE FROM movies`);

    const plan = await cli.json(['restore', 'plan', '--instance', name]);
    expect(plan.code, plan.stdout).toBe(0);
    expect(JSON.stringify(plan.document)).toContain('is stopped for the exchange');

    const unconfirmed = await cli.json(['restore', 'run', '--instance', name, '--yes', '--confirm', 'Home']);
    expect(unconfirmed.code).toBe(2);
    expect(await films()).toBe('0');

    // A program that comes back each time.
    let going = true;
    let answers = 0;
    const stubborn = (async () => {
      const { user, password, port } = database;
      while (going) {
        const client = new pg.Client({ host: '127.0.0.1', port, user, password, database: database.database });
        client.on('error', () => undefined);
        try {
          await client.connect();
          for (let query = 0; query < 50; query += 1) {
            await client.query('SELECT pg_sleep(0.01)');
            answers += 1;
          }
        } catch {
          // Ended: it comes back.
        } finally {
          await client.end().catch(() => undefined);
        }
      }
    })();
    const run = await cli.json(['restore', 'run', ...confirmed]);
    going = false;
    await stubborn;
    expect(answers).toBeGreaterThan(0);
    expect(run.code, run.stdout + run.stderr).toBe(0);
    const { report } = reportSchema.parse(run.document);
    expect(report.proof.differences).toEqual([]);
    expect(report.proof.compared).toBeGreaterThan(70);
    expect(report.server.container).toBe(server.name);
    expect(report.server.problem).toBeUndefined();
    expect(await films()).toBe(before);
    expect(await server.get('/health')).toMatchObject({ status: 200 });
    process.stderr.write(`the server was stopped for ${report.downtimeSeconds} s\n`);

    const list = await cli.json(['restore', 'list', '--instance', name]);
    expect(list.document).toMatchObject({
      databases: [{ name: report.kept.name, standing: 'kept' }],
      stoppedServers: [],
    });

    const undone = await cli.json(['restore', 'undo', ...confirmed]);
    expect(undone.code, undone.stdout).toBe(0);
    expect(await films()).toBe('0');
    const resumed = await cli.json(['restore', 'resume', ...confirmed]);
    expect(resumed.code, resumed.stdout).toBe(0);
    expect(await films()).toBe(before);
  });

  test('what was in use before is removed only while the server is ready', async () => {
    const listed = await cli.json(['restore', 'list', '--instance', name]);
    const [kept] = z
      .looseObject({ databases: z.array(z.looseObject({ name: z.string() })) })
      .parse(listed.document).databases;
    const remove = ['restore', 'remove', kept?.name ?? '', '--instance', name, '--confirm', name];
    await server.stop();
    const refused = await cli.json(remove);
    expect(refused.code).toBe(3);
    expect(problemIn(refused.document).code).toBe('restore-not-healthy');
    await server.start();
    const started = await cli.json(['server', 'start', '--instance', name]);
    expect(started.code, started.stdout).toBe(0);
    const removed = await cli.json(remove);
    expect(removed.code, removed.stdout).toBe(0);
    const drill = await cli.json(['drill', '--instance', name]);
    expect(drill.code, drill.stdout).toBe(0);
    expect(drill.document).toMatchObject({ drill: { proven: true } });
    const last = await cli.run(['drill', '--instance', name, '--last']);
    expect(last.stdout).toContain('can be restored');
    expect((await cli.json(['restore', 'list', '--instance', name])).document).toMatchObject({ databases: [] });
  });
});
