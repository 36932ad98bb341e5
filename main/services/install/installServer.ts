import { defaultConnection } from '../../../contract/connection.ts';
import { problemText } from '../../../contract/copy/problemText.ts';
import { type Text, text } from '../../../contract/copy/text.ts';
import type { Installation } from '../../../contract/install.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { OperationStep } from '../../../contract/operation.ts';
import type { ServerPlace } from '../../../contract/server.ts';
import { inspectContainer } from '../../adapters/docker/inspect.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { databaseServiceName } from '../composeFile/composeFor.ts';
import { changedOnly, type PlannedFile, type PlannedFiles, writePlanned } from '../composeFile/plannedFiles.ts';
import type { DockerHosts } from '../dockerHosts.ts';
import { type Instances, passwordAccount } from '../instances.ts';
import type { Credentials, Emit, Op } from '../ports.ts';
import type { Servers } from '../servers.ts';
import { pullAll, uncancelled } from './carryOut.ts';
import { databaseReady, prepareDatabase } from './databaseContainer.ts';
import { bringUp, composeOf, type Project } from './project.ts';

/** What was planned, with everything that is needed to do it. */
export type Work = {
  instance: Instance;
  installation: Installation;
  files: PlannedFiles;
  /** Of the server, in the compose file. */
  service: string;
  /** Images. */
  pulls: string[];
  /** What the compose file was before, to be put back; of a change only. */
  previous?: PlannedFile;
};

export type WorkNeed = {
  instances: Pick<Instances, 'get' | 'update' | 'setPassword'>;
  credentials: Pick<Credentials, 'get'>;
  dockerHosts: DockerHosts;
  servers: Pick<Servers, 'waitUntilReady'>;
  emit: Emit;
};

const step = (name: 'files' | 'pull' | 'database' | 'up' | 'wait', weight: number): OperationStep => ({
  name: text(`install.step.${name}`),
  weight,
});

export const installSteps = (withDatabase: boolean): OperationStep[] => [
  step('files', 1),
  step('pull', 6),
  ...(withDatabase ? [step('database', 3)] : []),
  step('up', 2),
  step('wait', 5),
];

/** The image comes first: the server runs as it is until everything is there. */
export const changeSteps = [step('pull', 6), step('files', 1), step('up', 2), step('wait', 5)];

/** Installs. Each part finds what was done already, so that the whole can be run again after it was ended anywhere. */
export async function carryOut(need: WorkNeed, work: Work, op: Op): Promise<Text> {
  const { instance, installation, files, service, pulls } = work;
  const { database } = installation.settings;
  let at = 0;
  op.step(at);
  const project = await projectOf(need, work, op);
  await keepDatabase(need, work, op);
  await writePlanned(project.cli.host, installation.folder, changedOnly(files.files), op);
  op.step(++at);
  await pullAll(project.cli, pulls, op, need.emit);
  if (database !== undefined) {
    op.step(++at);
    await bringUp(project, databaseServiceName, false, op);
    await databaseReady(project.cli, database, op);
    await prepareDatabase(project.cli, database, files.secrets?.databasePassword ?? '', op);
  }
  op.step(++at);
  await bringUp(project, service, database !== undefined, op);
  await beginAnew(project, installation.settings.containerName, op);
  op.step(++at);
  const { server, place } = await ready(need, work, project, op);
  await need.instances.update(instance.id, { server: place, installation });
  return text('server.outcome.started', server);
}

/** Changes how the server is run; one that does not become ready gets its previous files back. Raises `settings-put-back`. */
export async function carryOutChange(need: WorkNeed, work: Work, op: Op): Promise<Text> {
  const { instance, installation, files, service, pulls, previous } = work;
  op.step(0);
  const project = await projectOf(need, work, op);
  await pullAll(project.cli, pulls, op, need.emit);
  op.step(1);
  try {
    await writePlanned(project.cli.host, installation.folder, changedOnly(files.files), op);
    op.step(2);
    await bringUp(project, service, false, op);
    op.step(3);
    const { server, place } = await ready(need, work, project, op);
    await need.instances.update(instance.id, { server: place, installation });
    return text('install.outcome.changed', server);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code === 'file-changed' || previous === undefined)
      throw error;
    const { title, cause } = problemText(error.problem);
    op.log(`${title}. The previous files are put back.`, 'warn');
    const state = await putBack(need, work, previous, project, uncancelled(op));
    if (error.problem.code === 'cancelled') throw error;
    const { detail, fixes } = error.problem;
    throw new ProblemError(
      'settings-put-back',
      { reason: `${title}. ${cause}`, state },
      { ...(detail === undefined ? {} : { detail }), ...(fixes === undefined ? {} : { fixes }), cause: error },
    );
  }
}

/**
 * A container that had been crashing before is left as it is by Compose: Docker waits ever longer between its tries, and the server
 * would be judged by the crashes of before. Started anew, both begin from nothing.
 */
async function beginAnew({ cli }: Engine, container: string, { signal, log }: Op): Promise<void> {
  const inspected = await inspectContainer(cli, container, { signal });
  if (inspected === undefined || inspected.RestartCount === 0) return;
  log(`${container} had been started again ${inspected.RestartCount} times before: it is started anew`);
  await cli.must(['restart', '-t', '30', container], { signal, timeout: 120_000, container });
}

type Engine = Project & { sudo: boolean };

async function projectOf({ dockerHosts }: WorkNeed, { installation, files }: Work, { signal }: Op): Promise<Engine> {
  const { cli, found } = await dockerHosts.engine(installation.docker, signal);
  const compose = composeOf(found, cli.host.label);
  const { folder } = installation;
  return { cli, compose, folder, composePath: files.composePath, sudo: found.engine?.sudo === true };
}

/** Where the server is. Whether sudo was taken is known now. */
function placeOf({ docker, settings }: Installation, { composePath, sudo }: Engine): ServerPlace {
  return {
    docker: docker.kind === 'ssh' ? { ...docker, sudo } : docker,
    container: settings.containerName,
    composeFile: composePath,
    url: settings.url,
  };
}

async function ready({ instances, servers, emit }: WorkNeed, work: Work, project: Engine, op: Op) {
  const place = placeOf(work.installation, project);
  const instance = await instances.get(work.instance.id);
  const server = await servers.waitUntilReady({ place, instance }, op, (lines) =>
    emit('install.log', { operationId: op.id, lines }),
  );
  return { server, place };
}

/** The app's own way to the database that is made beside the server; kept before it is made, so that nothing is lost. */
async function keepDatabase(
  { instances, credentials, emit }: WorkNeed,
  { instance, installation: { docker, settings }, files }: Work,
  op: Op,
): Promise<void> {
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
        'The keychain did not take the database’s password: it is known until the app quits, and in .env.',
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

/** Whatever went wrong, also after a cancellation: the files as they were, and the server as they say. */
async function putBack(
  { instances, servers }: WorkNeed,
  { files, installation, service, instance }: Work,
  previous: PlannedFile,
  project: Engine,
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
    const settings = was.installation?.settings ?? installation.settings;
    await servers.waitUntilReady({ place: placeOf({ ...installation, settings }, project), instance: was }, op);
    return 'ready';
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    op.log(problemText(error.problem).title, 'error');
    return 'not-ready';
  }
}
