import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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
import { until } from '../../support/processes.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { commandLine, problemIn } from '../cli/commandLine.ts';

let docker: Docker;
let keychain: TestKeychain;
let network: string;
let cli: ReturnType<typeof commandLine>;

beforeAll(async () => {
  docker = await startDocker();
  keychain = await startKeychain();
  network = await makeNetwork(docker);
  const { PATH, DOCKER_CONFIG } = docker.env('v2');
  cli = commandLine({ ...keychain.env, PATH, DOCKER_CONFIG });
}, 600_000);
afterAll(async () => {
  await keychain?.stop();
  await docker?.release();
});

const off = { RUN_MIGRATIONS_ON_START: 'false' };
const reportSchema = z.looseObject({
  alreadyApplied: z.number(),
  files: z.array(z.looseObject({ state: z.string() })),
});

async function serverOn(
  database: PostgresContainer,
  env: Record<string, string> = {},
  version = '0.7.8',
): Promise<ServerContainer> {
  return runServer(docker, { network, version, env: { DATABASE_URL: database.url(), ...env } });
}

async function adopted(server: ServerContainer): Promise<string> {
  const name = uniqueName('Home');
  const { code, stderr } = await cli.json([
    'server',
    'adopt',
    '--socket',
    docker.socket,
    '--container',
    server.name,
    '--name',
    name,
  ]);
  if (code !== 0) throw new Error(stderr);
  return name;
}

/** What the tests after the first ones go on with. */
let home: { name: string; database: PostgresContainer; server: ServerContainer };

