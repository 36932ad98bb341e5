import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { environmentOf, type Inspected, inspectContainer } from '../../adapters/docker/inspect.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';

const schema = z.object({
  /** Made once for a data directory and never changed. */
  identifier: z.string(),
  major: z.number(),
  directory: z.string(),
  vector: z.boolean(),
});
/** What tells one database cluster from another, and whether its programs bring pgvector. */
export type DataFacts = z.infer<typeof schema>;

const question = `SELECT json_build_object('identifier', (SELECT system_identifier::text FROM pg_control_system()),
 'major', current_setting('server_version_num')::int / 10000, 'directory', current_setting('data_directory'),
 'vector', EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector'))`;

/** Milliseconds that PostgreSQL gets to come up: longer after a crash. */
export const comeUpPatience = 120_000;

/** The image's superuser, through the container's own socket, which the image lets it use without a password. */
export const superuserOf = (container: Inspected): string => environmentOf(container).POSTGRES_USER || 'postgres';

/** Asks the database inside of its container. Raises `docker-command-failed` with psql's words. */
export async function dataFacts(cli: DockerCli, container: Inspected, signal: AbortSignal): Promise<DataFacts> {
  const args = ['exec', container.Id, 'psql', '-XAtqw', '-U', superuserOf(container), '-d', 'postgres', '-c', question];
  const stdout = await cli.must(args, { signal, container: container.Name });
  return schema.parse(JSON.parse(stdout));
}

export type ComeUp =
  | { kind: 'up'; facts: DataFacts; container: Inspected }
  | { kind: 'ended'; exitCode: number }
  | { kind: 'silent' };

/** Ends of a container that Docker starts again after which it is taken to end for ever. */
const mostRestarts = 3;

/** Waits until the database of a container takes connections over TCP, then asks it; gives up when it ends or the time is over. */
export async function factsWhenUp(cli: DockerCli, name: string, signal: AbortSignal): Promise<ComeUp> {
  const until = performance.now() + comeUpPatience;
  while (performance.now() < until) {
    const container = await inspectContainer(cli, name, { signal });
    if (container?.State.Running === true) {
      // While the image sets up or recovers, it answers on its socket only or not at all.
      const { exitCode } = await cli.run(['exec', container.Id, 'pg_isready', '-q', '-h', '127.0.0.1'], { signal });
      if (exitCode === 0) {
        try {
          return { kind: 'up', facts: await dataFacts(cli, container, signal), container };
        } catch (error) {
          if (signal.aborted || !(error instanceof ProblemError)) throw error;
        }
      }
    }
    if (container !== undefined) {
      const { Status: status, ExitCode: exitCode } = container.State;
      const over = status === 'exited' || status === 'dead' || container.RestartCount >= mostRestarts;
      if (over) return { kind: 'ended', exitCode };
    }
    await delay(500, undefined, { signal }).catch((cause: unknown) => {
      throw cancelled(cause);
    });
  }
  return { kind: 'silent' };
}
