import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PostgresContainer, ServerContainer } from '../../support/docker/containers.ts';
import { makeNetwork, runContainer, runPostgres, runServer, uniqueName } from '../../support/docker/containers.ts';
import { type Docker, dockerCanBeHad, startDocker } from '../../support/docker/engine.ts';
import { serverRepository } from '../../support/docker/images.ts';
import { until } from '../../support/processes.ts';

const secret = 'x'.repeat(32);

// The stand-in has to behave as the real server does, or tests against it prove nothing.
describe.runIf(dockerCanBeHad)('the stand-in for the server', () => {
  let docker: Docker;
  let network: string;
  let postgres: PostgresContainer;

  beforeAll(async () => {
    docker = await startDocker();
    network = await makeNetwork(docker);
    postgres = await runPostgres(docker, { network });
  }, 600_000);
  afterAll(async () => {
    await postgres?.remove();
    await docker?.release();
  });

  const emptyDatabase = async (owner = postgres.user) => {
    const name = uniqueName('db');
    await postgres.sql(`CREATE DATABASE "${name}" OWNER "${owner}"`, 'postgres');
    return name;
  };
  const role = async (password = 'secret') => {
    const name = uniqueName('role');
    await postgres.sql(`CREATE ROLE "${name}" LOGIN PASSWORD '${password}'`, 'postgres');
    return name;
  };
  const server = (url: string, env: Record<string, string> = {}, version?: string) =>
    runServer(docker, { network, env: { DATABASE_URL: url, SESSION_SECRET: secret, ...env }, version });
  const fails = async (started: ServerContainer, ...texts: string[]) => {
    expect(await started.exited()).toBe(1);
    const logs = await started.logs();
    for (const text of texts) expect(logs).toContain(text);
    return logs;
  };

  test('migrates an empty database, says so, answers, and ends at once when asked', async () => {
    const database = await emptyDatabase();
    const started = await server(postgres.url({ database }));
    await started.says('🚀 Aperture API server running at http://127.0.0.1:3456');
    const logs = await started.logs();
    expect(logs).toContain('🔮 Running database migrations...');
    expect(logs).toContain('✓ Applied 114 migration(s)');
    const lines = logs
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 30, module: 'migrations', total: 114, applied: 0, msg: 'Starting migrations' }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ migration: '0001_init.sql', msg: 'Applying migration' }));
    expect(lines).toContainEqual(
      expect.objectContaining({ migration: '0002_vector.sql', msg: 'extension "vector" already exists, skipping' }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ name: 'api', msg: 'Server listening at http://127.0.0.1:3456' }),
    );
    expect((await started.get('/health'))?.body).toMatchObject({
      ok: true,
      name: 'Aperture',
      version: '0.7.8',
      database: { connected: true },
    });
    expect((await started.get('/ready'))?.body).toEqual({ ready: true });
    expect((await started.get('/api/setup/status'))?.status).toBe(200);
    const counts = `SELECT (SELECT count(*) FROM aperture_migrations),
      (SELECT count(*) FROM pg_tables WHERE schemaname = 'public'),
      (SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%USING hnsw (embedding halfvec%')`;
    expect((await postgres.sql(counts, database)).trim()).toBe('114|80|27');

    const startedAt = performance.now();
    await started.stop();
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(await started.exited()).toBe(0);
    await started.start();
    await started.says('✓ Database is up to date');
    await started.remove();
  });

  test.each(['false', 'TRUE', '1'])('with migrations "%s" it is healthy on an empty database', async (value) => {
    const database = await emptyDatabase();
    const started = await server(postgres.url({ database }), { RUN_MIGRATIONS_ON_START: value });
    await started.says('🚀');
    expect(await started.logs()).toContain('⚠ 114 pending migration(s). ');
    expect((await started.get('/health'))?.body).toMatchObject({ ok: true, database: { connected: true } });
    expect((await started.get('/api/setup/status'))?.status).toBe(500);
    await started.remove();
  });

  test('a newer one adds what is missing; an older one starts silently on a newer schema', async () => {
    const database = await emptyDatabase();
    for (const [version, says] of [
      ['0.6.3', '✓ Applied 100 migration(s)'],
      ['0.7.8', '✓ Applied 14 migration(s)'],
      ['0.7.7', '✓ Database is up to date'],
    ] as const) {
      const started = await server(postgres.url({ database }), {}, version);
      await started.says('🚀');
      expect(await started.logs()).toContain(says);
      expect((await started.get('/health'))?.body).toMatchObject({ version });
      await started.remove();
    }
  });

  test('without pgvector it ends, with the first migration applied', async () => {
    const plain = await runPostgres(docker, { network, pgvector: false });
    await fails(
      await server(plain.url()),
      'Failed to run migrations: error: extension "vector" is not available',
      '0A000',
    );
    expect((await plain.sql('SELECT name FROM aperture_migrations')).trim()).toBe('0001_init.sql');
    await plain.remove();
  });

  test('without the right to make extensions it ends, unless they are there', async () => {
    const control = '/usr/share/postgresql/17/extension/vector.control';
    await postgres.exec('sed', '-i', '/^trusted/d', control);
    const user = await role();
    const database = await emptyDatabase(user);
    const url = postgres.url({ user, password: 'secret', database });
    await fails(await server(url), 'permission denied to create extension "vector"', '42501');
    await postgres.sql('CREATE EXTENSION vector', database);
    const started = await server(url);
    await started.says('🚀');
    await started.remove();
  });

  test('in a database of somebody else it may make no table', async () => {
    const url = postgres.url({ user: await role(), password: 'secret', database: await emptyDatabase() });
    await fails(await server(url), 'permission denied for schema public', '42501');
  });

  test.each([
    ['a wrong password', () => ({ password: 'wrong' }), 'password authentication failed', '28P01'],
    ['no such database', () => ({ database: 'nowhere' }), 'database "nowhere" does not exist', '3D000'],
    ['a wrong name', () => ({ host: 'nowhere.invalid' }), 'getaddrinfo ENOTFOUND nowhere.invalid', 'ENOTFOUND'],
    ['a wrong port', () => ({ port: 5433 }), 'connect ECONNREFUSED', 'ECONNREFUSED'],
  ])('%s: it ends and says so', async (_, wrong, text, code) => {
    await fails(await server(postgres.url(wrong())), 'Failed to run migrations:', text, code);
  });

  test('an address without a host: it ends and says so', async () => {
    const format = '{{(index .IPAM.Config 0).Subnet}}';
    const subnet = (await docker.docker('network', 'inspect', '--format', format, network)).trim();
    const nobody = subnet.replace(/\.\d+\/\d+$/, '.250');
    await fails(await server(postgres.url({ host: nobody })), 'connect EHOSTUNREACH');
  });

  test('two on an empty database: one of them stumbles over the other', async () => {
    const database = await emptyDatabase();
    const url = postgres.url({ database });
    const names = [1, 2].map(() => uniqueName('twin'));
    for (const name of names) {
      const args = ['create', '--name', name, '--network', network, '--env', `DATABASE_URL=${url}`];
      await docker.docker(...args, `${serverRepository}:0.7.8`);
    }
    await docker.docker('start', ...names);
    let logs: string[] = [];
    await until(
      async () => {
        logs = await Promise.all(names.map(async (name) => (await docker.run(['logs', name])).stdout));
        return logs.some((text) => text.includes('🚀'));
      },
      60_000,
      () => logs.join('\n'),
    );
    const all = (await Promise.all(names.map((name) => docker.run(['logs', name])))).map(
      ({ stdout, stderr }) => stdout + stderr,
    );
    expect(all.filter((text) => text.includes('Failed to run migrations:') && text.includes('23505'))).toHaveLength(1);
    await docker.docker('rm', '--force', ...names);
  });

  test('with something that accepts and never answers it hangs without a word', async () => {
    const name = uniqueName('mute');
    const program = "require('node:net').createServer(() => {}).listen(5432)";
    const image = `${serverRepository}:0.7.8`;
    const mute = await runContainer(docker, ['--network', network, image, 'node', '-e', program], name);
    const started = await server(postgres.url({ host: name }));
    await started.says('🔮');
    await delay(6000);
    expect(await started.health()).not.toBe('over');
    expect((await started.logs()).trim()).toBe('🔮 Running database migrations...');
    expect(await started.get('/health')).toBeUndefined();
    await Promise.all([started.remove(), mute.remove()]);
  });

  test('tells when the database goes away, hangs when it freezes, and recovers by itself', async () => {
    const own = await runPostgres(docker, { network });
    const started = await server(own.url());
    await started.says('🚀');
    await own.stop();
    expect(await started.get('/health')).toMatchObject({
      status: 503,
      body: { ok: false, database: { connected: false } },
    });
    await own.start();
    await until(
      async () => (await started.get('/health'))?.status === 200,
      30_000,
      () => 'it did not recover',
    );
    await docker.docker('pause', own.name);
    expect(await started.get('/health')).toBeUndefined();
    await docker.docker('unpause', own.name);
    await Promise.all([started.remove(), own.remove()]);
  });

  test.each([
    ['DATABASE_URL', 'Required', {}],
    ['DATABASE_URL', 'Invalid url', { DATABASE_URL: 'host=db user=app' }],
    ['SESSION_SECRET', 'at least 32 character(s)', { DATABASE_URL: 'postgres://db/x', SESSION_SECRET: 'change-me' }],
    ['APP_BASE_URL', 'Invalid url', { DATABASE_URL: 'postgres://db/x', APP_BASE_URL: 'nas' }],
  ])('a wrong %s (%s): it ends and says so', async (field, text, env) => {
    const logs = await fails(await runServer(docker, { network, env: env as Record<string, string> }), field, text);
    expect(logs).toContain('❌ Invalid environment variables:');
  });

  test('reads sslmode as its driver does', async () => {
    const own = await runPostgres(docker, { network });
    const folder = '/var/lib/postgresql/data';
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${folder}/server.key`, '-out', `${folder}/server.crt`];
    await own.exec('openssl', 'req', '-x509', ...key, '-days', '2', '-subj', `/CN=${own.name}`);
    await own.exec('chown', 'postgres:postgres', `${folder}/server.key`, `${folder}/server.crt`);
    await own.sql('ALTER SYSTEM SET ssl = on');
    await own.sql('SELECT pg_reload_conf()');
    for (const parameters of [
      'sslmode=require',
      'sslmode=prefer',
      'sslmode=verify-ca',
      'sslmode=verify-full',
      'ssl=true',
    ]) {
      await fails(await server(`${own.url()}?${parameters}`), 'DEPTH_ZERO_SELF_SIGNED_CERT');
    }
    for (const parameters of ['sslmode=no-verify', 'uselibpqcompat=true&sslmode=require']) {
      const started = await server(`${own.url()}?${parameters}`);
      await started.says('🚀');
      await started.remove();
    }
    await own.remove();
    // The other database has no TLS at all.
    await fails(await server(`${postgres.url()}?sslmode=prefer`), 'The server does not support SSL connections');
  });
});
