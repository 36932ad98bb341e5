import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Companion } from '../../../main/compose.ts';
import {
  makeNetwork,
  type PostgresContainer,
  runContainer,
  runPostgres,
  runServer,
  uniqueName,
} from '../../support/docker/containers.ts';
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { freePort } from '../../support/ports.ts';
import { companionFor, ended, localTarget, never, statusWhen } from './companion.ts';

let docker: Docker;
let network: string;
let database: PostgresContainer;
let companion: Companion;

beforeAll(async () => {
  docker = await startDocker();
  network = await makeNetwork(docker);
  database = await runPostgres(docker, { network });
  companion = companionFor(docker);
}, 600_000);
afterAll(async () => {
  await companion?.stop();
  await docker?.release();
});

const look = (container: string, resources = false) =>
  companion.servers.status(localTarget(docker, container), { signal: never, resources });

async function emptyDatabase(): Promise<string> {
  const name = uniqueName('films').replaceAll('-', '_');
  await database.sql(`CREATE DATABASE ${name}`);
  return database.url({ database: name });
}

const plain = async (args: readonly string[], command: readonly string[]) =>
  runContainer(
    docker,
    [...args, '--entrypoint', command[0] ?? '', serverImage, ...command.slice(1)],
    uniqueName('plain'),
  );
const serverImage = 'ghcr.io/dgruhin-hrizn/aperture:0.7.8';

describe('a server that works', () => {
  test('is started once its log, /health and the database agree; stopped is no alarm; start waits until it is ready', async () => {
    const server = await runServer(docker, {
      network,
      env: { DATABASE_URL: await emptyDatabase() },
      args: ['--restart', 'unless-stopped'],
    });
    const target = localTarget(docker, server.name);
    const status = await statusWhen(companion, target, ({ started }) => started);
    expect(status).toMatchObject({
      state: { kind: 'running', restarts: 0 },
      missing: [],
      health: { kind: 'ok', version: '0.7.8' },
      schema: { kind: 'complete', by: 'log', applied: 114 },
      log: 'listening',
      migrationsOnStart: true,
      ports: [{ inside: 3456, host: '127.0.0.1', port: server.port }],
    });
    expect(status.problem).toBeUndefined();
    const used = (await look(server.name, true)).resources;
    expect(used?.memoryBytes).toBeGreaterThan(10_000_000);
    expect(used?.processes).toBeGreaterThan(0);

    expect((await ended(companion.servers.stop(target))).state).toBe('succeeded');
    const stopped = await look(server.name);
    expect(stopped).toMatchObject({ state: { kind: 'stopped', exitCode: 0 }, started: false });
    expect(stopped.problem).toBeUndefined();
    const again = await ended(companion.servers.stop(target));
    expect(again.outcome?.key).toBe('server.outcome.already-stopped');

    const start = await ended(companion.servers.start(target));
    expect(start).toMatchObject({
      state: 'succeeded',
      outcome: { key: 'server.outcome.started', values: { version: '0.7.8' } },
    });
    const log = (await companion.operations.log(start.id)).map(({ line }) => line).join('\n');
    expect(log).toContain('✓ Database is up to date');
    const restart = await ended(companion.servers.restart(target));
    expect(restart.state).toBe('succeeded');
    expect((await look(server.name)).started).toBe(true);
    await server.remove();
  }, 120_000);

  test('without a published port, /health is asked from inside', async () => {
    const name = uniqueName('inside');
    const server = await runContainer(
      docker,
      ['--network', network, '--env', `DATABASE_URL=${await emptyDatabase()}`, '--env', 'PORT=4000', serverImage],
      name,
    );
    const status = await statusWhen(companion, localTarget(docker, name), ({ started }) => started);
    expect(status.ports).toEqual([]);
    await server.remove();
  });

  test('a database that goes away is missing, and comes back by itself', async () => {
    const own = await runPostgres(docker, { network });
    const server = await runServer(docker, { network, env: { DATABASE_URL: own.url() } });
    const target = localTarget(docker, server.name);
    await statusWhen(companion, target, ({ started }) => started);
    await own.stop();
    const status = await statusWhen(companion, target, ({ health }) => health.kind === 'database-down');
    expect(status).toMatchObject({ started: false, missing: ['database'], state: { kind: 'running' } });
    await own.start();
    await statusWhen(companion, target, ({ started }) => started);
    await server.remove();
    await own.remove();
  }, 120_000);

  test('with migrations off an empty database is not good enough, whatever /health says', async () => {
    const server = await runServer(docker, {
      network,
      env: { DATABASE_URL: await emptyDatabase(), RUN_MIGRATIONS_ON_START: 'false' },
    });
    const target = localTarget(docker, server.name);
    const status = await statusWhen(
      companion,
      target,
      ({ health, log }) => health.kind === 'ok' && log === 'listening',
    );
    expect(status).toMatchObject({
      started: false,
      missing: ['schema'],
      schema: { kind: 'pending', count: 114 },
      problem: { code: 'migrations-pending', values: { count: 114 } },
      migrationsOnStart: false,
    });
    const start = await ended(companion.servers.start(target));
    expect(start).toMatchObject({ state: 'failed', problem: { code: 'migrations-pending' } });
    await server.remove();
  });
});

