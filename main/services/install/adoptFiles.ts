import type { Installation } from '../../../contract/install.ts';
import type { Instance, InstanceView } from '../../../contract/instance.ts';
import type { DockerFound, DockerPlace, ServerPlace } from '../../../contract/server.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { type Inspected, inspectAll, nameOf, portsOf } from '../../adapters/docker/inspect.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { composeFileIn, environmentIn } from '../composeFile/plannedFiles.ts';
import type { ReadCompose } from '../composeFile/readSettings.ts';
import type { Instances } from '../instances.ts';
import { databaseAt, isDockerHost, loopbackOf } from '../server/adoptedDatabase.ts';
import { presetOf } from './defaults.ts';

export type FilesAdoption = {
  docker: DockerPlace;
  /** Of the compose file. */
  folder: string;
  /** One that has a database keeps it; without an instance a new one is made. */
  instance?: Instance;
  /** Of a new instance. */
  name: string;
  /** Where the password goes. */
  keep: 'keychain' | 'session';
};

/** A compose file on a Docker host as the server of an instance, whether its container is there or not. */
export async function adoptFiles(
  { cli, found }: { cli: DockerCli; found: DockerFound },
  instances: Pick<Instances, 'create' | 'update' | 'setPassword'>,
  addToRedactor: (secret: string) => void,
  { docker, folder, instance, name, keep }: FilesAdoption,
  signal: AbortSignal,
): Promise<{ instance: InstanceView; path: string; installation?: Installation }> {
  const host = cli.host.label;
  const { path, content } = await composeFileIn(cli.host, folder, signal);
  const { readCompose } = await import('../composeFile/readSettings.ts');
  const env = (await environmentIn(cli.host, folder, signal)) ?? '';
  const read = content === undefined ? undefined : readCompose(content, env, folder);
  if (read === undefined) throw new ProblemError('compose-not-found', { path, host });
  const place: DockerPlace = docker.kind === 'ssh' ? { ...docker, sudo: found.engine?.sudo === true } : docker;
  const all = await inspectAll(cli, { signal });
  const { settings } = read;
  const installation =
    settings === undefined ? undefined : { docker: place, preset: presetOf(cli.options.systemId), folder, settings };
  const url = read.environment.APP_BASE_URL;
  const server: ServerPlace = {
    docker: place,
    container: containerOf(read, folder, all),
    composeFile: path,
    ...(url !== undefined && URL.canParse(url) ? { url } : {}),
  };
  const known = { server, ...(installation === undefined ? {} : { installation }) };
  const result = { path, ...(installation === undefined ? {} : { installation }) };
  if (instance?.connection !== undefined) {
    return { instance: await instances.update(instance.id, known), ...result };
  }
  const given = read.environment.DATABASE_URL ?? '';
  const { connection, route, password, seenByServer } = databaseAt(given, path, docker, (address) =>
    placeOf(address, read, all),
  );
  if (password !== undefined) addToRedactor(password);
  const colon = seenByServer?.lastIndexOf(':') ?? -1;
  const seen =
    seenByServer === undefined
      ? {}
      : { seenByServer: { host: seenByServer.slice(0, colon), port: Number(seenByServer.slice(colon + 1)) } };
  const target = instance ?? (await instances.create({ name, kind: 'external', route }));
  if (password !== undefined && password !== '') await instances.setPassword(target.id, password, keep);
  const view = await instances.update(target.id, { ...known, connection, route, ...seen });
  return { instance: view, ...result };
}

/** Compose notes on a container which service of which folder it is. */
function containerOf({ service, container }: ReadCompose, folder: string, all: readonly Inspected[]): string {
  const made = all.find(
    ({ Config: { Labels: labels } }) =>
      labels?.['com.docker.compose.service'] === service && labels['com.docker.compose.project.working_dir'] === folder,
  );
  return made === undefined ? container : nameOf(made);
}

/** Where the Docker host finds what the server calls by this name: a service of the file, a container, or the host itself. */
function placeOf(
  { host, port }: { host: string; port: number },
  { services }: ReadCompose,
  all: readonly Inspected[],
): { host: string; port: number } | undefined {
  const service = services.find(({ names }) => names.includes(host));
  const published = service?.ports.find(({ inside }) => inside === port);
  if (published !== undefined) return { host: '127.0.0.1', port: published.host };
  const container = all.find((one) => nameOf(one) === host || (service?.names ?? []).includes(nameOf(one)));
  const open = container === undefined ? undefined : portsOf(container).find(({ inside }) => inside === port);
  if (open !== undefined) return { host: loopbackOf(open.host), port: open.port };
  const [network] = Object.values(container?.NetworkSettings.Networks ?? {});
  if (network !== undefined && network.IPAddress !== '') return { host: network.IPAddress, port };
  return isDockerHost(host) ? { host: '127.0.0.1', port } : undefined;
}
