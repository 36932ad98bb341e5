import path from 'node:path';
import type { BackupRoute } from '../../../contract/backup.ts';
import { parseConnectionString } from '../../../contract/connectionString/parse.ts';
import { say, text } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { DockerPlace } from '../../../contract/server.ts';
import type { ToolFound } from '../../../contract/settings.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { environmentOf, type Inspected, inspectAll, nameOf, portsOf } from '../../adapters/docker/inspect.ts';
import type { Host } from '../../adapters/host.ts';
import { parseVersion } from '../../adapters/toolFinder.ts';
import {
  containerTools,
  imageTools,
  localTools,
  type PostgresTool,
  remoteTools,
  type ToolPlace,
} from '../../adapters/tools/toolPlace.ts';
import type { DockerHosts } from '../dockerHosts.ts';
import type { FoundTool } from './chooseTool.ts';

export type Address = { host: string; port: number };

/** A tool, how to start it, and where it finds the database. */
export type PlacedTool = FoundTool & {
  tools: ToolPlace;
  /** `tunnel`: the app opens one, and the tool goes there. */
  way: { kind: 'direct'; dial?: Address } | { kind: 'tunnel' };
};

export type PlacesNeed = {
  thisComputer: Host;
  sshHost: (id: string) => Promise<Host>;
  dockerHosts: Pick<DockerHosts, 'engine'>;
  /** PostgreSQL's tools on this computer. */
  tools: { find(): Promise<ToolFound[]> };
};

/** Milliseconds for everything that is asked of another computer or of Docker. */
const patience = 60_000;

/** Refuses zstd before it connects where it can't; a folder that isn't there keeps it from connecting anywhere. */
const zstdProbe = ['--compress=zstd:3', '--format=custom', '--no-password', '--host=/nonexistent', '--dbname=probe'];

/**
 * Every pg_dump that could reach the database at `address`: on this computer, in containers of the instance's Docker, on the SSH host,
 * in images that are there. What can't be looked at is left out. `only` limits the search; the `wished` one is found if it is there.
 */
export async function findTools(
  need: PlacesNeed,
  instance: Instance,
  address: Address,
  signal: AbortSignal,
  { only, wished }: { only?: BackupRoute['kind']; wished?: BackupRoute } = {},
): Promise<PlacedTool[]> {
  const wanted = (kind: BackupRoute['kind']) => only === undefined || only === kind;
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const docker = dockerOf(instance);
  const searches = [
    wanted('this-computer') ? onThisComputer(need, instance, address, inTime) : [],
    wanted('ssh-host') ? onSshHost(need, instance, inTime) : [],
    wanted('container') || wanted('one-off-container')
      ? inDocker(need, docker, instance, address, inTime, { wanted, wished })
      : [],
  ];
  const found = await Promise.allSettled(searches);
  signal.throwIfAborted();
  return found
    .flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    .filter(({ route }) => wanted(route.kind));
}

/** The Docker of the instance's server; else of the computer that the database is reached from. */
function dockerOf({ server, route }: Instance): DockerPlace {
  if (server !== undefined) return server.docker;
  return route.kind === 'ssh' ? { kind: 'ssh', sshHostId: route.sshHostId, sudo: false } : { kind: 'local' };
}

async function onThisComputer(
  { tools, thisComputer }: PlacesNeed,
  instance: Instance,
  address: Address,
  signal: AbortSignal,
): Promise<PlacedTool[]> {
  // A Unix socket of another computer has no port that a tunnel could lead to.
  if (instance.route.kind === 'ssh' && address.host.startsWith('/')) return [];
  const dumps = (await tools.find()).filter(({ tool }) => tool === 'pg_dump');
  const found = dumps.map(async ({ path: file, version, major }): Promise<PlacedTool[]> => {
    if (file === undefined || version === undefined || major === undefined) return [];
    // zstd came with 16.
    const compression = major < 16 ? 'gzip' : await localCompression(thisComputer, file, signal);
    return [
      {
        route: { kind: 'this-computer', path: file },
        place: thisComputer.label,
        version,
        major,
        compression,
        tools: localTools(thisComputer, siblingOf(file, path)),
        way: instance.route.kind === 'ssh' ? { kind: 'tunnel' } : { kind: 'direct' },
      },
    ];
  });
  return (await Promise.all(found)).flat();
}

/** The tool in the same folder; Windows gives it `.exe`. */
function siblingOf(dump: string, { join, dirname, extname }: typeof path.posix): (tool: PostgresTool) => string {
  return (tool) => (tool === 'pg_dump' ? dump : join(dirname(dump), `${tool}${extname(dump)}`));
}

