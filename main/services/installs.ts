import { say, type Text, text } from '../../contract/copy/text.ts';
import type { Installation, InstallPlan } from '../../contract/install.ts';
import type { Instance, InstanceView } from '../../contract/instance.ts';
import type { OperationStep, OperationView } from '../../contract/operation.ts';
import type { DockerPlace } from '../../contract/server.ts';
import type { ServerSettings } from '../../contract/serverSettings.ts';
import { inspectAll } from '../adapters/docker/inspect.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { databaseServiceName } from './composeFile/composeFor.ts';
import { maskEnvironment } from './composeFile/environmentFile.ts';
import { maskCompose } from './composeFile/maskCompose.ts';
import { composeFileIn, environmentIn, planFiles } from './composeFile/plannedFiles.ts';
import { databaseUrlFor } from './databaseUrl.ts';
import { adoptFiles, type FilesAdoption } from './install/adoptFiles.ts';
import { defaultInstallation, presetOf } from './install/defaults.ts';
import { lookAround } from './install/findings.ts';
import {
  carryOut,
  carryOutChange,
  changeSteps,
  installSteps,
  type Work,
  type WorkNeed,
} from './install/installServer.ts';
import { notesOf, previousOf, stepsOf } from './install/planParts.ts';
import { type Instances, passwordAccount } from './instances.ts';
import { createPlans } from './plans.ts';
import type { Op, Operations } from './ports.ts';
import type { SshHosts } from './sshHosts.ts';

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

/** `name` alone: the instance is made when the plan is run. */
export type InstallRequest = ({ instanceId: string } | { name: string }) & {
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
  /** What a compose file on a Docker host says of the server; undefined where there is none that can be read without doubt. */
  found(place: { docker: DockerPlace; folder: string }, signal: AbortSignal): Promise<Installation | undefined>;
  /**
   * Takes a compose file on a Docker host over, with its settings and the database of its DATABASE_URL. Raises `compose-not-found`,
   * `connection-string-invalid`, `keychain-…`.
   */
  adopt(
    wish: FilesAdoption,
    signal: AbortSignal,
  ): Promise<{ instance: InstanceView; path: string; installation?: Installation }>;
  /** The files of the instance's server; null where it has none. */
  read(instanceId: string, signal: AbortSignal): Promise<InstalledFiles | null>;
}

export type InstallsNeed = WorkNeed & {
  instances: Pick<Instances, 'list' | 'create'>;
  sshHosts: Pick<SshHosts, 'get'>;
  operations: Operations;
  addToRedactor: (secret: string) => void;
};

/** One that is made when the plan is run has no id yet. */
type Planned = Pick<Instance, 'name' | 'connection' | 'seenByServer' | 'installation'> & { id?: string };

type Detail = Omit<Work, 'instance'> & { instance: Planned; blocked: Text[] };

