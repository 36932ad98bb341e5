import type { Companion } from '../compose.ts';
import type { Handlers } from './handlers.ts';

type DatabaseHandlers = Pick<
  Handlers,
  'connection.test' | 'connection.latest' | 'checks.run' | 'checks.latest' | 'fixes.plan' | 'fixes.run'
>;

export function databaseHandlers({ connections, checks, fixes }: Companion): DatabaseHandlers {
  return {
    'connection.test': ({ instanceId }) => connections.test(instanceId),
    'connection.latest': async ({ instanceId }) => connections.latest(instanceId) ?? null,
    'checks.run': async ({ instanceId, only }) => ({ operationId: (await checks.run(instanceId, only)).operationId }),
    'checks.latest': async ({ instanceId }) => checks.latest(instanceId) ?? null,
    'fixes.plan': ({ instanceId, fixes: chosen, as }) => fixes.plan(instanceId, chosen, as),
    'fixes.run': async ({ planId, administrator }) => ({
      operationId: (await fixes.run(planId, administrator)).operationId,
    }),
  };
}