async function localCompression(host: Host, file: string, signal: AbortSignal): Promise<'zstd' | 'gzip'> {
  const { stderr } = await host.run([file, ...zstdProbe], { signal, env: { LC_ALL: 'C' }, timeout: patience });
  return /compress/i.test(stderr) ? 'gzip' : 'zstd';
}

/** Prints path, version and what the probe says of each pg_dump, a line each with tabs between. */
const search = [
  'for p in pg_dump /usr/lib/postgresql/*/bin/pg_dump /usr/pgsql-*/bin/pg_dump /usr/local/pgsql/bin/pg_dump',
  '/usr/libexec/postgresql*/pg_dump /opt/homebrew/opt/postgresql@*/bin/pg_dump /opt/homebrew/opt/libpq/bin/pg_dump;',
  'do f=$(command -v "$p" 2>/dev/null) || continue; v=$("$f" --version 2>/dev/null) || continue;',
  'printf "%s\\t%s\\t%s\\n" "$f" "$v" "$(LC_ALL=C "$f" "$@" 2>&1 </dev/null | head -n 1)"; done; true',
].join(' ');

type Line = { file: string; version: string; major: number; compression: 'zstd' | 'gzip' };

/** What `search` printed. */
export function readSearch(output: string): Line[] {
  const seen = new Set<string>();
  return output.split('\n').flatMap((line) => {
    const [file = '', said = '', probe = ''] = line.split('\t');
    const version = parseVersion(said);
    const major = Number.parseInt(version ?? '', 10);
    if (version === undefined || Number.isNaN(major) || file === '' || seen.has(file)) return [];
    seen.add(file);
    return [{ file, version, major, compression: /compress/i.test(probe) ? ('gzip' as const) : ('zstd' as const) }];
  });
}

async function onSshHost(need: PlacesNeed, { route }: Instance, signal: AbortSignal): Promise<PlacedTool[]> {
  if (route.kind !== 'ssh') return [];
  const host = await need.sshHost(route.sshHostId);
  const { stdout } = await host.run(['sh', '-c', search, 'sh', ...zstdProbe], { signal });
  return readSearch(stdout).map(({ file, ...line }) => ({
    route: { kind: 'ssh-host', sshHostId: route.sshHostId, path: file },
    place: host.label,
    ...line,
    tools: remoteTools(host, siblingOf(file, path.posix)),
    way: { kind: 'direct' },
  }));
}

async function inDocker(
  need: PlacesNeed,
  docker: DockerPlace,
  instance: Instance,
  address: Address,
  signal: AbortSignal,
  { wanted, wished }: { wanted: (kind: BackupRoute['kind']) => boolean; wished: BackupRoute | undefined },
): Promise<PlacedTool[]> {
  const { cli, found } = await need.dockerHosts.engine(docker, signal);
  const running = (await inspectAll(cli, { signal })).filter(({ State }) => State.Running);
  const database = databaseContainer(running, instance, docker, address);
  const server = running.find((one) => nameOf(one) === instance.server?.container);
  const inside: PlacedTool[] = [];
  for (const [container, dial] of [
    ...(database === undefined ? [] : [[database.container, { host: '127.0.0.1', port: database.port }] as const]),
    ...(server === undefined ? [] : [[server, seenBy(server, instance)] as const]),
  ]) {
    if (dial === undefined || !wanted('container')) continue;
    const name = nameOf(container);
    const result = await cli.run(['exec', name, 'sh', '-c', search, 'sh', ...zstdProbe], { signal });
    // Only the first on PATH: that is what runs by its name.
    const [line] = readSearch(result.stdout);
    if (line === undefined) continue;
    const { file: _, ...tool } = line;
    inside.push({
      route: { kind: 'container', docker, container: name },
      place: say(text('backup.place.container', { container: name, host: cli.host.label })),
      ...tool,
      tools: containerTools(cli, name),
      way: { kind: 'direct', dial },
    });
  }
  const desktop = /docker desktop/i.test(found.engine?.operatingSystem ?? '');
  const network = networkFor({ database, server, instance, docker, address, desktop });
  if (network === undefined || !wanted('one-off-container')) return inside;
  const image = wished?.kind === 'one-off-container' ? wished.image : undefined;
  return [...inside, ...(await inImages(cli, docker, network, image, signal))];
}

type Network = { name: string; way: PlacedTool['way'] };

