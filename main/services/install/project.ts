import { stripVTControlCharacters } from 'node:util';
import type { DockerFound } from '../../../contract/server.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { inFolder } from '../composeFile/plannedFiles.ts';
import { readIfThere } from '../composeFile/readIfThere.ts';
import type { Op } from '../ports.ts';

/** Milliseconds that Compose gets for bringing containers up, with everything that they depend on. */
const patience = 600_000;

/** One Compose project on a Docker host. */
export type Project = {
  cli: DockerCli;
  compose: NonNullable<DockerFound['compose']>;
  folder: string;
  composePath: string;
};

/** Raises `compose-missing`. */
export function composeOf(found: DockerFound, host: string): NonNullable<DockerFound['compose']> {
  if (found.compose === undefined) throw new ProblemError('compose-missing', { host });
  return found.compose;
}

/** The arguments that bring services up; without their dependencies where those are up already. */
export function upArguments(files: readonly string[], folder: string, service: string, alone: boolean): string[] {
  const named = files.flatMap((file) => ['-f', file]);
  return [...named, '--project-directory', folder, 'up', '-d', ...(alone ? ['--no-deps'] : []), service];
}

/** The compose file, and the one over it that Compose takes by itself where none is named. */
export async function filesOf({ cli, folder, composePath }: Project, signal: AbortSignal): Promise<string[]> {
  const name = composePath.slice(composePath.lastIndexOf('/') + 1);
  const stem = /^(docker-compose|compose)\.ya?ml$/.exec(name)?.[1];
  if (stem === undefined) return [composePath];
  for (const ending of ['yml', 'yaml']) {
    const over = inFolder(folder, `${stem}.override.${ending}`);
    if ((await readIfThere(cli.host, over, { signal, maxBytes: 1024 * 1024 })) !== undefined)
      return [composePath, over];
  }
  return [composePath];
}

/** Brings a service up as the files say; one that is up and the same is left alone. */
export async function bringUp(
  project: Project,
  service: string,
  alone: boolean,
  { signal, log }: Pick<Op, 'signal' | 'log'>,
): Promise<void> {
  const { cli, compose, folder } = project;
  const args = upArguments(await filesOf(project, signal), folder, service, alone);
  log(cli.composeArgv(compose, args).join(' '));
  const { stdout, stderr } = await cli.compose(compose, args, { signal, timeout: patience });
  for (const line of `${stdout}\n${stderr}`.split(/\r?\n/)) {
    // Escape sequences of progress that is redrawn.
    const plain = stripVTControlCharacters(line).trim();
    if (plain !== '') log(plain);
  }
}
