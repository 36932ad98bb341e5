import { networkInterfaces } from 'node:os';
import { type Text, text } from '../../contract/copy/text.ts';
import type { Installation } from '../../contract/install.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { ReachReport } from '../../contract/reach.ts';
import type { DockerPlace } from '../../contract/server.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { Connections } from './connections.ts';
import type { DockerHosts } from './dockerHosts.ts';
import type { Credentials, Emit, Op, Operations } from './ports.ts';
import { tryFromApp } from './reach/appSide.ts';
import { tryFromServer } from './reach/tryFromServer.ts';

export interface Reach {
  /**
   * Operation `reach`: both sides try the very same database. `installation` says where the server is to be, before it is installed; without
   * it the instance's own server is meant. The report comes as `reach.report` and with `latest`. Ends well when both tries were made,
   * whatever their verdict. Raises `instance-missing`, `invalid-input` without a connection or without a place of the server.
   */
  run(request: {
    instanceId: string;
    installation?: Installation;
  }): Promise<{ operationId: string; ended: Promise<OperationView> }>;
  /** The last report since the app started. */
  latest(instanceId: string): ReachReport | undefined;
  /** Drops the last report: what it is about has changed. */
  forget(instanceId: string): void;
}

export type ReachNeed = {
  instances: { get(id: string): Promise<Instance> };
  connections: Pick<Connections, 'open' | 'latest'>;
  credentials: Pick<Credentials, 'get'>;
  dockerHosts: DockerHosts;
  operations: Operations;
  emit: Emit;
  addToRedactor: (secret: string) => void;
  now?: () => Date;
};

const steps = [
  { name: text('reach.step.app'), weight: 1 },
  { name: text('reach.step.server'), weight: 3 },
];

export function createReach(need: ReachNeed): Reach {
  const { instances, connections, credentials, dockerHosts, operations, emit, addToRedactor } = need;
  const { now = () => new Date() } = need;
  const reports = new Map<string, ReachReport>();

  return {
    latest: (instanceId) => reports.get(instanceId),
    forget: (instanceId) => void reports.delete(instanceId),
    async run({ instanceId, installation }) {
      const instance = await instances.get(instanceId);
      const { connection } = instance;
      if (connection === undefined)
        throw new ProblemError('invalid-input', { field: 'connection', name: instance.name });
      const docker = placeOf(instance, installation);
      if (docker === undefined) throw new ProblemError('invalid-input', { field: 'server', name: instance.name });
      const body = async (op: Op): Promise<Text> => {
        op.step(0);
        const appAddress = connection.hosts[0] ?? { host: 'localhost', port: 5432 };
        const app = await tryFromApp(instance, appAddress, connections, op.signal);
        op.log(`app: ${app.side.outcome}${app.side.problem === undefined ? '' : ` (${app.side.problem.code})`}`);
        op.step(1);
        const seen = connections.latest(instanceId);
        const server = await tryFromServer({
          instance,
          connection,
          docker,
          app,
          dockerHosts,
          addToRedactor,
          ...(installation === undefined ? {} : { installation }),
          password: (signal) => credentials.get(`database:${instanceId}`, signal),
          ...(seen?.tls === undefined ? {} : { tls: seen.tls }),
          thisComputer: ownAddresses,
          log: (line) => op.log(line),
          signal: op.signal,
        });
        const report: ReachReport = { at: now().toISOString(), app: app.side, ...server };
        reports.set(instanceId, report);
        emit('reach.report', { operationId: op.id, instanceId, report });
        return outcomeOf(report, connection.database);
      };
      const subject = { instanceId, name: instance.name };
      const { id, ended } = await operations.run('reach', subject, steps, body);
      return { operationId: id, ended };
    },
  };
}

function placeOf({ server, installation }: Instance, wished: Installation | undefined): DockerPlace | undefined {
  return wished?.docker ?? server?.docker ?? installation?.docker;
}

function outcomeOf({ app, server }: ReachReport, database: string): Text {
  const values = { database, host: server.address.host };
  const reached = app.outcome === 'reached';
  switch (server.outcome) {
    case 'reached':
      return text(reached ? 'reach.outcome.both' : 'reach.outcome.server-only', values);
    case 'failed':
      return text(reached ? 'reach.outcome.app-only' : 'reach.outcome.neither', values);
    case 'skipped':
      return text(reached ? 'reach.outcome.app-reached' : 'reach.outcome.app-failed', values);
  }
}

/** Addresses of this computer that others may know it by; Docker's own bridges are none. */
function ownAddresses(): string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    /^(?:docker|br-|veth|virbr|cni|podman)/.test(name)
      ? []
      : addresses.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
  );
}
