import type { StateCreator } from 'zustand';
import type { Installation, InstallPlan, PullProgress } from '../../contract/install.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { ReachReport } from '../../contract/reach.ts';
import type { ServerLogLine } from '../../contract/server.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import { failureOfOperation, newestFirst } from './operations.ts';
import type { Store } from './store.ts';

/** What would be done for an instance, as it was put together last. `of`: for which settings. */
export type InstallPlanView = { planning: boolean; of?: string; plan?: InstallPlan; failure?: Failure };

/** The way to the database, tried from both sides. */
export type ReachView = { trying: boolean; operationId?: string; report?: ReachReport; failure?: Failure };

export type SetupInstallSlice = {
  installPlans: Record<string, InstallPlanView>;
  /** Of installations, by operation: the image's layers, and what the server says. */
  pulls: Record<string, PullProgress>;
  installLogs: Record<string, ServerLogLine[]>;
  reaches: Record<string, ReachView>;
  /** Puts together what would be done. Resolves with it, or undefined where it can't be said or was asked for anew meanwhile. */
  planInstall(instanceId: string, installation: Installation): Promise<InstallPlan | undefined>;
  /** Starts what was shown; answers with the operation's id. */
  startInstall(instanceId: string, planId: string): Promise<string>;
  installPull(event: { operationId: string; progress: PullProgress }): void;
  installLog(event: { operationId: string; lines: ServerLogLine[] }): void;
  loadReach(instanceId: string): Promise<void>;
  tryReach(instanceId: string, installation: Installation | undefined): Promise<void>;
  reachReport(event: { instanceId: string; report: ReachReport }): void;
};

const noPlan: InstallPlanView = { planning: false };
const notTried: ReachView = { trying: false };
const noLines: ServerLogLine[] = [];
/** The server's own start writes some hundred lines. */
const linesKept = 5_000;

export function installPlanOf(state: Store, instanceId: string): InstallPlanView {
  return state.installPlans[instanceId] ?? noPlan;
}

export function reachOf(state: Store, instanceId: string): ReachView {
  return state.reaches[instanceId] ?? notTried;
}

export function installLogOf(state: Store, operationId: string | undefined): ServerLogLine[] {
  return (operationId === undefined ? undefined : state.installLogs[operationId]) ?? noLines;
}

/** The last installation of an instance, running or not; also one that an earlier start of the app began. */
export function lastInstall(state: Store, instanceId: string): OperationView | undefined {
  return newestFirst(state.operations).find(
    ({ kind, subject }) => kind === 'install' && subject.instanceId === instanceId,
  );
}

export const setupInstallSlice: StateCreator<Store, [], [], SetupInstallSlice> = (set, get) => {
  const changePlan = (id: string, view: InstallPlanView) =>
    set((state) => ({ installPlans: { ...state.installPlans, [id]: view } }));
  const changeReach = (id: string, view: Partial<ReachView>) =>
    set((state) => ({ reaches: { ...state.reaches, [id]: { ...reachOf(state, id), ...view } } }));
  return {
    installPlans: {},
    pulls: {},
    installLogs: {},
    reaches: {},
    async planInstall(instanceId, installation) {
      const of = JSON.stringify(installation);
      const before = installPlanOf(get(), instanceId);
      changePlan(instanceId, { planning: true, of, ...(before.of === of ? { plan: before.plan } : {}) });
      const current = () => installPlanOf(get(), instanceId).of === of;
      try {
        const plan = await ask('install.plan', { instanceId, installation });
        if (!current()) return undefined;
        changePlan(instanceId, { planning: false, of, plan });
        return plan;
      } catch (error) {
        if (current()) changePlan(instanceId, { planning: false, of, failure: failureOf(error) });
        return undefined;
      }
    },
    async startInstall(instanceId, planId) {
      const { operationId } = await ask('install.run', { planId });
      // It has been used: what is to be done afterwards is something else.
      changePlan(instanceId, noPlan);
      return operationId;
    },
    installPull({ operationId, progress }) {
      set((state) => ({ pulls: { ...state.pulls, [operationId]: progress } }));
    },
    installLog({ operationId, lines }) {
      set((state) => ({
        installLogs: {
          ...state.installLogs,
          [operationId]: [...installLogOf(state, operationId), ...lines].slice(-linesKept),
        },
      }));
    },
    async loadReach(instanceId) {
      const report = await ask('reach.latest', { instanceId });
      if (report !== null) changeReach(instanceId, { report });
    },
    async tryReach(instanceId, installation) {
      changeReach(instanceId, { trying: true, failure: undefined, operationId: undefined });
      try {
        const { operationId } = await ask('reach.run', {
          instanceId,
          ...(installation === undefined ? {} : { installation }),
        });
        changeReach(instanceId, { operationId });
        const failure = failureOfOperation(await get().operationEnded(operationId));
        changeReach(instanceId, { trying: false, failure });
        if (failure === undefined) await get().loadReach(instanceId);
      } catch (error) {
        changeReach(instanceId, { trying: false, failure: failureOf(error) });
      }
    },
    reachReport({ instanceId, report }) {
      changeReach(instanceId, { report });
    },
  };
};
