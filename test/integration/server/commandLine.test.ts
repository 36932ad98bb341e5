import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  makeNetwork,
  type PostgresContainer,
  runPostgres,
  runServer,
  type ServerContainer,
} from '../../support/docker/containers.ts';
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { startDockerHost } from '../../support/docker/sshHost.ts';
import { startKeychain, type TestKeychain } from '../../support/keychain.ts';
import { until } from '../../support/processes.ts';
import type { Sshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { commandLine, problemIn } from '../cli/commandLine.ts';

let docker: Docker;
let database: PostgresContainer;
let server: ServerContainer;
let keychain: TestKeychain;
let key: SshKey;
let nas: Sshd;

beforeAll(async () => {
  docker = await startDocker();
  keychain = await startKeychain();
  const network = await makeNetwork(docker);
  database = await runPostgres(docker, { network });
  server = await runServer(docker, { network, env: { DATABASE_URL: database.url() } });
  await server.says('Aperture API server running at');
  key = await makeSshKey({});
  nas = await startDockerHost(docker, { key });
}, 600_000);
afterAll(async () => {
  await nas?.stop();
  await keychain?.stop();
  await docker?.release();
});

const statusSchema = z.looseObject({
  server: z.looseObject({ started: z.boolean(), state: z.looseObject({ kind: z.string() }) }),
});

test('docker, find, adopt, status, stop, start, logs on this computer; the password is in the keychain only', async () => {
  const { PATH, DOCKER_CONFIG } = docker.env('v2');
  const cli = commandLine({ ...keychain.env, PATH, DOCKER_CONFIG, DOCKER_HOST: 'tcp://192.0.2.1:2375' });
  const at = ['--socket', docker.socket];
  const shown: string[] = [];
  const json = async (...args: string[]) => {
    const result = await cli.json(args);
    shown.push(result.stdout, result.stderr);
    return result;
  };
  const found = await json('server', 'docker', ...at);
  expect(found.code).toBe(0);
  expect(found.document).toMatchObject({
    docker: {
      engine: { product: 'docker', sudo: false },
      compose: { generation: 2 },
      ignoredDockerHost: 'tcp://192.0.2.1:2375',
    },
  });
  const list = await json('server', 'find', ...at);
  expect(list.stdout).toContain(server.name);

  const adopted = await json('server', 'adopt', ...at, '--container', server.name, '--name', 'Home');
  expect(adopted).toMatchObject({
    code: 0,
    document: { instance: { name: 'Home', password: 'keychain', server: { container: server.name } } },
  });
  const status = await json('server', 'status');
  expect(status.code).toBe(0);
  expect(statusSchema.parse(status.document).server).toMatchObject({ started: true, state: { kind: 'running' } });
  expect((await cli.run(['server', 'status'])).stdout).toMatch(/^Ready +yes$/m);

  expect((await json('server', 'stop', '--instance', 'Home')).code).toBe(0);
  const stopped = await json('server', 'status');
  expect(stopped.code).toBe(0);
  expect(statusSchema.parse(stopped.document).server).toMatchObject({ started: false, state: { kind: 'stopped' } });
  expect((await json('server', 'start')).code).toBe(0);
  expect((await json('server', 'restart')).code).toBe(0);
  const kinds = z.object({ operations: z.array(z.looseObject({ kind: z.string(), state: z.string() })) });
  const done = kinds.parse((await cli.json(['operations', 'list', '--instance', 'Home'])).document).operations;
  expect(done.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'server-restart succeeded',
    'server-start succeeded',
    'server-stop succeeded',
  ]);

  const logs = await cli.run(['server', 'logs', '--tail', '400']);
  expect(logs.stdout).toContain('✓ Database is up to date');
  expect(logs.stdout).toMatch(/info {3}migrations: Starting migrations: 114 of 114 applied/);
  const lines = (await cli.run(['server', 'logs', '--json'])).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'info', message: expect.stringContaining('API server running') }),
  );
  expect(shown.join('') + cli.kept()).not.toContain(database.password);
}, 180_000);

test('over SSH: adopted with the way through SSH, followed until Ctrl+C; refused without rights', async () => {
  const cli = commandLine({ ...keychain.env, PATH: docker.env('none').PATH });
  const [hostKey] = nas.hostKeys();
  const accept = ['--ssh-key', key.file, '--accept-host-key', ...nas.hostKeys().map(({ fingerprint }) => fingerprint)];
  expect(hostKey).toBeDefined();
  const at = (user: string) => ['--docker', `ssh:${user}@${nas.host}:${nas.port}`, ...accept];
  const refused = await cli.json(['server', 'status', ...at('without'), '--container', server.name]);
  expect(refused.code).toBe(1);
  expect(statusSchema.parse(refused.document).server.state.kind).toBe('docker-unreachable');
  const missing = await cli.json(['server', 'start', ...at('inGroup'), '--container', 'nothing-here']);
  expect(missing.code).toBe(3);
  expect(problemIn(missing.document).code).toBe('container-missing');

  const adopted = await cli.json(['server', 'adopt', ...at('inGroup'), '--container', server.name, '--name', 'NAS']);
  expect(adopted).toMatchObject({
    code: 0,
    document: { instance: { route: { kind: 'ssh' }, server: { docker: { kind: 'ssh', sudo: false } } } },
  });
  const status = await cli.json(['server', 'status', '--instance', 'NAS']);
  expect(status.code).toBe(0);
  const following = cli.begin(['server', 'logs', '--follow', '--instance', 'NAS']);
  await until(
    async () => following.stdout().includes('Server listening'),
    30_000,
    () => following.stderr(),
  );
  following.child.kill('SIGINT');
  expect((await following.ended).code).toBe(0);
}, 180_000);

test('wrong words are wrong usage', async () => {
  const cli = commandLine({ PATH: docker.env().PATH });
  for (const args of [
    ['--docker', 'elsewhere'],
    ['--docker', 'ssh:'],
    ['--docker', 'local', '--sudo'],
  ]) {
    const { code, document } = await cli.json(['server', 'status', ...args]);
    expect([code, problemIn(document).code]).toEqual([2, 'invalid-input']);
  }
});
