import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ConnectionSettings, DatabaseAddress, Route } from '../../contract/connection.ts';
import type { Installation } from '../../contract/install.ts';
import type { Instance, InstanceView, SecretPlace, SetupDraft } from '../../contract/instance.ts';
import { instanceSchema } from '../../contract/instance.ts';
import type { Problem } from '../../contract/problem.ts';
import type { ServerPlace } from '../../contract/server.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { DocumentDefinition, StoredDocument } from './documents.ts';
import type { Account, Credentials, Emit } from './ports.ts';

const instancesFileSchema = z.object({
  instances: z.array(instanceSchema),
  selected: z.string().optional(),
});
export type InstancesFile = z.infer<typeof instancesFileSchema>;

/** instances.json. The schema drops every field that it does not know, so nothing can slip into the file. */
export const instancesDocument: DocumentDefinition<InstancesFile> = {
  name: 'instances',
  version: 1,
  schema: instancesFileSchema,
  empty: () => ({ instances: [] }),
};

export type NewInstance = {
  name: string;
  kind: Instance['kind'];
  route: Route;
  connection?: ConnectionSettings;
  setup?: SetupDraft;
  server?: ServerPlace;
  /** Goes into the keychain before the instance exists, so that a keychain that refuses leaves nothing behind. */
  password?: string;
};

export type InstanceChanges = {
  name?: string;
  connection?: ConnectionSettings;
  route?: Route;
  /** `null` finishes the set-up. */
  setup?: SetupDraft | null;
  /** `null`: the app knows no longer where the server is. */
  server?: ServerPlace | null;
  /** `null`: the app knows no longer how the server is run. */
  installation?: Installation | null;
  /** `null`: the server finds the database where the app does. */
  seenByServer?: DatabaseAddress | null;
  companionSchema?: Instance['companionSchema'] | null;
};

export interface Instances {
  list(): Promise<{ instances: InstanceView[]; selected?: string; problem?: Problem }>;
  /** Raises `instance-missing`. */
  get(id: string): Promise<Instance>;
  /** Raises what Credentials.set raises; then no instance was made. The new one is selected. */
  create(given: NewInstance): Promise<InstanceView>;
  /** Missing fields stay as they are. Raises `instance-missing`. */
  update(id: string, changes: InstanceChanges): Promise<InstanceView>;
  /** Deletes its secrets first: when the keychain refuses, the instance stays. Raises `instance-missing`, `keychain-locked`, `keychain-denied`. */
  remove(id: string): Promise<void>;
  select(id: string | null): Promise<void>;
  setPassword(id: string, password: string, place: 'keychain' | 'session'): Promise<SecretPlace>;
  forgetPassword(id: string): Promise<void>;
}

/** The name under which the database password of an instance is kept. */
export function passwordAccount(instanceId: string): Account {
  return `database:${instanceId}`;
}

/** Every secret that belongs to an instance alone. */
function accountsOf(instanceId: string): Account[] {
  return [passwordAccount(instanceId), `tls-key-passphrase:${instanceId}`];
}

