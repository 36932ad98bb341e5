import type { Instance } from '../../../contract/instance.ts';
import type { OperationView } from '../../../contract/operation.ts';
import type { ServerStatus } from '../../../contract/server.ts';
import { type Companion, compose } from '../../../main/compose.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import type { Question } from '../../../main/services/ports.ts';
import type { ServerTarget } from '../../../main/services/servers.ts';
import type { Docker } from '../../support/docker/engine.ts';
import { until } from '../../support/processes.ts';
import { supportFolder } from '../../support/supportFolder.ts';

export const never = new AbortController().signal;

/** The whole app without a window, in a folder of its own. Host keys are trusted; nothing else is answered. */
export function companionFor(docker: Docker, programs?: Parameters<Docker['env']>[0]): Companion {
  const { PATH, DOCKER_CONFIG } = docker.env(programs);
  Object.assign(process.env, { PATH, DOCKER_CONFIG });
  // Where the environment points must not count.
  process.env.DOCKER_HOST = 'tcp://192.0.2.1:2375';
  return compose({
    folder: supportFolder('companion'),
    emit: () => undefined,
    ask: async (question: Question) => {
      if (question.kind === 'host-key') return { kind: 'accept' };
      throw new ProblemError('question-unanswered', { question: question.kind });
    },
    spawnPractice: () => {
      throw new Error('no practice here');
    },
    startedBy: 'command-line',
  });
}

export function localTarget(docker: Docker, container: string, instance?: Instance): ServerTarget {
  const place = { docker: { kind: 'local' as const, socket: docker.socket }, container };
  return { place, ...(instance === undefined ? {} : { instance }) };
}

/** Looks until the status is as wished; shows the last one when it never is. */
export async function statusWhen(
  companion: Companion,
  target: ServerTarget,
  wished: (status: ServerStatus) => boolean,
  milliseconds = 60_000,
): Promise<ServerStatus> {
  let last: ServerStatus | undefined;
  await until(
    async () => {
      last = await companion.servers.status(target, { signal: never, resources: false });
      return wished(last);
    },
    milliseconds,
    () => JSON.stringify(last, null, 2),
  );
  if (last === undefined) throw new Error('never looked');
  return last;
}

export async function ended(begun: Promise<{ ended: Promise<OperationView> }>): Promise<OperationView> {
  return (await begun).ended;
}
