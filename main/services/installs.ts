import { defaultConnection } from '../../contract/connection.ts';
import { problemText } from '../../contract/copy/problemText.ts';
import { say, type Text, text } from '../../contract/copy/text.ts';
import type { Installation, InstallPlan } from '../../contract/install.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationStep, OperationView } from '../../contract/operation.ts';
import type { PlanStep } from '../../contract/plan.ts';
import type { DockerPlace } from '../../contract/server.ts';
import type { ServerSettings } from '../../contract/serverSettings.ts';
import type { DockerCli } from '../adapters/docker/dockerCli.ts';
import { inspectAll } from '../adapters/docker/inspect.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { databaseServiceName } from './composeFile/composeFor.ts';
import { maskEnvironment } from './composeFile/environmentFile.ts';
import {
  changedOnly,
  composeFileIn,
  environmentIn,
  type PlannedFile,
  type PlannedFiles,
  planFiles,
  writePlanned,
} from './composeFile/plannedFiles.ts';
import { databaseUrlFor } from './databaseUrl.ts';
import type { DockerHosts } from './dockerHosts.ts';
import { isCancelled, placeOf, pullAll, uncancelled } from './install/carryOut.ts';
import { databaseReady, databaseSteps, prepareDatabase } from './install/databaseContainer.ts';
import { defaultInstallation } from './install/defaults.ts';
import { lookAround } from './install/findings.ts';
import { bringUp, composeOf, filesOf, type Project, upArguments } from './install/project.ts';
import { type Instances, passwordAccount } from './instances.ts';
import { createPlans } from './plans.ts';
import type { Credentials, Emit, Op, Operations } from './ports.ts';
import type { Servers } from './servers.ts';
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

export type InstallsNeed = {
  instances: Pick<Instances, 'get' | 'update' | 'setPassword'>;
  credentials: Pick<Credentials, 'get'>;
  dockerHosts: DockerHosts;
  sshHosts: Pick<SshHosts, 'get'>;
  servers: Pick<Servers, 'waitUntilReady'>;
  operations: Operations;
  emit: Emit;
  addToRedactor: (secret: string) => void;
};

type Detail = {
  instance: Instance;
  installation: Installation;
  files: PlannedFiles;
  /** Of the server, in the compose file. */
  service: string;
  pulls: string[];
  blocked: Text[];
  /** What the compose file was before, to be put back; of a change only. */
  previous?: PlannedFile;
};

const step = (name: 'files' | 'pull' | 'database' | 'up' | 'wait', weight: number): OperationStep => ({
  name: text(`install.step.${name}`),
  weight,
});
const changeSteps = [step('pull', 6), step('files', 1), step('up', 2), step('wait', 5)];

