import type { Installation, InstallPlan } from '../../contract/install.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { DockerPlace } from '../../contract/server.ts';
import type { ServerSettings } from '../../contract/serverSettings.ts';

type Begun = Promise<{ operationId: string; ended: Promise<OperationView> }>;

/** The server's files as they are on the Docker host. Of `.env` only the names: its values are hidden. */
export type InstalledFiles = {
  /** The settings as far as the files tell them; missing where the file isn't one that can be read without doubt. */
  installation?: Installation;
  compose: string;
  env: string;
  /** Of the compose file. */
  path: string;
};

export type InstallRequest = {
  instanceId: string;
  installation: Installation;
  /** Pulls the server's image even when it is there: a tag like `latest` moves. */
  pullAnyway?: boolean;
};

export interface Installs {
  /**
   * What suits that Docker host: the preset by its system, a free port, its time zone, the address under which people would open it.
   * Raises what stands in the way of Docker: `docker-…`, `ssh-…`.
   */
  defaults(request: { docker: DockerPlace; withDatabase: boolean }, signal: AbortSignal): Promise<Installation>;
  /**
   * Everything that would be done, in its order; nothing of it is. What is known to end badly is in `blocked`. Raises
   * `compose-not-editable`, `instance-missing`, and what stands in the way of Docker.
   */
  plan(request: InstallRequest, signal: AbortSignal): Promise<InstallPlan>;
  /**
   * The operation `install`, exclusive for the instance. A plan made after one that stopped anywhere goes on from there. Raises
   * `plan-missing`, `plan-stale`, `install-blocked`, `operation-busy`.
   */
  run(planId: string): Begun;
  /** What changing the settings of an installed server would do. Raises `server-not-installed` and what `plan` raises. */
  planChange(request: { instanceId: string; settings: ServerSettings }, signal: AbortSignal): Promise<InstallPlan>;
  /**
   * The operation `server-settings`: writes, brings the server up and waits until it is ready. When it doesn't become ready, the
   * previous files are put back and the server is brought up as it was; the operation fails with `settings-put-back`.
   */
  applyChange(planId: string): Begun;
  /** The files of the instance's server; null where it has none. */
  read(instanceId: string, signal: AbortSignal): Promise<InstalledFiles | null>;
}

export function createInstalls(): Installs {
  const unfinished = () => Promise.reject(new Error('not built yet'));
  return {
    defaults: unfinished,
    plan: unfinished,
    run: unfinished,
    planChange: unfinished,
    applyChange: unfinished,
    read: unfinished,
  };
}
