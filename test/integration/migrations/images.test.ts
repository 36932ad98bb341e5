import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { MigrationSource } from '../../../contract/migration.ts';
import type { ServerPlace } from '../../../contract/server.ts';
import { readImageFolder } from '../../../main/adapters/docker/readImage.ts';
import type { Companion } from '../../../main/compose.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { readMigrations } from '../../../main/services/migrations/source.ts';
import {
  makeNetwork,
  type PostgresContainer,
  runContainer,
  runPostgres,
  runServer,
  type ServerContainer,
  uniqueName,
} from '../../support/docker/containers.ts';
import { type Docker, startDocker } from '../../support/docker/engine.ts';
import { standInMigrations } from '../../support/docker/migrations.ts';
import { startDockerHost } from '../../support/docker/sshHost.ts';
import { startKeychain, type TestKeychain } from '../../support/keychain.ts';
import type { Sshd } from '../../support/sshd.ts';
import { makeSshKey } from '../../support/sshKeys.ts';
import { commandLine } from '../cli/commandLine.ts';
import { companionFor, never } from '../server/companion.ts';

const image = 'ghcr.io/dgruhin-hrizn/aperture';
const label = 'org.aperture-companion.reading';

let docker: Docker;
let nas: Sshd;
let keychain: TestKeychain;
let companion: Companion;
let database: PostgresContainer;
let server: ServerContainer;

beforeAll(async () => {
  docker = await startDocker();
  keychain = await startKeychain();
  const network = await makeNetwork(docker);
  database = await runPostgres(docker, { network });
  server = await runServer(docker, {
    network,
    version: '0.6.3',
    env: { DATABASE_URL: database.url(), RUN_MIGRATIONS_ON_START: 'true' },
  });
  const key = await makeSshKey({});
  nas = await startDockerHost(docker, { key });
  companion = companionFor(docker, 'v2');
  for (const user of ['inGroup', 'withSudo'] as const) {
    await companion.sshHosts.save({
      id: user,
      name: user,
      host: nas.host,
      port: nas.port,
      user,
      authentication: { method: 'key', path: key.file },
      jumps: [],
      useConfig: false,
    });
  }
  await server.says('Aperture API server running at');
}, 600_000);
afterAll(async () => {
  await companion?.stop();
  await nas?.stop();
  await keychain?.stop();
  await docker?.release();
});

const places = {
  'this computer': () => ({ kind: 'local' as const, socket: docker.socket }),
  'an SSH host': () => ({ kind: 'ssh' as const, sshHostId: 'inGroup', sudo: false }),
  'an SSH host, by sudo': () => ({ kind: 'ssh' as const, sshHostId: 'withSudo', sudo: true }),
};

const read = (source: MigrationSource, place: ServerPlace, signal = never) =>
  readMigrations(source, { dockerHosts: companion.dockerHosts, server: place, signal });
const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error: unknown) => (error instanceof ProblemError ? error.problem : error),
  );
/** Containers that a reading made and that are still there. */
const left = async () => (await docker.docker('ps', '-aq', '--filter', `label=${label}`)).trim();

