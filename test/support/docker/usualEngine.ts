import { cpSync } from 'node:fs';
import path from 'node:path';
import { mustRun } from '../processes.ts';
import { supportFolder } from '../supportFolder.ts';
import type { Docker, DockerPrograms } from './engine.ts';

/** Environment in which an app finds this engine as Docker's users do: by the CLI's current context, without DOCKER_HOST. */
export async function usualEngine(docker: Docker, programs: DockerPrograms = 'v2'): Promise<Record<string, string>> {
  const { PATH = '', DOCKER_CONFIG = '' } = docker.env(programs);
  const settings = path.join(supportFolder('docker-settings'), 'docker');
  cpSync(DOCKER_CONFIG, settings, { recursive: true, verbatimSymlinks: true });
  const env: NodeJS.ProcessEnv = { ...process.env, PATH, DOCKER_CONFIG: settings };
  delete env.DOCKER_HOST;
  await mustRun(['docker', 'context', 'create', 'here', '--docker', `host=unix://${docker.socket}`], { env });
  await mustRun(['docker', 'context', 'use', 'here'], { env });
  return { PATH, DOCKER_CONFIG: settings };
}