/** Installs the server and changes how it is run. Every step is one that finds what is done already. */
export function createInstalls(need: InstallsNeed): Installs {
  const { instances, credentials, dockerHosts, sshHosts, operations, addToRedactor } = need;
  const plans = createPlans<Detail>();

  const engineOf = async (docker: DockerPlace, signal: AbortSignal) => {
    // Looked for anew: what was missing may have been installed in the meantime.
    await dockerHosts.find(docker, signal);
    return dockerHosts.engine(docker, signal);
  };

  /** The DATABASE_URL of the instance's own database, as the server reaches it; what is missing for it. */
  async function databaseUrlOf(
    instance: Planned,
    signal: AbortSignal,
  ): Promise<{ url?: string; limits: Text[]; blocked: Text[] }> {
    const { connection, seenByServer } = instance;
    if (connection === undefined) return { limits: [], blocked: [text('install.blocked.no-connection')] };
    const password =
      instance.id === undefined ? undefined : await credentials.get(passwordAccount(instance.id), signal);
    if (password === undefined) return { limits: [], blocked: [text('install.blocked.no-password')] };
    // The name of a service that was beside the server before leads nowhere without it.
    const elsewhere = seenByServer !== undefined && seenByServer.host !== databaseServiceName;
    const seen = elsewhere ? { ...connection, hosts: [seenByServer] } : connection;
    const { url, limits } = databaseUrlFor(seen, password);
    addToRedactor(url);
    return { url, limits, blocked: [] };
  }

  async function planFor(
    instance: Planned,
    installation: Installation,
    { change, pullAnyway }: { change: boolean; pullAnyway: boolean },
    signal: AbortSignal,
  ): Promise<InstallPlan> {
    const { docker, folder, settings } = installation;
    const { database } = settings;
    const { cli, found } = await engineOf(docker, signal);
    const own = database === undefined && !change ? await databaseUrlOf(instance, signal) : { limits: [], blocked: [] };
    const password =
      database === undefined || instance.id === undefined || instance.seenByServer?.host !== databaseServiceName
        ? undefined
        : await credentials.get(passwordAccount(instance.id), signal);
    const wish = {
      host: cli.host,
      folder,
      settings,
      keepSecrets: change,
      // Without one the plan is there to look at, and blocked.
      ...(database === undefined ? { databaseUrl: own.url ?? 'postgresql://' } : {}),
      ...(password === undefined ? {} : { databasePassword: password }),
    };
    const files = await planFiles(wish, addToRedactor, signal);
    const all = await inspectAll(cli, { signal });
    const { findings, images } = await lookAround(cli, found.compose, all, installation, signal);
    const blocked = [
      ...own.blocked,
      ...findings.filter(({ status }) => status === 'fail').map(({ evidence }) => evidence),
    ];
    const other = (await othersOn(docker, instance.id)).find((one) => one.folder === folder);
    if (other !== undefined) blocked.push(text('install.blocked.folder-taken', other));
    if (database !== undefined && database.publishedPort === undefined)
      blocked.push(text('install.blocked.database-port'));
    const pulls = [...images].flatMap(([image, made]) =>
      made === undefined || (pullAnyway && image === settings.image) ? [image] : [],
    );
    const { notApplied, readCompose } = await import('./composeFile/readSettings.ts');
    const composed = files.files.find(({ path }) => path === files.composePath);
    const service = readCompose(composed?.before ?? composed?.after ?? '', '', folder)?.service ?? 'aperture';
    const env =
      files.files.find((file) => file !== composed)?.after ?? (await environmentIn(cli.host, folder, signal)) ?? '';
    const kept = composed?.before === undefined ? [] : notApplied(composed.after, env, folder, settings);
    const byHand = { names: kept.join(', '), path: files.composePath };
    if (change && kept.length > 0) blocked.push(text('install.blocked.by-hand', byHand));
    if (!change && kept.length > 0) files.notes.push(text('install.note.by-hand', byHand));
    const project = { cli, compose: found.compose, folder, composePath: files.composePath };
    const values = { container: settings.containerName, folder, host: cli.host.label };
    const plan = plans.keep(
      {
        title: text(change ? 'install.plan.change' : 'install.plan.title', values),
        as: 'app',
        steps: await stepsOf(files, pulls, project, { service, database: change ? undefined : database }, signal),
        notes: notesOf(files, images, pulls, { change, settings }),
      },
      {
        instance,
        installation,
        files,
        service,
        pulls,
        blocked,
        ...(change && composed !== undefined ? { previous: await previousOf(composed, instance) } : {}),
      },
    );
    return { plan, changes: files.changes, findings, limits: own.limits, blocked };
  }

  /** Folders of other instances on that Docker host. */
  async function othersOn(docker: DockerPlace, id: string | undefined): Promise<{ name: string; folder: string }[]> {
    const host = (place: DockerPlace) => (place.kind === 'local' ? '' : place.sshHostId);
    const { instances: all } = await instances.list();
    return all.flatMap(({ id: other, name, installation }) =>
      installation === undefined || other === id || host(installation.docker) !== host(docker)
        ? []
        : [{ name, folder: installation.folder }],
    );
  }

  /** Refused before anything happens. */
  function take(planId: string): Detail {
    const { detail } = plans.find(planId);
    if (detail.blocked.length > 0) {
      throw new ProblemError('install-blocked', { reasons: detail.blocked.map(say).join('. ') });
    }
    return detail;
  }

  /** The instance of a plan; a new one is made now, so that whatever stops it half-way can be taken up again. */
  async function ownerOf({ id, name }: Planned): Promise<Instance> {
    return id === undefined
      ? instances.create({ name, kind: 'external', route: { kind: 'direct' } })
      : instances.get(id);
  }

  async function begin(
    kind: 'install' | 'server-settings',
    instance: Instance,
    steps: OperationStep[],
    body: (op: Op) => Promise<Text>,
  ): Begun {
    const subject = { instanceId: instance.id, name: instance.name };
    const { id, ended } = await operations.run(kind, subject, steps, body, { exclusive: true });
    return { operationId: id, ended };
  }

  return {
    async defaults({ docker, withDatabase }, signal) {
      const { cli } = await engineOf(docker, signal);
      const all = await inspectAll(cli, { signal });
      const known = docker.kind === 'ssh' ? await sshHosts.get(docker.sshHostId) : undefined;
      // An alias of ~/.ssh/config is a name on this computer only.
      const sshName = known === undefined || known.useConfig ? undefined : known.host;
      const { systemId } = cli.options;
      return defaultInstallation({
        host: cli.host,
        docker,
        systemId,
        withDatabase,
        all,
        taken: (await othersOn(docker, undefined)).map(({ folder }) => folder),
        signal,
        ...(sshName === undefined ? {} : { sshName }),
      });
    },

    async plan({ installation, pullAnyway = false, ...whose }, signal) {
      const instance: Planned = 'instanceId' in whose ? await instances.get(whose.instanceId) : whose;
      return planFor(instance, installation, { change: false, pullAnyway }, signal);
    },

    async run(planId) {
      const detail = take(planId);
      const instance = await ownerOf(detail.instance);
      const steps = installSteps(detail.installation.settings.database !== undefined);
      return begin('install', instance, steps, (op) => carryOut(need, { ...detail, instance }, op));
    },

    async planChange({ instanceId, settings }, signal) {
      const instance = await instances.get(instanceId);
      const { installation, name } = instance;
      if (installation === undefined) throw new ProblemError('server-not-installed', { name });
      return planFor(instance, { ...installation, settings }, { change: true, pullAnyway: false }, signal);
    },

    async applyChange(planId) {
      const detail = take(planId);
      const instance = await ownerOf(detail.instance);
      return begin('server-settings', instance, changeSteps, (op) => carryOutChange(need, { ...detail, instance }, op));
    },

    async found({ docker, folder }, signal) {
      const { cli } = await dockerHosts.engine(docker, signal);
      const { content } = await composeFileIn(cli.host, folder, signal);
      if (content === undefined) return undefined;
      const { readCompose } = await import('./composeFile/readSettings.ts');
      const env = (await environmentIn(cli.host, folder, signal)) ?? '';
      const settings = readCompose(content, env, folder)?.settings;
      return settings === undefined ? undefined : { docker, preset: presetOf(cli.options.systemId), folder, settings };
    },

    async adopt(wish, signal) {
      return adoptFiles(await engineOf(wish.docker, signal), instances, addToRedactor, wish, signal);
    },

    async read(instanceId, signal) {
      const instance = await instances.get(instanceId);
      const { installation, server } = instance;
      const docker = installation?.docker ?? server?.docker;
      const folder = installation?.folder ?? folderOf(server?.composeFile);
      if (docker === undefined || folder === undefined) return null;
      const { cli } = await dockerHosts.engine(docker, signal);
      const { path, content } = await composeFileIn(cli.host, folder, signal);
      if (content === undefined) return null;
      const env = (await environmentIn(cli.host, folder, signal)) ?? '';
      const { readCompose } = await import('./composeFile/readSettings.ts');
      const settings = readCompose(content, env, folder)?.settings;
      const preset = installation?.preset ?? 'linux';
      return {
        ...(settings === undefined ? {} : { installation: { docker, preset, folder, settings } }),
        compose: maskCompose(content),
        env: maskEnvironment(env),
        path,
      };
    },
  };
}

function folderOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  return file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'))) || '/';
}
