import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Docker, dockerCanBeHad, startDocker } from '../../support/docker/engine.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { type CommandLine, commandLine } from '../cli/commandLine.ts';

vi.setConfig({ testTimeout: 300_000 });

describe.runIf(dockerCanBeHad)('install on the command line', () => {
  let docker: Docker;
  let cli: CommandLine;
  beforeAll(async () => {
    docker = await startDocker();
    cli = commandLine({ PATH: docker.env().PATH, DOCKER_CONFIG: docker.env().DOCKER_CONFIG });
  }, 600_000);
  afterAll(() => docker.release());

  test('--plan shows every step and does none', async () => {
    const folder = path.join(supportFolder('plan'), 'aperture');
    const args = [
      'install',
      '--name',
      'films',
      '--with-database',
      '--folder',
      folder,
      '--socket',
      docker.socket,
      '--plan',
    ];
    const { code, document, stdout } = await cli.json([...args, '--port', '3999']);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      installed: false,
      installation: {
        folder,
        settings: { port: 3999, url: 'http://localhost:3999', folders: { backups: `${folder}/backups` } },
      },
      plan: { blocked: [] },
    });
    expect(stdout).toContain('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    expect(existsSync(folder)).toBe(false);
    const text = await cli.run(args);
    expect(text.stdout).toMatch(/\$ .*compose .* up -d --no-deps aperture/);
    const { document: listed } = await cli.json(['instances', 'list']);
    expect(listed).toMatchObject({ instances: [] });
  });

  test('what is in the way is told and ends with 1', async () => {
    const folder = supportFolder('blocked');
    const args = ['install', '--name', 'films', '--with-database', '--folder', folder, '--socket', docker.socket];
    const { code, document } = await cli.json([...args, '--network', 'no-such-network', '--plan']);
    expect(code).toBe(1);
    expect(document).toMatchObject({ plan: { blocked: [expect.stringContaining('no-such-network')] } });
    const { code: failed, document: why } = await cli.json([...args, '--network', 'no-such-network', '--yes']);
    expect(failed).toBe(3);
    expect(why).toMatchObject({ problem: { code: 'install-blocked' } });
  });

  test.each([
    ['neither an instance nor a name', ['install', '--plan']],
    ['both --plan and --yes', ['install', '--name', 'x', '--with-database', '--plan', '--yes']],
    ['settings without an installed server', ['server', 'settings', 'set', 'port=1', '--plan']],
  ])('wrong usage: %s', async (_, args) => {
    expect((await cli.json(args)).code).toBe(2);
  });

  test('a compose file without a container is adopted, its password into no file', async () => {
    const folder = path.join(supportFolder('adopt'), 'films');
    mkdirSync(folder);
    const compose = `services:
  films: {image: 'ghcr.io/dgruhin-hrizn/aperture:0.7.8', environment: {DATABASE_URL: '\${DATABASE_URL}', APP_BASE_URL: 'http://nas:3456'}, ports: ['3456:3456'], volumes: ['./l:/aperture-libraries', './b:/backups']}
`;
    writeFileSync(path.join(folder, 'compose.yaml'), compose);
    writeFileSync(
      path.join(folder, '.env'),
      'DATABASE_URL=postgres://app:f1lms3cret@host.docker.internal:5544/films\n',
    );
    const { code, document, stdout } = await cli.json([
      'compose',
      'adopt',
      '--folder',
      folder,
      '--socket',
      docker.socket,
      '--session',
    ]);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      path: path.join(folder, 'compose.yaml'),
      installation: { folder, settings: { project: 'films', port: 3456 } },
      instance: {
        connection: { hosts: [{ host: '127.0.0.1', port: 5544 }], database: 'films', user: 'app' },
        server: { container: 'films-films-1', url: 'http://nas:3456' },
        seenByServer: { host: 'host.docker.internal', port: 5544 },
      },
    });
    expect(stdout).not.toContain('f1lms3cret');
    const none = await cli.json([
      'compose',
      'adopt',
      '--folder',
      supportFolder('none'),
      '--name',
      'other',
      '--socket',
      docker.socket,
    ]);
    expect(none.code).toBe(3);
    expect(none.document).toMatchObject({ problem: { code: 'compose-not-found' } });
  });
});
