import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { InstanceView } from '../../../contract/instance.ts';
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
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { startDockerHost } from '../../support/docker/sshHost.ts';
import { until } from '../../support/processes.ts';
import type { Sshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { makeCertificates } from '../../support/tls.ts';
import { companionFor } from '../server/companion.ts';
import { installationOn, instanceWith, leftovers, localPlace, reach, settings, settingsFor } from './fixture.ts';

vi.setConfig({ testTimeout: 300_000 });

let docker: Docker;
let companion: Companion;
let network: string;
let database: PostgresContainer;
let instance: InstanceView;
let key: SshKey;
let nas: Sshd;

beforeAll(async () => {
  docker = await startDocker();
  key = await makeSshKey({});
  nas = await startDockerHost(docker, { key });
  network = await makeNetwork(docker);
  database = await runPostgres(docker, { network });
  companion = companionFor(docker);
  instance = await instanceWith(companion, settingsFor(database), database.password);
  await companion.instances.update(instance.id, { seenByServer: { host: database.name, port: 5432 } });
}, 600_000);
afterAll(async () => {
  await companion?.stop();
  await nas?.stop();
  await docker?.release();
});

/** A container that accepts on PostgreSQL's port and never says a word. */
async function silentDatabase(): Promise<string> {
  const script = "require('net').createServer(() => {}).listen(5432)";
  const args = ['--network', network, '--entrypoint', 'node', settings.image, '-e', script];
  return (await runContainer(docker, args, uniqueName('silent'))).name;
}

async function throughSsh(user: 'inGroup' | 'withSudo'): Promise<DockerPlace> {
  const id = `${user}-${nas.port}`;
  const { host, port } = nas;
  const authentication = { method: 'key', path: key.file } as const;
  await companion.sshHosts.save({ id, name: id, host, port, user, authentication, jumps: [], useConfig: false });
  return { kind: 'ssh', sshHostId: id, sudo: false };
}

describe('over SSH', () => {
  test.each(['inGroup', 'withSudo'] as const)('as %s: the same verdicts', async (user) => {
    const place = await throughSsh(user);
    const inside = await reach(companion, instance.id, installationOn(place, { networks: [network] }));
    expect(inside.server).toMatchObject({ means: 'server-image', outcome: 'reached' });
    const outside = await reach(companion, instance.id, installationOn(place));
    expect(outside.server.problem?.code).toBe('dns-not-found');
    expect(outside.advice[0]).toMatchObject({ kind: 'network', networks: [network] });
    expect(await leftovers(docker)).toEqual([]);
  });

  test('a database on this computer, Docker on another: no name leads here, an address does', async () => {
    const one = await instanceWith(companion, settingsFor(database), database.password);
    const report = await reach(companion, one.id, installationOn(await throughSsh('inGroup')));
    expect(report.server.problem?.code).toBe('server-database-is-localhost');
    for (const fix of report.advice) {
      if (fix.kind === 'network' && fix.networks.length === 0) expect(fix.hostGateway).toBe(false);
    }
  });
});

describe('an installed server', () => {
  test('that runs is asked inside of its own container; one in a crash loop from its networks', async () => {
    const server = await runServer(docker, { network, env: { DATABASE_URL: database.url() } });
    await server.says('running at');
    const one = await instanceWith(companion, settingsFor(database), database.password);
    await companion.instances.update(one.id, { server: { docker: localPlace(docker), container: server.name } });
    const report = await reach(companion, one.id);
    expect(report.server).toMatchObject({ means: 'server', outcome: 'reached', address: { host: database.name } });
    expect(report.databaseUrl).not.toContain(database.password);
    await server.remove();

    const env = { DATABASE_URL: database.url({ password: 'outdated' }) };
    const looping = await runServer(docker, { network, env, args: ['--restart', 'always'] });
    await looping.says('password authentication failed');
    await companion.instances.update(one.id, { server: { docker: localPlace(docker), container: looping.name } });
    const refused = await reach(companion, one.id);
    expect(refused.app.outcome).toBe('reached');
    expect(refused.server.problem?.code).toBe('password-wrong');
    await looping.remove();
    expect(await leftovers(docker)).toEqual([]);
  });
});

describe('faults', () => {
  test('TLS: what the driver makes of the same settings', async () => {
    const tls = await runPostgres(docker, { network });
    const { selfSigned } = (await makeCertificates()).server;
    const put = async (name: string, file: string) => {
      const script = `printf %s "$1" | base64 -d >/var/lib/postgresql/data/${name}; chmod 600 /var/lib/postgresql/data/${name}; chown postgres /var/lib/postgresql/data/${name}`;
      await tls.exec('sh', '-c', script, 'sh', readFileSync(file).toString('base64'));
    };
    await put('server.crt', selfSigned.certificate);
    await put('server.key', selfSigned.key);
    await tls.sql('ALTER SYSTEM SET ssl = on');
    await tls.sql('SELECT pg_reload_conf()');
    const installation = installationOn(localPlace(docker), { networks: [network] });
    const at = { host: tls.name, port: 5432 };

    const encrypted = await instanceWith(companion, settingsFor(tls, { tls: { mode: 'require' } }), tls.password);
    await companion.instances.update(encrypted.id, { seenByServer: at });
    const both = await reach(companion, encrypted.id, installation);
    expect(both.app.answered?.encrypted).toBe(true);
    expect(both.server).toMatchObject({ outcome: 'reached', answered: { encrypted: true } });

    const ca = readFileSync(selfSigned.certificate, 'utf8');
    const verified = await instanceWith(companion, settingsFor(tls, { tls: { mode: 'verify-ca', ca } }), tls.password);
    await companion.instances.update(verified.id, { seenByServer: at });
    const differs = await reach(companion, verified.id, installation);
    expect(differs.app.outcome).toBe('reached');
    expect(differs.server.problem?.code).toBe('server-ca-missing');
    expect(differs.advice.map((fix) => (fix.kind === 'paste' ? fix.snippet : fix.kind))).toEqual([
      ca.trim(),
      expect.stringContaining('database-ca.pem:/etc/aperture/database-ca.pem:ro'),
      'uselibpqcompat=true&sslmode=require',
    ]);

    const system = await instanceWith(companion, settingsFor(tls, { tls: { mode: 'verify-full' } }), tls.password);
    await companion.instances.update(system.id, { seenByServer: at });
    expect((await reach(companion, system.id, installation)).server.problem?.code).toBe('tls-self-signed');
    await tls.remove();
  });

  test.concurrent('Docker drops what goes from one of its networks to another’s address: told, and the shared network offered', async () => {
    const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
    const host = (await docker.docker('inspect', '--format', format, database.name)).trim();
    const one = await instanceWith(companion, settingsFor(database), database.password);
    await companion.instances.update(one.id, { seenByServer: { host, port: 5432 } });
    const report = await reach(companion, one.id, installationOn(localPlace(docker)));
    expect(report.app.outcome).toBe('reached');
    expect(report.server.problem?.code).toBe('connection-timeout');
    expect(report.advice[0]).toMatchObject({ kind: 'network', networks: [network] });
  });

  test.concurrent('a database that accepts and never answers ends by its own time-out', async () => {
    const name = await silentDatabase();
    const one = await instanceWith(companion, settingsFor(database), database.password);
    await companion.instances.update(one.id, { seenByServer: { host: name, port: 5432 } });
    const report = await reach(companion, one.id, installationOn(localPlace(docker), { networks: [network] }));
    expect(report.server.problem?.code).toBe('server-no-answer');
  });

  test('cancelled in the middle: nothing is left', async () => {
    const name = await silentDatabase();
    const one = await instanceWith(companion, settingsFor(database), database.password);
    await companion.instances.update(one.id, { seenByServer: { host: name, port: 5432 } });
    const installation = installationOn(localPlace(docker), { networks: [network] });
    const { operationId, ended } = await companion.reach.run({ instanceId: one.id, installation });
    const running = async () => (await leftovers(docker)).length === 2;
    await until(running, 240_000, () => 'no container was started');
    await companion.operations.cancel(operationId);
    expect((await ended).state).toBe('cancelled');
    await until(
      async () => (await leftovers(docker)).length === 0,
      240_000,
      () => 'something is left',
    );
  });

  test('killed in the middle: the next test removes what is left, and only that', async () => {
    const name = await silentDatabase();
    const runner = fileURLToPath(new URL('./killed.ts', import.meta.url));
    const child = spawn(process.execPath, [runner, docker.socket, network, name, String(database.port)], {
      stdio: 'inherit',
      env: { ...process.env, ...docker.env() },
    });
    await until(
      async () => (await leftovers(docker, child.pid)).length === 2,
      240_000,
      () => 'no container was started',
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await leftovers(docker, child.pid)).toHaveLength(2);
    const report = await reach(companion, instance.id, installationOn(localPlace(docker), { networks: [network] }));
    expect(report.server.outcome).toBe('reached');
    expect([...(await leftovers(docker)), ...(await leftovers(docker, child.pid))]).toEqual([]);
  });
});
