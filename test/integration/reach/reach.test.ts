import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Fix } from '../../../contract/fix.ts';
import type { InstanceView } from '../../../contract/instance.ts';
import type { Companion } from '../../../main/compose.ts';
import { makeNetwork, type PostgresContainer, runPostgres, uniqueName } from '../../support/docker/containers.ts';
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { companionFor, never } from '../server/companion.ts';
import { installationOn, instanceWith, leftovers, localPlace, reach, settingsFor } from './fixture.ts';

vi.setConfig({ testTimeout: 300_000 });

let docker: Docker;
let companion: Companion;
let network: string;
let database: PostgresContainer;
let instance: InstanceView;

beforeAll(async () => {
  docker = await startDocker();
  network = await makeNetwork(docker);
  database = await runPostgres(docker, { network });
  companion = companionFor(docker);
  instance = await instanceWith(companion, settingsFor(database), database.password);
}, 600_000);
afterAll(async () => {
  await companion?.stop();
  await docker?.release();
});

type NetworkFix = Extract<Fix, { kind: 'network' }>;
const networkFix = (advice: Fix[]): NetworkFix => {
  const fix = advice.find((one): one is NetworkFix => one.kind === 'network');
  if (fix === undefined) throw new Error(`no network fix: ${JSON.stringify(advice)}`);
  return fix;
};

