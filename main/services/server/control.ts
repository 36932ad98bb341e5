import { setTimeout as delay } from 'node:timers/promises';
import { say, type Text, text } from '../../../contract/copy/text.ts';
import type { OperationKind, OperationView } from '../../../contract/operation.ts';
import type { ContainerState, ServerLogLine, ServerStatus } from '../../../contract/server.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { inspectContainer } from '../../adapters/docker/inspect.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { Op, Operations } from '../ports.ts';
import { containerState } from './containerState.ts';
import { readLogLine } from './logLine.ts';
import type { Look, StatusNeed } from './status.ts';

export type ControlNeed = {
  operations: Operations;
  /** The engine of the server, asked for when the operation runs. */
  engine: (signal: AbortSignal) => Promise<DockerCli>;
  look: (need: Pick<StatusNeed, 'resources' | 'signal'>) => Promise<Look>;
  container: string;
  subject: { instanceId?: string; name: string };
  /** Milliseconds that the server gets to be ready as long as its log tells nothing new. */
  patience?: number;
};

type Begun = Promise<{ id: string; ended: Promise<OperationView> }>;

/** Seconds that the server gets to end by itself before it is killed. */
const grace = 30;
/** Milliseconds between looks at a server that is starting. */
const lookInterval = 1_000;

const waitStep = { name: text('server.step.wait'), weight: 6 };
const lookStep = { name: text('server.step.look'), weight: 1 };
const startStep = { name: text('server.step.start'), weight: 1 };
const stopStep = { name: text('server.step.stop'), weight: 2 };

/** Starts it, or takes it as it runs, and waits until it is ready: then ends well, else with the reason. */
export function startServer(need: ControlNeed): Begun {
  return begin(need, 'server-start', [lookStep, startStep, waitStep], async (op) => {
    const cli = await need.engine(op.signal);
    const state = await stateOf(cli, need.container, op.signal);
    op.step(1);
    if (state.kind === 'paused') await cli.must(['unpause', need.container], { signal: op.signal });
    else if (state.kind !== 'running') await bring(cli, 'start', need.container, op);
    op.step(2);
    return ready(need, op);
  });
}

/** Also starts one that is not running. */
export function restartServer(need: ControlNeed): Begun {
  return begin(need, 'server-restart', [lookStep, stopStep, waitStep], async (op) => {
    const cli = await need.engine(op.signal);
    await stateOf(cli, need.container, op.signal);
    op.step(1);
    await bring(cli, 'restart', need.container, op);
    op.step(2);
    return ready(need, op);
  });
}

export function stopServer(need: ControlNeed): Begun {
  return begin(need, 'server-stop', [lookStep, stopStep], async (op) => {
    const cli = await need.engine(op.signal);
    const state = await stateOf(cli, need.container, op.signal);
    const down = state.kind === 'stopped' || state.kind === 'exited' || state.kind === 'created';
    if (down) return text('server.outcome.already-stopped', { container: need.container });
    op.step(1);
    const args = ['stop', '-t', String(grace), need.container];
    await cli.must(args, { signal: op.signal, timeout: (grace + 60) * 1000, container: need.container });
    return text('server.outcome.stopped', { container: need.container });
  });
}

/** Two operations on one instance exclude each other; a container that belongs to no instance has no such lock. */
function begin(
  { operations, subject }: ControlNeed,
  kind: OperationKind,
  steps: { name: Text; weight: number }[],
  body: (op: Op) => Promise<Text | undefined>,
): Begun {
  return operations.run(
    kind,
    subject,
    steps,
    (op) => {
      op.step(0);
      return body(op);
    },
    { exclusive: true },
  );
}

/** Raises `container-missing`. */
async function stateOf(cli: DockerCli, container: string, signal: AbortSignal): Promise<ContainerState> {
  const inspected = await inspectContainer(cli, container, { signal });
  if (inspected === undefined) throw new ProblemError('container-missing', { container, host: cli.host.label });
  return containerState(inspected, Date.now());
}