/** Installs the server and changes how it is run. Every step is one that finds what is done already. */
export function createInstalls(need: InstallsNeed): Installs {
  const { instances, credentials, dockerHosts, sshHosts, servers, operations, emit, addToRedactor } = need;
  const plans = createPlans<Detail>();

  const engineOf = async (docker: DockerPlace, signal: AbortSignal) => {
    // Looked for anew: what was missing may have been installed in the meantime.
    await dockerHosts.find(docker, signal);
    return dockerHosts.engine(docker, signal);
  };

  /** The DATABASE_URL of the instance's own database, as the server reaches it; what is missing for it. */
  async function databaseUrlOf(
    instance: Instance,
    signal: AbortSignal,
  ): Promise<{ url?: string; limits: Text[]; blocked: Text[] }> {
    const { connection, seenByServer } = instance;
    if (connection === undefined) return { limits: [], blocked: [text('install.blocked.no-connection')] };
    const password = await credentials.get(passwordAccount(instance.id), signal);
    if (password === undefined) return { limits: [], blocked: [text('install.blocked.no-password')] };
    const seen = seenByServer === undefined ? connection : { ...connection, hosts: [seenByServer] };
    const { url, limits } = databaseUrlFor(seen, password);
    addToRedactor(url);
    return { url, limits, blocked: [] };
  }

  async function planFor(
    instance: Instance,
    installation: Installation,
    { change, pullAnyway }: { change: boolean; pullAnyway: boolean },
    signal: AbortSignal,
  ): Promise<InstallPlan> {
    const { docker, folder, settings } = installation;
    const { database } = settings;
    const { cli, found } = await engineOf(docker, signal);
    const own = database === undefined && !change ? await databaseUrlOf(instance, signal) : { limits: [], blocked: [] };
    const kept =
      database === undefined || instance.seenByServer?.host !== databaseServiceName
        ? undefined
        : await credentials.get(passwordAccount(instance.id), signal);
    const wish = {
      host: cli.host,
      folder,
      settings,
      keepSecrets: change,
      // Without one the plan is there to look at, and blocked.
      ...(database === undefined ? { databaseUrl: own.url ?? 'postgresql://' } : {}),
      ...(kept === undefined ? {} : { databasePassword: kept }),
    };
    const files = await planFiles(wish, addToRedactor, signal);
    const all = await inspectAll(cli, { signal });
    const { findings, images } = await lookAround(cli, found.compose, all, installation, signal);
    const blocked = [
      ...own.blocked,
      ...findings.filter(({ status }) => status === 'fail').map(({ evidence }) => evidence),
    ];
    if (database !== undefined && database.publishedPort === undefined)
      blocked.push(text('install.blocked.database-port'));
    const pulls = [...images].flatMap(([image, made]) =>
      made === undefined || (pullAnyway && image === settings.image) ? [image] : [],
    );
    const { readCompose } = await import('./composeFile/readSettings.ts');
    const composed = files.files.find(({ path }) => path === files.composePath);
    const service = readCompose(composed?.after ?? '', '', folder)?.service ?? 'aperture';
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

  /** Refused before anything happens. */
  function take(planId: string): Detail {
    const { detail } = plans.find(planId);
    if (detail.blocked.length > 0) {
      throw new ProblemError('install-blocked', { reasons: detail.blocked.map(say).join('. ') });
    }
    return detail;
  }

  async function projectOf({ installation, files }: Detail, op: Op): Promise<Project & { sudo: boolean }> {
    const { cli, found } = await dockerHosts.engine(installation.docker, op.signal);
    const compose = composeOf(found, cli.host.label);
    return {
      cli,
      compose,
      folder: installation.folder,
      composePath: files.composePath,
      sudo: found.engine?.sudo === true,
    };
  }

  const ready = async (detail: Detail, project: Project & { sudo: boolean }, op: Op) => {
    const place = placeOf(detail.installation, project.composePath, project.sudo);
    const instance = await instances.get(detail.instance.id);
    const server = await servers.waitUntilReady({ place, instance }, op, (lines) =>
      emit('install.log', { operationId: op.id, lines }),
    );
    return { server, place };
  };

  /** The app's own way to the database that is made beside the server; kept before it is made, so that nothing is lost. */
  async function keepDatabase({ instance, installation: { docker, settings }, files }: Detail, op: Op): Promise<void> {
    const { database } = settings;
    const password = files.secrets?.databasePassword;
    if (database?.publishedPort === undefined || password === undefined) return;
    if ((await credentials.get(passwordAccount(instance.id), op.signal)) !== password) {
      try {
        await instances.setPassword(instance.id, password, 'keychain');
      } catch (error) {
        if (!(error instanceof ProblemError) || !error.problem.code.startsWith('keychain-')) throw error;
        // It is in .env as well; whoever started this is told.
        await instances.setPassword(instance.id, password, 'session');
        emit('secret.not-kept', { label: instance.name, problem: error.problem });
        op.log(
          'The keychain did not take the password of the database: it is known until the app quits, and in .env.',
          'warn',
        );
      }
    }
    await instances.update(instance.id, {
      connection: {
        ...defaultConnection,
        tls: { mode: 'disable' },
        hosts: [{ host: '127.0.0.1', port: database.publishedPort }],
        database: database.database,
        user: database.user,
      },
      route: docker.kind === 'ssh' ? { kind: 'ssh', sshHostId: docker.sshHostId } : { kind: 'direct' },
      seenByServer: { host: databaseServiceName, port: 5432 },
    });
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
        signal,
        ...(sshName === undefined ? {} : { sshName }),
      });
    },

    async plan({ instanceId, installation, pullAnyway = false }, signal) {
      return planFor(await instances.get(instanceId), installation, { change: false, pullAnyway }, signal);
    },

    async run(planId) {
      const detail = take(planId);
      const { instance, installation, files, service, pulls } = detail;
      const { database } = installation.settings;
      const steps = [
        step('files', 1),
        step('pull', 6),
        ...(database === undefined ? [] : [step('database', 3)]),
        step('up', 2),
        step('wait', 5),
      ];
      const body = async (op: Op): Promise<Text> => {
        let at = 0;
        op.step(at);
        const project = await projectOf(detail, op);
        await keepDatabase(detail, op);
        await writePlanned(project.cli.host, installation.folder, changedOnly(files.files), op);
        op.step(++at);
        await pullAll(project.cli, pulls, op, emit);
        if (database !== undefined) {
          op.step(++at);
          await bringUp(project, databaseServiceName, false, op);
          await databaseReady(project.cli, database, op);
          await prepareDatabase(project.cli, database, files.secrets?.databasePassword ?? '', op);
        }
        op.step(++at);
        await bringUp(project, service, database !== undefined, op);
        op.step(++at);
        const { server, place } = await ready(detail, project, op);
        await instances.update(instance.id, { server: place, installation });
        return text('server.outcome.started', server);
      };
      const subject = { instanceId: instance.id, name: instance.name };
      const { id, ended } = await operations.run('install', subject, steps, body, { exclusive: true });
      return { operationId: id, ended };
    },

    async planChange({ instanceId, settings }, signal) {
      const instance = await instances.get(instanceId);
      const { installation, name } = instance;
      if (installation === undefined) throw new ProblemError('server-not-installed', { name });
      return planFor(instance, { ...installation, settings }, { change: true, pullAnyway: false }, signal);
    },

    async applyChange(planId) {
      const detail = take(planId);
      const { instance, installation, files, service, pulls, previous } = detail;
      const body = async (op: Op): Promise<Text> => {
        op.step(0);
        const project = await projectOf(detail, op);
        await pullAll(project.cli, pulls, op, emit);
        op.step(1);
        await writePlanned(project.cli.host, installation.folder, changedOnly(files.files), op);
        try {
          op.step(2);
          await bringUp(project, service, false, op);
          op.step(3);
          const { server, place } = await ready(detail, project, op);
          await instances.update(instance.id, { server: place, installation });
          return text('install.outcome.changed', server);
        } catch (error) {
          if (!(error instanceof ProblemError) || previous === undefined) throw error;
          op.log(`${problemText(error.problem).title}. The previous files are put back.`, 'warn');
          const state = await putBack(detail, previous, project, uncancelled(op));
          if (isCancelled(error)) throw error;
          const { title, cause } = problemText(error.problem);
          const { detail: words, fixes } = error.problem;
          throw new ProblemError(
            'settings-put-back',
            { reason: `${title}. ${cause}`, state },
            {
              ...(words === undefined ? {} : { detail: words }),
              ...(fixes === undefined ? {} : { fixes }),
              cause: error,
            },
          );
        }
      };
      const subject = { instanceId: instance.id, name: instance.name };
      const { id, ended } = await operations.run('server-settings', subject, changeSteps, body, { exclusive: true });
      return { operationId: id, ended };
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
      const { maskCompose, readCompose } = await import('./composeFile/readSettings.ts');
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

  /** Best effort, whatever went wrong: the files as they were, and the server as they say. */
  async function putBack(
    { files, installation, service, instance }: Detail,
    previous: PlannedFile,
    project: Project & { sudo: boolean },
    op: Op,
  ): Promise<'ready' | 'not-ready'> {
    const backwards = files.files.flatMap(({ path, mode, before, after }) => {
      const content = path === previous.path ? previous.before : before;
      return content === undefined || content === after ? [] : [{ path, mode, before: after, after: content }];
    });
    await writePlanned(project.cli.host, installation.folder, backwards, op);
    try {
      await bringUp(project, service, false, op);
      const was = await instances.get(instance.id);
      const container = was.installation?.settings.containerName ?? installation.settings.containerName;
      const place = { ...placeOf(installation, project.composePath, project.sudo), container };
      await servers.waitUntilReady({ place, instance: was }, op);
      return 'ready';
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      op.log(problemText(error.problem).title, 'error');
      return 'not-ready';
    }
  }
}