describe('before the installation', () => {
  test('the app’s localhost is not the container’s: the shared network is offered, and works', async () => {
    const place = localPlace(docker);
    const report = await reach(companion, instance.id, installationOn(place));
    expect(report.app).toMatchObject({ outcome: 'reached', answered: { database: 'aperture', user: 'app' } });
    expect(report.server).toMatchObject({
      means: 'server-image',
      outcome: 'failed',
      problem: { code: 'server-database-is-localhost' },
    });
    expect(report.databaseUrl).toBe(`postgresql://app:***@127.0.0.1:${database.port}/aperture?sslmode=disable`);
    const fix = networkFix(report.advice);
    expect(fix).toMatchObject({ changes: [], networks: [network], seenByServer: { host: database.name, port: 5432 } });

    await companion.instances.update(instance.id, { seenByServer: fix.seenByServer });
    const after = await reach(companion, instance.id, installationOn(place, { networks: fix.networks }));
    expect(after.server).toMatchObject({
      outcome: 'reached',
      address: { host: database.name, port: 5432 },
      answered: { user: 'app', database: 'aperture', encrypted: false },
    });
    expect(after.server.answered?.serverVersion).toMatch(/^17/);
    expect(after.networks).toContain(network);
    expect(await leftovers(docker)).toEqual([]);
  });

  test('a database on no network of its own: one is made, connected and used', async () => {
    const lone = await runPostgres(docker);
    const one = await instanceWith(companion, settingsFor(lone), lone.password);
    const place = localPlace(docker);
    const fix = networkFix((await reach(companion, one.id, installationOn(place))).advice);
    const shared = uniqueName('shared');
    const changes = fix.changes.map((change) => ({ ...change, network: shared }));
    expect(changes).toEqual([
      { kind: 'create', network: shared },
      { kind: 'connect', network: shared, container: lone.name },
    ]);
    const plan = await companion.networks.plan(place, changes, never);
    expect(plan.steps.map((step) => (step.kind === 'command' ? step.argv.slice(0, 3).join(' ') : ''))).toEqual([
      'docker network create',
      'docker network connect',
    ]);
    const { ended } = await companion.networks.run(plan.id, one);
    expect((await ended).state).toBe('succeeded');
    const listed = (await companion.networks.list(place, never)).find(({ name }) => name === shared);
    expect(listed?.containers.map(({ name }) => name)).toEqual([lone.name]);
    // Once more is no change.
    expect((await companion.networks.plan(place, changes, never)).steps).toEqual([]);

    await companion.instances.update(one.id, { seenByServer: fix.seenByServer });
    const after = await reach(companion, one.id, installationOn(place, { networks: [shared] }));
    expect(after.server.outcome).toBe('reached');
    await lone.remove();
  });

  test('pg_hba.conf refuses: the line for the network’s very subnet, pasted, lets the server in', async () => {
    const other = await runPostgres(docker, { network });
    const hba = '/var/lib/postgresql/data/pg_hba.conf';
    await other.exec('sh', '-c', `cp ${hba} ${hba}.full; grep -v '^host all all all' ${hba}.full > ${hba}`);
    await other.sql('SELECT pg_reload_conf()');
    const one = await instanceWith(companion, settingsFor(other), other.password);
    await companion.instances.update(one.id, { seenByServer: { host: other.name, port: 5432 } });
    const installation = installationOn(localPlace(docker), { networks: [network] });
    const report = await reach(companion, one.id, installation);
    expect(report.server.problem?.code).toBe('pg-hba-refused');
    const line = report.advice.find((fix) => fix.kind === 'paste' && fix.language === 'config');
    if (line?.kind !== 'paste') throw new Error(JSON.stringify(report));
    const subnet = (
      await docker.docker('network', 'inspect', '--format', '{{(index .IPAM.Config 0).Subnet}}', network)
    ).trim();
    expect(line.snippet).toBe(`host aperture app ${subnet} scram-sha-256`);
    await other.exec('sh', '-c', `printf '%s\\n' "$1" >> ${hba}`, 'sh', line.snippet);
    await other.sql('SELECT pg_reload_conf()');
    expect((await reach(companion, one.id, installation)).server.outcome).toBe('reached');
    await other.remove();
  });

  test('a password of every printable character, never in an argument', async () => {
    const password = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
    await database.sql(`CREATE ROLE printable LOGIN PASSWORD '${password.replaceAll("'", "''")}'`);
    const one = await instanceWith(companion, settingsFor(database, { user: 'printable' }), password);
    await companion.instances.update(one.id, { seenByServer: { host: database.name, port: 5432 } });
    const report = await reach(companion, one.id, installationOn(localPlace(docker), { networks: [network] }));
    expect(report.server).toMatchObject({ outcome: 'reached', answered: { user: 'printable' } });
    expect(report.databaseUrl).toContain('printable:***@');
  });

  test('a wrong password is one on both sides', async () => {
    const one = await instanceWith(companion, settingsFor(database), 'wrong');
    await companion.instances.update(one.id, { seenByServer: { host: database.name, port: 5432 } });
    const report = await reach(companion, one.id, installationOn(localPlace(docker), { networks: [network] }));
    expect(report.app.problem?.code).toBe('password-wrong');
    expect(report.server.problem?.code).toBe('password-wrong');
  });

  test('no image of the server: an image of PostgreSQL stands in, with libpq', async () => {
    const image = 'ghcr.io/dgruhin-hrizn/aperture:0.0.1';
    const report = await reach(
      companion,
      instance.id,
      installationOn(localPlace(docker), { image, networks: [network] }),
    );
    expect(report.server).toMatchObject({ means: 'database-image', outcome: 'reached' });
    const gone = await instanceWith(companion, settingsFor(database), 'wrong');
    await companion.instances.update(gone.id, { seenByServer: { host: database.name, port: 5432 } });
    const refused = await reach(companion, gone.id, installationOn(localPlace(docker), { image, networks: [network] }));
    expect(refused.server).toMatchObject({ means: 'database-image', problem: { code: 'password-wrong' } });
    expect(await leftovers(docker)).toEqual([]);
  });

  test('host.docker.internal: a name that Linux gives a container only when asked to', async () => {
    const one = await instanceWith(companion, settingsFor(database), database.password);
    const port = database.port;
    await companion.instances.update(one.id, { seenByServer: { host: 'host.docker.internal', port } });
    const without = await reach(companion, one.id, installationOn(localPlace(docker)));
    expect(without.server.problem?.code).toBe('server-host-gateway-missing');
    expect(without.advice.some((fix) => fix.kind === 'network' && fix.hostGateway)).toBe(true);
    // The port is published on 127.0.0.1 only, where the container does not come from.
    const mapped = await reach(companion, one.id, installationOn(localPlace(docker), { hostGateway: true }));
    expect(mapped.server.problem?.code).toBe('connection-refused');
    expect(networkFix(mapped.advice)).toMatchObject({ networks: [network], seenByServer: { host: database.name } });
  });

  test('a network that is not there is told, with its making', async () => {
    const report = await reach(companion, instance.id, installationOn(localPlace(docker), { networks: ['nowhere-1'] }));
    expect(report.server).toMatchObject({ outcome: 'skipped', problem: { code: 'container-network-missing' } });
    expect(networkFix(report.advice).changes).toEqual([{ kind: 'create', network: 'nowhere-1' }]);
  });
});
