import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { makeNetwork, runPostgres, runServer, uniqueName } from '../../support/docker/containers.ts';
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { startKeychain, type TestKeychain } from '../../support/keychain.ts';
import { until } from '../../support/processes.ts';
import { commandLine } from '../cli/commandLine.ts';

let docker: Docker;
let keychain: TestKeychain;
beforeAll(async () => {
  docker = await startDocker();
  keychain = await startKeychain();
}, 600_000);
afterAll(async () => {
  await keychain?.stop();
  await docker?.release();
});

test('the server is stopped meanwhile, started again, and migrates an older backup to where it was; tools of the container', {
  timeout: 300_000,
}, async () => {
  const network = await makeNetwork(docker);
  const { PATH, DOCKER_CONFIG } = docker.env('v2');
  const cli = commandLine({ ...keychain.env, PATH, DOCKER_CONFIG });
  const database = await runPostgres(docker, { network });
  const env = { DATABASE_URL: database.url() };
  const older = await runServer(docker, { network, version: '0.6.3', env });
  await older.says('Aperture API server running at');
  await docker.docker('rm', '--force', older.name);
  const server = await runServer(docker, {
    network,
    version: '0.7.8',
    env: { ...env, RUN_MIGRATIONS_ON_START: 'false' },
  });
  await server.says('Aperture API server running at');
  const name = uniqueName('Home');
  const place = ['--socket', docker.socket, '--container', server.name, '--name', name];
  const adopted = await cli.json(['server', 'adopt', ...place]);
  expect(adopted.code, adopted.stderr).toBe(0);
  const made = await cli.json(['backup', 'now', '--instance', name]);
  expect(made.code, made.stdout + made.stderr).toBe(0);
  const { id } = z.object({ backup: z.object({ id: z.string() }) }).parse(made.document).backup;
  const ledger = async () => Number(await database.sql('SELECT count(*) FROM aperture_migrations'));
  const before = await ledger();
  const migrated = await cli.json(['migrate', 'run', '--instance', name, '--yes', '--stop-server']);
  expect(migrated.code, migrated.stdout).toBe(0);
  expect(await ledger()).toBeGreaterThan(before);

  const startedAt = async () =>
    (await docker.docker('inspect', '--format', '{{.State.StartedAt}}', server.name)).trim();
  const started = await startedAt();
  const restored = await cli.json([
    'restore',
    'in-place',
    '--instance',
    name,
    '--backup',
    id,
    '--yes',
    '--confirm',
    name,
  ]);
  expect(restored.code, restored.stdout + restored.stderr).toBe(0);
  expect(await ledger()).toBe(before);
  expect(await startedAt()).not.toBe(started);
  await until(
    async () => (await server.get('/health').catch(() => undefined)) !== undefined,
    60_000,
    () => 'not healthy',
  );
  // What the server itself does with its migrations on.
  const again = await cli.json(['migrate', 'run', '--instance', name, '--yes', '--stop-server']);
  expect(again.code, again.stdout).toBe(0);

  // A restore that is refused does not even stop it.
  const wrong = await cli.json([
    'restore',
    'in-place',
    '--instance',
    name,
    '--backup',
    id,
    '--yes',
    '--confirm',
    'other',
  ]);
  expect(wrong.code).toBe(2);
});
