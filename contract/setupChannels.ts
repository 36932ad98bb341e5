import { z } from 'zod';
import { hostPresets } from './hostPreset.ts';
import { type Installation, type InstallPlan, installationSchema } from './install.ts';
import type { InstanceView } from './instance.ts';
import { type NetworkFound, networkChangeSchema } from './network.ts';
import type { Plan } from './plan.ts';
import type { ReachReport } from './reach.ts';
import { request } from './request.ts';
import type { DockerFound } from './server.ts';
import { dockerPlaceSchema } from './server.ts';

const id = z.string().min(1).max(64);
const administrator = z.object({ user: z.string().min(1).max(256), password: z.string().max(8192) });
const place = z.enum(['keychain', 'session']);

/** What the set-up asks: where Docker is, the database made ready, both sides of the way to it, the installation. */
export const setupChannels = {
  /** Looks for Docker anew; an SSH login may have to be asked for meanwhile. What stands in the way of Docker is in the answer. */
  'docker.find': request<DockerFound>()(z.object({ docker: dockerPlaceSchema })),

  /** What would be run to prepare the instance's database for its role. An administrator's login is used for this once. */
  'provisioning.plan': request<Plan>()(z.object({ instanceId: id, administrator })),
  /** Runs a plan that was shown. The role's password is kept in `place` before anything is sent. */
  'provisioning.run': request<{ operationId: string }>()(
    z.object({ instanceId: id, planId: id, administrator, place }),
  ),
  /** The same as a script for psql. It holds what PostgreSQL verifies the password with, never the password. */
  'provisioning.script': request<{ script: string }>()(z.object({ instanceId: id, place })),
  /** Writes the script to a file that the user chooses in the system's dialog. */
  'provisioning.saveScript': request<{ path: string } | null>()(z.object({ instanceId: id, place })),

  'install.defaults': request<Installation>()(z.object({ docker: dockerPlaceSchema, withDatabase: z.boolean() })),
  /** Where each kind of Docker host usually has its folders. */
  'install.preset': request<Pick<Installation, 'folder'> & Installation['settings']['folders']>()(
    z.object({ preset: z.enum(hostPresets) }),
  ),
  'install.plan': request<InstallPlan>()(z.object({ instanceId: id, installation: installationSchema })),
  /** Takes over a compose file on a Docker host, whether its container is there or not; without an instance a new one is made. */
  'install.adopt': request<{ instance: InstanceView; path: string }>()(
    z.object({
      docker: dockerPlaceSchema,
      folder: z.string().min(1).max(1024),
      instanceId: id.optional(),
      name: z.string().min(1).max(200),
      keep: place,
    }),
  ),
  'install.run': request<{ operationId: string }>()(z.object({ planId: id })),

  /** Tries the way to the database from this app and from where the server is to run; the report comes as an event, and with `reach.latest`. */
  'reach.run': request<{ operationId: string }>()(
    z.object({ instanceId: id, installation: installationSchema.optional() }),
  ),
  'reach.latest': request<ReachReport | null>()(z.object({ instanceId: id })),

  'networks.list': request<NetworkFound[]>()(z.object({ docker: dockerPlaceSchema })),
  'networks.plan': request<Plan>()(
    z.object({ docker: dockerPlaceSchema, changes: z.array(networkChangeSchema).min(1).max(20) }),
  ),
  'networks.run': request<{ operationId: string }>()(z.object({ planId: id, instanceId: id.optional() })),
} as const;
