import type { OperationState } from '../../contract/operation.ts';

/** How the state of an operation is marked. */
export const stateTone = {
  running: 'busy',
  succeeded: 'ok',
  failed: 'bad',
  cancelled: 'quiet',
  interrupted: 'warn',
} as const satisfies Record<OperationState, string>;
