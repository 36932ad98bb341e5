import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DockerPlace } from '../../../contract/server.ts';
import type { Companion } from '../../../main/compose.ts';
import {
  makeNetwork,
  type PostgresContainer,
  runContainer,
  runPostgres,
  runServer,
  uniqueName,
} from '../../support/docker/containers.ts';
import { type Docker, type DockerPrograms, startDocker } from '../../support/docker/engine.ts';
import { startDockerHost } from '../../support/docker/sshHost.ts';
import { until } from '../../support/processes.ts';
import type { Sshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { companionFor, ended, never, statusWhen } from './companion.ts';

let docker: Docker;
let key: SshKey;
let nas: Sshd;
let companion: Companion;
let network: string;
let database: PostgresContainer;

beforeAll(async () => {
  docker = await startDocker();
  key = await makeSshKey({});
  nas = await startDockerHost(docker, { key });
  network = await makeNetwork(docker);
  database = await runPostgres(docker, { network });
  companion = companionFor(docker, 'none');
}, 600_000);
afterAll(async () => {
  await companion?.stop();
  await nas?.stop();
  await docker?.release();
});

type User = 'inGroup' | 'withSudo' | 'withSudoPassword' | 'without';

async function placeOf(user: User, sudo = false, sshd = nas): Promise<DockerPlace> {
  const id = `${user}-${sshd.port}`;
  await companion.sshHosts.save({
    id,
    name: id,
    host: sshd.host,
    port: sshd.port,
    user,
    authentication: { method: 'key', path: key.file },
    jumps: [],
    useConfig: false,
  });
  return { kind: 'ssh', sshHostId: id, sudo };
}

const find = async (user: User, sudo = false, sshd = nas) =>
  companion.dockerHosts.find(await placeOf(user, sudo, sshd), never);

async function hostWith(programs: DockerPrograms, engine = true) {
  return startDockerHost(docker, { key, programs, engine });
}

describe('Docker on an SSH host', () => {
  test('with rights: engine and Compose', async () => {
    const found = await find('inGroup');
    expect(found).toMatchObject({
      user: 'inGroup',
      inDockerGroup: true,
      program: '/usr/bin/docker',
      engine: { address: 'unix:///var/run/docker.sock', product: 'docker', sudo: false },
      compose: { generation: 2 },
      endpoints: [{ kind: 'docker', active: true, outcome: 'used' }],
    });
    expect(found.engine?.version).toMatch(/^\d+\.\d+/);
    expect(found.system).toMatch(/Debian/);
    expect(found.problem).toBeUndefined();
  });

  test('by sudo where the user is refused, without a question', async () => {
    expect(await find('withSudo')).toMatchObject({
      inDockerGroup: false,
      engine: { sudo: true },
      compose: { generation: 2 },
    });
  });

  test('refused: how to get the rights', async () => {
    for (const user of ['withSudoPassword', 'without'] as const) {
      const found = await find(user);
      expect(found.engine).toBeUndefined();
      expect(found.problem).toMatchObject({ code: 'docker-permission-denied', values: { user } });
      expect(found.problem?.fixes?.[0]).toMatchObject({
        kind: 'paste',
        snippet: expect.stringContaining(`usermod -aG docker ${user}`),
      });
      expect(found.endpoints).toMatchObject([{ outcome: 'refused' }]);
    }
    expect((await find('withSudoPassword', true)).problem?.code).toBe('docker-sudo-refused');
  });

  test('no Docker, no engine, Compose 1, no Compose', async () => {
    const none = await hostWith('none');
    expect((await find('inGroup', false, none)).problem).toMatchObject({
      code: 'docker-not-found',
      fixes: [{ kind: 'paste', snippet: expect.stringContaining('get.docker.com') }],
    });
    const off = await hostWith('v2', false);
    expect((await find('inGroup', false, off)).problem).toMatchObject({
      code: 'docker-not-running',
      fixes: [{ kind: 'paste' }],
    });
    const old = await hostWith('v1');
    expect((await find('inGroup', false, old)).compose).toMatchObject({
      generation: 1,
      version: expect.stringMatching(/^1\./),
    });
    const bare = await hostWith('without compose');
    const found = await find('inGroup', false, bare);
    expect(found.engine).toBeDefined();
    expect(found.compose).toBeUndefined();
    for (const sshd of [none, off, old, bare]) await sshd.stop();
  }, 120_000);
});

describe.each(['inGroup', 'withSudo'] as const)('a server on an SSH host, as %s', (user) => {
  test('found, adopted, stopped, started, and its state told', async () => {
    const name = uniqueName('films').replaceAll('-', '_');
    await database.sql(`CREATE DATABASE ${name}`);
    const url = database.url({ database: name });
    const server = await runServer(docker, {
      network,
      env: { DATABASE_URL: url, SESSION_SECRET: 's'.repeat(40), APP_BASE_URL: 'http://nas.lan:3456' },
    });
    const place = await placeOf(user);
    const found = (await companion.servers.find(place, never)).find(({ container }) => container === server.name);
    expect(found).toMatchObject({
      evidence: ['image', 'environment'],
      url: 'http://nas.lan:3456',
      database: { host: database.name, port: 5432, database: name, user: 'app' },
    });
    expect(JSON.stringify(found)).not.toContain(database.password);

    const adopted = await companion.servers.adopt(
      { docker: place, container: server.name, name: server.name, keep: 'session' },
      never,
    );
    const { instance } = adopted;
    expect(instance).toMatchObject({
      password: 'session',
      // The port that the database has open on the Docker host, through SSH.
      connection: { hosts: [{ host: '127.0.0.1', port: database.port }], database: name, user: 'app' },
      route: { kind: 'ssh' },
      server: { container: server.name, docker: { kind: 'ssh', sudo: user === 'withSudo' } },
    });
    expect(adopted.seenByServer).toBe(`${database.name}:5432`);
    if (instance.server === undefined) throw new Error('not linked');
    const target = { place: instance.server, instance };
    await statusWhen(companion, target, ({ started }) => started);
    const session = await companion.connections.open(instance, { signal: never, purpose: 'read' });
    expect(await session.readable.read('SELECT count(*)::int AS count FROM aperture_migrations')).toEqual([
      { count: 114 },
    ]);
    await session.close();

    expect((await ended(companion.servers.stop(target))).state).toBe('succeeded');
    expect((await companion.servers.status(target, { signal: never, resources: false })).state.kind).toBe('stopped');
    expect((await ended(companion.servers.start(target))).state).toBe('succeeded');
    await server.remove();
  }, 120_000);

  test('a log of 100,000 lines comes whole, in little memory, and ends on the host when it is left', async () => {
    const name = uniqueName('chatty');
    const script =
      'i=0; while [ $i -lt 100000 ]; do echo "line $i of a log that goes on"; i=$((i+1)); done; echo done; exec sleep 600';
    const chatty = await runContainer(
      docker,
      ['--entrypoint', 'sh', 'ghcr.io/dgruhin-hrizn/aperture:0.7.8', '-c', script],
      name,
    );
    await until(
      async () => (await docker.docker('logs', '--tail', '1', name)).startsWith('done'),
      60_000,
      () => 'not written',
    );
    const target = { place: { docker: await placeOf(user), container: name } };
    let count = 0;
    let largest = 0;
    const before = process.memoryUsage().heapUsed;
    let peak = 0;
    for await (const lines of companion.servers.log(target, { follow: true, signal: never })) {
      count += lines.length;
      largest = Math.max(largest, lines.length);
      peak = Math.max(peak, process.memoryUsage().heapUsed - before);
      if (lines.some(({ message }) => message === 'done')) break;
    }
    expect(count).toBe(100_001);
    expect(peak).toBeLessThan(200 * 1024 * 1024);
    if (user === 'inGroup') expect(largest).toBeLessThan(12_000);
    // `docker logs` runs on this very machine, behind the sshd.
    const { run } = await import('../../support/processes.ts');
    await until(
      async () => (await run(['pgrep', '-f', `logs --timestamps.*${name}`])).stdout.trim() === '',
      10_000,
      () => `docker logs ${name} still runs`,
    );
    await chatty.remove();
  }, 180_000);

  test('follows what comes, both outputs, and ends by its signal', async () => {
    const name = uniqueName('talker');
    const script = 'i=0; while :; do echo "out $i"; echo "err $i" >&2; i=$((i+1)); sleep 0.3; done';
    const talker = await runContainer(
      docker,
      ['--entrypoint', 'sh', 'ghcr.io/dgruhin-hrizn/aperture:0.7.8', '-c', script],
      name,
    );
    const target = { place: { docker: await placeOf(user), container: name } };
    const controller = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const lines of companion.servers.log(target, { follow: true, signal: controller.signal })) {
        for (const { message } of lines) seen.push(message);
        if (seen.length > 20) controller.abort();
      }
    })();
    await expect(following).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    const numbers = (kind: string) =>
      seen.filter((line) => line.startsWith(kind)).map((line) => Number(line.split(' ')[1]));
    for (const kind of ['out', 'err']) {
      const found = numbers(kind);
      // Each once, none left out.
      expect(found).toEqual(found.map((_, index) => index));
      expect(found.length).toBeGreaterThan(5);
    }
    await talker.remove();
  }, 60_000);
});
