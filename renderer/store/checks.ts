import type { StateCreator } from 'zustand';
import type { CheckId, CheckReport, CheckResult } from '../../contract/check.ts';
import type { OperationView } from '../../contract/operation.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import { replacedResult } from '../checks/checkSum.ts';
import { failureOfOperation } from './operations.ts';
import type { Store } from './store.ts';

/** The checks of one instance: the last report, and the run that is under way. */
export type ChecksView = {
  loaded: boolean;
  report?: CheckReport;
  run?: { operationId?: string; only?: readonly CheckId[]; results: CheckResult[] };
  failure?: Failure;
};

export type ChecksSlice = {
  checks: Record<string, ChecksView>;
  loadChecks(instanceId: string): Promise<void>;
  /** All checks, or these alone. Resolves when they have run. */
  runChecks(instanceId: string, only?: CheckId[]): Promise<void>;
  checkResult(event: { operationId: string; instanceId: string; result: CheckResult }): void;
  checkReport(event: { operationId: string; instanceId: string; report: CheckReport }): void;
  /** An operation has ended: whatever waited for it goes on. */
  operationOver(operation: OperationView): void;
};

const nothingYet: ChecksView = { loaded: false };

/** The checks of an instance, a stable value when there are none. */
export function checksOf(state: Store, instanceId: string | undefined): ChecksView {
  return (instanceId === undefined ? undefined : state.checks[instanceId]) ?? nothingYet;
}

export const checksSlice: StateCreator<Store, [], [], ChecksSlice> = (set, get) => {
  const change = (instanceId: string, how: (before: ChecksView) => ChecksView) =>
    set((state) => ({ checks: { ...state.checks, [instanceId]: how(checksOf(state, instanceId)) } }));

  return {
    checks: {},
    async loadChecks(instanceId) {
      try {
        const report = await ask('checks.latest', { instanceId });
        change(instanceId, (before) => ({ ...before, loaded: true, report: report ?? before.report }));
      } catch (error) {
        change(instanceId, (before) => ({ ...before, loaded: true, failure: failureOf(error) }));
      }
    },
    async runChecks(instanceId, only) {
      change(instanceId, (before) => ({ ...before, failure: undefined, run: { only, results: [] } }));
      try {
        const { operationId } = await ask('checks.run', only === undefined ? { instanceId } : { instanceId, only });
        change(instanceId, (before) =>
          before.run === undefined ? before : { ...before, run: { ...before.run, operationId } },
        );
        get().operationOver(await get().operationEnded(operationId));
      } catch (error) {
        change(instanceId, (before) => ({ ...before, run: undefined, failure: failureOf(error) }));
      }
    },
    checkResult({ operationId, instanceId, result }) {
      change(instanceId, (before) => ({
        ...before,
        run: { ...before.run, operationId, results: replacedResult(before.run?.results ?? [], result) },
      }));
    },
    checkReport({ instanceId, report }) {
      change(instanceId, () => ({ loaded: true, report }));
    },
    operationOver(operation) {
      const instanceId = operation.subject.instanceId;
      if (operation.kind !== 'check' || instanceId === undefined) return;
      const { run } = checksOf(get(), instanceId);
      if (run?.operationId !== operation.id) return;
      change(instanceId, (before) => ({ ...before, run: undefined, failure: failureOfOperation(operation) }));
      if (operation.state === 'succeeded') void get().loadChecks(instanceId);
    },
  };
};
