import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ConnectionSettings, DatabaseAddress, TlsReport } from '../../../contract/connection.ts';
import { text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import type { Installation } from '../../../contract/install.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { ReachReport, ReachSide } from '../../../contract/reach.ts';
import type { DockerPlace } from '../../../contract/server.ts';
import { probeSeconds } from '../../adapters/docker/databaseProbe.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { type Inspected, inspectAll, nameOf } from '../../adapters/docker/inspect.ts';
import { type InspectedNetwork, inspectNetworks } from '../../adapters/docker/networks.ts';
import { sweep } from '../../adapters/docker/throwaway.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { recogniseServerSide } from '../../problems/recogniseServerSide.ts';
import { databaseUrlFor } from '../databaseUrl.ts';
import type { DockerHosts } from '../dockerHosts.ts';
import { adviceFor } from './advice.ts';
import type { AppSide } from './appSide.ts';
import { isLoopback, surroundingsOf } from './databaseContainer.ts';
import { hostAddresses, reachesFromHost } from './dockerHostView.ts';
import { ownDatabase, type Probed, plannedSpot, probe, type ServerSpot, spotOf } from './serverSide.ts';

export type ServerSideNeed = {
  instance: Instance;
  connection: ConnectionSettings;
  docker: DockerPlace;
  installation?: Installation;
  app: AppSide;
  dockerHosts: DockerHosts;
  addToRedactor: (secret: string) => void;
  password: (signal: AbortSignal) => Promise<string | undefined>;
  /** As the last connection test saw it. */
  tls?: TlsReport;
  thisComputer: () => string[];
  log: (line: string) => void;
  signal: AbortSignal;
};

type Found = Pick<ReachReport, 'databaseUrl' | 'server' | 'networks' | 'advice'>;

/** What the server will be told, or was. */
type Wanted = { url: string; settings: ConnectionSettings; password?: string; spot: ServerSpot };

/** The server's side of the report, with what helps it. Rejects with `cancelled` and what was not expected. */
export async function tryFromServer(need: ServerSideNeed): Promise<Found> {
  const { connection, instance, docker, dockerHosts, signal } = need;
  const address = addressOf(connection, instance);
  let networks: InspectedNetwork[] = [];
  let cli: DockerCli | undefined;
  let containers: Inspected[] = [];
  let wanted: Wanted | undefined;
  try {
    ({ cli } = await dockerHosts.engine(docker, signal));
    [containers, networks] = await Promise.all([inspectAll(cli, { signal }), inspectNetworks(cli, { signal })]);
    await sweep(cli, containers, networks, signal);
    wanted = await wantedOf(need, containers, networks);
    const probed = await probe({
      ...wanted,
      cli,
      password: wanted.password,
      networks,
      log: need.log,
      signal,
    });
    return await judge({ need, cli, containers, networks, wanted, probed });
  } catch (error) {
    if (signal.aborted || !(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
    const { problem } = error;
    need.log(`server: ${problem.code}`);
    const surroundings = surroundingsOf(need, containers, networks, []);
    const server: ReachSide = { means: 'server', address, outcome: 'skipped', problem };
    const advice = adviceFor({
      ...{ problem, address, appAddress: address, surroundings, subnets: [], appReached: false },
      ...{ systemId: cli?.options.systemId ?? '', thisComputer: [], resolved: [], resolvedInside: [] },
    });
    return {
      databaseUrl: masked(wanted?.url ?? databaseUrlFor({ ...connection, hosts: [address] }, undefined).url),
      server,
      networks: [],
      advice,
    };
  }
}

async function wantedOf(
  need: ServerSideNeed,
  containers: readonly Inspected[],
  networks: readonly InspectedNetwork[],
): Promise<Wanted> {
  const { instance, connection, installation, app, signal, addToRedactor } = need;
  const place = installation === undefined ? instance.server : undefined;
  const container = containers.find((one) => nameOf(one) === place?.container || one.Id === place?.container);
  if (container !== undefined) {
    const own = ownDatabase(container);
    if (own?.password !== undefined) addToRedactor(own.password);
    const spot = spotOf(container);
    if (own !== undefined) return { ...own, spot };
    return { ...(await written()), spot };
  }
  const plan = installation ?? instance.installation;
  if (plan === undefined) {
    throw new ProblemError('container-missing', { container: place?.container ?? '', host: '' });
  }
  return { ...(await written()), spot: plannedSpot(plan, networks) };

  async function written(): Promise<Pick<Wanted, 'url' | 'settings' | 'password'>> {
    const password = await need.password(signal);
    const settings = { ...connection, hosts: [addressOf(connection, instance)] };
    const offered = app.side.answered?.encrypted === true ? true : need.tls?.offered;
    const { url } = databaseUrlFor(settings, password, offered === undefined ? {} : { tlsOffered: offered });
    return { url, settings, ...(password === undefined ? {} : { password }) };
  }
}

type Judging = {
  need: ServerSideNeed;
  cli: DockerCli;
  containers: readonly Inspected[];
  networks: readonly InspectedNetwork[];
  wanted: Wanted;
  probed: Probed;
};

async function judge({ need, cli, containers, networks, wanted, probed }: Judging): Promise<Found> {
  const { answer, means } = probed;
  const { settings } = wanted;
  const address = settings.hosts[0] ?? { host: 'localhost', port: 5432 };
  const timing = answer.milliseconds === undefined ? {} : { milliseconds: answer.milliseconds };
  const common = { databaseUrl: masked(wanted.url), networks: probed.networks };
  if (answer.ok) {
    const { user, database, version, encrypted, client } = answer;
    const answered = {
      ...{ user, database, serverVersion: version, encrypted },
      ...(client == null ? {} : { clientAddress: client }),
    };
    need.log(`server: reached by ${means}`);
    return { ...common, server: { means, address, outcome: 'reached', ...timing, answered }, advice: [] };
  }
  const { facts, side } = need.app;
  const context = {
    ...address,
    user: settings.user,
    database: settings.database,
    encrypted: settings.tls.mode !== 'disable' && !/[?&]sslmode=disable/.test(wanted.url),
    subnets: probed.subnets,
    ...(facts.hbaFile === undefined ? {} : { hbaFile: facts.hbaFile }),
    ...(facts.passwordEncryption === undefined ? {} : { passwordEncryption: facts.passwordEncryption }),
  };
  const problem = recogniseServerSide(answer, context, probeSeconds);
  need.log(`server: ${problem.code} by ${means}`);
  const appAddress = need.connection.hosts[0] ?? address;
  const asksHost = /^(?:connection-(?:refused|timeout)|host-unreachable|server-database-is-localhost)$/.test(
    problem.code,
  );
  const [addresses, fromDockerHost] = asksHost
    ? await Promise.all([hostAddresses(cli.host, need.signal), reachesFromHost(cli.host, address, need.signal)])
    : [[], undefined];
  const asksName = asksHost || problem.code === 'dns-not-found';
  const server = containers.find((one) => one.Id === wanted.spot.running?.Id || one.Id === wanted.spot.stopped?.Id);
  const authority = need.connection.tls.ca ?? need.tls?.chain.at(-1)?.pem;
  const advice = adviceFor({
    problem,
    address,
    appAddress,
    surroundings: surroundingsOf(need, containers, networks, addresses),
    subnets: probed.subnets,
    ...(server === undefined ? {} : { server }),
    ...(facts.listenAddresses === undefined ? {} : { listenAddresses: facts.listenAddresses }),
    ...(fromDockerHost === undefined ? {} : { fromDockerHost }),
    appReached: side.outcome === 'reached',
    systemId: cli.options.systemId,
    thisComputer: need.thisComputer(),
    resolved: asksName ? await resolve(need.connection, address) : [],
    resolvedInside: answer.resolved,
    ...(authority === undefined ? {} : { authority }),
  });
  // All that helps is in `advice`, once.
  const { fixes: _, ...plain } = problem;
  return {
    ...common,
    server: { means, address, outcome: 'failed', ...timing, problem: plain },
    advice: probed.temporary ? advice.map((fix) => ofTemporary(fix, probed.subnets)) : advice,
  };
}

/** A text with the subnet of a network that Compose has yet to make: Docker gives out the first that is free, as it did for the try. */
function ofTemporary(fix: Fix, subnets: readonly string[]): Fix {
  const [subnet] = subnets;
  if (fix.kind !== 'paste' || subnet === undefined || !fix.snippet.includes(subnet)) return fix;
  return { ...fix, why: text('reach.fix.temporary.why', { subnet }) };
}

/** IPv4 addresses of the name, as this computer knows it. */
async function resolve({ hosts }: ConnectionSettings, { host }: DatabaseAddress): Promise<string[]> {
  if (isIP(host) !== 0 || isLoopback(host) || !hosts.some((one) => one.host === host)) return [];
  const found = await lookup(host, { all: true, family: 4 }).catch(() => []);
  return found.map(({ address }) => address).filter((address) => !isLoopback(address));
}

function addressOf({ hosts }: ConnectionSettings, { seenByServer }: Instance): DatabaseAddress {
  return seenByServer ?? hosts[0] ?? { host: 'localhost', port: 5432 };
}

/** The password as three asterisks, wherever a URL can have it. */
function masked(url: string): string {
  return url
    .replace(/^([a-z]+:\/\/[^:@/?#]*):.*@/is, '$1:***@')
    .replace(/([?&](?:password|sslpassword)=)[^&]*/gi, '$1***');
}
