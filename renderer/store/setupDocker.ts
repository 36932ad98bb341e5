import type { StateCreator } from 'zustand';
import type { DockerFound, DockerPlace, FoundServer } from '../../contract/server.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import type { Store } from './store.ts';

/** Docker at one place: what was found, and the servers there. */
export type DockerView = {
  looking: boolean;
  found?: DockerFound;
  failure?: Failure;
  servers?: FoundServer[];
  serversFailure?: Failure;
};

export type SetupDockerSlice = {
  dockers: Record<string, DockerView>;
  /** Looks for Docker, and then for servers there. What an earlier look found stays to be seen until the new one has ended. */
  lookForDocker(place: DockerPlace): Promise<void>;
};

const notLooked: DockerView = { looking: false };

/** What is known about Docker at a place; a stable value where nobody has looked yet. */
export function dockerAt(state: Store, place: DockerPlace | undefined): DockerView {
  return (place === undefined ? undefined : state.dockers[placeKey(place)]) ?? notLooked;
}

/** Whether commands need sudo is found out by looking, so it says nothing about which place is meant. */
export function placeKey(place: DockerPlace): string {
  return place.kind === 'local'
    ? JSON.stringify(['local', place.context, place.socket])
    : JSON.stringify(['ssh', place.sshHostId, place.socket]);
}

export const setupDockerSlice: StateCreator<Store, [], [], SetupDockerSlice> = (set, get) => {
  const change = (place: DockerPlace, view: Partial<DockerView>) =>
    set((state) => ({ dockers: { ...state.dockers, [placeKey(place)]: { ...dockerAt(state, place), ...view } } }));
  return {
    dockers: {},
    async lookForDocker(place) {
      if (dockerAt(get(), place).looking) return;
      change(place, { looking: true, failure: undefined, serversFailure: undefined });
      try {
        const found = await ask('docker.find', { docker: place });
        change(place, { found, ...(found.engine === undefined ? { servers: undefined } : {}) });
        if (found.engine !== undefined) {
          await ask('server.find', { docker: place })
            .then((servers) => change(place, { servers }))
            .catch((error: unknown) => change(place, { servers: undefined, serversFailure: failureOf(error) }));
        }
      } catch (error) {
        change(place, { found: undefined, servers: undefined, failure: failureOf(error) });
      } finally {
        change(place, { looking: false });
      }
    },
  };
};