/** In which network a container finds the database, and where. */
function networkFor(at: {
  database: { container: Inspected; port: number } | undefined;
  server: Inspected | undefined;
  instance: Instance;
  docker: DockerPlace;
  address: Address;
  desktop: boolean;
}): Network | undefined {
  const { database, server, instance, docker, address, desktop } = at;
  if (database !== undefined) {
    const dial = { host: '127.0.0.1', port: database.port };
    return { name: `container:${database.container.Id}`, way: { kind: 'direct', dial } };
  }
  const seen = server === undefined ? undefined : seenBy(server, instance);
  if (server !== undefined && seen !== undefined)
    return { name: `container:${server.Id}`, way: { kind: 'direct', dial: seen } };
  if (address.host.startsWith('/')) return undefined;
  if (sameComputer(docker, instance)) {
    const loopback = /^(?:localhost|127\.|::1$)/.test(address.host);
    const dial = desktop && loopback ? { dial: { host: 'host.docker.internal', port: address.port } } : {};
    return { name: 'host', way: { kind: 'direct', ...dial } };
  }
  // Through the app's own tunnel, which ends at this computer: Docker Desktop's containers don't see it.
  return docker.kind === 'local' && !desktop ? { name: 'host', way: { kind: 'tunnel' } } : undefined;
}

/** Docker runs where the database is reached from. */
function sameComputer(docker: DockerPlace, { route }: Instance): boolean {
  if (docker.kind === 'local') return route.kind === 'direct';
  return route.kind === 'ssh' && route.sshHostId === docker.sshHostId;
}

/** The container that the database runs in, by its address, or by the name that the server knows it by. */
function databaseContainer(
  running: readonly Inspected[],
  instance: Instance,
  docker: DockerPlace,
  address: Address,
): { container: Inspected; port: number } | undefined {
  const loopback = /^(?:localhost|127\.|::1$|0\.0\.0\.0$)/.test(address.host);
  for (const container of running) {
    const networks = Object.entries(container.NetworkSettings.Networks ?? {});
    if (networks.some(([, { IPAddress }]) => IPAddress !== '' && IPAddress === address.host))
      return { container, port: address.port };
    const published = portsOf(container).find(({ port }) => port === address.port);
    if (published !== undefined && loopback && sameComputer(docker, instance))
      return { container, port: published.inside };
    const seen = instance.seenByServer;
    const names = [
      nameOf(container),
      container.Config.Labels?.['com.docker.compose.service'],
      ...networks.flatMap(([, { Aliases }]) => Aliases ?? []),
    ];
    if (seen !== undefined && names.includes(seen.host)) return { container, port: seen.port };
  }
  return undefined;
}

/** Where the server's container finds the database. */
function seenBy(server: Inspected, instance: Instance): Address | undefined {
  if (instance.seenByServer !== undefined) return instance.seenByServer;
  const parsed = parseConnectionString(environmentOf(server).DATABASE_URL ?? '');
  return parsed.missing.includes('host') ? undefined : parsed.settings.hosts[0];
}

/** Images with PostgreSQL's tools, by the names that they usually have; the version is what the tool itself says. */
async function inImages(
  cli: DockerCli,
  docker: DockerPlace,
  { name, way }: Network,
  wished: string | undefined,
  signal: AbortSignal,
): Promise<PlacedTool[]> {
  const list = await cli.run(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'], { signal });
  const images = list.stdout.split('\n').filter((image) => /(?:^|\/)(?:pgvector|postgres)(?:\/pgvector)?:/.test(image));
  const found: PlacedTool[] = [];
  // One of each major version is enough; Docker lists them in no order.
  images.sort();
  const byMajor = new Map(images.map((image) => [Number(/:(?:pg)?(\d+)/.exec(image)?.[1] ?? 0), image]));
  for (const image of new Set([...byMajor.values(), ...images.filter((one) => one === wished)])) {
    const argv = ['run', '--rm', '--pull', 'never', '--network', 'none', '--log-driver', 'none', '--entrypoint', 'sh'];
    const result = await cli.run([...argv, image, '-c', search, 'sh', ...zstdProbe], { signal });
    const [line] = readSearch(result.stdout);
    if (line === undefined) continue;
    const { file: _, ...tool } = line;
    found.push({
      route: { kind: 'one-off-container', docker, image },
      place: say(text('backup.place.one-off', { image, host: cli.host.label })),
      ...tool,
      tools: imageTools(cli, image, name),
      way,
    });
  }
  return found;
}