describe('beside the server', { timeout: 300_000 }, () => {
  test('the app applies what the image has, with the server stopped meanwhile; then the server applies nothing', async () => {
    const database = await runPostgres(docker, { network });
    const server = await serverOn(database, off);
    await server.says('Aperture API server running at');
    const name = await adopted(server);

    const plan = await cli.json(['migrate', 'run', '--instance', name, '--plan']);
    expect(plan.code).toBe(0);
    expect(plan.document).toMatchObject({ needsStop: true, destroys: 0, server: { container: { up: true } } });

    const refused = await cli.json(['migrate', 'run', '--instance', name, '--yes']);
    expect(refused.code).toBe(3);
    expect(problemIn(refused.document).code).toBe('migrations-server-running');

    const done = await cli.json(['migrate', 'run', '--instance', name, '--yes', '--stop-server']);
    expect(done.stderr).not.toContain('rror');
    expect(done.code).toBe(0);
    const report = reportSchema.parse(done.document);
    expect(report.files).toHaveLength(114);
    expect(report.files.every(({ state }) => state === 'applied')).toBe(true);
    await until(
      async () => (await server.get('/health'))?.status === 200,
      60_000,
      () => 'the server was not started again',
    );

    const after = await serverOn(database);
    await after.says('Database is up to date');
    await after.says('Aperture API server running at');
    expect(await after.logs()).not.toContain('Applying migration');
  });

  test('the server applies all; then the app has nothing to do, and shows a newer schema than an older image knows', async () => {
    const database = await runPostgres(docker, { network });
    const server = await serverOn(database);
    await server.says('Aperture API server running at');
    const name = await adopted(server);
    await docker.docker('stop', server.name);
    const done = await cli.json(['migrate', 'run', '--instance', name, '--yes']);
    expect(done.code).toBe(0);
    expect(reportSchema.parse(done.document)).toMatchObject({ alreadyApplied: 114, files: [] });
    home = { name, database, server };
    const older = await cli.run(['migrate', 'run', '--instance', name, '--source', 'image:0.7.7', '--plan']);
    expect(older.stdout).toContain('2 applied migrations are not in this source');
  });

  test('from an older server to a newer image: only what is new, also rehearsed, and killed at its worst the server comes back', async () => {
    const database = await runPostgres(docker, { network });
    const server = await serverOn(database, {}, '0.6.3');
    await server.says('Aperture API server running at');
    const name = await adopted(server);
    await database.sql('ALTER ROLE app CREATEDB');
    const rehearsed = await cli.json(['migrate', 'rehearse', '--instance', name, '--source', 'image:0.7.8']);
    expect(rehearsed.document).toMatchObject({ rehearsal: { on: 'schema-only' } });
    expect(rehearsed.code).toBe(0);

    // A run that is killed while the server is stopped.
    const slow = path.join(supportFolder('slow'), 'files');
    mkdirSync(slow);
    writeFileSync(path.join(slow, '9000_slow.sql'), 'SELECT pg_sleep(600);');
    const killed = cli.begin([
      'migrate',
      'run',
      '--instance',
      name,
      '--source',
      `folder:${slow}`,
      '--yes',
      '--stop-server',
    ]);
    await until(
      async () => (await database.sql(`SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).trim() !== '',
      120_000,
      () => 'it never began',
    );
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect((await docker.run(['inspect', '-f', '{{.State.Running}}', server.name])).stdout.trim()).toBe('false');
    await database.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`);

    const done = await cli.json([
      ...['migrate', 'run', '--instance', name, '--source', 'image:0.7.8', '--yes', '--stop-server'],
      '--without-backup',
    ]);
    expect(done.code).toBe(0);
    expect(done.stderr).toContain('It was started again');
    expect(reportSchema.parse(done.document)).toMatchObject({ alreadyApplied: 100 });
    expect((await docker.run(['inspect', '-f', '{{.State.Running}}', server.name])).stdout.trim()).toBe('true');
  });

  test('who migrates is changed in the compose file, and nothing else of it', async () => {
    const name = home.name;
    const file = path.join(supportFolder('compose'), 'docker-compose.yml');
    const before = `# mine\nservices:\n  aperture:   # the server\n    image: 'ghcr.io/dgruhin-hrizn/aperture:latest'\n    environment:\n      RUN_MIGRATIONS_ON_START: 'true'   # by itself\n      TZ: Europe/Berlin\n`;
    writeFileSync(file, before);
    const shown = await cli.json(['migrate', 'on-start', 'off', '--instance', name, '--file', file]);
    expect(shown.document).toMatchObject({ change: { state: 'changed' } });
    expect(readFileSync(file, 'utf8')).toBe(before);
    const done = await cli.run(['migrate', 'on-start', 'off', '--instance', name, '--file', file, '--yes']);
    expect(done.code).toBe(0);
    expect(done.stdout).toContain('docker compose up -d');
    expect(readFileSync(file, 'utf8')).toBe(before.replace("'true'", "'false'"));
    const same = await cli.json(['migrate', 'on-start', 'off', '--instance', name, '--file', file]);
    expect(same.document).toMatchObject({ change: { state: 'same' } });
    writeFileSync(file, before.replace("'true'", "'${MIGRATE:-true}'"));
    const byHand = await cli.json(['migrate', 'on-start', 'off', '--instance', name, '--file', file, '--yes']);
    expect(byHand.code).toBe(3);
    expect(problemIn(byHand.document).code).toBe('compose-not-editable');
  });

  test('identity and history by the command line', async () => {
    const { name, database, server } = home;
    const none = await cli.json(['instances', 'identity', name]);
    expect(none).toMatchObject({ code: 1, document: { schema: { kind: 'missing' } } });
    const made = await cli.json(['instances', 'identity', name, '--create']);
    expect(made).toMatchObject({ code: 0, document: { schema: { kind: 'there', identity: { place: 'same' } } } });
    expect((await cli.json(['server', 'restart', '--instance', name])).code).toBe(0);
    const kinds = await database.sql('SELECT kind FROM companion.operations ORDER BY started_at');
    expect(kinds.trim().split('\n')).toEqual(['companion-schema', 'server-restart']);
    // A second computer, which has only just been told of the server.
    const other = commandLine({
      ...keychain.env,
      PATH: docker.env('v2').PATH,
      DOCKER_CONFIG: docker.env('v2').DOCKER_CONFIG,
    });
    await other.json(['server', 'adopt', '--socket', docker.socket, '--container', server.name, '--name', name]);
    await other.json(['instances', 'identity', name]);
    const list = await other.json(['operations', 'list', '--instance', name]);
    expect(list.document).toMatchObject({ operations: [{ kind: 'server-restart' }, { kind: 'companion-schema' }] });
  });
});
