import type { ConnectionSettings, Route } from '../../../contract/connection.ts';
import { parseConnectionString } from '../../../contract/connectionString/parse.ts';
import type { DockerPlace } from '../../../contract/server.ts';
import { environmentOf, type Inspected, nameOf, portsOf } from '../../adapters/docker/inspect.ts';
import { ProblemError } from '../../problems/ProblemError.ts';

type Address = { host: string; port: number };

export type AdoptedDatabase = {
  connection: ConnectionSettings;
  route: Route;
  password?: string;
  /** As the server sees it, where that differs from how the app gets there. */
  seenByServer?: string;
};

/**
 * The database of a server, from its DATABASE_URL, as the app reaches it: names that only the container knows are turned into the
 * Docker host's ports or the database container's address. Raises `connection-string-invalid`.
 */
export function adoptedDatabase(server: Inspected, all: readonly Inspected[], docker: DockerPlace): AdoptedDatabase {
  const given = environmentOf(server).DATABASE_URL ?? '';
  return databaseAt(given, `DATABASE_URL (${nameOf(server)})`, docker, (address) => placeOf(address, server, all));
}

/**
 * The same for any DATABASE_URL: `placeFor` tells where the Docker host finds what the server calls by a name. Raises
 * `connection-string-invalid`.
 */
export function databaseAt(
  given: string,
  source: string,
  docker: DockerPlace,
  placeFor: (address: Address) => Address | undefined,
): AdoptedDatabase {
  const parsed = parseConnectionString(given);
  if (parsed.format === 'none' || parsed.missing.includes('host')) {
    throw new ProblemError('connection-string-invalid', { source });
  }
  const [first = { host: 'localhost', port: 5432 }] = parsed.settings.hosts;
  const there = placeFor(first);
  const byHost: Route = docker.kind === 'ssh' ? { kind: 'ssh', sshHostId: docker.sshHostId } : { kind: 'direct' };
  const password = parsed.password === undefined ? {} : { password: parsed.password };
  const settings = asTheServerReadsIt(parsed.settings, given);
  if (there === undefined) return { connection: settings, route: { kind: 'direct' }, ...password };
  return {
    connection: { ...settings, hosts: [there] },
    route: byHost,
    seenByServer: `${first.host}:${first.port}`,
    ...password,
  };
}

/** Without a word about TLS the server's driver uses none, where libpq would prefer it: so what is found is good enough. */
function asTheServerReadsIt(settings: ConnectionSettings, url: string): ConnectionSettings {
  if (/[?&](?:ssl|sslmode)=/.test(url)) return settings;
  return { ...settings, tls: { ...settings.tls, mode: 'prefer', plainAccepted: true } };
}

/** Where the Docker host finds what the container calls by this name; undefined for a name that means the same everywhere. */
function placeOf({ host, port }: Address, server: Inspected, all: readonly Inspected[]): Address | undefined {
  const mine = Object.keys(server.NetworkSettings.Networks ?? {});
  for (const other of all) {
    if (other.Id === server.Id) continue;
    for (const [network, { IPAddress, Aliases }] of Object.entries(other.NetworkSettings.Networks ?? {})) {
      if (!mine.includes(network)) continue;
      const names = [nameOf(other), IPAddress, other.Config.Labels?.['com.docker.compose.service'], ...(Aliases ?? [])];
      if (!names.includes(host) || host === '') continue;
      const published = portsOf(other).find(({ inside }) => inside === port);
      if (published !== undefined) return { host: loopbackOf(published.host), port: published.port };
      return IPAddress === '' ? undefined : { host: IPAddress, port };
    }
  }
  if (isDockerHost(host)) return { host: '127.0.0.1', port };
  const loopback = /^(?:localhost|127\.|::1$)/.test(host);
  return loopback && server.HostConfig.NetworkMode === 'host' ? { host: '127.0.0.1', port } : undefined;
}

/** Names by which a container finds the computer that it runs on. */
export const isDockerHost = (host: string): boolean =>
  /^(?:host\.docker\.internal|gateway\.docker\.internal|172\.17\.0\.1)$/.test(host);

export function loopbackOf(host: string): string {
  return /^(?:0\.0\.0\.0|::|)$/.test(host) ? '127.0.0.1' : host;
}