describe.each(Object.entries(places))('Docker on %s', (_, docker_) => {
  const place = (): ServerPlace => ({ docker: docker_(), container: server.name });

  test('the image of the server, by its id, byte for byte and in order; nothing is started and nothing stays', async () => {
    const { found, files } = await read({ kind: 'installed' }, place());
    const imageId = (await docker.docker('inspect', '--format', '{{.Image}}', server.name)).trim();
    expect(found).toEqual({ kind: 'installed', name: `${image}:0.6.3`, imageId, files: 100 });
    expect(files.map(({ name, sql }) => ({ name, sql }))).toEqual(standInMigrations().slice(0, 100));
    expect(files.every(({ bytes, sql }) => bytes === Buffer.byteLength(sql))).toBe(true);
    expect(await left()).toBe('');
  });

  test('another tag that is there; one that is not says how to pull it', async () => {
    const { found, files } = await read({ kind: 'image', image: `${image}:0.7.8` }, place());
    expect(found).toMatchObject({ kind: 'image', name: `${image}:0.7.8`, files: 114 });
    expect(files.map(({ name }) => name)).toEqual(standInMigrations().map(({ name }) => name));
    expect(await problemOf(read({ kind: 'image', image: `${image}:9.9.9` }, place()))).toMatchObject({
      code: 'migrations-image-missing',
      values: { image: `${image}:9.9.9`, program: 'docker' },
    });
    expect(await problemOf(read({ kind: 'image', image: '--privileged' }, place()))).toMatchObject({
      code: 'migrations-image-missing',
    });
    expect(await left()).toBe('');
  });

  test('an image without migrations, and a container that is gone', async () => {
    expect(await problemOf(read({ kind: 'image', image: 'postgres:17' }, place()))).toMatchObject({
      code: 'migrations-missing',
      values: { source: 'postgres:17', path: '/app/db/migrations' },
    });
    expect(await problemOf(read({ kind: 'installed' }, { ...place(), container: uniqueName('gone') }))).toMatchObject({
      code: 'container-missing',
    });
    expect(await left()).toBe('');
  });

  test('cancelled at any moment, nothing stays', async () => {
    for (const milliseconds of [1, 60, 150, 300]) {
      const signal = AbortSignal.timeout(milliseconds);
      const result = await problemOf(read({ kind: 'installed' }, place(), signal));
      expect(result === 'nothing' || (result as { code: string }).code === 'cancelled').toBe(true);
      expect(await left()).toBe('');
    }
  });
});

test('what a killed reading left behind is removed by the next; what another is reading now is not', async () => {
  const make = (at: number) =>
    docker.docker('create', '--label', `${label}=${at}.x`, `${image}:0.6.3`, 'true').then((id) => id.trim());
  const [old, fresh] = [await make(Date.now() - 2 * 3600_000), await make(Date.now())];
  await read({ kind: 'installed' }, { docker: places['this computer'](), container: server.name });
  const ids = (await docker.docker('ps', '-aq', '--no-trunc', '--filter', `label=${label}`)).split('\n');
  expect(ids).not.toContain(old);
  expect(ids).toContain(fresh);
  await docker.docker('rm', fresh);
});

test('odd images: links instead of files, folders in between, files that are no SQL', async () => {
  const name = uniqueName('odd');
  const script = [
    'mkdir -p /real /app/db/migrations/deeper; cd /real',
    "echo 'SELECT 1;' > 0001_a.sql; printf '\\351' > 0002_b.sql; echo x > notes.txt; echo 'SELECT 2;' > deeper.sql",
    'cp * /app/db/migrations; cp deeper.sql /app/db/migrations/deeper/0003.sql',
    'if [ "$LINKS" = files ]; then ln -s /real/0001_a.sql /app/db/migrations/0009_link.sql; fi',
    'if [ "$LINKS" = folder ]; then rm -r /app/db/migrations; ln -s /real /app/db/migrations; fi',
  ].join('\n');
  const made: string[] = [];
  const docker_ = places['this computer']();
  const seen: unknown[] = [];
  for (const links of ['none', 'folder', 'files']) {
    const container = await runContainer(
      docker,
      [
        '--user',
        'root',
        '--env',
        `LINKS=${links}`,
        '--entrypoint',
        'sh',
        `${image}:0.6.3`,
        '-c',
        `rm -rf /app/db; ${script}; sleep 600`,
      ],
      uniqueName('odd'),
    );
    await expect
      .poll(() => docker.docker('exec', container.name, 'ls', '/app/db/migrations').catch(() => ''), {
        timeout: 30_000,
      })
      .toContain('deeper.sql');
    if (links === 'files') {
      await expect
        .poll(() => docker.docker('exec', container.name, 'ls', '/app/db/migrations'), { timeout: 30_000 })
        .toContain('0009_link.sql');
    }
    const tag = `${name}:${links}`;
    await docker.docker('commit', container.name, tag);
    made.push(tag);
    const result = await read({ kind: 'image', image: tag }, { docker: docker_, container: server.name }).catch(
      ({ problem }: ProblemError) => problem,
    );
    seen.push('files' in result ? result.files.map((file) => [file.name, file.problem?.values.fault]) : result.code);
  }
  const files = [
    ['0001_a.sql', undefined],
    ['0002_b.sql', 'encoding'],
    ['deeper.sql', undefined],
  ];
  expect(seen).toEqual([files, files, 'migrations-unreadable']);
  await docker.docker('rmi', '--force', ...made);
  expect(await left()).toBe('');
});

