import type { StateCreator } from 'zustand';
import type { ChannelInput } from '../../contract/channels.ts';
import type { ServerStatus } from '../../contract/server.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import type { Store } from './store.ts';

/** What the server used at one moment. Times are milliseconds since 1970; the network's bytes count from the container's start. */
export type UseSample = { at: number; cpuPercent: number; memoryBytes: number; networkBytes: number };

/** What the last look at a server saw, and when that was. */
export type ServerView = {
  status?: ServerStatus;
  /** Milliseconds since 1970. */
  lookedAt?: number;
  looking: boolean;
  /** The look itself failed: `status` is from before. */
  failure?: Failure;
  samples: readonly UseSample[];
  /** Of the server, when it was linked to an instance that has another one. */
  otherDatabase?: string;
};

export const serverSections = ['state', 'logs', 'settings', 'networks', 'compose'] as const;
export type ServerSection = (typeof serverSections)[number];

export type ServersSlice = {
  servers: Record<string, ServerView>;
  /** Which part of the Server screen is open. */
  serverSection: ServerSection;
  openServerSection(section: ServerSection): void;
  /** Looks once. A look that is under way is not asked for again. */
  lookAtServer(instanceId: string, resources: boolean): Promise<void>;
  /** Begins an operation; it is told of as such. */
  changeServer(instanceId: string, what: 'start' | 'stop' | 'restart'): Promise<void>;
  /** Links a container; answers the instance, which then is the selected one. */
  adoptServer(wish: ChannelInput<'server.adopt'>): Promise<void>;
  dismissOtherDatabase(instanceId: string): void;
};

/** About a quarter of an hour at a look every five seconds. */
const samplesKept = 180;

const nothingYet: ServerView = { looking: false, samples: [] };

/** The server of an instance, a stable value when nothing is known. */
export function serverOf(state: Store, instanceId: string | undefined): ServerView {
  return (instanceId === undefined ? undefined : state.servers[instanceId]) ?? nothingYet;
}

export const serversSlice: StateCreator<Store, [], [], ServersSlice> = (set, get) => {
  const change = (instanceId: string, with_: Partial<ServerView>) =>
    set((state) => ({ servers: { ...state.servers, [instanceId]: { ...serverOf(state, instanceId), ...with_ } } }));

  return {
    servers: {},
    serverSection: 'state',
    openServerSection(section) {
      set({ serverSection: section });
    },
    async lookAtServer(instanceId, resources) {
      const before = serverOf(get(), instanceId);
      if (before.looking) return;
      change(instanceId, { looking: true });
      try {
        const status = await ask('server.status', { instanceId, resources });
        const at = Date.now();
        const samples = sampled(serverOf(get(), instanceId), status, at);
        change(instanceId, { status, lookedAt: at, looking: false, failure: undefined, samples });
      } catch (error) {
        change(instanceId, { looking: false, failure: failureOf(error) });
      }
    },
    async changeServer(instanceId, what) {
      await ask(`server.${what}`, { instanceId });
    },
    async adoptServer(wish) {
      const { instance, otherDatabase } = await ask('server.adopt', wish);
      // What was seen of another container says nothing about this one.
      set((state) => ({
        servers: { ...state.servers, [instance.id]: { ...nothingYet, otherDatabase } },
        serverSection: 'state',
      }));
      await get().loadInstances();
      if (get().selectedId !== instance.id) await get().selectInstance(instance.id);
    },
    dismissOtherDatabase(instanceId) {
      change(instanceId, { otherDatabase: undefined });
    },
  };
};

/** A container that was started anew counts from zero: what was before is another line. */
function sampled(before: ServerView, status: ServerStatus, at: number): readonly UseSample[] {
  const { resources } = status;
  const same = before.status?.container.id === status.container.id;
  const kept = same ? before.samples : [];
  if (resources === undefined) return kept;
  const sample: UseSample = {
    at,
    cpuPercent: resources.cpuPercent,
    memoryBytes: resources.memoryBytes,
    networkBytes: resources.networkInBytes + resources.networkOutBytes,
  };
  return [...kept, sample].slice(-samplesKept);
}
