import type { StateCreator } from 'zustand';
import type { Events } from '../../contract/events.ts';
import type { HostKeyPin, SshHost, SshTestReport } from '../../contract/sshHost.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import { failureOfOperation } from './operations.ts';
import type { Store } from './store.ts';

export type SshTestView = { testing: boolean; operationId?: string; report?: SshTestReport; failure?: Failure };

export type SshHostsSlice = {
  sshHosts: SshHost[];
  /** `Host` names of ~/.ssh/config, and sockets of agents that were found. */
  sshAliases: string[];
  agentSockets: string[];
  sshTests: Record<string, SshTestView>;
  sshRoutes: Record<string, Events['route.changed']>;
  hostKeyPins?: HostKeyPin[];
  loadSshHosts(): Promise<void>;
  saveSshHost(host: SshHost): Promise<SshHost>;
  removeSshHost(id: string): Promise<void>;
  testSshHost(id: string): Promise<void>;
  sshReport(sshHostId: string, report: SshTestReport): void;
  routeChanged(event: Events['route.changed']): void;
  loadHostKeys(): Promise<void>;
  forgetHostKey(host: string, port: number): Promise<void>;
};

export const sshHostsSlice: StateCreator<Store, [], [], SshHostsSlice> = (set, get) => {
  const change = (id: string, view: Partial<SshTestView>) =>
    set((state) => ({ sshTests: { ...state.sshTests, [id]: { testing: false, ...state.sshTests[id], ...view } } }));

  return {
    sshHosts: [],
    sshAliases: [],
    agentSockets: [],
    sshTests: {},
    sshRoutes: {},
    async loadSshHosts() {
      const { hosts, aliases, agentSockets } = await ask('sshHosts.list');
      set({ sshHosts: hosts, sshAliases: aliases, agentSockets });
    },
    async saveSshHost(host) {
      const saved = await ask('sshHosts.save', host);
      await get().loadSshHosts();
      return saved;
    },
    async removeSshHost(id) {
      await ask('sshHosts.remove', { id });
      await get().loadSshHosts();
    },
    async testSshHost(id) {
      change(id, { testing: true, report: undefined, failure: undefined });
      try {
        const { operationId } = await ask('sshHosts.test', { id });
        change(id, { operationId });
        const ended = await get().operationEnded(operationId);
        if (get().sshTests[id]?.report === undefined) {
          const report = await ask('sshHosts.latest', { id });
          if (report !== null) change(id, { report });
        }
        const failed = get().sshTests[id]?.report?.outcome === 'failed';
        change(id, { testing: false, failure: failed ? undefined : failureOfOperation(ended) });
      } catch (error) {
        change(id, { testing: false, failure: failureOf(error) });
      }
    },
    sshReport(sshHostId, report) {
      change(sshHostId, { report });
    },
    routeChanged(event) {
      set((state) => ({ sshRoutes: { ...state.sshRoutes, [event.sshHostId]: event } }));
    },
    async loadHostKeys() {
      set({ hostKeyPins: await ask('hostKeys.list') });
    },
    async forgetHostKey(host, port) {
      await ask('hostKeys.forget', { host, port });
      await get().loadHostKeys();
    },
  };
};
