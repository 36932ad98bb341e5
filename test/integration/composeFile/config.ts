import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { composePlugin } from '../../support/docker/engine.ts';
import { type Command, run } from '../../support/processes.ts';
import { supportFolder } from '../../support/supportFolder.ts';

/** Both kinds of Compose; `config` needs no Docker engine. */
export const composes = [
  { name: 'Compose v2', command: [composePlugin] },
  { name: 'Compose v1', command: ['docker-compose'] },
] as const satisfies readonly { name: string; command: Command }[];

/** What Compose makes of the files: its own rendering with everything filled in. */
export async function composeConfig(
  command: Command,
  files: { compose: string; env: string },
  args: readonly string[] = [],
) {
  const folder = path.join(supportFolder('compose'), 'aperture');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'docker-compose.yml'), files.compose);
  writeFileSync(path.join(folder, '.env'), files.env);
  return run([...command, '-f', 'docker-compose.yml', 'config', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: 'unix:///nonexistent', LC_ALL: 'C.UTF-8' },
  });
}
