import type { StateCreator } from 'zustand';
import type { OperationLogLine, OperationView } from '../../contract/operation.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import type { Store } from './store.ts';

/** More lines than this are kept on disk only. */
const logLinesKept = 20_000;

export type OperationsSlice = {
  operations: Record<string, OperationView>;
  operationLogs: Record<string, OperationLogLine[]>;
  operationsLoaded: { state: 'loading' } | { state: 'loaded' } | { state: 'failed'; failure: Failure };
  loadOperations(): Promise<void>;
  loadOperationLog(id: string): Promise<void>;
  cancelOperation(id: string): Promise<void>;
  operationChanged(operation: OperationView): void;
  operationLogged(id: string, lines: OperationLogLine[]): void;
  /** Waits until the operation has ended, however it ends. */
  operationEnded(id: string): Promise<OperationView>;
};

export const operationsSlice: StateCreator<Store, [], [], OperationsSlice> = (set, get, api) => ({
  operations: {},
  operationLogs: {},
  operationsLoaded: { state: 'loading' },
  async loadOperations() {
    try {
      const listed = await ask('operations.list', { limit: 1000 });
      // Events that came in between are newer than the list.
      set((state) => ({
        operations: { ...Object.fromEntries(listed.map((one) => [one.id, one])), ...state.operations },
        operationsLoaded: { state: 'loaded' },
      }));
    } catch (error) {
      set({ operationsLoaded: { state: 'failed', failure: failureOf(error) } });
    }
  },
  async loadOperationLog(id) {
    const lines = await ask('operations.log', { id });
    set((state) => ({ operationLogs: { ...state.operationLogs, [id]: lines.slice(-logLinesKept) } }));
  },
  async cancelOperation(id) {
    await ask('operations.cancel', { id });
  },
  operationChanged(operation) {
    set((state) => ({ operations: { ...state.operations, [operation.id]: operation } }));
    if (operation.state !== 'running') get().operationOver(operation);
  },
  operationLogged(id, lines) {
    set((state) => {
      const before = state.operationLogs[id];
      // Not opened yet: the whole log is read when it is.
      if (before === undefined) return state;
      return { operationLogs: { ...state.operationLogs, [id]: [...before, ...lines].slice(-logLinesKept) } };
    });
  },
  operationEnded(id) {
    const over = (state: Store) => {
      const operation = state.operations[id];
      return operation !== undefined && operation.state !== 'running' ? operation : undefined;
    };
    const already = over(get());
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve) => {
      const stop = api.subscribe((state) => {
        const operation = over(state);
        if (operation === undefined) return;
        stop();
        resolve(operation);
      });
    });
  },
});

/** Newest first. */
export function newestFirst(operations: Record<string, OperationView>): OperationView[] {
  return Object.values(operations).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/** What an ended operation failed with, if it did. Cancelling is no failure. */
export function failureOfOperation(operation: OperationView): Failure | undefined {
  if (operation.state !== 'failed' && operation.state !== 'interrupted') return undefined;
  if (operation.problem !== undefined) return { kind: 'problem', problem: operation.problem };
  return { kind: 'unexpected', reference: operation.unexpected ?? operation.id };
}
