import { type Inspected, inspectSchema } from '../../../main/adapters/docker/inspect.ts';
import type { InspectedNetwork } from '../../../main/adapters/docker/networks.ts';

/** A container as the engine tells it. */
export function container(
  name: string,
  more: {
    networks?: Record<string, { IPAddress?: string; Aliases?: string[] }>;
    ports?: Record<string, { HostIp: string; HostPort: string }[]>;
    mode?: string;
    image?: string;
    env?: string[];
    labels?: Record<string, string>;
    running?: boolean;
  } = {},
): Inspected {
  return inspectSchema.parse({
    Id: `id-of-${name}`,
    Name: `/${name}`,
    Created: '2026-01-01T00:00:00Z',
    State: { Status: 'running', Running: more.running ?? true },
    HostConfig: { NetworkMode: more.mode ?? 'bridge' },
    Config: { Image: more.image ?? '', Env: more.env ?? [], Labels: more.labels ?? {} },
    NetworkSettings: { Networks: more.networks ?? {}, Ports: more.ports ?? {} },
  });
}

export function network(name: string, more: Partial<InspectedNetwork> = {}): InspectedNetwork {
  return {
    name,
    id: `id-of-${name}`,
    driver: 'bridge',
    internal: false,
    labels: {},
    subnets: ['172.18.0.0/16'],
    gateways: ['172.18.0.1'],
    members: new Map(),
    ...more,
  };
}
