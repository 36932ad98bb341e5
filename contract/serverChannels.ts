import { z } from 'zod';
import type { Installation, InstallPlan } from './install.ts';
import type { InstanceView } from './instance.ts';
import { request } from './request.ts';
import { dockerPlaceSchema, type FoundServer, type ServerStatus } from './server.ts';
import { serverSettingsSchema } from './serverSettings.ts';

const id = z.string().min(1).max(64);
const ofInstance = z.object({ instanceId: id });
const begun = request<{ operationId: string }>();

/** The server's files as they are on the Docker host, without secrets. */
type ServerFilesFound = {
  /** Missing where the compose file isn't one that can be read, and so changed, without doubt. */
  installation?: Installation;
  compose: string;
  env: string;
  /** Of the compose file. */
  path: string;
};

/** What the window asks about the server's container. Raises `server-not-found` for an instance that has none. */
export const serverChannels = {
  /** What resources are used takes the engine two seconds to find out. */
  'server.status': request<ServerStatus>()(z.object({ instanceId: id, resources: z.boolean() })),
  'server.start': begun(ofInstance),
  'server.stop': begun(ofInstance),
  'server.restart': begun(ofInstance),
  /** Containers that seem to be Aperture servers, the surest first. */
  'server.find': request<FoundServer[]>()(z.object({ docker: dockerPlaceSchema })),
  /** Links a container to an instance; without one a new one is made from the container's settings. */
  'server.adopt': request<{ instance: InstanceView; seenByServer?: string; otherDatabase?: string }>()(
    z.object({
      docker: dockerPlaceSchema,
      container: z.string().min(1).max(255),
      name: z.string().min(1).max(200),
      instanceId: id.optional(),
      keep: z.enum(['keychain', 'session']),
    }),
  ),
  /** The last lines and those that come, as events in batches, until it is closed or the page is gone. */
  'server.log.open': request<{ streamId: string }>()(
    z.object({ instanceId: id, tail: z.int().min(0).max(100_000), since: z.iso.datetime({ offset: true }).optional() }),
  ),
  /** Held back, nothing is lost: the lines wait on the Docker host. */
  'server.log.hold': request<void>()(z.object({ streamId: id, held: z.boolean() })),
  'server.log.close': request<void>()(z.object({ streamId: id })),
  /** Asks where to, and writes the whole log there. Null when nobody said where to. */
  'server.log.save': request<{ operationId: string } | null>()(ofInstance),
  /** Opens the server's own address in the system's browser. */
  'server.open': request<void>()(ofInstance),

  /** Null where no compose file of the server is known, or is where it was. */
  'serverSettings.read': request<ServerFilesFound | null>()(ofInstance),
  /** What a change would do; nothing of it is done. */
  'serverSettings.plan': request<InstallPlan>()(z.object({ instanceId: id, settings: serverSettingsSchema })),
  /** Applies a plan that was shown; a server that does not become ready gets its previous files back. */
  'serverSettings.apply': request<{ operationId: string }>()(z.object({ planId: id })),
} as const;
