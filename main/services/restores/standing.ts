import type { OperationView } from '../../../contract/operation.ts';
import type { PendingRestore, SideDatabase } from '../../../contract/restore.ts';

/** Milliseconds after which what another computer made, with nobody connected to it, counts as left behind. */
const abandonedAfter = 24 * 3_600_000;

/** What can be done about a database beside the one in use. `operations`: those of this computer. */
export function standingOf(
  side: SideDatabase,
  operations: readonly Pick<OperationView, 'id' | 'state'>[],
  now: Date,
): PendingRestore {
  return { ...side, standing: judge(side, operations, now) };
}

function judge(
  { state, operationId, sessions, since, keepUntil }: SideDatabase,
  operations: readonly Pick<OperationView, 'id' | 'state'>[],
  now: Date,
): PendingRestore['standing'] {
  switch (state) {
    case 'ready':
      return 'ready';
    case 'kept':
      return keepUntil !== undefined && Date.parse(keepUntil) <= now.getTime() ? 'expired' : 'kept';
    case 'making': {
      const operation = operations.find(({ id }) => id === operationId);
      if (operation !== undefined) return operation.state === 'running' ? 'running' : 'unfinished';
      // It has no note yet: whoever made it was ended at that very moment.
      if (operationId === '') return 'unfinished';
      const age = now.getTime() - Date.parse(since);
      return sessions > 0 || age < abandonedAfter ? 'running' : 'unfinished';
    }
  }
}
