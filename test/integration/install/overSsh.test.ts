import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say } from '../../../contract/copy/text.ts';
import type { DockerPlace } from '../../../contract/server.ts';
import { type Docker, type DockerPrograms, dockerCanBeHad, startDocker } from '../../support/docker/engine.ts';
import { startDockerHost } from '../../support/docker/sshHost.ts';
import type { Sshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { besideIt, companionWith, health, never, newInstance, wordsOf } from './harness.ts';

describe.runIf(dockerCanBeHad)('an installation over SSH', () => {
  let docker: Docker;
  let key: SshKey;
  let app: ReturnType<typeof companionWith>;
  const hosts: Sshd[] = [];
  beforeAll(async () => {
    docker = await startDocker();
    key = await makeSshKey({});
    app = companionWith(docker, 'none');
  }, 600_000);
  afterAll(async () => {
    await app?.companion.stop();
    for (const host of hosts) await host.stop();
    await docker?.release();
  });

  async function placeOn(programs: DockerPrograms, user: string): Promise<DockerPlace> {
    const nas = await startDockerHost(docker, { key, programs });
    hosts.push(nas);
    const id = `${user}-${nas.port}`;
    await app.companion.sshHosts.save({
      id,
      name: id,
      host: nas.host,
      port: nas.port,
      user,
      authentication: { method: 'key', path: key.file },
      jumps: [],
      useConfig: false,
    });
    return { kind: 'ssh', sshHostId: id, sudo: false };
  }

  test.each([
    ['v1', 'inGroup'],
    ['v2', 'withSudo'],
  ] as const)('Compose %s as a user that is %s: from nothing to healthy', async (programs, user) => {
    const { companion } = app;
    const place = await placeOn(programs, user);
    const installation = await besideIt(companion, place);
    const { settings } = installation;
    expect(installation.settings.url).not.toContain('undefined');
    const instance = await newInstance(companion);
    const plan = await companion.installs.plan({ instanceId: instance.id, installation }, never);
    expect(plan.blocked.map(say)).toEqual([]);
    const view = await (await companion.installs.run(plan.plan.id)).ended;
    expect(view.state, await wordsOf(companion, view)).toBe('succeeded');
    expect(await health(settings.port)).toMatchObject({ ok: true });
    const after = await companion.instances.get(instance.id);
    expect(after).toMatchObject({
      route: { kind: 'ssh' },
      server: { docker: { kind: 'ssh', sudo: user === 'withSudo' } },
    });
    const session = await companion.connections.open(after, { signal: never, purpose: 'read' });
    await session.close();
    await docker.run(['rm', '--force', settings.containerName, settings.database?.containerName ?? '']);
  });

  test('without Compose there: told before, and how to get it', async () => {
    const { companion } = app;
    const installation = await besideIt(companion, await placeOn('without compose', 'inGroup'));
    const instance = await newInstance(companion);
    const plan = await companion.installs.plan({ instanceId: instance.id, installation }, never);
    expect(plan.findings.find(({ id }) => id === 'compose')).toMatchObject({ status: 'fail' });
    expect(plan.blocked).toHaveLength(1);
  });
});