/** What the app manages, saved without secrets. Every change is told with `instances.changed`. */
export function createInstances({
  document,
  credentials,
  emit,
  forgetSecrets,
  removeData,
  onConnectionChanged,
  now = () => new Date(),
}: {
  document: StoredDocument<InstancesFile>;
  credentials: Credentials;
  emit: Emit;
  /** Removes what else is kept of an instance in the keychain. Raises what forgetting a secret raises. */
  forgetSecrets?: (instance: Instance) => Promise<void>;
  /** Removes what else an instance has on this computer: the practice database, settings of backups, their schedule. */
  removeData: (instance: Instance) => Promise<void>;
  /** Told when an instance leads elsewhere than before, or in another way: what was found out about it counts no more. */
  onConnectionChanged?: (id: string) => void;
  now?: () => Date;
}): Instances {
  const view = async (instance: Instance): Promise<InstanceView> => ({
    ...instance,
    password: await credentials.place(passwordAccount(instance.id)),
  });

  const listed = async () => {
    const { value, problem } = await document.read();
    return {
      instances: await Promise.all(value.instances.map(view)),
      ...(value.selected === undefined ? {} : { selected: value.selected }),
      ...(problem === undefined ? {} : { problem }),
    };
  };

  const announce = async () => {
    const { instances, selected } = await listed();
    emit('instances.changed', selected === undefined ? { instances } : { instances, selected });
  };

  const get = async (id: string): Promise<Instance> => find((await document.read()).value, id);

  return {
    list: listed,
    get,

    async create({ password, ...given }) {
      const id = randomUUID();
      const at = now().toISOString();
      const instance = instanceSchema.parse({ ...given, id, createdAt: at, updatedAt: at });
      if (password !== undefined) {
        await credentials.set(passwordAccount(id), password, 'keychain', given.name);
      }
      try {
        await document.update((file) => ({ ...file, instances: [...file.instances, instance], selected: id }));
      } catch (error) {
        // Best effort: what failed is the disk, and that is what has to be said.
        if (password !== undefined) await credentials.forget(passwordAccount(id)).catch(() => undefined);
        throw error;
      }
      await announce();
      return await view(instance);
    },

    async update(id, changes) {
      let reached = '';
      const file = await document.update((current) => {
        const before = find(current, id);
        reached = wayTo(before);
        const after: Instance = { ...before, updatedAt: now().toISOString() };
        if (changes.name !== undefined) after.name = changes.name;
        if (changes.connection !== undefined) after.connection = changes.connection;
        if (changes.route !== undefined) after.route = changes.route;
        if (changes.setup === null) delete after.setup;
        else if (changes.setup !== undefined) after.setup = changes.setup;
        if (changes.server === null) delete after.server;
        else if (changes.server !== undefined) after.server = changes.server;
        if (changes.installation === null) delete after.installation;
        else if (changes.installation !== undefined) after.installation = changes.installation;
        if (changes.seenByServer === null) delete after.seenByServer;
        else if (changes.seenByServer !== undefined) after.seenByServer = changes.seenByServer;
        if (changes.companionSchema === null) delete after.companionSchema;
        else if (changes.companionSchema !== undefined) after.companionSchema = changes.companionSchema;
        return { ...current, instances: current.instances.map((one) => (one.id === id ? after : one)) };
      });
      const after = find(file, id);
      if (wayTo(after) !== reached) onConnectionChanged?.(id);
      await announce();
      return await view(after);
    },

    async remove(id) {
      const instance = await get(id);
      for (const account of accountsOf(id)) await credentials.forget(account);
      await forgetSecrets?.(instance);
      await document.update((file) => {
        const instances = file.instances.filter((one) => one.id !== id);
        const selected = file.selected === id ? undefined : file.selected;
        return selected === undefined ? { instances } : { instances, selected };
      });
      await announce();
      await removeData(instance);
    },

    async select(id) {
      await document.update((file) => {
        if (id === null) return { instances: file.instances };
        find(file, id);
        return file.selected === id ? file : { ...file, selected: id };
      });
      await announce();
    },

    async setPassword(id, password, place) {
      const instance = await get(id);
      const where = await credentials.set(passwordAccount(id), password, place, instance.name);
      await announce();
      return where;
    },

    async forgetPassword(id) {
      await get(id);
      await credentials.forget(passwordAccount(id));
      await announce();
    },
  };
}

/** What a test or a check of the instance is about. */
function wayTo({ connection, route }: Instance): string {
  return JSON.stringify([connection, route]);
}

function find(file: InstancesFile, id: string): Instance {
  const instance = file.instances.find((one) => one.id === id);
  if (instance === undefined) throw new ProblemError('instance-missing', { id });
  return instance;
}
