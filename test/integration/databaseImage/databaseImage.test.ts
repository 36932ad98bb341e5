import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { InstanceView } from '../../../contract/instance.ts';
import type { DockerPlace } from '../../../contract/server.ts';
import type { Companion } from '../../../main/compose.ts';
import { compose, runPostgres, uniqueName } from '../../support/docker/containers.ts';
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { startDockerHost } from '../../support/docker/sshHost.ts';
import { freePort } from '../../support/ports.ts';
import { until } from '../../support/processes.ts';
import { makeSshKey } from '../../support/sshKeys.ts';
import { instanceWith, localPlace, settingsFor } from '../reach/fixture.ts';
import { companionFor, never } from '../server/companion.ts';

vi.setConfig({ testTimeout: 300_000 });

let docker: Docker;
let companion: Companion;
let place: DockerPlace;

beforeAll(async () => {
  docker = await startDocker();
  companion = companionFor(docker);
  place = localPlace(docker);
}, 600_000);
afterAll(async () => {
  await companion?.stop();
  await docker?.release();
});

type Made = {
  folder: string;
  file: string;
  container: string;
  instance: InstanceView;
  sql: (text: string) => Promise<string>;
};

/** A database of the plain image in a compose project that somebody has edited. */
async function project(service: string[] = []): Promise<Made> {
  const folder = mkdtempSync(path.join(tmpdir(), 'aperture-image-'));
  const name = uniqueName('image');
  const port = await freePort();
  const file = path.join(folder, 'docker-compose.yml');
  const content = [
    '# My database, do not touch',
    `name: ${name}`,
    'x-common: &common',
    '  restart: "no"   # by hand',
    'services:',
    '  db:',
    '    <<: *common',
    '    image: postgres:17 # the plain one',
    `    container_name: ${name}`,
    '    environment: { POSTGRES_USER: owner, POSTGRES_PASSWORD: secret, POSTGRES_DB: aperture }',
    `    ports: ["127.0.0.1:${port}:5432"]`,
    "    volumes: ['data:/var/lib/postgresql/data']",
    ...service,
    'volumes: { data: }',
    '',
  ].join('\n');
  writeFileSync(file, content, { mode: 0o600 });
  await compose(docker, 'v2', folder, 'up', '-d');
  const ready = () => docker.run(['exec', name, 'pg_isready', '-q', '-h', '127.0.0.1']);
  await until(
    async () => (await ready()).code === 0,
    240_000,
    () => `${name} does not come up`,
  );
  const sql = (text: string) =>
    docker.docker('exec', name, 'psql', '-XAtqU', 'owner', '-d', 'aperture', '-v', 'ON_ERROR_STOP=1', '-c', text);
  await sql("CREATE TABLE kept (word text PRIMARY KEY); INSERT INTO kept VALUES ('here')");
  const settings = { ...settingsFor({ port, user: 'owner', database: 'aperture' }) };
  const instance = await instanceWith(companion, settings, 'secret');
  return { folder, file, container: name, instance, sql };
}

const imageOf = async (container: string) =>
  (await docker.docker('inspect', '--format', '{{.Config.Image}}', container)).trim();

