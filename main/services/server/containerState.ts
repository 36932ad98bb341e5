import type { ContainerState } from '../../../contract/server.ts';
import type { Inspected } from '../../adapters/docker/inspect.ts';

/** What was seen the last time: a restart count that has grown since then tells a crash loop. */
export type Seen = {
  id: string;
  restarts: number /** Milliseconds since 1970: when it was last seen to have grown. */;
  roseAt?: number;
};

/** What to remember for the next look. A rise counts for a while: between two crashes the count stands still. */
export function remember({ Id: id, RestartCount: restarts }: Inspected, now: number, before: Seen | undefined): Seen {
  // Fewer than before: somebody started it anew, and what was before counts no more.
  if (before?.id !== id || restarts < before.restarts) return { id, restarts };
  const roseAt = restarts > before.restarts ? now : before.roseAt;
  return { id, restarts, ...(roseAt === undefined ? {} : { roseAt }) };
}

/** Milliseconds of quiet after which a container that was started again counts as running: the engine waits up to a minute between tries. */
const settled = 60_000;

/** The server ends with 0 when it is asked to; 130 and 143 are SIGINT and SIGTERM. After 137 (SIGKILL) nobody knows whose it was. */
const stopCodes = new Set([0, 130, 143]);

/**
 * The state of a container, told truthfully. The engine doesn't say who stopped a container: one that has `always` or
 * `unless-stopped` and is not up was stopped by somebody, because the engine would have started it again.
 */
export function containerState(inspected: Inspected | undefined, now: number, before?: Seen): ContainerState {
  if (inspected === undefined) return { kind: 'missing' };
  const { State: state, RestartCount: restarts, HostConfig } = inspected;
  const error = state.Error === '' ? {} : { error: state.Error };
  const { roseAt } = remember(inspected, now, before);
  const rising = roseAt !== undefined && now - roseAt < settled;
  const outOfMemory = (): ContainerState => ({
    kind: 'out-of-memory',
    restarts,
    at: state.FinishedAt,
    ...(HostConfig.Memory > 0 ? { limitBytes: HostConfig.Memory } : {}),
  });
  switch (state.Status) {
    case 'created':
    case 'configured':
    case 'initialized':
      return { kind: 'created', ...error };
    case 'paused':
      return { kind: 'paused', since: state.StartedAt };
    case 'restarting':
      if (state.OOMKilled) return outOfMemory();
      return restarts >= 2 || rising
        ? { kind: 'crash-loop', restarts, exitCode: state.ExitCode, ...error }
        : { kind: 'restarting', restarts, exitCode: state.ExitCode, ...error };
    case 'running': {
      const health = healthOf(state.Health?.Status);
      const young = now - Date.parse(state.StartedAt) < settled;
      if (health !== 'healthy' && young && (restarts >= 2 || rising)) return { kind: 'crash-loop', restarts };
      const last = state.Health?.Log?.at(-1)?.Output.trim();
      return {
        kind: 'running',
        since: state.StartedAt,
        restarts,
        health,
        ...(health === 'none' ? {} : { failingStreak: state.Health?.FailingStreak ?? 0 }),
        ...(last === undefined || last === '' ? {} : { lastProbe: last.slice(0, 2000) }),
      };
    }
    default:
      return ended(inspected, error, outOfMemory);
  }
}

function ended(
  { State: state, HostConfig, RestartCount: restarts }: Inspected,
  error: { error?: string },
  outOfMemory: () => ContainerState,
): ContainerState {
  const { Name: policy, MaximumRetryCount: retries } = HostConfig.RestartPolicy;
  const { ExitCode: exitCode, FinishedAt: at } = state;
  const exited: ContainerState = { kind: 'exited', exitCode, at, ...error };
  // It did not get as far as running: the port was taken, a folder was not there.
  if (state.Error !== '') return exited;
  switch (policy) {
    case 'always':
    case 'unless-stopped':
      return { kind: 'stopped', exitCode, at };
    case 'on-failure': {
      const gaveUp = exitCode !== 0 && retries > 0 && restarts >= retries;
      if (gaveUp) return state.OOMKilled ? outOfMemory() : exited;
      // Anything but success would have been started again.
      return { kind: 'stopped', exitCode, at };
    }
    default:
      if (state.OOMKilled) return outOfMemory();
      return stopCodes.has(exitCode) ? { kind: 'stopped', exitCode, at } : exited;
  }
}

function healthOf(status: string | undefined): 'starting' | 'healthy' | 'unhealthy' | 'none' {
  switch (status) {
    case 'starting':
    case 'healthy':
    case 'unhealthy':
      return status;
    default:
      return 'none';
  }
}
