import type { DatabaseAddress } from '../../../contract/connection.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { DockerPlace } from '../../../contract/server.ts';
import { type Inspected, nameOf } from '../../adapters/docker/inspect.ts';
import type { InspectedNetwork } from '../../adapters/docker/networks.ts';

/** A container that serves an address, and the port that it listens on inside. */
export type ServingContainer = { container: Inspected; name: string; port: number; published: boolean };

const loopback = /^(?:127\.|::1$|localhost$|0\.0\.0\.0$)/;
const hostNames = /^(?:host\.docker\.internal|gateway\.docker\.internal|host\.containers\.internal)$/;

export const isLoopback = (host: string): boolean => loopback.test(host) || host.startsWith('/');

/** What an address can mean on a Docker host. */
export type Surroundings = {
  containers: readonly Inspected[];
  networks: readonly InspectedNetwork[];
  /** Of the Docker host itself. */
  addresses: readonly string[];
  /** `localhost` means the Docker host for whoever uses the address. */
  localhostIsDockerHost: boolean;
};

/** What the app's address of an instance's database means on a Docker host. */
export function surroundingsOf(
  { docker, instance: { route } }: { docker: DockerPlace; instance: Pick<Instance, 'route'> },
  containers: readonly Inspected[],
  networks: readonly InspectedNetwork[],
  addresses: readonly string[],
): Surroundings {
  const localhostIsDockerHost =
    docker.kind === 'local' ? route.kind === 'direct' : route.kind === 'ssh' && route.sshHostId === docker.sshHostId;
  return { containers, networks, addresses, localhostIsDockerHost };
}

/** Whether the address is the Docker host's own: by name, by a network's gateway, by one of its addresses. */
export function isDockerHost(host: string, { networks, addresses, localhostIsDockerHost }: Surroundings): boolean {
  if (isLoopback(host)) return localhostIsDockerHost;
  if (hostNames.test(host) || addresses.includes(host)) return true;
  return networks.some(({ gateways }) => gateways.includes(host));
}

/** The container that is reached by an address: by a name or address in a network, or by a port of the Docker host. */
export function servingContainer(
  { host, port }: DatabaseAddress,
  surroundings: Surroundings,
): ServingContainer | undefined {
  const up = surroundings.containers.filter(({ State }) => State.Running);
  for (const container of up) {
    const networks = Object.values(container.NetworkSettings.Networks ?? {});
    const service = container.Config.Labels?.['com.docker.compose.service'];
    const names = [
      nameOf(container),
      service,
      ...networks.flatMap(({ IPAddress, Aliases }) => [IPAddress, ...(Aliases ?? [])]),
    ];
    if (host !== '' && names.includes(host)) return { container, name: nameOf(container), port, published: false };
  }
  if (!isDockerHost(host, surroundings)) return undefined;
  for (const container of up) {
    for (const [inside, bindings] of Object.entries(container.NetworkSettings.Ports ?? {})) {
      if (!(bindings ?? []).some(({ HostPort }) => Number(HostPort) === port)) continue;
      return { container, name: nameOf(container), port: Number.parseInt(inside, 10), published: true };
    }
  }
  return undefined;
}

/** A network of the container that another one may join and find it by its name in: Docker's own default one has no names. */
export function joinableNetwork(
  container: Inspected,
  networks: readonly InspectedNetwork[],
): InspectedNetwork | undefined {
  const own = Object.keys(container.NetworkSettings.Networks ?? {});
  const usual = new Set(['bridge', 'host', 'none', 'podman']);
  const fit = networks.filter(({ name, driver }) => own.includes(name) && !usual.has(name) && driver === 'bridge');
  return fit.find(({ internal }) => !internal) ?? fit[0];
}
