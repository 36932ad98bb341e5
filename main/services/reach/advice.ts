import type { DatabaseAddress } from '../../../contract/connection.ts';
import { text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import type { NetworkChange } from '../../../contract/network.ts';
import type { Problem } from '../../../contract/problem.ts';
import { type Inspected, nameOf } from '../../adapters/docker/inspect.ts';
import { tlsDisableFix, tlsNoVerifyFix } from '../../problems/serverLogFixes.ts';
import {
  isDockerHost,
  isLoopback,
  joinableNetwork,
  type ServingContainer,
  type Surroundings,
  servingContainer,
} from './databaseContainer.ts';
import { firewallFixes } from './firewall.ts';
import { certificateFixes } from './serverCertificate.ts';

/** What is known when the server's side has failed. */
export type AdviceNeed = {
  problem: Problem;
  /** As the server tried it, and as the app did. */
  address: DatabaseAddress;
  appAddress: DatabaseAddress;
  /** As the app means its address. */
  surroundings: Surroundings;
  /** Of the networks that the server is in. */
  subnets: readonly string[];
  server?: Inspected;
  /** `SHOW listen_addresses`, where the app could ask. */
  listenAddresses?: string;
  /** Whether the Docker host itself gets through to the address; undefined where nobody tried. */
  fromDockerHost?: boolean;
  appReached: boolean;
  /** `debian`, `synology` … of the Docker host. */
  systemId: string;
  /** Addresses of the app's computer in its network, where `localhost` means it and Docker is elsewhere. */
  thisComputer: readonly string[];
  /** Of the database's name, as the app's computer resolves it, and as the container does. */
  resolved: readonly string[];
  resolvedInside: readonly string[];
  /** PEM that the database's certificate can be verified with. */
  authority?: string;
};

/** The name of a network that the app makes, as in the server's own guide. */
const sharedNetwork = 'aperture-network';
/** Supabase's direct addresses have no IPv4 address, its session pooler has. */
const sessionPoolerFix: Fix = {
  kind: 'setting',
  id: 'use-session-pooler',
  title: text('connecting.fix.use-session-pooler'),
};

const dockerHostName = 'host.docker.internal';

/** What helps the server's side, the likeliest first: done on request where the app can, else to paste. */
export function adviceFor(need: AdviceNeed): Fix[] {
  const { problem, address, surroundings } = need;
  const serving =
    servingContainer(address, surroundings) ??
    (need.appReached || isLoopback(address.host) ? servingContainer(need.appAddress, surroundings) : undefined);
  const network = serving === undefined ? [] : sharedNetworkFix(serving, need);
  switch (problem.code) {
    case 'server-database-is-localhost':
      return [...network, ...hostGatewayFixes(need)];
    case 'server-host-gateway-missing':
      return [...network, hostGatewayFix(need)];
    case 'connection-refused':
      return [...network, ...(serving === undefined ? [...otherAddress(need), ...listenFixes(need)] : [])];
    case 'dns-not-found':
      return [...network, ...addressFixes(need)];
    case 'connection-timeout':
    case 'host-unreachable':
      return [
        ...network,
        ...(serving === undefined ? [...otherAddress(need), ...firewallFixes(firewallOf(need))] : []),
      ];
    case 'ipv6-only-host':
      return /\.supabase\.(?:co|com)$/i.test(address.host) ? [sessionPoolerFix] : [];
    case 'server-ca-missing':
    case 'tls-self-signed':
    case 'tls-untrusted':
      return [...certificateFixes(need.authority), tlsNoVerifyFix];
    case 'tls-wrong-name':
    case 'tls-expired':
    case 'tls-not-yet-valid':
      return [tlsNoVerifyFix];
    case 'server-tls-unavailable':
      return [tlsDisableFix];
    case 'container-network-missing':
      return [createNetworkFix(String(problem.values.network ?? ''), need)];
    default:
      return problem.fixes ?? [];
  }
}

function sharedNetworkFix({ container, name, port }: ServingContainer, need: AdviceNeed): Fix[] {
  // In the host's own network a container cannot join another one.
  if (container.HostConfig.NetworkMode === 'host' || need.server?.HostConfig.NetworkMode === 'host') return [];
  const { surroundings, server, address } = need;
  const own = Object.keys(server?.NetworkSettings.Networks ?? {});
  const joinable = joinableNetwork(container, surroundings.networks);
  const network = joinable?.name ?? sharedNetwork;
  const changes: NetworkChange[] = [];
  if (joinable === undefined) {
    if (!surroundings.networks.some((one) => one.name === network)) changes.push({ kind: 'create', network });
    changes.push({ kind: 'connect', network, container: name });
  }
  if (server !== undefined && !own.includes(network)) {
    changes.push({ kind: 'connect', network, container: nameOf(server) });
  }
  const seenByServer = { host: name, port };
  return [
    {
      kind: 'network',
      title: text('reach.fix.shared-network', { network, container: name }),
      changes,
      seenByServer,
      networks: [network],
      hostGateway: false,
      preview: previewOf(changes, address, seenByServer),
      why: text('reach.fix.shared-network.why', { container: name }),
    },
  ];
}

/** `localhost` in a container: where the app's own localhost is the Docker host, there is a name for it; else this computer's address. */
function hostGatewayFixes(need: AdviceNeed): Fix[] {
  if (need.surroundings.localhostIsDockerHost) return [hostGatewayFix(need)];
  const { address } = need;
  return need.thisComputer.map((host) => {
    const seenByServer = { host, port: address.port };
    return {
      kind: 'network',
      title: text('reach.fix.this-computer', { address: host }),
      changes: [],
      seenByServer,
      networks: [],
      hostGateway: false,
      preview: previewOf([], address, seenByServer),
      why: text('reach.fix.this-computer.why'),
    };
  });
}

function hostGatewayFix({ address, subnets }: AdviceNeed): Fix {
  const seenByServer = { host: dockerHostName, port: address.port };
  return {
    kind: 'network',
    title: text('reach.fix.host-gateway'),
    changes: [],
    seenByServer,
    networks: [],
    hostGateway: true,
    preview: [
      '# docker-compose.yml, service aperture',
      'extra_hosts:',
      `  - '${dockerHostName}:host-gateway'`,
      previewOf([], address, seenByServer),
    ].join('\n'),
    why: text('reach.fix.host-gateway.why', { subnet: subnets.join(', ') || '172.16.0.0/12' }),
  };
}

/** A name that the app's computer knows and the container does not: its address works in both. */
function addressFixes({ address, resolved }: AdviceNeed): Fix[] {
  return resolved.slice(0, 1).map((host) => {
    const seenByServer = { host, port: address.port };
    return {
      kind: 'network',
      title: text('reach.fix.address', { address: host, name: address.host }),
      changes: [],
      seenByServer,
      networks: [],
      hostGateway: false,
      preview: previewOf([], address, seenByServer),
      why: text('reach.fix.address.why', { name: address.host }),
    };
  });
}

/** The container's DNS gives the name another address than this computer's, and only this computer gets through. */
function otherAddress(need: AdviceNeed): Fix[] {
  const { appReached, resolved, resolvedInside } = need;
  const differs = resolvedInside.length > 0 && !resolved.some((one) => resolvedInside.includes(one));
  return appReached && differs ? addressFixes(need) : [];
}

/** Nothing listens where the container knocks, although the Docker host or the app gets through: PostgreSQL's own setting. */
function listenFixes(need: AdviceNeed): Fix[] {
  const { listenAddresses, surroundings, address, appReached } = need;
  const onlyLocal = listenAddresses !== undefined && !/\*|0\.0\.0\.0|::(?!1)/.test(listenAddresses);
  if (!onlyLocal && !(appReached && isDockerHost(address.host, surroundings))) return [];
  return [
    {
      kind: 'paste',
      title: text('reach.fix.listen'),
      language: 'sql',
      where: text('connecting.where.superuser'),
      snippet: "ALTER SYSTEM SET listen_addresses = '*';",
      why: text('reach.fix.listen.why', { found: listenAddresses ?? 'localhost' }),
    },
    {
      kind: 'paste',
      title: text('reach.fix.restart'),
      language: 'shell',
      where: text('reach.where.database-host'),
      snippet: 'sudo systemctl restart postgresql',
      why: text('reach.fix.restart.why'),
    },
  ];
}

function firewallOf(need: AdviceNeed): Parameters<typeof firewallFixes>[0] {
  const { address, surroundings, subnets, systemId } = need;
  // To a database elsewhere, the Docker host speaks for its containers.
  const onDockerHost = isDockerHost(address.host, surroundings);
  const lan = surroundings.addresses.filter(
    (one) => !surroundings.networks.some(({ gateways }) => gateways.includes(one)) && !isLoopback(one),
  );
  return {
    onDockerHost,
    sources: onDockerHost ? subnets : lan.slice(0, 2).map((one) => (one.includes(':') ? `${one}/128` : `${one}/32`)),
    port: address.port,
    systemId: onDockerHost ? systemId : '',
    // Where even the Docker host does not get through, the containers' own subnet is not what is dropped.
    likely: need.appReached || need.fromDockerHost === true,
  };
}

function createNetworkFix(network: string, { address }: AdviceNeed): Fix {
  const changes: NetworkChange[] = [{ kind: 'create', network }];
  return {
    kind: 'network',
    title: text('reach.fix.create-network', { network }),
    changes,
    seenByServer: address,
    networks: [network],
    hostGateway: false,
    preview: `docker network create ${network}`,
  };
}

function previewOf(changes: readonly NetworkChange[], before: DatabaseAddress, after: DatabaseAddress): string {
  const commands = changes.map((change) =>
    change.kind === 'create'
      ? `docker network create ${change.network}`
      : `docker network connect ${change.network} ${change.container}`,
  );
  const written = ({ host, port }: DatabaseAddress) => `${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (before.host === after.host && before.port === after.port) return commands.join('\n');
  return [...commands, `# DATABASE_URL: ${written(after)} instead of ${written(before)}`].join('\n');
}