test('with migrations off the ledger of the instance’s database decides', async () => {
  const url = await emptyDatabase();
  const off = { DATABASE_URL: url, RUN_MIGRATIONS_ON_START: 'false' };
  const server = await runServer(docker, { network, env: off });
  const { docker: place } = localTarget(docker, server.name).place;
  const { instance } = await companion.servers.adopt(
    { docker: place, container: server.name, name: server.name, keep: 'session' },
    never,
  );
  const target = localTarget(docker, server.name, instance);
  const before = await statusWhen(companion, target, ({ health, log }) => health.kind === 'ok' && log === 'listening');
  expect(before).toMatchObject({
    missing: ['schema'],
    schema: { kind: 'pending', count: 114, applied: 0, by: 'ledger' },
  });
  // Somebody else runs them; what this server's log says of pending ones counts no more.
  const other = await runServer(docker, { network, env: { DATABASE_URL: url } });
  await other.says('Aperture API server running at');
  const after = await statusWhen(companion, target, ({ started }) => started);
  expect(after.schema).toMatchObject({ kind: 'complete', applied: 114, by: 'ledger' });
  for (const one of [server, other]) await one.remove();
}, 120_000);

describe('a server that does not start', () => {
  const faults: [what: string, url: () => string | Promise<string>, env: Record<string, string>, code: string][] = [
    ['wrong password', () => database.url({ password: 'wrong' }), {}, 'password-wrong'],
    ['no such database', () => database.url({ database: 'nowhere' }), {}, 'database-missing'],
    ['unknown name', () => database.url({ host: 'no-such-host' }), {}, 'dns-not-found'],
    ['closed port', () => database.url({ port: 5999 }), {}, 'connection-refused'],
    ['localhost', () => database.url({ host: 'localhost' }), {}, 'server-database-is-localhost'],
    [
      'host.docker.internal on Linux',
      () => database.url({ host: 'host.docker.internal' }),
      {},
      'server-host-gateway-missing',
    ],
    ['TLS that the database has not', () => `${database.url()}?sslmode=require`, {}, 'server-tls-unavailable'],
    ['short secret', () => database.url(), { SESSION_SECRET: 'short' }, 'server-environment-invalid'],
    ['bad URL', () => database.url(), { APP_BASE_URL: 'nas' }, 'server-environment-invalid'],
  ];
  test.each(faults)('%s', async (_, url, env, code) => {
    const DATABASE_URL = await url();
    const server = await runServer(docker, { network, env: { DATABASE_URL, ...env } });
    await server.exited();
    const status = await look(server.name);
    expect(status).toMatchObject({
      state: { kind: 'exited', exitCode: 1 },
      started: false,
      log: 'failed',
      problem: { code },
    });
    expect(JSON.stringify(status)).not.toContain(database.password);
    // The operation tells the same.
    if (code === 'password-wrong') {
      const start = await ended(companion.servers.start(localTarget(docker, server.name)));
      expect(start).toMatchObject({ state: 'failed', problem: { code } });
    }
    await server.remove();
  });

  test('no pgvector; a role that may not create it; nobody to create in public', async () => {
    const bare = await runPostgres(docker, { network, pgvector: false });
    const server = await runServer(docker, { network, env: { DATABASE_URL: bare.url() } });
    await server.exited();
    expect((await look(server.name)).problem).toMatchObject({
      code: 'extension-unavailable',
      values: { extension: 'vector' },
    });
    await database.sql("CREATE ROLE guest LOGIN PASSWORD 'guest'");
    await database.sql('CREATE DATABASE strangers');
    const guest = await runServer(docker, {
      network,
      env: { DATABASE_URL: database.url({ user: 'guest', password: 'guest', database: 'strangers' }) },
    });
    await guest.exited();
    expect((await look(guest.name)).problem).toMatchObject({ code: 'permission-denied', fixes: [{ kind: 'paste' }] });
    await database.sql('ALTER DATABASE strangers OWNER TO guest');
    await guest.start();
    await guest.exited();
    expect((await look(guest.name)).problem).toMatchObject({
      code: 'extension-not-permitted',
      values: { extension: 'vector' },
    });
    for (const one of [server, guest, bare]) await one.remove();
  }, 120_000);

  test('crash loop: told from the restart count, also in the moments when it runs', async () => {
    const server = await runServer(docker, {
      network,
      env: { DATABASE_URL: database.url({ password: 'wrong' }) },
      args: ['--restart', 'always'],
    });
    const target = localTarget(docker, server.name);
    const status = await statusWhen(companion, target, ({ state }) => state.kind === 'crash-loop');
    expect(status.state).toMatchObject({ kind: 'crash-loop' });
    const seen = new Set<string>();
    for (let tries = 0; tries < 12; tries += 1) seen.add((await look(server.name)).state.kind);
    expect([...seen]).toEqual(['crash-loop']);
    await statusWhen(companion, target, ({ problem }) => problem?.code === 'password-wrong');
    const start = await ended(companion.servers.start(target));
    expect(start).toMatchObject({ state: 'failed', problem: { code: 'password-wrong' } });
    expect((await ended(companion.servers.stop(target))).state).toBe('succeeded');
    expect((await look(server.name)).state.kind).toBe('stopped');
    await server.remove();
  }, 120_000);

  test('something that accepts and never answers: said after a while, though neither the log nor Docker tells', async () => {
    const mute = await plain(
      ['--network', network],
      ['node', '-e', "require('net').createServer(()=>{}).listen(5432)"],
    );
    const server = await runServer(docker, { network, env: { DATABASE_URL: database.url({ host: mute.name }) } });
    const status = await statusWhen(
      companion,
      localTarget(docker, server.name),
      ({ problem }) => problem !== undefined,
    );
    expect(status).toMatchObject({
      state: { kind: 'running' },
      log: 'migrating',
      missing: ['log', 'health', 'database', 'schema'],
      problem: { code: 'server-database-silent', values: { host: mute.name } },
    });
    // Meanwhile nothing else may be done to the instance, and whoever waits may stop waiting.
    const { docker: place } = localTarget(docker, server.name).place;
    const wish = { docker: place, container: server.name, name: server.name, keep: 'session' } as const;
    const { instance } = await companion.servers.adopt(wish, never);
    const target = localTarget(docker, server.name, instance);
    const starting = await companion.servers.restart(target);
    await expect(companion.servers.stop(target)).rejects.toMatchObject({ problem: { code: 'operation-busy' } });
    await companion.operations.cancel(starting.id);
    expect((await starting.ended).state).toBe('cancelled');
    await docker.docker('kill', server.name);
    for (const one of [server, mute]) await one.remove();
  }, 120_000);
});

