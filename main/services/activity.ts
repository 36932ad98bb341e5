import type { OperationView } from '../../contract/operation.ts';
import { merged } from './companionSchema/history.ts';
import type { CompanionSchema } from './companionSchema.ts';
import type { OperationsService } from './operations/operations.ts';

export interface Activity {
  /**
   * Newest first. Of one instance also what other computers did to it, as far as its database tells within the time; each operation once.
   */
  list(filter: { instanceId?: string; limit: number }, milliseconds: number): Promise<OperationView[]>;
}

/** Milliseconds for which what a database has told is told again: a list is asked for at every change. */
const freshFor = 60_000;

export function createActivity({
  operations,
  companionSchema,
}: {
  operations: Pick<OperationsService, 'list'>;
  companionSchema: Pick<CompanionSchema, 'history'>;
}): Activity {
  const known = new Map<string, { at: number; views: Promise<OperationView[]> }>();

  const elsewhere = (instanceId: string, milliseconds: number): Promise<OperationView[]> => {
    const before = known.get(instanceId);
    if (before !== undefined && performance.now() - before.at < freshFor) return before.views;
    const views = companionSchema.history(instanceId, 1_000, AbortSignal.timeout(milliseconds)).catch(() => []);
    known.set(instanceId, { at: performance.now(), views });
    return views;
  };

  return {
    async list(filter, milliseconds) {
      if (filter.instanceId === undefined) return operations.list(filter);
      const [own, others] = await Promise.all([operations.list(filter), elsewhere(filter.instanceId, milliseconds)]);
      return merged(own, others, filter.limit);
    },
  };
}
