import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupRoute } from '../../../contract/backup.ts';
import type { Companion } from '../../../main/compose.ts';
import { makeNetwork, type PostgresContainer, runPostgres, runServer } from '../../support/docker/containers.ts';
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { startPgBouncer } from '../../support/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { until } from '../../support/processes.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makeSshKey } from '../../support/sshKeys.ts';
import { addInstance, backup, expectSameAfterRestore, fill, never, startCompanion, toolsFolder } from './harness.ts';

const path = process.env.PATH;
let companion: Companion;
beforeAll(() => {
  process.env.PATH = `${toolsFolder(17)}:${path}`;
  companion = startCompanion();
});
afterAll(async () => {
  await companion?.stop();
  process.env.PATH = path;
});

const superuser = (server: PostgresServer) => ({
  user: server.superuser,
  password: server.superPassword,
  database: 'postgres',
});

/** The first choice of this kind. */
async function routeOf(instanceId: string, kind: BackupRoute['kind']): Promise<BackupRoute> {
  const { choices } = await companion.backups.plan({ instanceId }, never);
  const found = choices.find(({ route, unusable }) => route.kind === kind && unusable === undefined);
  if (found === undefined) throw new Error(`no ${kind} in ${JSON.stringify(choices, null, 1)}`);
  return found.route;
}

describe('behind SSH', () => {
  let sshd: Sshd;
  let server: PostgresServer;
  let instance: string;
  beforeAll(async () => {
    const key = await makeSshKey({});
    sshd = await startSshd({
      users: [{ name: 'tester', keys: [key.publicKey] }],
      // A name that only the SSH host knows: what arrives went through it.
      hosts: { 'db.internal': '127.0.0.1' },
    });
    server = await startPostgres({ major: 15 });
    await fill(server, 'postgres');
    const id = `nas-${sshd.port}`;
    await companion.sshHosts.save({
      id,
      name: id,
      host: sshd.host,
      port: sshd.port,
      user: sshd.user.name,
      authentication: { method: 'key', path: key.file },
      jumps: [],
      useConfig: false,
    });
    const target = { host: 'db.internal', port: server.port };
    const route = { kind: 'ssh', sshHostId: id } as const;
    instance = await addInstance(companion, target, superuser(server), { route });
  });
  afterAll(async () => {
    await sshd?.stop();
    await server?.stop('immediate');
  });

  test.each(['this-computer', 'ssh-host'] as const)('the tool of: %s', async (kind) => {
    const made = await backup(companion, instance, { route: await routeOf(instance, kind) });
    expect(made.manifest?.tool.route.kind).toBe(kind);
    await expectSameAfterRestore(made, { server, database: 'postgres' }, 17, server);
  });
});

test('a pooler by transaction is refused, one by session is not', async () => {
  const server = await startPostgres({ major: 17 });
  await fill(server, 'postgres', 20);
  for (const mode of ['transaction', 'session'] as const) {
    const pooler = await startPgBouncer(server, { mode });
    const instance = await addInstance(companion, pooler, superuser(server));
    const { ended } = await companion.backups.run({ instanceId: instance });
    const view = await ended;
    if (mode === 'transaction') expect(view.problem?.code).toBe('pooler-unsuitable');
    else expect(view).toMatchObject({ state: 'succeeded' });
    await pooler.stop();
  }
  await server.stop('immediate');
});

