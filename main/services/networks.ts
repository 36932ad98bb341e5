import { type Text, text } from '../../contract/copy/text.ts';
import type { NetworkChange, NetworkFound } from '../../contract/network.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { Plan } from '../../contract/plan.ts';
import type { DockerPlace } from '../../contract/server.ts';
import type { DockerCli } from '../adapters/docker/dockerCli.ts';
import { type Inspected, inspectAll, nameOf } from '../adapters/docker/inspect.ts';
import { inspectNetworks } from '../adapters/docker/networks.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { DockerHosts } from './dockerHosts.ts';
import { createPlans } from './plans.ts';
import type { Op, Operations } from './ports.ts';

export interface Networks {
  /** The networks of an engine with the containers that run in them. Raises `docker-…`, `ssh-…`. */
  list(docker: DockerPlace, signal: AbortSignal): Promise<NetworkFound[]>;
  /**
   * What the changes would run, exactly; what is so already is left out. Changes nothing. Raises `container-missing`,
   * `container-network-missing` for a network that is neither there nor made by an earlier change.
   */
  plan(docker: DockerPlace, changes: readonly NetworkChange[], signal: AbortSignal): Promise<Plan>;
  /** Operation `network-change`, exclusive for the instance. Raises `plan-missing`, `plan-stale`, `operation-busy`. */
  run(
    planId: string,
    instance?: { id: string; name: string },
  ): Promise<{ operationId: string; ended: Promise<OperationView> }>;
}

const steps = [{ name: text('network.step.change'), weight: 1 }];

/** So that a network that the app made is told from others. */
const ownLabel = 'app.aperture-companion';

export function createNetworks({
  dockerHosts,
  operations,
  now,
}: {
  dockerHosts: DockerHosts;
  operations: Operations;
  now?: () => Date;
}): Networks {
  const plans = createPlans<{ docker: DockerPlace; changes: NetworkChange[] }>({ now });

  return {
    async list(docker, signal) {
      const { cli } = await dockerHosts.engine(docker, signal);
      return listNetworks(cli, signal);
    },

    async plan(docker, changes, signal) {
      const { cli } = await dockerHosts.engine(docker, signal);
      const needed = await missingOf(cli, changes, signal);
      const host = cli.host.label;
      const notes: Text[] = [text('network.note.keeps')];
      if (needed.some(({ kind }) => kind === 'connect')) notes.push(text('network.note.recreate'));
      return plans.keep(
        {
          title:
            needed.length === 0
              ? text('network.plan.none', { host })
              : text('network.plan.title', { count: needed.length, host }),
          as: 'app',
          steps: needed.map((change) => ({ kind: 'command', host, argv: ['docker', ...argsOf(change)] })),
          notes,
        },
        { docker, changes: needed },
      );
    },

    async run(planId, instance) {
      const { docker, changes } = plans.find(planId).detail;
      const body = async (op: Op) => {
        op.step(0);
        const { cli } = await dockerHosts.engine(docker, op.signal);
        // Somebody may have done it meanwhile: that is no failure.
        const needed = await missingOf(cli, changes, op.signal);
        for (const [index, change] of needed.entries()) {
          op.progress(index, needed.length, 'items');
          const args = argsOf(change);
          op.log(`docker ${args.join(' ')}`);
          await cli.must(args, {
            signal: op.signal,
            ...(change.kind === 'connect' ? { container: change.container } : {}),
          });
        }
        return text('network.outcome', { count: needed.length });
      };
      const subject = instance === undefined ? { name: 'Docker' } : { instanceId: instance.id, name: instance.name };
      const { id, ended } = await operations.run('network-change', subject, steps, body, {
        exclusive: instance !== undefined,
      });
      return { operationId: id, ended };
    },
  };
}

/** The networks with the names under which the containers in them know each other. */
async function listNetworks(cli: DockerCli, signal: AbortSignal): Promise<NetworkFound[]> {
  const [networks, containers] = await Promise.all([inspectNetworks(cli, { signal }), inspectAll(cli, { signal })]);
  const byId = new Map(containers.map((container) => [container.Id, container]));
  return networks
    .map(({ members, id: _, labels: __, ...network }) => ({
      ...network,
      containers: [...members].map(([id, member]) => ({
        ...member,
        aliases: aliasesIn(byId.get(id), network.name),
      })),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Without the name itself and without the id, which the engine adds as one. */
function aliasesIn(container: Inspected | undefined, network: string): string[] {
  if (container === undefined) return [];
  const aliases = container.NetworkSettings.Networks?.[network]?.Aliases ?? [];
  const own = nameOf(container);
  return [...new Set(aliases)].filter((alias) => alias !== own && !container.Id.startsWith(alias));
}

function argsOf(change: NetworkChange): string[] {
  switch (change.kind) {
    case 'create':
      return ['network', 'create', '--driver', 'bridge', '--label', `${ownLabel}=network`, change.network];
    case 'connect':
      return ['network', 'connect', change.network, change.container];
  }
}

/** The changes that are not so already, in order. */
async function missingOf(
  cli: DockerCli,
  changes: readonly NetworkChange[],
  signal: AbortSignal,
): Promise<NetworkChange[]> {
  const [networks, containers] = await Promise.all([inspectNetworks(cli, { signal }), inspectAll(cli, { signal })]);
  const there = new Set(networks.map(({ name }) => name));
  const missing: NetworkChange[] = [];
  for (const change of changes) {
    if (change.kind === 'create') {
      if (there.has(change.network)) continue;
      there.add(change.network);
    } else {
      const host = cli.host.label;
      const container = containers.find((one) => nameOf(one) === change.container || one.Id === change.container);
      if (container === undefined) {
        throw new ProblemError('container-missing', { container: change.container, host });
      }
      if (!there.has(change.network)) {
        throw new ProblemError('container-network-missing', { network: change.network, host });
      }
      if (container.NetworkSettings.Networks?.[change.network] != null) continue;
    }
    missing.push(change);
  }
  return missing;
}