async function bring(cli: DockerCli, command: 'start' | 'restart', container: string, op: Op): Promise<void> {
  const args = command === 'start' ? ['start', container] : ['restart', '-t', String(grace), container];
  op.log(`docker ${args.join(' ')}`);
  await cli.must(args, { signal: op.signal, timeout: (grace + 60) * 1000, container });
}

async function ready(need: ControlNeed, op: Op): Promise<Text> {
  const { container, version, seconds } = await untilReady(need, op);
  return text('server.outcome.started', { container, version, seconds });
}

export type ReadyNeed = Pick<ControlNeed, 'look' | 'patience'> & {
  /** Told what the log says, as it comes. */
  onLines?: (lines: ServerLogLine[]) => void;
};

/** Ends once the server is ready. Raises why it will not be, or `server-not-ready` when it takes too long without a word. */
export async function untilReady(
  need: ReadyNeed,
  op: Pick<Op, 'signal' | 'log'>,
): Promise<{ container: string; version: string; seconds: number }> {
  const begun = performance.now();
  let lastNews = begun;
  let told = 0;
  let unexplained = 0;
  let restartsAtFirst: number | undefined;
  for (;;) {
    const { status, lines, inspected } = await need.look({ resources: false, signal: op.signal });
    if (inspected !== undefined) restartsAtFirst ??= inspected.RestartCount;
    // A server that was started again begins its log anew.
    if (lines.length < told) told = 0;
    if (lines.length > told) lastNews = performance.now();
    const fresh = lines.slice(told).map(readLogLine);
    for (const { level, message } of fresh) op.log(message, level === 'debug' ? 'info' : level);
    if (fresh.length > 0) need.onLines?.(fresh);
    told = lines.length;
    const seconds = Math.round((performance.now() - begun) / 1000);
    const { container, health } = status;
    if (status.started) {
      const version = health.kind === 'ok' ? health.version : '';
      return { container: container.name, version, seconds };
    }
    const restarted = inspected !== undefined && inspected.RestartCount > (restartsAtFirst ?? 0);
    const patienceOver = performance.now() - lastNews > (need.patience ?? 90_000);
    // Right after a crash the log is the one of the next start, which has not got to its failure yet.
    unexplained = status.state.kind === 'crash-loop' && isUnexplained(status) ? unexplained + 1 : 0;
    const mayExplain = unexplained > 0 && unexplained <= looksForReason;
    if ((lost(status, restarted) && !mayExplain) || patienceOver) throw reasonOf(status, seconds);
    await delay(lookInterval, undefined, { signal: op.signal }).catch((cause: unknown) => {
      throw cancelled(cause);
    });
  }
}

/** How often a crash that nothing explains is looked at again. */
const looksForReason = 15;

const isUnexplained = ({ problem }: ServerStatus) => problem === undefined || problem.code === 'container-crash-loop';

/** Waiting longer changes nothing. */
function lost({ state, problem, log, missing }: ServerStatus, restarted: boolean): boolean {
  switch (state.kind) {
    case 'running':
      // It named a failure and is about to end, has said nothing for long, or is as ready as it will be without its migrations.
      return (
        log === 'failed' ||
        problem?.code === 'server-database-silent' ||
        (problem?.code === 'migrations-pending' && missing.length === 1)
      );
    case 'restarting':
      return problem !== undefined || restarted;
    default:
      return true;
  }
}

function reasonOf({ problem, missing, state, container }: ServerStatus, seconds: number): ProblemError {
  if (problem !== undefined) return new ProblemError(problem.code, problem.values, problem);
  const parts = missing.map((part) => say(text(`server.missing.${part}`))).join('; ');
  const values = { container: container.name, state: state.kind, seconds, missing: parts };
  return new ProblemError('server-not-ready', values);
}
