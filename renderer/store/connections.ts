import type { StateCreator } from 'zustand';
import type { ConnectionReport } from '../../contract/connection.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import { failureOfOperation } from './operations.ts';
import type { Store } from './store.ts';

/** The last try of an instance's settings, and the one that is under way. */
export type ConnectionView = {
  loaded: boolean;
  report?: ConnectionReport;
  operationId?: string;
  testing: boolean;
  failure?: Failure;
};

export type ConnectionsSlice = {
  connections: Record<string, ConnectionView>;
  loadConnection(instanceId: string): Promise<void>;
  /** Tries the saved settings. Resolves with the report, or undefined when it ended without one. */
  testConnection(instanceId: string): Promise<ConnectionReport | undefined>;
  connectionReport(event: { instanceId: string; report: ConnectionReport }): void;
};

const nothingYet: ConnectionView = { loaded: false, testing: false };

/** The connection of an instance, a stable value when nothing is known. */
export function connectionOf(state: Store, instanceId: string | undefined): ConnectionView {
  return (instanceId === undefined ? undefined : state.connections[instanceId]) ?? nothingYet;
}

export const connectionsSlice: StateCreator<Store, [], [], ConnectionsSlice> = (set, get) => {
  const change = (instanceId: string, with_: Partial<ConnectionView>) =>
    set((state) => ({
      connections: { ...state.connections, [instanceId]: { ...connectionOf(state, instanceId), ...with_ } },
    }));

  return {
    connections: {},
    async loadConnection(instanceId) {
      try {
        const report = await ask('connection.latest', { instanceId });
        change(instanceId, { loaded: true, ...(report === null ? {} : { report }) });
      } catch (error) {
        change(instanceId, { loaded: true, failure: failureOf(error) });
      }
    },
    async testConnection(instanceId) {
      change(instanceId, { testing: true, report: undefined, failure: undefined, operationId: undefined });
      try {
        const { operationId } = await ask('connection.test', { instanceId });
        change(instanceId, { operationId });
        const ended = await get().operationEnded(operationId);
        if (connectionOf(get(), instanceId).report === undefined) await get().loadConnection(instanceId);
        const { report } = connectionOf(get(), instanceId);
        const failure = report?.outcome === 'failed' ? undefined : failureOfOperation(ended);
        change(instanceId, { testing: false, failure });
        return ended.state === 'cancelled' ? undefined : report;
      } catch (error) {
        change(instanceId, { testing: false, failure: failureOf(error) });
        return undefined;
      }
    },
    connectionReport({ instanceId, report }) {
      change(instanceId, { loaded: true, report });
    },
  };
};
