import type { StateCreator } from 'zustand';
import type { ChannelInput } from '../../contract/channels.ts';
import type { InstanceView, SecretPlace } from '../../contract/instance.ts';
import type { Problem } from '../../contract/problem.ts';
import { ask, failureOf } from '../api.ts';
import type { Store } from './store.ts';

export type InstancesSlice = {
  instances: InstanceView[];
  selectedId?: string;
  /** The file of instances could not be used; it was put aside. */
  instancesProblem?: Problem;
  loadInstances(): Promise<void>;
  createInstance(input: ChannelInput<'instances.create'>): Promise<InstanceView>;
  updateInstance(input: ChannelInput<'instances.update'>): Promise<InstanceView>;
  removeInstance(id: string): Promise<void>;
  selectInstance(id: string | null): Promise<void>;
  setPassword(id: string, password: string, place: 'keychain' | 'session'): Promise<SecretPlace>;
};

export const instancesSlice: StateCreator<Store, [], [], InstancesSlice> = (set, get) => {
  const keep = (instance: InstanceView) => set({ instances: replaced(get().instances, instance) });
  return {
    instances: [],
    async loadInstances() {
      try {
        const { instances, selected, problem } = await ask('instances.list');
        set({ instances, selectedId: selected, instancesProblem: problem, boot: { state: 'ready' } });
      } catch (error) {
        set({ boot: { state: 'failed', failure: failureOf(error) } });
      }
    },
    async createInstance(input) {
      const instance = await ask('instances.create', input);
      keep(instance);
      await get().selectInstance(instance.id);
      return instance;
    },
    async updateInstance(input) {
      const before = get().instances.find((one) => one.id === input.id);
      const instance = await ask('instances.update', input);
      keep(instance);
      // What was found out at the old place says nothing about the new one.
      if (before !== undefined && wayTo(before) !== wayTo(instance)) {
        const { [instance.id]: _checks, ...checks } = get().checks;
        const { [instance.id]: _connection, ...connections } = get().connections;
        set({ checks, connections });
      }
      return instance;
    },
    async removeInstance(id) {
      await ask('instances.remove', { id });
      set({ instances: get().instances.filter((instance) => instance.id !== id) });
      if (get().selectedId === id) await get().selectInstance(get().instances[0]?.id ?? null);
    },
    async selectInstance(id) {
      set({ selectedId: id ?? undefined });
      await ask('instances.select', { id });
    },
    async setPassword(id, password, place) {
      const kept = await ask('instances.setPassword', { id, password, place });
      const instance = get().instances.find((one) => one.id === id);
      if (instance !== undefined) keep({ ...instance, password: kept });
      return kept;
    },
  };
};

/** The instance that the screens are about. */
export function selectedInstance(state: Store): InstanceView | undefined {
  return state.instances.find((instance) => instance.id === state.selectedId) ?? state.instances[0];
}

/** Whether there is a database to reach: the practice database's address is known to main alone, so it has no settings. */
export function isReachable(instance: InstanceView): boolean {
  return instance.connection !== undefined || instance.kind === 'practice';
}

function wayTo({ connection, route }: InstanceView): string {
  return JSON.stringify([connection, route]);
}

function replaced(instances: InstanceView[], instance: InstanceView): InstanceView[] {
  return instances.some((one) => one.id === instance.id)
    ? instances.map((one) => (one.id === instance.id ? instance : one))
    : [...instances, instance];
}
