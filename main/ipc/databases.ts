import { isDeepStrictEqual } from 'node:util';
import type { Companion } from '../compose.ts';
import type { Handlers } from './handlers.ts';

type DatabaseHandlers = Pick<
  Handlers,
  | 'connection.test'
  | 'connection.latest'
  | 'connection.explain'
  | 'checks.run'
  | 'checks.latest'
  | 'fixes.plan'
  | 'fixes.run'
>;

/** A server that does not answer an administrator within this time is reported as such by the login itself. */
const patience = 60_000;

export function databaseHandlers({ connections, checks, fixes, instances, redactor }: Companion): DatabaseHandlers {
  return {
    'connection.test': ({ instanceId }) => connections.test(instanceId),
    'connection.latest': async ({ instanceId }) => connections.latest(instanceId) ?? null,
    'connection.explain': async ({ instanceId, administrator }) => {
      const problem = connections.latest(instanceId)?.problem;
      if (problem === undefined) return null;
      redactor.add(administrator.password);
      const instance = await instances.get(instanceId);
      const reason = await connections.explain(instance, problem, administrator, AbortSignal.timeout(patience));
      return isDeepStrictEqual(reason, problem) ? null : reason;
    },
    'checks.run': async ({ instanceId, only }) => ({ operationId: (await checks.run(instanceId, only)).operationId }),
    'checks.latest': async ({ instanceId }) => checks.latest(instanceId) ?? null,
    'fixes.plan': ({ instanceId, fixes: chosen, as }) => fixes.plan(instanceId, chosen, as),
    'fixes.run': async ({ planId, administrator }) => {
      if (administrator !== undefined) redactor.add(administrator.password);
      return { operationId: (await fixes.run(planId, administrator)).operationId };
    },
  };
}