test.each([
  ['files', { files: 99 }],
  ['bytes of one file', { fileBytes: 200 }],
  ['bytes in all', { totalBytes: 5_000 }],
])('an image with more than expected is not read on: %s', async (_, less) => {
  const { cli } = await companion.dockerHosts.engine(places['this computer'](), never);
  const limits = { files: 5_000, fileBytes: 1e6, totalBytes: 1e8, ...less };
  const wanted = (name: string) => name.endsWith('.sql');
  const folder = '/app/db/migrations';
  expect(
    await problemOf(readImageFolder(cli, { image: `${image}:0.6.3`, folder, wanted, limits }, never)),
  ).toMatchObject({ code: 'migrations-unreadable' });
  expect(await left()).toBe('');
});

const previewSchema = z.looseObject({
  preview: z.looseObject({
    files: z.array(z.looseObject({ name: z.string(), effect: z.string() })),
    effects: z.record(z.string(), z.number()),
  }),
});

test('migrate status and preview on the command line', async () => {
  const { PATH, DOCKER_CONFIG } = docker.env('v2');
  const cli = commandLine({ ...keychain.env, PATH, DOCKER_CONFIG });
  const adopted = await cli.json([
    'server',
    'adopt',
    '--socket',
    docker.socket,
    '--container',
    server.name,
    '--name',
    'Home',
  ]);
  expect(adopted.code).toBe(0);
  const at = ['--instance', 'Home'];

  const status = await cli.json(['migrate', 'status', ...at]);
  expect(status).toMatchObject({
    code: 0,
    document: {
      status: { ledger: 'there', applied: 100, pending: 0, unknown: 0, onStart: true, source: { files: 100 } },
    },
  });
  const newer = await cli.run(['migrate', 'status', ...at, '--source', 'image:0.7.8']);
  expect(newer.code).toBe(1);
  expect(newer.stdout).toMatch(/^0001_init\.sql +applied +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m);
  expect(newer.stdout).toMatch(/^0101_\S+ +pending$/m);
  expect(newer.stdout).toContain('100 migrations applied, 14 pending.');
  expect(newer.stdout).toContain('The server applies them when it starts');

  const sql = await cli.run(['migrate', 'status', ...at, '--sql']);
  expect(sql.code).toBe(0);
  expect(sql.stdout).toContain('SELECT name, applied_at FROM aperture_migrations ORDER BY name;');
  expect(sql.stdout).toContain('(100 rows)');

  const harmless = await cli.json(['migrate', 'preview', ...at, '--source', 'image:0.7.8']);
  expect(harmless.code).toBe(0);
  expect(previewSchema.parse(harmless.document).preview.files).toHaveLength(14);

  await database.sql(
    'INSERT INTO embeddings_384 (embedding) SELECT array_fill(0.5::real, ARRAY[384])::halfvec FROM generate_series(1, 7)',
  );
  const deleting = standInMigrations().find((each) => each.name.includes('forget_embeddings'));
  await database.sql(`DELETE FROM aperture_migrations WHERE name = '${deleting?.name}'`);
  const bad = await cli.run(['migrate', 'preview', ...at]);
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain(`${deleting?.name}  destroys data`);
  expect(bad.stdout).toMatch(/line \d+: DELETE\n +public\.embeddings_384: deletes every row of the table \(7 rows\)/);
  expect((await cli.json(['migrate', 'preview', ...at])).document).toMatchObject({
    preview: { effects: { 'destroys-data': 1 } },
  });

  const missing = await cli.run(['migrate', 'status', ...at, '--source', 'image:9.9.9']);
  expect(missing.code).toBe(1);
  expect(missing.stdout).toContain('docker pull ghcr.io/dgruhin-hrizn/aperture:9.9.9');
  expect(missing.stdout).toContain('99 migrations applied');
  expect((await cli.run(['migrate', 'preview', ...at, '--source', 'image:9.9.9'])).code).toBe(3);
  expect((await cli.run(['migrate', 'status', ...at, '--source', 'nonsense'])).code).toBe(2);
}, 240_000);
