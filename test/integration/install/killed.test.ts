import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Docker, dockerCanBeHad, startDocker } from '../../support/docker/engine.ts';
import { freePort } from '../../support/ports.ts';
import { randomFrom, seedOf } from '../../support/seed.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { commandLine } from '../cli/commandLine.ts';
import { health } from './harness.ts';

/** How many times the app is killed in the middle of an installation. */
const rounds = Number(process.env.FAULT_ROUNDS ?? 1);

describe.runIf(dockerCanBeHad)('an installation whose app is killed', () => {
  let docker: Docker;
  beforeAll(async () => {
    docker = await startDocker({ alone: true });
  }, 600_000);
  afterAll(() => docker.release());

  test(
    'at any moment: the same command goes on and ends well',
    async () => {
      const seed = seedOf();
      const random = randomFrom(seed);
      process.stdout.write(`seed ${seed}\n`);
      for (let round = 0; round < rounds; round += 1) {
        const where = `seed ${seed}, round ${round}`;
        const cli = commandLine({ PATH: docker.env().PATH, DOCKER_CONFIG: docker.env().DOCKER_CONFIG });
        const folder = path.join(supportFolder('killed'), `aperture-${round}`);
        mkdirSync(folder, { recursive: true });
        const args = [
          'install',
          '--name',
          'films',
          '--with-database',
          '--folder',
          folder,
          '--socket',
          docker.socket,
          '--yes',
        ];
        const kills = 1 + Math.floor(random() * 2);
        let password: string | undefined;
        for (let kill = 0; kill < kills; kill += 1) {
          const milliseconds = Math.round(random() * 9_000);
          const begun = cli.begin(args);
          await Promise.race([delay(milliseconds), begun.ended]);
          begun.child.kill('SIGKILL');
          await begun.ended;
          const now = passwordIn(folder);
          // What a database was made with is never forgotten.
          if (password !== undefined) expect(now, where).toBe(password);
          password = now;
        }
        const last = await cli.json(args);
        expect(last.code, `${where}\n${last.stdout}\n${last.stderr}`).toBe(0);
        const { installation } = last.document as {
          installation: { settings: { port: number; containerName: string } };
        };
        expect(await health(installation.settings.port), where).toMatchObject({
          ok: true,
          database: { connected: true },
        });
        if (password !== undefined) expect(passwordIn(folder), where).toBe(password);
        const { document } = await cli.json(['instances', 'list']);
        const { instances } = document as { instances: { name: string; server?: { container: string } }[] };
        expect(
          instances.map(({ name }) => name),
          where,
        ).toEqual(['films']);
        const known = readFileSync(path.join(cli.data, 'instances.json'), 'utf8');
        expect(known, where).toContain(`"container": "${installation.settings.containerName}"`);
        // The same for a change of its settings.
        const port = await freePort();
        const set = ['server', 'settings', 'set', `port=${port}`, '--yes'];
        const changing = cli.begin(set);
        await Promise.race([delay(Math.round(random() * 6_000)), changing.ended]);
        changing.child.kill('SIGKILL');
        await changing.ended;
        const changed = await cli.json(set);
        expect(changed.code, `${where}\n${changed.stdout}\n${changed.stderr}`).toBe(0);
        expect(await health(port), where).toMatchObject({ ok: true, database: { connected: true } });
        const shown = await cli.json(['server', 'settings', 'show']);
        expect(shown.document, where).toMatchObject({ installation: { settings: { port } } });
        expect(shown.stdout, where).not.toContain(passwordIn(folder));
        const left = readdirSync(folder).filter(
          (name) => !['.env', 'docker-compose.yml', 'aperture-libraries', 'backups'].includes(name),
        );
        expect(
          left.filter((name) => !name.endsWith('.previous')),
          where,
        ).toEqual([]);
        await docker.docker(
          'compose',
          '--project-directory',
          folder,
          '-f',
          path.join(folder, 'docker-compose.yml'),
          'down',
          '--volumes',
        );
      }
    },
    120_000 + rounds * 120_000,
  );
});

function passwordIn(folder: string): string | undefined {
  const file = path.join(folder, '.env');
  return existsSync(file) ? /DATABASE_PASSWORD='(.+)'/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
}
