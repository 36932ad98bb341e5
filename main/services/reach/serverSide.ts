import type { ConnectionSettings } from '../../../contract/connection.ts';
import { parseConnectionString } from '../../../contract/connectionString/parse.ts';
import type { Installation } from '../../../contract/install.ts';
import type { ReachMeans } from '../../../contract/reach.ts';
import {
  driverScript,
  libpqScript,
  type ProbeAnswer,
  probeSeconds,
  readAnswer,
  readComplaint,
} from '../../adapters/docker/databaseProbe.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { environmentOf, type Inspected } from '../../adapters/docker/inspect.ts';
import type { InspectedNetwork } from '../../adapters/docker/networks.ts';
import { runThrowaway, withNetwork } from '../../adapters/docker/throwaway.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { libpqEnvironment } from '../renderings.ts';

/** Milliseconds beyond the script's own limit that starting and removing a container may take. */
const slack = 40_000;

/** What the server's container is like, or will be. */
export type ServerSpot = {
  image: string;
  /** Names for `--network`. */
  networks: string[];
  /** The default network of the project is not there yet: one of its kind is made for the try. */
  needsNetwork: boolean;
  extraHosts: string[];
  /** The container that runs: the try is made inside of it. */
  running?: Inspected;
  /** A container that does not run: its mounted files are brought along. */
  stopped?: Inspected;
};

export type Probed = {
  means: ReachMeans;
  answer: ProbeAnswer;
  /** In which it was made, one that was made and removed for it included. */
  networks: string[];
  /** Of those networks. */
  subnets: string[];
  /** The network was made for the try: Compose's own will be another. */
  temporary: boolean;
};

/** Where the server is, from its container. */
export function spotOf(container: Inspected): ServerSpot {
  const { NetworkMode: mode, ExtraHosts: extraHosts } = container.HostConfig;
  const own = Object.keys(container.NetworkSettings.Networks ?? {});
  const { Running: up, Restarting: restarting } = container.State;
  const shared = mode === 'host' || mode === 'none' || mode.startsWith('container:');
  return {
    image: container.Image === '' ? container.Config.Image : container.Image,
    networks: shared ? [mode] : own,
    needsNetwork: false,
    extraHosts: extraHosts ?? [],
    ...(up && !restarting ? { running: container } : { stopped: container }),
  };
}

/** Where the server will be once it is installed. Compose's default network is used where an earlier `up` left it. */
export function plannedSpot({ settings }: Installation, networks: readonly InspectedNetwork[]): ServerSpot {
  const compose = `${settings.project}_default`;
  const there = networks.some(({ name }) => name === compose);
  return {
    image: settings.image,
    networks: [...(there ? [compose] : []), ...settings.networks],
    needsNetwork: !there,
    extraHosts: settings.hostGateway ? ['host.docker.internal:host-gateway'] : [],
  };
}

/** The server's own DATABASE_URL, where its container has one: user, database and address without the password. */
export function ownDatabase(
  container: Inspected,
): { url: string; settings: ConnectionSettings; password?: string } | undefined {
  const url = environmentOf(container).DATABASE_URL;
  if (url === undefined || url === '') return undefined;
  const { settings, password } = parseConnectionString(url);
  return { url, settings, ...(password === undefined ? {} : { password }) };
}

export type ProbeNeed = {
  cli: DockerCli;
  spot: ServerSpot;
  /** With the password; handed over on standard input. */
  url: string;
  settings: ConnectionSettings;
  password: string | undefined;
  networks: readonly InspectedNetwork[];
  log: (line: string) => void;
  signal: AbortSignal;
};

/**
 * Tries the database from where the server is or will be. Raises `reach-image-missing` when no image can do it, `container-network-missing`,
 * `reach-container-failed`, `docker-…`.
 */
