import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type PostgresContainer, runPostgres, uniqueName } from '../../support/docker/containers.ts';
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { startKeychain, type TestKeychain } from '../../support/keychain.ts';
import { commandLine } from '../cli/commandLine.ts';

vi.setConfig({ testTimeout: 300_000 });

let docker: Docker;
let database: PostgresContainer;
let keychain: TestKeychain;

beforeAll(async () => {
  docker = await startDocker();
  keychain = await startKeychain();
  database = await runPostgres(docker, { pgvector: false });
}, 600_000);
afterAll(async () => {
  await keychain?.stop();
  await docker?.release();
});

const reachSchema = z.looseObject({
  databaseUrl: z.string(),
  app: z.looseObject({ outcome: z.string() }),
  server: z.looseObject({ outcome: z.string() }),
  advice: z.array(z.looseObject({ kind: z.string(), title: z.string() })),
});

test('reach fails on one side, networks makes the way, reach succeeds; database image says how to get pgvector', async () => {
  const { PATH, DOCKER_CONFIG } = docker.env('v2');
  const cli = commandLine({ ...keychain.env, PATH, DOCKER_CONFIG, DOCKER_HOST: 'tcp://192.0.2.1:2375' });
  const at = ['--socket', docker.socket];
  const url = database.url({ host: '127.0.0.1', port: database.port });
  expect((await cli.run(['instances', 'add', '--name', 'Home', '--url', `${url}?sslmode=disable`])).code).toBe(0);

  const first = await cli.json(['reach', '--instance', 'Home', ...at]);
  expect(first.code).toBe(1);
  const report = reachSchema.parse(first.document);
  expect(report).toMatchObject({ app: { outcome: 'reached' }, server: { outcome: 'failed' } });
  expect(report.server).toMatchObject({ problem: { code: 'server-database-is-localhost' } });
  expect(report.advice[0]?.kind).toBe('network');
  expect(first.stdout + first.stderr).not.toContain(database.password);

  const words = await cli.run(['reach', '--instance', 'Home', ...at]);
  expect(words.stdout).toContain('From a container of the server’s image');
  expect(words.stdout).toContain(`docker network connect aperture-network ${database.name}`);

  const network = uniqueName('way');
  const plan = await cli.run(['networks', 'create', network, ...at]);
  expect(plan).toMatchObject({ code: 0 });
  expect(plan.stdout).toContain(
    `docker network create --driver bridge --label app.aperture-companion=network ${network}`,
  );
  expect(plan.stderr).toContain('--yes');
  expect((await cli.json(['networks', 'create', network, ...at, '--yes'])).code).toBe(0);
  const seen = ['--instance', 'Home', '--seen', database.name];
  expect((await cli.json(['networks', 'connect', network, database.name, ...at, ...seen, '--yes'])).code).toBe(0);
  const listed = await cli.json(['networks', 'list', ...at]);
  expect(listed.stdout).toContain(network);

  const second = await cli.json(['reach', '--instance', 'Home', ...at, '--network', network]);
  expect(second.code).toBe(0);
  expect(reachSchema.parse(second.document)).toMatchObject({
    server: { outcome: 'reached', means: 'server-image', address: { host: database.name, port: 5432 } },
  });

  const image = await cli.json(['database', 'image', '--instance', 'Home', ...at, '--plan']);
  expect(image).toMatchObject({ code: 1, document: { outcome: 'by-hand', to: 'pgvector/pgvector:pg17' } });

  for (const wrong of [
    ['networks', 'create', '-x', ...at],
    ['networks', 'connect', network, database.name, ...at, '--seen', 'db'],
    ['reach', '--instance', 'Home', ...at, '--seen', 'http://db'],
    ['reach'],
    ['database', 'image', '--instance', 'Home', '--plan', '--yes'],
  ]) {
    expect((await cli.run(wrong)).code, wrong.join(' ')).toBe(2);
  }
});
