import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import type { Installation } from '../../../contract/install.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { ServerSettings } from '../../../contract/serverSettings.ts';
import { runContainer, uniqueName } from '../../support/docker/containers.ts';
import { type Docker, dockerCanBeHad, startDocker } from '../../support/docker/engine.ts';
import { freePort } from '../../support/ports.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { besideIt, companionWith, health, install, never, newInstance, wordsOf } from './harness.ts';

describe.runIf(dockerCanBeHad)('the settings of an installed server', () => {
  let docker: Docker;
  let app: ReturnType<typeof companionWith>;
  let instance: Instance;
  let installation: Installation;
  let settings: ServerSettings;
  let file: string;
  beforeAll(async () => {
    docker = await startDocker();
    app = companionWith(docker);
    installation = await besideIt(app.companion, { kind: 'local', socket: docker.socket });
    settings = installation.settings;
    file = path.join(installation.folder, 'docker-compose.yml');
    instance = await newInstance(app.companion);
    const view = await install(app.companion, instance, installation);
    if (view.state !== 'succeeded') throw new Error(await wordsOf(app.companion, view));
  }, 600_000);
  afterAll(async () => {
    await app?.companion.stop();
    await docker?.release();
  });

  const read = (name = 'docker-compose.yml') => readFileSync(path.join(installation.folder, name), 'utf8');

  async function change(wanted: ServerSettings) {
    const plan = await app.companion.installs.planChange({ instanceId: instance.id, settings: wanted }, never);
    expect(plan.blocked.map(say)).toEqual([]);
    const { ended } = await app.companion.installs.applyChange(plan.plan.id);
    return { plan, view: await ended };
  }

  test('are changed in a file that was edited by hand, byte for byte only what was meant', async () => {
    const edited = read()
      .replace('services:\n', '# mine, not the app’s\nx-log: &log\n  driver: json-file\n\nservices:\n')
      .replace('    restart: unless-stopped\n', '    restart: unless-stopped # always\n    logging: *log\n')
      .replace(
        '\nvolumes:\n',
        '\n  helper:   # of mine\n    image: postgres:17\n    command: [sleep, "3600"]\n    profiles: [never]\nvolumes:\n',
      );
    writeFileSync(file, edited);
    const env = read('.env');
    const port = await freePort();
    const { plan, view } = await change({
      ...settings,
      port,
      url: `http://localhost:${port}`,
      timeZone: 'Europe/Berlin',
    });
    expect(view.state, await wordsOf(app.companion, view)).toBe('succeeded');
    expect(read()).toBe(
      edited
        .replace(`'${settings.port}:3456'`, `'${port}:3456'`)
        .replace(`'${settings.url}'`, `'http://localhost:${port}'`)
        .replace(`TZ: '${settings.timeZone}'`, `TZ: 'Europe/Berlin'`),
    );
    expect(read('.env')).toBe(env);
    expect(plan.changes.map(({ state }) => state)).toEqual(['changed']);
    expect(await health(port)).toMatchObject({ ok: true });
    const after = await app.companion.instances.get(instance.id);
    expect(after.server?.url).toBe(`http://localhost:${port}`);
    settings = after.installation?.settings ?? settings;
    expect(settings).toMatchObject({ port, timeZone: 'Europe/Berlin' });
    // The database was left alone, and the service that nobody asked for was not started.
    expect(await docker.docker('ps', '--all', '--format', '{{.Names}}')).not.toContain(`${settings.project}-helper`);
  });

  test('are put back when the server does not become ready with them', async () => {
    const before = read();
    // It starts, and has none of what the server is.
    const { view } = await change({ ...settings, image: 'postgres:17' });
    expect(view.problem, await wordsOf(app.companion, view)).toMatchObject({
      code: 'settings-put-back',
      values: { state: 'ready' },
    });
    expect(read()).toBe(before);
    expect(await health(settings.port)).toMatchObject({ ok: true });
    expect((await app.companion.instances.get(instance.id)).installation?.settings).toEqual(settings);
  });

  test('are put back when the new port is taken in the meantime, and when it is cancelled', async () => {
    const before = read();
    const port = await freePort();
    const plan = await app.companion.installs.planChange(
      { instanceId: instance.id, settings: { ...settings, port } },
      never,
    );
    const holder = await runContainer(
      docker,
      ['-p', `${port}:5432`, 'postgres:17', 'sleep', '120'],
      uniqueName('holder'),
    );
    const view = await (await app.companion.installs.applyChange(plan.plan.id)).ended;
    await holder.remove();
    expect(view.problem, await wordsOf(app.companion, view)).toMatchObject({
      code: 'settings-put-back',
      values: { state: 'ready' },
    });
    expect(read()).toBe(before);
    const again = await app.companion.installs.planChange(
      { instanceId: instance.id, settings: { ...settings, port } },
      never,
    );
    const { operationId, ended } = await app.companion.installs.applyChange(again.plan.id);
    await app.companion.operations.cancel(operationId);
    const cancelled = await ended;
    expect(cancelled.state, await wordsOf(app.companion, cancelled)).toBe('cancelled');
    expect(read()).toBe(before);
    expect(await health(settings.port)).toMatchObject({ ok: true });
  });

  test('that only a person can change in the file are refused', async () => {
    const plan = await app.companion.installs.planChange(
      { instanceId: instance.id, settings: { ...settings, networks: ['other'] } },
      never,
    );
    expect(plan.blocked.map(say).join('\n')).toContain('networks');
  });

  test('are read by another app, which adopts the file with its database', async () => {
    const other = companionWith(docker, 'v2', supportFolder('other'));
    const { instance: adopted, installation: found } = await other.companion.installs.adopt(
      { docker: installation.docker, folder: installation.folder, name: 'adopted', keep: 'session' },
      never,
    );
    expect(found?.settings).toEqual(settings);
    expect(adopted).toMatchObject({
      server: { container: settings.containerName, composeFile: file, url: settings.url },
      connection: { hosts: [{ host: '127.0.0.1', port: settings.database?.publishedPort }] },
      seenByServer: { host: 'database', port: 5432 },
      password: 'session',
    });
    const session = await other.companion.connections.open(adopted, { signal: never, purpose: 'read' });
    await session.close();
    await other.companion.stop();
  });

  test('a DATABASE_URL that is written out in the file goes into .env', async () => {
    const url = /DATABASE_URL='(.+)'/.exec(read('.env'))?.[1] ?? '';
    const literal = read().replace(/DATABASE_URL: \$\{.*\}/, `DATABASE_URL: "${url}" # secret`);
    expect(literal).toContain(url);
    writeFileSync(file, literal);
    const shown = await app.companion.installs.read(instance.id, never);
    expect(shown?.compose).not.toContain(/:([^:@/]+)@/.exec(url)?.[1]);
    const plan = await app.companion.installs.plan(
      { instanceId: instance.id, installation: { ...installation, settings } },
      never,
    );
    const view = await (await app.companion.installs.run(plan.plan.id)).ended;
    expect(view.state, await wordsOf(app.companion, view)).toBe('succeeded');
    expect(read()).not.toContain(url);
    expect(read()).toContain('# secret');
    expect(await health(settings.port)).toMatchObject({ ok: true });
  });
});
