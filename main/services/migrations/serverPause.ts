import { z } from 'zod';
import type { ServerPlace } from '../../../contract/server.ts';
import { serverPlaceSchema } from '../../../contract/server.ts';
import { isAlive, ownIdentity, processIdentitySchema } from '../../adapters/processIdentity.ts';
import type { DockerHosts } from '../dockerHosts.ts';
import type { DocumentDefinition, StoredDocument } from '../documents.ts';

const pausedSchema = z.array(
  z.object({
    instanceId: z.string(),
    place: serverPlaceSchema,
    since: z.string(),
    by: processIdentitySchema,
  }),
);
export type Paused = z.infer<typeof pausedSchema>;

/** Servers that the app has stopped for a while and owes a start. Outlives the process that stopped them. */
export const pausedServersDocument: DocumentDefinition<Paused> = {
  name: 'paused-servers',
  version: 1,
  schema: pausedSchema,
  empty: () => [],
};

/** Seconds that the server gets to end by itself before it is killed. */
const grace = 30;
/** Milliseconds for `docker stop` and `docker start`. */
const patience = (grace + 60) * 1000;

export interface ServerPauses {
  /** Stops the container, and notes first that it has to be started again. */
  stop(instanceId: string, place: ServerPlace, signal: AbortSignal): Promise<void>;
  /** Starts it again; the note goes once it has. */
  resume(instanceId: string, place: ServerPlace, signal: AbortSignal): Promise<void>;
  /**
   * Starts what processes that have died left stopped. Answers the containers that run again, and what could not be started, which is
   * tried again the next time.
   */
  recover(signal: AbortSignal): Promise<{ started: string[]; failed: { container: string; error: unknown }[] }>;
  /** What `recover` would start. */
  left(): Promise<Paused>;
}

export function createServerPauses({
  document,
  dockerHosts,
  now = () => new Date(),
}: {
  document: StoredDocument<Paused>;
  dockerHosts: Pick<DockerHosts, 'engine'>;
  now?: () => Date;
}): ServerPauses {
  const start = async ({ docker, container }: ServerPlace, signal: AbortSignal) => {
    const { cli } = await dockerHosts.engine(docker, signal);
    await cli.must(['start', container], { signal, timeout: patience, container });
  };
  const forget = (instanceId: string, container: string) =>
    document.update((all) =>
      all.filter((each) => each.instanceId !== instanceId || each.place.container !== container),
    );

  return {
    async stop(instanceId, place, signal) {
      const { cli } = await dockerHosts.engine(place.docker, signal);
      const by = await ownIdentity();
      await document.update((all) => [...all, { instanceId, place, since: now().toISOString(), by }]);
      const args = ['stop', '-t', String(grace), place.container];
      await cli.must(args, { signal, timeout: patience, container: place.container });
    },
    async resume(instanceId, place, signal) {
      await start(place, signal);
      await forget(instanceId, place.container);
    },
    async left() {
      const { value } = await document.read();
      const alive = await Promise.all(value.map(({ by, since }) => isAlive(by, new Date(since))));
      return value.filter((_, index) => alive[index] === false);
    },
    async recover(signal) {
      const { value } = await document.read();
      const started: string[] = [];
      const failed: { container: string; error: unknown }[] = [];
      for (const { instanceId, place, since, by } of value) {
        if (await isAlive(by, new Date(since))) continue;
        try {
          await start(place, signal);
          await forget(instanceId, place.container);
          started.push(place.container);
        } catch (error) {
          failed.push({ container: place.container, error });
        }
      }
      return { started, failed };
    },
  };
}
