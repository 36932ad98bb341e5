import type { Problem } from '../../../contract/problem.ts';
import type { ContainerState } from '../../../contract/server.ts';
import { recogniseDocker } from '../../problems/recogniseDocker.ts';

/** The problem that a state is by itself; undefined for one that is none, such as a server that somebody stopped. */
export function stateProblem(state: ContainerState, container: string, host: string): Problem | undefined {
  switch (state.kind) {
    case 'missing':
      return { code: 'container-missing', values: { container, host } };
    case 'docker-unreachable':
      return state.problem;
    case 'out-of-memory': {
      const limit = state.limitBytes === undefined ? 'none' : `${Math.round(state.limitBytes / 1024 / 1024)} MiB`;
      return { code: 'container-out-of-memory', values: { container, host, restarts: state.restarts, limit } };
    }
    case 'crash-loop': {
      const exitCode = state.exitCode === undefined ? 'none' : String(state.exitCode);
      return (
        refusedStart(state.error, container, host) ?? {
          code: 'container-crash-loop',
          values: { container, host, restarts: state.restarts, exitCode },
        }
      );
    }
    case 'exited':
      return (
        refusedStart(state.error, container, host) ?? {
          code: 'container-exited',
          values: { container, host, exitCode: state.exitCode },
        }
      );
    case 'created':
    case 'restarting':
      return refusedStart(state.error, container, host);
    case 'running':
    case 'paused':
    case 'stopped':
      return undefined;
    default:
      return state satisfies never;
  }
}

/** The engine's own words of why it could not even begin: a taken port, a folder that is not there. */
function refusedStart(error: string | undefined, container: string, host: string): Problem | undefined {
  if (error === undefined) return undefined;
  return recogniseDocker(error, {
    host,
    user: '',
    systemId: '',
    address: '',
    sudo: false,
    command: 'start',
    container,
  });
}