export async function probe(need: ProbeNeed): Promise<Probed> {
  const { cli, spot, url, networks, signal, log } = need;
  const subnetsOf = (names: readonly string[]) =>
    networks.filter(({ name }) => names.includes(name)).flatMap(({ subnets }) => subnets);
  if (spot.running !== undefined) {
    log(`docker exec in ${spot.running.Name.replace(/^\//, '')}, with its own node and driver`);
    const args = ['exec', '--interactive', spot.running.Id, 'node', '-e', driverScript, String(probeSeconds)];
    const result = await cli.run(args, { signal, stdin: url, timeout: probeSeconds * 1000 + slack });
    const answer = readAnswer(result.stdout);
    if (answer !== undefined) {
      return { means: 'server', answer, networks: spot.networks, subnets: subnetsOf(spot.networks), temporary: false };
    }
    // It ended in between, as one in a crash loop does.
    log(failed(cli, result).message);
    const { running, ...rest } = spot;
    return probe({ ...need, spot: { ...rest, stopped: running } });
  }
  const there = new Set(networks.map(({ name }) => name));
  for (const network of spot.networks) {
    if (there.has(network) || network.startsWith('container:')) continue;
    throw new ProblemError('container-network-missing', { network, host: cli.host.label });
  }
  const how = await meansOf(need);
  const inNetworks = async (joined: string[], subnets: string[], temporary: boolean): Promise<Probed> => {
    log(`a container of ${how.image} in ${joined.join(', ')}`);
    const answer = await throwaway(need, how, joined);
    return { means: how.means, answer, networks: joined, subnets, temporary };
  };
  if (!spot.needsNetwork) return inNetworks(spot.networks, subnetsOf(spot.networks), false);
  return withNetwork(cli, signal, async (made) => {
    const format = '{{range .IPAM.Config}}{{.Subnet}} {{end}}';
    const own = (await cli.must(['network', 'inspect', '--format', format, made], { signal })).trim().split(/\s+/);
    return inNetworks([made, ...spot.networks], [...own, ...subnetsOf(spot.networks)], true);
  });
}

type How = { means: 'server-image' | 'database-image'; image: string };

/** The server's own image, else one of PostgreSQL, whose psql judges TLS as libpq does. */
async function meansOf({ cli, spot, signal }: ProbeNeed): Promise<How> {
  const { exitCode } = await cli.run(['image', 'inspect', '--format', '{{.Id}}', spot.image], { signal });
  if (exitCode === 0) return { means: 'server-image', image: spot.image };
  const listed = await cli.must(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'], { signal });
  const usable = listed.split(/\s+/).filter((name) => /(?:^|\/)(?:pgvector\/pgvector|postgres):(?!<none>)/.test(name));
  const image = usable.find((name) => name.includes('pgvector')) ?? usable[0];
  if (image === undefined) {
    throw new ProblemError('reach-image-missing', { image: spot.image, host: cli.host.label });
  }
  return { means: 'database-image', image };
}

async function throwaway(need: ProbeNeed, how: How, networks: string[]): Promise<ProbeAnswer> {
  const { cli, spot, url, signal } = need;
  const timeout = probeSeconds * 1000 + slack;
  // Files that DATABASE_URL names are there only where they are mounted.
  const mounted = spot.stopped !== undefined && /[?&]ssl(?:rootcert|cert|key)=/.test(url) ? spot.stopped.Id : undefined;
  const common = { image: how.image, networks, extraHosts: spot.extraHosts, timeout };
  if (how.means === 'server-image') {
    const args = ['-e', driverScript, String(probeSeconds)];
    const more = mounted === undefined ? {} : { volumesFrom: mounted };
    const result = await runThrowaway(cli, { ...common, ...more, program: 'node', args, stdin: url }, signal);
    const answer = readAnswer(result.stdout);
    if (answer === undefined) throw failed(cli, result);
    return answer;
  }
  const args = [String(probeSeconds), 'sh', '-c', libpqScript];
  const stdin = libpqInput(need.settings, need.password);
  const result = await runThrowaway(cli, { ...common, program: 'timeout', args, stdin }, signal);
  const answer = readAnswer(result.stdout);
  if (answer !== undefined) return answer;
  // 124 from coreutils, 143 from BusyBox: the time was over.
  if (result.exitCode === 124 || result.exitCode === 143)
    return { ok: false, timeout: true, connected: true, resolved: [] };
  if (!/^psql: /m.test(result.stderr)) throw failed(cli, result);
  return readComplaint(result.stderr);
}

/** Lines of a name and a value in base64. The password goes the same way: a password file cannot hold all of them. */
function libpqInput(settings: ConnectionSettings, password: string | undefined): string {
  const none = '/nonexistent/none';
  const { tls, hosts } = settings;
  const one = { ...settings, hosts: hosts.slice(0, 1) };
  const environment = libpqEnvironment(one, { passfile: none, inherited: {} });
  const seconds = Math.min(settings.connectTimeoutSeconds, probeSeconds - 5);
  const values: Record<string, string> = {
    ...environment,
    PGCONNECT_TIMEOUT: String(seconds),
    ...(password === undefined ? {} : { PGPASSWORD: password }),
    ...(tls.ca === undefined || tls.mode === 'disable' ? {} : { CA: tls.ca }),
  };
  return Object.entries(values)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}\n`)
    .join('');
}

function failed(cli: DockerCli, { stderr, stdout }: { stderr: string; stdout: string }): ProblemError {
  const words = (stderr.trim() === '' ? stdout : stderr).trim();
  const message = words.split('\n')[0] ?? '';
  return new ProblemError('reach-container-failed', { host: cli.host.label, message }, { detail: words });
}