describe('a database made by Compose', () => {
  test('moves to the image with pgvector: same data, one line of the file changed, its mode kept', async () => {
    const made = await project();
    const before = readFileSync(made.file, 'utf8');
    const report = await companion.databaseImages.plan(made.instance.id, place, never);
    expect(report).toMatchObject({
      container: made.container,
      from: 'postgres:17',
      to: 'pgvector/pgvector:pg17',
      outcome: 'possible',
      change: { state: 'changed' },
    });
    expect(report.plan.steps.map(({ kind }) => kind)).toEqual(['command', 'file', 'command']);
    const { ended } = await companion.databaseImages.run(report.plan.id);
    expect(await ended).toMatchObject({ state: 'succeeded' });
    expect(readFileSync(made.file, 'utf8')).toBe(before.replace('postgres:17 #', 'pgvector/pgvector:pg17 #'));
    expect(readFileSync(`${made.file}.previous`, 'utf8')).toBe(before);
    expect(statSync(made.file).mode & 0o777).toBe(0o600);
    expect(await imageOf(made.container)).toBe('pgvector/pgvector:pg17');
    expect((await made.sql('SELECT word FROM kept')).trim()).toBe('here');
    await made.sql('CREATE EXTENSION vector');
    const again = await companion.databaseImages.plan(made.instance.id, place, never);
    expect(again).toMatchObject({ outcome: 'there', plan: { steps: [] } });
    await compose(docker, 'v2', made.folder, 'down', '-v');
  });

  test('that does not come up with it goes back to the image of before, with its data', async () => {
    // Only the plain image has this file: the other one ends at once.
    const made = await project([
      "    entrypoint: ['sh', '-c', 'test ! -e /usr/share/postgresql/17/extension/vector.control && test ! -e /usr/lib/postgresql/17/lib/vector.so && exec /bin/sh /usr/local/bin/docker-entrypoint.sh postgres']",
    ]);
    const before = readFileSync(made.file, 'utf8');
    const report = await companion.databaseImages.plan(made.instance.id, place, never);
    const { ended } = await companion.databaseImages.run(report.plan.id);
    const view = await ended;
    expect(view).toMatchObject({
      state: 'failed',
      problem: { code: 'database-image-rolled-back', values: { restored: 'yes' } },
    });
    expect(readFileSync(made.file, 'utf8')).toBe(before);
    expect(await imageOf(made.container)).toBe('postgres:17');
    expect((await made.sql('SELECT word FROM kept')).trim()).toBe('here');
    await compose(docker, 'v2', made.folder, 'down', '-v');
  });

  test('interrupted after the file was written: planned and done again, over SSH with Compose 1', async () => {
    const key = await makeSshKey({});
    const nas = await startDockerHost(docker, { key, programs: 'v1' });
    const made = await project();
    const before = readFileSync(made.file, 'utf8').replace(/^name: .*\n/m, '');
    writeFileSync(made.file, before.replace('postgres:17 #', 'pgvector/pgvector:pg17 #'));
    writeFileSync(`${made.file}.previous`, before);
    chmodSync(made.folder, 0o777);
    for (const file of [made.file, `${made.file}.previous`]) chmodSync(file, 0o666);
    const { host, port } = nas;
    const authentication = { method: 'key', path: key.file } as const;
    await companion.sshHosts.save({
      id: 'nas',
      name: 'nas',
      host,
      port,
      user: 'inGroup',
      authentication,
      jumps: [],
      useConfig: false,
    });
    const remote: DockerPlace = { kind: 'ssh', sshHostId: 'nas', sudo: false };
    await companion.instances.update(made.instance.id, { route: { kind: 'ssh', sshHostId: 'nas' } });
    // Its name is on the container only now, and stays.
    const report = await companion.databaseImages.plan(made.instance.id, remote, never);
    expect(report).toMatchObject({ outcome: 'possible', change: { state: 'same' } });
    const { ended } = await companion.databaseImages.run(report.plan.id);
    expect(await ended).toMatchObject({ state: 'succeeded' });
    expect(await imageOf(made.container)).toBe('pgvector/pgvector:pg17');
    const label = '{{index .Config.Labels "com.docker.compose.project"}}';
    expect((await docker.docker('inspect', '--format', label, made.container)).trim()).toBe(made.container);
    expect(readFileSync(`${made.file}.previous`, 'utf8')).toBe(before);
    expect((await made.sql('SELECT word FROM kept')).trim()).toBe('here');
    await docker.run(['rm', '--force', '--volumes', made.container]);
    await nas.stop();
  });

  test('whose image is a variable is left alone, with the change to make by hand', async () => {
    const made = await project();
    writeFileSync(made.file, readFileSync(made.file, 'utf8').replace('postgres:17', '${DATABASE_IMAGE:-postgres:17}'));
    const report = await companion.databaseImages.plan(made.instance.id, place, never);
    expect(report).toMatchObject({ outcome: 'by-hand', plan: { steps: [] } });
    expect(report.byHand[0]).toMatchObject({ kind: 'paste', language: 'yaml' });
    await compose(docker, 'v2', made.folder, 'down', '-v');
  });
});

describe('a database made by docker run', () => {
  test('the commands that are shown move it, when they are run as they are', async () => {
    const volume = uniqueName('volume');
    const lone = await runPostgres(docker, {
      pgvector: false,
      args: ['postgres', '-c', 'max_connections=77'],
      env: { TZ: 'Europe/Berlin' },
    });
    await lone.sql("CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')");
    const instance = await instanceWith(companion, settingsFor(lone), lone.password);
    const report = await companion.databaseImages.plan(instance.id, place, never);
    expect(report).toMatchObject({ outcome: 'by-hand', container: lone.name, to: 'pgvector/pgvector:pg17' });
    const [fix] = report.byHand;
    if (fix?.kind !== 'paste') throw new Error(JSON.stringify(report));
    expect(fix.snippet).not.toContain(lone.password);
    // Nothing is pulled here; everything else as it is.
    const script = path.join(mkdtempSync(path.join(tmpdir(), 'aperture-run-')), `${volume}.sh`);
    writeFileSync(script, fix.snippet.replace(/^docker pull .*\n/, ''));
    const { spawnSync } = await import('node:child_process');
    const run = spawnSync('sh', ['-e', script], { env: docker.env(), encoding: 'utf8' });
    expect(run.stderr).toBe('');
    await until(
      async () => (await docker.run(['exec', lone.name, 'pg_isready', '-q', '-h', '127.0.0.1'])).code === 0,
      240_000,
      () => 'not up',
    );
    expect(await imageOf(lone.name)).toBe('pgvector/pgvector:pg17');
    expect((await lone.sql('SELECT word FROM kept')).trim()).toBe('here');
    expect((await lone.sql('SHOW max_connections')).trim()).toBe('77');
    expect((await companion.databaseImages.plan(instance.id, place, never)).outcome).toBe('there');
    await lone.remove();
    await docker.run(['rm', '--force', '--volumes', `${lone.name}-before-pgvector`]);
  });

  test('an address that no container serves is told', async () => {
    const port = await freePort();
    const nowhere = await instanceWith(companion, settingsFor({ port, user: 'a', database: 'b' }), 'x');
    await expect(companion.databaseImages.plan(nowhere.id, place, never)).rejects.toMatchObject({
      problem: { code: 'database-not-in-container' },
    });
  });
});