/**
 * What to put back: the file as it is now. After one that was ended between writing and waiting, that is the changed one already, so
 * that the settings that ran well last are taken.
 */
async function previousOf(composed: PlannedFile, { installation }: Instance): Promise<PlannedFile> {
  if (composed.before === undefined || composed.before !== composed.after || installation === undefined)
    return composed;
  const { editCompose } = await import('./composeFile/existingFiles.ts');
  const before = editCompose(composed.before, composed.path, installation.settings, { keepSecrets: true });
  return { ...composed, before };
}

async function stepsOf(
  { steps }: PlannedFiles,
  pulls: readonly string[],
  {
    cli,
    compose,
    folder,
    composePath,
  }: { cli: DockerCli; compose: Project['compose'] | undefined; folder: string; composePath: string },
  { service, database }: { service: string; database: ServerSettings['database'] },
  signal: AbortSignal,
): Promise<PlanStep[]> {
  const command = (argv: string[]): PlanStep => ({ kind: 'command', host: cli.host.label, argv });
  const program = compose ?? { generation: 2 as const, version: '', program: cli.options.program };
  const files = await filesOf({ cli, compose: program, folder, composePath }, signal);
  const up = (name: string, alone: boolean) =>
    command(cli.composeArgv(program, upArguments(files, folder, name, alone)));
  return [
    ...steps,
    ...pulls.map((image) => command(cli.argv(['pull', image]))),
    ...(database === undefined ? [] : [up(databaseServiceName, false), ...databaseSteps(database)]),
    up(service, database !== undefined),
  ];
}

function notesOf(
  files: PlannedFiles,
  images: ReadonlyMap<string, string | undefined>,
  pulls: readonly string[],
  { change, settings }: { change: boolean; settings: ServerSettings },
): Text[] {
  const there = [...images].flatMap(([image, made]) => {
    if (made === undefined) return [];
    const key = pulls.includes(image) ? 'install.note.pull-anyway' : 'install.note.image-there';
    return [text(key, { image, made: made.slice(0, 10) })];
  });
  if (change) return [...files.notes, ...there, text('install.note.restart'), text('install.note.put-back')];
  return [
    ...files.notes,
    ...(settings.database === undefined ? [] : [text('install.note.password')]),
    ...there,
    text('install.note.resume'),
    text('install.note.wait'),
  ];
}

function folderOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  return file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'))) || '/';
}