describe('containers as Docker shows them', () => {
  test('out of memory', async () => {
    const eater = await plain(
      ['--memory', '48m', '--memory-swap', '48m'],
      ['node', '-e', 'const a=[];for(;;)a.push(Buffer.alloc(1<<20,1))'],
    );
    await eater.exited();
    const status = await look(eater.name);
    expect(status.state).toMatchObject({ kind: 'out-of-memory', limitBytes: 48 * 1024 * 1024, restarts: 0 });
    expect(status.problem).toMatchObject({ code: 'container-out-of-memory', values: { limit: '48 MiB' } });
    await eater.remove();
  });

  test('unhealthy', async () => {
    const sick = await plain(
      ['--health-cmd', 'echo no pulse; exit 1', '--health-interval', '1s', '--health-retries', '1'],
      ['sleep', '600'],
    );
    const status = await statusWhen(
      companion,
      localTarget(docker, sick.name),
      ({ state }) => state.kind === 'running' && state.health === 'unhealthy',
    );
    expect(status.state).toMatchObject({ lastProbe: 'no pulse' });
    expect(status.missing).toContain('health');
    await sick.remove();
  });

  test('exited with a code of its own; made and never started; missing; paused', async () => {
    const done = await plain([], ['sh', '-c', 'exit 7']);
    await done.exited();
    expect(await look(done.name)).toMatchObject({
      state: { kind: 'exited', exitCode: 7 },
      problem: { code: 'container-exited', values: { exitCode: 7 } },
    });
    const name = uniqueName('made');
    await docker.docker('create', '--name', name, serverImage);
    expect((await look(name)).state).toEqual({ kind: 'created' });
    expect(await look('no-such-container')).toMatchObject({
      state: { kind: 'missing' },
      problem: { code: 'container-missing' },
    });
    const still = await plain([], ['sleep', '600']);
    await docker.docker('pause', still.name);
    expect((await look(still.name)).state.kind).toBe('paused');
    await docker.docker('unpause', still.name);
    await docker.run(['rm', '-f', name, done.name, still.name]);
  });

  test('a port that is taken', async () => {
    const port = await freePort();
    const holder = createServer().listen(port, '127.0.0.1');
    const name = uniqueName('taken');
    await docker.docker('create', '--name', name, '--publish', `127.0.0.1:${port}:3456`, serverImage);
    const start = await ended(companion.servers.start(localTarget(docker, name)));
    expect(start).toMatchObject({
      state: 'failed',
      problem: { code: 'container-port-taken', values: { port: String(port) } },
    });
    expect(await look(name)).toMatchObject({ state: { kind: 'created' }, problem: { code: 'container-port-taken' } });
    holder.close();
    await docker.run(['rm', '-f', name]);
  });

  test('an engine that is not there is a state, not an error', async () => {
    const target = {
      place: { docker: { kind: 'local' as const, socket: '/nowhere/docker.sock' }, container: 'aperture' },
    };
    const status = await companion.servers.status(target, { signal: never, resources: false });
    expect(status).toMatchObject({ state: { kind: 'docker-unreachable', problem: { code: 'docker-not-running' } } });
  });
});
