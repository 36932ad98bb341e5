import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import { type Docker, dockerCanBeHad, startDocker } from '../../support/docker/engine.ts';
import { besideIt, companionWith, health, install, never, newInstance, wordsOf } from './harness.ts';

describe.runIf(dockerCanBeHad)('an installation on this computer', () => {
  let docker: Docker;
  beforeAll(async () => {
    docker = await startDocker();
  }, 600_000);
  afterAll(() => docker.release());

  test.each(['v2', 'v1'] as const)(
    'with a database beside it, Compose %s: from nothing to healthy',
    async (version) => {
      const { companion, heard } = companionWith(docker, version);
      const place = { kind: 'local' as const, socket: docker.socket };
      const installation = await besideIt(companion, place);
      const { settings, folder } = installation;
      const instance = await newInstance(companion);

      const plan = await companion.installs.plan({ instanceId: instance.id, installation }, never);
      expect(plan.blocked.map(say)).toEqual([]);
      expect(plan.changes.map(({ state }) => state)).toEqual(['new', 'new']);
      const { operationId, ended } = await companion.installs.run(plan.plan.id);
      const view = await ended;
      expect(view.state, await wordsOf(companion, view)).toBe('succeeded');

      expect(await health(settings.port)).toMatchObject({ ok: true, database: { connected: true } });
      expect(statSync(path.join(folder, '.env')).mode & 0o777).toBe(0o600);
      const after = await companion.instances.get(instance.id);
      expect(after).toMatchObject({
        installation,
        server: {
          container: settings.containerName,
          url: settings.url,
          composeFile: path.join(folder, 'docker-compose.yml'),
        },
        seenByServer: { host: 'database', port: 5432 },
        connection: {
          hosts: [{ host: '127.0.0.1', port: settings.database?.publishedPort }],
          tls: { mode: 'disable' },
        },
      });
      // The app's own login works, and finds what the server has made.
      const session = await companion.connections.open(after, { signal: never, purpose: 'read' });
      const rows = await session.readable.read<{ count: string }>('SELECT count(*) FROM aperture_migrations');
      await session.close();
      expect(Number(rows[0]?.count)).toBe(114);

      const password = /DATABASE_PASSWORD='(.+)'/.exec(readFileSync(path.join(folder, '.env'), 'utf8'))?.[1] ?? '';
      expect(password).toMatch(/^[A-Za-z0-9]{20,}$/);
      const log = JSON.stringify([await companion.operations.log(operationId), heard, plan]);
      expect(log).not.toContain(password);
      expect(
        heard['install.log']
          ?.flatMap(({ lines }) => lines)
          .some(({ message }) => message.includes('Aperture API server running')),
      ).toBe(true);

      // Again: nothing to write, and the same end.
      const again = await companion.installs.plan({ instanceId: instance.id, installation }, never);
      expect(again.changes.map(({ state }) => state)).toEqual(['same', 'same']);
      expect(again.blocked.map(say)).toEqual([]);
      const second = await install(companion, after, installation);
      expect(second.state, await wordsOf(companion, second)).toBe('succeeded');
      expect(await companion.installs.read(instance.id, never)).toMatchObject({ installation });
      await docker.run(['rm', '--force', settings.containerName, settings.database?.containerName ?? '']);
      await companion.stop();
    },
  );
});
