import { randomBytes } from 'node:crypto';
import type { Instance } from '../../../contract/instance.ts';
import type { Problem } from '../../../contract/problem.ts';
import { inspectContainer } from '../../adapters/docker/inspect.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { DockerHosts } from '../dockerHosts.ts';
import type { ServerPauses } from '../migrations/serverPause.ts';
import type { Op } from '../ports.ts';
import { containerState } from '../server/containerState.ts';
import type { Servers } from '../servers.ts';
import { type Exchange, exchange } from './exchange.ts';
import { sideName } from './names.ts';

export type SwapNeed = {
  pauses: Pick<ServerPauses, 'stop' | 'resume'>;
  dockerHosts: Pick<DockerHosts, 'engine'>;
  servers: Pick<Servers, 'waitUntilReady'>;
};

export type Swap = {
  instance: Instance;
  /** A login to a database of the server that nobody renames. */
  open: (signal: AbortSignal) => Promise<PostgresSession>;
  wish: Pick<Exchange, 'database' | 'nextOid' | 'asideState' | 'keepUntil'>;
  now: () => Date;
  op: Op;
  /** Indexes of the steps: stop, exchange, start. */
  steps: readonly [number, number, number];
};

export type Swapped = {
  /** The name of the database that was in use before. */
  asideName: string;
  downtimeSeconds: number;
  /** `problem`: why the server is not ready; that takes nothing back. */
  server?: { container: string; problem?: Problem };
};

/** Milliseconds for stopping, exchanging and starting. Cancelling is too late then: what was begun is ended. */
const patience = 300_000;

/**
 * Stops the server, puts one database in the place of another, starts the server whatever happened, and waits for it. That it is slow, or
 * does not get ready, is told and undoes nothing. Raises what keeps the exchange from happening: then everything is as it was.
 */
export async function swap(need: SwapNeed, { instance, open, wish, now, op, steps }: Swap): Promise<Swapped> {
  op.signal.throwIfAborted();
  const firmly = AbortSignal.timeout(patience);
  const [session, helper] = await openBoth(open, firmly);
  const asideName = sideName(wish.database, randomBytes(4).toString('hex'));
  const { server } = instance;
  let stopped = false;
  let exchanged = false;
  let began = performance.now();
  let downtimeSeconds = 0;
  try {
    op.step(steps[0]);
    if (server !== undefined && (await isUp(need, instance, op.signal))) {
      op.signal.throwIfAborted();
      began = performance.now();
      op.log(`docker stop ${server.container}`);
      stopped = true;
      await need.pauses.stop(instance.id, server, firmly);
    } else began = performance.now();
    op.step(steps[1]);
    await exchange(session, helper, { ...wish, asideName, operationId: op.id, now: now().toISOString() });
    exchanged = true;
    op.log(`${wish.database} is exchanged; the former one is ${asideName}`);
  } finally {
    if (stopped && server !== undefined) {
      op.step(steps[2]);
      op.log(`docker start ${server.container}`);
      await need.pauses.resume(instance.id, server, AbortSignal.timeout(patience)).catch((error: unknown) => {
        op.log(`The server could not be started: ${error instanceof Error ? error.message : String(error)}`, 'error');
        // What went wrong first is what has to be told; afterwards the wait tells why it does not run.
      });
    }
    downtimeSeconds = Math.round((performance.now() - began) / 10) / 100;
    await Promise.all([session.close(), helper.close()]);
  }
  if (!stopped || server === undefined || !exchanged) return { asideName, downtimeSeconds };
  const problem = await waitForServer(need, instance, op);
  const more = problem === undefined ? {} : { problem };
  return { asideName, downtimeSeconds, server: { container: server.container, ...more } };
}

/** Why the server is not ready, if it is not. It is never a reason to take anything back. */
async function waitForServer({ servers }: SwapNeed, instance: Instance, op: Op): Promise<Problem | undefined> {
  if (instance.server === undefined) return undefined;
  try {
    await servers.waitUntilReady({ place: instance.server, instance }, op);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    op.log(`the server is not ready: ${error.message}`, 'warn');
    return error.problem;
  }
}

/** Raises what keeps Docker from being asked: a server that nobody can stop would go on with what it remembers of the other database. */
async function isUp({ dockerHosts }: SwapNeed, { server }: Instance, signal: AbortSignal): Promise<boolean> {
  if (server === undefined) return false;
  const { cli } = await dockerHosts.engine(server.docker, signal);
  const inspected = await inspectContainer(cli, server.container, { signal });
  if (inspected === undefined) return false;
  const { kind } = containerState(inspected, Date.now());
  return kind === 'running' || kind === 'restarting' || kind === 'paused';
}

async function openBoth(open: Swap['open'], signal: AbortSignal): Promise<[PostgresSession, PostgresSession]> {
  const session = await open(signal);
  try {
    return [session, await open(signal)];
  } catch (error) {
    await session.close();
    throw error;
  }
}
