import { z } from 'zod';
import type { NetworkFound } from '../../../contract/network.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { DockerCli, DockerRun } from './dockerCli.ts';

const containerSchema = z.object({
  Name: z.string().default(''),
  IPv4Address: z.string().default(''),
  IPv6Address: z.string().default(''),
});

const networkSchema = z.object({
  Name: z.string(),
  Id: z.string().default(''),
  Driver: z.string().default(''),
  Internal: z.boolean().default(false),
  IPAM: z
    .object({
      Config: z.array(z.object({ Subnet: z.string().default(''), Gateway: z.string().default('') })).nullish(),
    })
    .nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
  Containers: z.record(z.string(), containerSchema).nullish(),
});

/** A network as the engine tells it. Aliases are a matter of the containers, which know them. */
export type InspectedNetwork = Omit<NetworkFound, 'containers'> & {
  id: string;
  labels: Record<string, string>;
  /** By the id of the container. */
  members: Map<string, { name: string; address: string }>;
};

/** All networks. One that is removed meanwhile is left out. Raises `docker-…`. */
export async function inspectNetworks(cli: DockerCli, options: DockerRun): Promise<InspectedNetwork[]> {
  const ids = (await cli.must(['network', 'ls', '-q', '--no-trunc'], options)).split(/\s+/).filter((id) => id !== '');
  if (ids.length === 0) return [];
  const { stdout } = await cli.run(['network', 'inspect', ...ids], options);
  return read(cli, stdout);
}

function read(cli: DockerCli, json: string): InspectedNetwork[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw unreadable(cli, 'no JSON', cause);
  }
  const parsed = z.array(networkSchema).safeParse(value);
  if (!parsed.success) throw unreadable(cli, z.prettifyError(parsed.error), parsed.error);
  return parsed.data.map((network) => {
    const config = network.IPAM?.Config ?? [];
    const labels = network.Labels ?? {};
    const project = labels['com.docker.compose.project'];
    return {
      id: network.Id,
      name: network.Name,
      driver: network.Driver,
      internal: network.Internal,
      labels,
      subnets: config.map(({ Subnet }) => Subnet).filter((subnet) => subnet !== ''),
      gateways: config.map(({ Gateway }) => Gateway.replace(/\/\d+$/, '')).filter((gateway) => gateway !== ''),
      members: new Map(
        Object.entries(network.Containers ?? {}).map(([id, { Name, IPv4Address, IPv6Address }]) => [
          id,
          { name: Name, address: (IPv4Address || IPv6Address).replace(/\/\d+$/, '') },
        ]),
      ),
      ...(project === undefined ? {} : { project }),
    };
  });
}

function unreadable(cli: DockerCli, message: string, cause: unknown): ProblemError {
  const values = { host: cli.host.label, command: 'network inspect', message };
  return new ProblemError('docker-command-failed', values, { cause });
}