// Docker on a busy machine takes its time.
describe('in Docker', { timeout: 300_000 }, () => {
  let docker: Docker;
  let database: PostgresContainer;
  let container: string;
  let instance: string;
  beforeAll(async () => {
    docker = await startDocker();
    const { PATH, DOCKER_CONFIG } = docker.env('v2');
    Object.assign(process.env, { PATH: `${toolsFolder(17)}:${PATH}`, DOCKER_CONFIG });
    const network = await makeNetwork(docker);
    database = await runPostgres(docker, { network });
    await database.sql(`CREATE TABLE films (id int, title text)`);
    await database.sql(`INSERT INTO films SELECT i, 'Ünï ' || i FROM generate_series(1, 5000) i`);
    const aperture = await runServer(docker, {
      network,
      env: { DATABASE_URL: database.url(), SESSION_SECRET: 's'.repeat(40), APP_BASE_URL: 'http://nas.lan:3456' },
    });
    container = aperture.name;
    const { user, password } = database;
    instance = await addInstance(
      companion,
      { host: '127.0.0.1', port: database.port },
      { user, password, database: 'aperture' },
    );
    const place = { docker: { kind: 'local' as const, socket: docker.socket }, container };
    await companion.instances.update(instance, { server: place });
  }, 600_000);
  afterAll(() => docker?.release());

  test.each(['container', 'one-off-container'] as const)('the tool of: %s', async (kind) => {
    const route = await routeOf(instance, kind);
    const made = await backup(companion, instance, { route });
    expect(made.manifest?.tool.route, JSON.stringify(route)).toEqual(route);
    expect(made.manifest?.tables.find(({ name }) => name === 'films')?.rows).toBe(5000);
    // Into a server of this machine, by a tool of this machine.
    const scratch = await startPostgres({ major: 17 });
    await scratch.sql('CREATE DATABASE source');
    const inspected = await companion.backups.inspect(made.where.path, never);
    expect(inspected).toMatchObject({ format: 'custom', verification: { state: 'verified' }, database: 'aperture' });
    expect(inspected.tables.map(({ name }) => name)).toContain('films');
    expect(await docker.docker('ps', '-aq', '--filter', 'label=aperture-companion.one-off')).toBe('');
    await scratch.stop('immediate');
  });

  test.each(['container', 'one-off-container'] as const)('cancelled in a %s: nothing goes on there', async (kind) => {
    await database.sql(`CREATE TABLE IF NOT EXISTS bulk AS SELECT i, (SELECT string_agg(md5(random()::text || i || j), '')
      FROM generate_series(1, 30) j) AS noise FROM generate_series(1, 60000) i`);
    const route = await routeOf(instance, kind);
    const before = (await companion.backups.list(instance, never)).length;
    const { folder } = await companion.backups.plan({ instanceId: instance }, never);
    const { operationId, ended } = await companion.backups.run({ instanceId: instance, route });
    await until(
      () => Promise.resolve(readdirSync(folder).some((name) => name.endsWith('.part'))),
      60_000,
      () => 'no part',
    );
    await companion.operations.cancel(operationId);
    expect((await ended).state).toBe('cancelled');
    expect((await companion.backups.list(instance, never)).length).toBe(before);
    expect(readdirSync(folder).filter((name) => /part|owner/.test(name))).toEqual([]);
    expect(
      await database.sql(
        `SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'aperture-companion-backup%'`,
      ),
    ).toMatch(/^0\s*$/);
    expect(await docker.docker('ps', '-aq', '--filter', 'label=aperture-companion.one-off')).toBe('');
  });

  test('the server’s own dumps: whole, empty, cut off, something else', async () => {
    const shell = (script: string) => docker.docker('exec', '--user', 'root', container, 'sh', '-c', script);
    await shell('mkdir -p /backups && rm -f /backups/*');
    const made = (await companion.backups.list(instance, never))[0];
    if (made === undefined) throw new Error('no backup to put there');
    await docker.docker('cp', made.where.path, `${container}:/backups/aperture_backup_2026-01-04_02-00-00.dump`);
    await shell(`cd /backups
      head -c 3000 aperture_backup_2026-01-04_02-00-00.dump >aperture_backup_2026-01-03_02-00-00.dump
      : >aperture_backup_2026-01-02_02-00-00.dump
      echo '<html>no dump</html>' >aperture_backup_2026-01-01_02-00-00.dump
      printf -- '--\\n-- PostgreSQL database dump\\n--\\nSELECT 1;\\n' >aperture_backup_2025-12-31_02-00-00.sql
      printf -- '--\\n-- PostgreSQL database dump\\n--\\n--\\n-- PostgreSQL database dump complete\\n--\\n' | gzip >aperture_backup_2025-12-30_02-00-00.sql.gz
      for f in *; do touch -d "$(echo $f | cut -c 17-26) 02:00:00" $f; done`);
    const place = { docker: { kind: 'local' as const, socket: docker.socket }, container };
    const found = await companion.backups.serverBackups(place, never);
    expect(found.backups.map(({ name, state }) => [name.slice(16, 26), state])).toEqual([
      ['2026-01-04', expect.stringMatching(/^(readable|unread)$/)],
      ['2026-01-03', expect.stringMatching(/^(truncated|unread)$/)],
      ['2026-01-02', 'empty'],
      ['2026-01-01', 'not-an-archive'],
      ['2025-12-31', 'truncated'],
      ['2025-12-30', 'readable'],
    ]);
    expect(found.warnings.map(({ key }) => key)).toContain('backup.server.explained.password');
  });
});
