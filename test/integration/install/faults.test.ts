import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import type { Installation } from '../../../contract/install.ts';
import type { Instance } from '../../../contract/instance.ts';
import { databaseUrlFor } from '../../../main/services/databaseUrl.ts';
import {
  makeNetwork,
  type PostgresContainer,
  runContainer,
  runPostgres,
  uniqueName,
} from '../../support/docker/containers.ts';
import { type Docker, dockerCanBeHad, startDocker } from '../../support/docker/engine.ts';
import { until } from '../../support/processes.ts';
import { besideIt, companionWith, health, install, never, newInstance, withoutDatabase, wordsOf } from './harness.ts';

describe.runIf(dockerCanBeHad)('an installation that meets', () => {
  let docker: Docker;
  let network: string;
  let database: PostgresContainer;
  let app: ReturnType<typeof companionWith>;
  beforeAll(async () => {
    docker = await startDocker({ alone: true });
    network = await makeNetwork(docker);
    database = await runPostgres(docker, { network });
    app = companionWith(docker);
  }, 600_000);
  afterAll(async () => {
    await app?.companion.stop();
    await docker?.release();
  });

  /** On the PostgreSQL of the tests, which the server finds by its name in a network that exists. */
  async function onOwnDatabase(
    on: { container: PostgresContainer; password?: string; database?: string } = { container: database },
  ): Promise<{ instance: Instance; installation: Installation }> {
    const { companion } = app;
    const { container } = on;
    const made = await besideIt(companion, { kind: 'local', socket: docker.socket });
    const instance = await newInstance(companion, {
      connection: {
        hosts: [{ host: '127.0.0.1', port: container.port }],
        user: container.user,
        database: on.database ?? container.database,
        tls: { mode: 'disable' },
        channelBinding: 'prefer',
        targetSessionAttrs: 'any',
        connectTimeoutSeconds: 10,
      },
    });
    await companion.instances.setPassword(instance.id, on.password ?? container.password, 'session');
    await companion.instances.update(instance.id, { seenByServer: { host: container.name, port: 5432 } });
    const settings = { ...withoutDatabase(made.settings), networks: [network] };
    return { instance: await companion.instances.get(instance.id), installation: { ...made, settings } };
  }

  let fresh: string;
  beforeEach(async () => {
    fresh = uniqueName('films').replaceAll('-', '_');
    await database.sql(`CREATE DATABASE ${fresh}`);
  });

  test('nothing in its way: an own PostgreSQL under the name that the server sees', async () => {
    const { instance, installation } = await onOwnDatabase({ container: database, database: fresh });
    const view = await install(app.companion, instance, installation);
    expect(view.state, await wordsOf(app.companion, view)).toBe('succeeded');
    expect(await health(installation.settings.port)).toMatchObject({ ok: true });
    expect(readFileSync(path.join(installation.folder, '.env'), 'utf8')).toContain(`@${database.name}:5432/${fresh}`);
    await docker.run(['rm', '--force', installation.settings.containerName]);
  });

  test('what can be known before: taken port, taken name, missing network, a file for a folder', async () => {
    const { instance, installation } = await onOwnDatabase();
    const { companion } = app;
    const listener = createServer().listen(installation.settings.port, '127.0.0.1');
    const foreign = await runContainer(docker, ['postgres:17', 'sleep', '60'], uniqueName('foreign'));
    mkdirSync(installation.folder, { recursive: true });
    writeFileSync(path.join(installation.folder, 'a-file'), '');
    const plan = await companion.installs.plan(
      {
        instanceId: instance.id,
        installation: {
          ...installation,
          settings: {
            ...installation.settings,
            containerName: foreign.name,
            networks: ['no-such-network'],
            folders: { ...installation.settings.folders, backups: './a-file' },
          },
        },
      },
      never,
    );
    listener.close();
    await foreign.remove();
    const failed = plan.findings.filter(({ status }) => status === 'fail').map(({ id }) => id);
    expect(failed.sort()).toEqual(['container-name', 'folder-backups', 'network', 'server-port']);
    expect(plan.blocked.map(say)).toHaveLength(4);
    await expect(companion.installs.run(plan.plan.id)).rejects.toMatchObject({ problem: { code: 'install-blocked' } });
  });

  test('a port that is taken after the look; the next try goes well', async () => {
    const { instance, installation } = await onOwnDatabase({ container: database, database: fresh });
    const { companion } = app;
    const plan = await companion.installs.plan({ instanceId: instance.id, installation }, never);
    const listener = createServer().listen(installation.settings.port, '0.0.0.0');
    const view = await (await companion.installs.run(plan.plan.id)).ended;
    expect(view.problem?.code, await wordsOf(companion, view)).toBe('container-port-taken');
    listener.close();
    const again = await install(companion, instance, installation);
    expect(again.state, await wordsOf(companion, again)).toBe('succeeded');
    await docker.run(['rm', '--force', installation.settings.containerName]);
  });

  test('a wrong password; put right, the next try goes well', async () => {
    const { companion } = app;
    const { instance, installation } = await onOwnDatabase({
      container: database,
      database: fresh,
      password: 'not the one',
    });
    const view = await install(companion, instance, installation);
    expect(view.problem?.code, await wordsOf(companion, view)).toBe('password-wrong');
    await companion.instances.setPassword(instance.id, database.password, 'session');
    const again = await install(companion, instance, installation);
    expect(again.state, await wordsOf(companion, again)).toBe('succeeded');
    const { connection, seenByServer } = await companion.instances.get(instance.id);
    if (connection === undefined || seenByServer === undefined) throw new Error('lost');
    const { url } = databaseUrlFor({ ...connection, hosts: [seenByServer] }, database.password);
    expect(readFileSync(path.join(installation.folder, '.env'), 'utf8')).toContain(url);
    await docker.run(['rm', '--force', installation.settings.containerName]);
  });

  test('a database without pgvector, and one that is down', async () => {
    const { companion } = app;
    const plain = await runPostgres(docker, { network, pgvector: false });
    const without = await onOwnDatabase({ container: plain });
    const view = await install(companion, without.instance, without.installation);
    expect(view.problem, await wordsOf(companion, view)).toMatchObject({
      code: 'extension-unavailable',
      values: { extension: 'vector' },
    });
    await plain.remove();
    const again = await install(companion, without.instance, without.installation);
    expect(again.problem?.code, await wordsOf(companion, again)).toBe('dns-not-found');
    await docker.run(['rm', '--force', without.installation.settings.containerName]);
  });

  test.each([
    ['a tag that is not there', 'ghcr.io/dgruhin-hrizn/aperture:9.9.9', {}, 'container-image-missing'],
    ['a registry that is down', undefined, { fault: 'down' }, 'registry-unreachable'],
    ['a private image', undefined, { fault: 'denied' }, 'registry-refused'],
    ['too many pulls', undefined, { fault: 'limited' }, 'registry-limited'],
  ] as const)('%s', async (_, image, behaviour, code) => {
    const { companion } = app;
    const { instance, installation } = await onOwnDatabase();
    await docker.registry(behaviour);
    const settings = { ...installation.settings, ...(image === undefined ? {} : { image }) };
    const plan = await companion.installs.plan(
      { instanceId: instance.id, installation: { ...installation, settings }, pullAnyway: true },
      never,
    );
    const view = await (await companion.installs.run(plan.plan.id)).ended;
    await docker.registry({});
    expect(view.problem?.code, await wordsOf(companion, view)).toBe(code);
  });

  test('a pull that is cancelled half-way, with its bytes told; the next try goes well', async () => {
    const { companion, heard } = app;
    const { instance, installation } = await onOwnDatabase({ container: database, database: fresh });
    const { image } = installation.settings;
    await docker.forgetImages(image);
    await docker.registry({ bytesPerSecond: 20_000_000 });
    const plan = await companion.installs.plan({ instanceId: instance.id, installation }, never);
    expect(plan.plan.steps).toContainEqual(expect.objectContaining({ argv: expect.arrayContaining(['pull', image]) }));
    const { operationId, ended } = await companion.installs.run(plan.plan.id);
    const told = () => (heard['install.pull'] ?? []).filter((event) => event.operationId === operationId);
    await until(
      async () => told().some(({ progress }) => progress.layers.some(({ doneBytes = 0 }) => doneBytes > 1_000_000)),
      60_000,
      () => JSON.stringify(told().at(-1)),
    );
    await companion.operations.cancel(operationId);
    const view = await ended;
    expect(view.state, await wordsOf(companion, view)).toBe('cancelled');
    const last = told().at(-1)?.progress;
    expect(last?.image).toBe(image);
    expect(last?.layers.some(({ totalBytes = 0 }) => totalBytes > 10_000_000)).toBe(true);
    // The engine has given it up as well: nothing goes on behind the app's back.
    await delay(1_000);
    expect((await docker.run(['image', 'inspect', image])).code).not.toBe(0);
    await docker.registry({});
    const again = await install(companion, instance, installation);
    expect(again.state, await wordsOf(companion, again)).toBe('succeeded');
    const layers = (heard['install.pull'] ?? []).at(-1)?.progress.layers ?? [];
    expect(layers.every(({ state }) => state === 'done' || state === 'there')).toBe(true);
    await docker.run(['rm', '--force', installation.settings.containerName]);
  });

  test('a wait that is cancelled; the next try goes well', async () => {
    const { companion, heard } = app;
    const { instance, installation } = await onOwnDatabase({ container: database, database: fresh });
    const plan = await companion.installs.plan({ instanceId: instance.id, installation }, never);
    const { operationId, ended } = await companion.installs.run(plan.plan.id);
    await until(
      async () => (heard['operation.changed'] ?? []).some(({ id, stepIndex }) => id === operationId && stepIndex === 3),
      60_000,
      () => 'never waited',
    );
    await companion.operations.cancel(operationId);
    const view = await ended;
    expect(['cancelled', 'succeeded'], await wordsOf(companion, view)).toContain(view.state);
    const again = await install(companion, instance, installation);
    expect(again.state, await wordsOf(companion, again)).toBe('succeeded');
    await docker.run(['rm', '--force', installation.settings.containerName]);
  });

  test('a place where no folder can be made', async () => {
    const { companion } = app;
    const { instance, installation } = await onOwnDatabase();
    // Not even root makes a folder in a file.
    const folder = '/etc/hostname/aperture';
    const plan = await companion.installs.plan(
      { instanceId: instance.id, installation: { ...installation, folder } },
      never,
    );
    expect(plan.findings.find(({ id }) => id === 'compose-folder')?.status).toBe('fail');
    expect(plan.blocked).not.toEqual([]);
  });
});
