import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compose, makeNetwork, runPostgres, uniqueName } from '../../support/docker/containers.ts';
import { type Docker, dockerCanBeHad, startDocker } from '../../support/docker/engine.ts';
import { postgresImages, serverRepository } from '../../support/docker/images.ts';
import { runFolder } from '../../support/docker/runFolder.ts';
import { startDockerHost } from '../../support/docker/sshHost.ts';
import { freePort } from '../../support/ports.ts';
import { exists, type Finished, run, until } from '../../support/processes.ts';
import type { Sshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { supportFolder } from '../../support/supportFolder.ts';

describe.runIf(dockerCanBeHad)('Docker for the tests', () => {
  let docker: Docker;
  beforeAll(async () => {
    docker = await startDocker();
  }, 600_000);
  afterAll(() => docker?.release());

  test('has the images under the names of the real ones, and no way to others', async () => {
    const format = '{{.Repository}}:{{.Tag}}';
    const images = (await docker.docker('images', '--format', format)).split('\n');
    const tags = ['0.6.3', '0.7.7', '0.7.8', 'latest'].map((tag) => `${serverRepository}:${tag}`);
    expect(images).toEqual(expect.arrayContaining([...tags, ...Object.values(postgresImages)]));
    expect((await docker.run(['pull', `${serverRepository}:9.9.9`])).code).not.toBe(0);
  });

  test('shows the programs that are asked for and no others', async () => {
    const found = async (programs: Parameters<Docker['env']>[0]) => {
      const ask = (...command: [string, ...string[]]) => run(['env', ...command], { env: docker.env(programs) });
      const answers = await Promise.all([
        ask('docker', 'version'),
        ask('docker', 'compose', 'version'),
        ask('docker-compose', 'version'),
      ]);
      return answers.map(({ code }) => code === 0);
    };
    expect(await found('v2')).toEqual([true, true, false]);
    expect(await found('v1')).toEqual([true, false, true]);
    expect(await found('without compose')).toEqual([true, false, false]);
    expect(await found('none')).toEqual([false, false, false]);
  });

  test.each(['v1', 'v2'] as const)(
    'Compose %s brings a server up beside its database, and down',
    async (version) => {
      const folder = supportFolder('compose');
      const port = await freePort();
      const project = uniqueName('project');
      writeFileSync(
        path.join(folder, 'docker-compose.yml'),
        `version: '3.8'
services:
  db:
    image: ${postgresImages.pgvector}
    environment: { POSTGRES_USER: app, POSTGRES_PASSWORD: app, POSTGRES_DB: aperture }
    healthcheck: { test: ['CMD-SHELL', 'pg_isready -h 127.0.0.1 -U app -d aperture'], interval: 1s, retries: 30 }
  aperture:
    image: ${serverRepository}:latest
    user: root
    environment: { DATABASE_URL: 'postgres://app:app@db:5432/aperture' }
    ports: ['127.0.0.1:${port}:3456']
    restart: unless-stopped
`,
      );
      const base = ['-p', project];
      await compose(docker, version, folder, ...base, 'up', '-d');
      await until(
        async () => {
          const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
          return response?.status === 200;
        },
        60_000,
        () => 'the server did not become healthy',
      );
      expect(await compose(docker, version, folder, ...base, 'logs', 'aperture')).toContain(
        '✓ Applied 114 migration(s)',
      );
      await compose(docker, version, folder, ...base, 'down', '--volumes');
      expect(await docker.docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`)).toBe('');
    },
    120_000,
  );

  test('PostgreSQL takes awkward names and passwords', async () => {
    const odd = { POSTGRES_USER: 'odd us-er', POSTGRES_PASSWORD: `p@ss'"/:% word`, POSTGRES_DB: 'da"ta b' };
    const network = await makeNetwork(docker);
    const postgres = await runPostgres(docker, { network, env: odd });
    expect((await postgres.sql('SELECT current_user, current_database()')).trim()).toBe('odd us-er|da"ta b');
    const args = [
      'run',
      '--rm',
      '--network',
      network,
      '--env',
      `PGPASSWORD=${odd.POSTGRES_PASSWORD}`,
      postgresImages.plain,
    ];
    const login = [
      'psql',
      '-XAtq',
      '-h',
      postgres.name,
      '-U',
      odd.POSTGRES_USER,
      '-d',
      odd.POSTGRES_DB,
      '-c',
      'SELECT 1',
    ];
    expect((await docker.docker(...args, ...login)).trim()).toBe('1');
    await postgres.remove();
  });

  test('the server image has its driver and the client programs in the places of the real one', async () => {
    const program = "console.log(require('/app/packages/core/node_modules/pg/package.json').version, process.getuid())";
    const inImage = (...command: string[]) => docker.docker('run', '--rm', `${serverRepository}:latest`, ...command);
    expect((await inImage('node', '-e', program)).trim()).toBe('8.16.3 1001');
    expect(await inImage('pg_dump', '--version')).toContain('PostgreSQL) 17');
    expect((await inImage('ls', '/app/db/migrations')).trim().split('\n')).toHaveLength(114);
  });

  test('is alone with whoever asks for that, after the others', async () => {
    let granted = false;
    const alone = startDocker({ alone: true }).then((it) => {
      granted = true;
      return it;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(granted).toBe(false);
    await docker.docker('version');
    await docker.release();
    await (await alone).release();
    docker = await startDocker();
  }, 600_000);

  test('pulls from a registry, whose faults are those of real ones', async () => {
    const image = `${serverRepository}:0.7.7`;
    await docker.release();
    docker = await startDocker({ alone: true });
    await docker.forgetImages(image);
    for (const [fault, says] of [
      ['denied', 'unauthorized'],
      ['limited', 'toomanyrequests'],
      ['down', 'EOF'],
    ] as const) {
      await docker.registry({ fault });
      expect((await docker.run(['pull', image])).stderr).toContain(says);
    }
    await docker.registry({ fault: 'broken' });
    expect((await docker.run(['pull', image], { timeout: 15_000 })).stdout).toContain('Retrying in');
    await docker.registry({ bytesPerSecond: 1_000_000 });
    expect((await docker.run(['pull', image], { timeout: 3000 })).code).toBeNull();

    await docker.registry({});
    const { code, stdout } = await docker.run(['pull', image]);
    expect({ code, new: stdout.includes('Downloaded newer image') }).toEqual({ code: 0, new: true });
    expect(stdout.match(/Pull complete/g)?.length).toBeGreaterThan(5);
    expect((await docker.run(['pull', image])).stdout).toContain('Image is up to date');
    expect((await docker.docker('run', '--rm', image, 'node', '--version')).trim()).toBe(process.version);
    expect((await docker.run(['pull', `${serverRepository}:9.9.9`])).stderr).toContain('manifest unknown');
  }, 600_000);

  test('what a killed test process has left running is removed', async () => {
    await docker.release();
    const support = (name: string) => fileURLToPath(new URL(`../../support/docker/${name}.ts`, import.meta.url));
    const name = uniqueName('left');
    const program = `
      import { startDocker } from '${support('engine')}';
      const docker = await startDocker({ alone: true });
      await docker.docker('run', '-d', '--name', '${name}', '${postgresImages.plain}', 'sleep', '1000');
      console.log(await docker.docker('ps', '--format', '{{.Names}}'));
      process.kill(process.pid, 'SIGKILL');`;
    const killed = await run([process.execPath, '--input-type=module', '--eval', program], { timeout: 300_000 });
    expect(killed.stdout.trim()).toBe(name);
    docker = await startDocker();
    expect(await docker.docker('ps', '-a', '--format', '{{.Names}}')).not.toContain(name);
  }, 600_000);

  test('comes back as it was when its keeper was killed', async () => {
    await docker.release();
    docker = await startDocker({ alone: true });
    const driver = await docker.docker('info', '--format', '{{.Driver}}');
    const engine = readFileSync(path.join(runFolder, 'docker.pid'), 'utf8').trim();
    const keeper = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${engine}/status`, 'utf8'))?.[1];
    process.kill(Number(keeper), 'SIGKILL');
    docker = await startDocker();
    expect(exists(Number(engine))).toBe(false);
    expect(await docker.docker('info', '--format', '{{.Driver}}')).toBe(driver);
    expect(await docker.docker('images')).toContain(serverRepository);
  }, 600_000);

  describe('a Docker host over SSH', () => {
    let key: SshKey;
    let host: Sshd;
    beforeAll(async () => {
      key = await makeSshKey();
      host = await startDockerHost(docker, { key });
    });
    afterAll(() => host?.stop());

    const ssh = (at: Sshd, user: string, command: string, input = ''): Promise<Finished> => {
      const trust = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
      const login = ['-F', 'none', '-i', key.file, '-p', String(at.port), `${user}@${at.host}`];
      return run(['ssh', ...trust, ...login, command], { input, timeout: 30_000 });
    };

    test('lets in who is in the group, and root by sudo, and nobody else', async () => {
      const list = "docker ps --format '{{.Names}}' && docker compose version --short";
      expect(await ssh(host, 'inGroup', list)).toMatchObject({ code: 0 });
      for (const user of ['withSudo', 'withSudoPassword', 'without']) {
        expect((await ssh(host, user, list)).stderr).toContain('permission denied');
      }
      expect(await ssh(host, 'withSudo', 'sudo -n docker ps && sudo -n docker compose version')).toMatchObject({
        code: 0,
      });
      expect((await ssh(host, 'withSudoPassword', 'sudo -n docker ps')).stderr).toContain('a password is required');
      const { password = '' } = host.users.find(({ name }) => name === 'withSudoPassword') ?? {};
      expect(await ssh(host, 'withSudoPassword', "sudo -S -p '' docker ps", `${password}\n`)).toMatchObject({
        code: 0,
      });
      expect((await ssh(host, 'without', 'sudo -n docker ps')).code).not.toBe(0);
    });

    test('has the programs that are asked for, and an engine or none', async () => {
      const old = await startDockerHost(docker, { key, programs: 'v1' });
      expect((await ssh(old, 'inGroup', 'docker-compose version --short')).stdout.trim()).toMatch(/^1\./);
      expect((await ssh(old, 'inGroup', 'docker compose version')).code).not.toBe(0);
      await old.stop();
      const bare = await startDockerHost(docker, { key, programs: 'none' });
      expect((await ssh(bare, 'inGroup', 'docker version')).code).toBe(127);
      await bare.stop();
      const stopped = await startDockerHost(docker, { key, engine: false });
      expect((await ssh(stopped, 'inGroup', 'docker ps')).stderr).toContain('Cannot connect to the Docker daemon');
      await stopped.stop();
    });
  });
});
