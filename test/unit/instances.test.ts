import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { ConnectionSettings } from '../../contract/connection.ts';
import type { Events } from '../../contract/events.ts';
import type { Instance } from '../../contract/instance.ts';
import type { Keychain } from '../../main/adapters/keychain.ts';
import { ProblemError } from '../../main/problems/ProblemError.ts';
import { createCredentials, keychainIndexDocument } from '../../main/services/credentials.ts';
import { openDocument } from '../../main/services/documents.ts';
import { createInstances, instancesDocument } from '../../main/services/instances.ts';
import { createSettings, settingsDocument } from '../../main/services/settings.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const connection: ConnectionSettings = {
  hosts: [{ host: 'db.lan', port: 5432 }],
  database: 'aperture',
  user: 'aperture',
  tls: { mode: 'prefer' },
  channelBinding: 'prefer',
  targetSessionAttrs: 'any',
  connectTimeoutSeconds: 15,
};

/** Keeps secrets in memory, and refuses when told to: the real ones are in test/integration/credentials. */
function memoryKeychain() {
  const entries = new Map<string, string>();
  const state: { refuse?: ProblemError } = {};
  const allowed = () => {
    if (state.refuse !== undefined) throw state.refuse;
    return entries;
  };
  const keychain: Keychain = {
    get: async (account) => allowed().get(account),
    set: async (account, secret) => void allowed().set(account, secret),
    delete: async (account) => allowed().delete(account),
    locked: async () => false,
  };
  return { keychain, entries, state };
}

async function open(forgetSecrets?: (instance: Instance) => Promise<void>) {
  const folder = await temporaryFolder();
  const { keychain, entries, state } = memoryKeychain();
  const secrets: string[] = [];
  const credentials = createCredentials({
    keychain,
    index: openDocument(keychainIndexDocument, { folder }),
    addToRedactor: (secret) => secrets.push(secret),
  });
  const events: Events['instances.changed'][] = [];
  const removed: Instance[] = [];
  const instances = createInstances({
    document: openDocument(instancesDocument, { folder }),
    credentials,
    emit: (name, event) => {
      if (name === 'instances.changed') events.push(event as Events['instances.changed']);
    },
    ...(forgetSecrets === undefined ? {} : { forgetSecrets }),
    removeData: async (instance) => void removed.push(instance),
  });
  return { folder, instances, entries, state, events, removed, secrets };
}

describe('instances', () => {
  it('are made, changed, selected and removed with their secrets, and each change is told', async () => {
    const { instances, entries, events, removed, secrets } = await open();
    const made = await instances.create({
      name: 'Home',
      kind: 'external',
      route: { kind: 'direct' },
      connection,
      setup: { step: 'connection' },
      password: 'pw',
    });
    expect(made).toMatchObject({ name: 'Home', password: 'keychain', connection, setup: { step: 'connection' } });
    expect(entries).toEqual(new Map([[`database:${made.id}`, 'pw']]));
    expect(secrets).toEqual(['pw']);
    const other = await instances.create({ name: 'Practice', kind: 'practice', route: { kind: 'direct' } });
    expect(await instances.list()).toMatchObject({
      instances: [{ id: made.id }, { id: other.id, password: 'none' }],
      selected: other.id,
    });

    const changed = await instances.update(made.id, {
      name: 'Flat',
      setup: null,
      route: { kind: 'ssh', sshHostId: 'nas' },
    });
    expect(changed).toMatchObject({ name: 'Flat', connection, route: { kind: 'ssh', sshHostId: 'nas' } });
    expect(changed).not.toHaveProperty('setup');
    await instances.select(made.id);
    expect(events.at(-1)).toMatchObject({ selected: made.id });
    expect(await instances.setPassword(made.id, 'other', 'session')).toBe('session');
    expect(entries.size).toBe(0);
    expect((await instances.list()).instances[0]?.password).toBe('session');
    await instances.setPassword(made.id, 'third', 'keychain');

    await instances.remove(made.id);
    expect(entries.size).toBe(0);
    expect(removed.map(({ id }) => id)).toEqual([made.id]);
    expect(await instances.list()).toEqual({ instances: [other] });
    expect(events).toHaveLength(7);
  });

  it('that are not there are missing', async () => {
    const { instances } = await open();
    const missing = { problem: { code: 'instance-missing', values: { id: 'x' } } };
    await expect(instances.get('x')).rejects.toMatchObject(missing);
    await expect(instances.update('x', {})).rejects.toMatchObject(missing);
    await expect(instances.remove('x')).rejects.toMatchObject(missing);
    await expect(instances.select('x')).rejects.toMatchObject(missing);
    await expect(instances.setPassword('x', 'p', 'session')).rejects.toMatchObject(missing);
    await instances.select(null);
  });

  it('stay while what else is kept of them in the keychain cannot be removed', async () => {
    const { instances, removed } = await open(async () => {
      throw new ProblemError('keychain-locked');
    });
    const { id } = await instances.create({ name: 'Home', kind: 'external', route: { kind: 'direct' } });
    await expect(instances.remove(id)).rejects.toMatchObject({ problem: { code: 'keychain-locked' } });
    expect((await instances.list()).instances).toHaveLength(1);
    expect(removed).toEqual([]);
  });

  it('are not made when the password cannot be kept, and not removed while it cannot be removed', async () => {
    const { instances, state, entries } = await open();
    const given = { name: 'Home', kind: 'external', route: { kind: 'direct' }, password: 'pw' } as const;
    state.refuse = new ProblemError('keychain-missing');
    await expect(instances.create(given)).rejects.toMatchObject({ problem: { code: 'keychain-missing' } });
    expect(await instances.list()).toEqual({ instances: [] });
    delete state.refuse;
    const { id } = await instances.create(given);
    state.refuse = new ProblemError('keychain-denied');
    await expect(instances.remove(id)).rejects.toMatchObject({ problem: { code: 'keychain-denied' } });
    expect((await instances.list()).instances).toHaveLength(1);
    expect(entries.size).toBe(1);
  });

  test.prop(
    [
      fc
        .string({ minLength: 12, maxLength: 60 })
        .filter((secret) => secret.trim().length > 11 && !secret.includes('\0')),
    ],
    { numRuns: 25 },
  )('never write a secret to a file, whatever it is and whatever else is handed in', async (secret) => {
    const { instances, folder } = await open();
    const given = {
      name: 'Home',
      kind: 'external' as const,
      route: { kind: 'direct' as const },
      connection: { ...connection, password: secret },
      password: secret,
    };
    const { id } = await instances.create(given);
    await instances.setPassword(id, secret, 'keychain');
    await instances.update(id, { name: 'Flat', connection: { ...connection, password: secret } as ConnectionSettings });
    await instances.setPassword(id, secret, 'session');
    for (const name of await readdir(folder)) {
      const content = await readFile(path.join(folder, name), 'utf8');
      expect(content).not.toContain(secret);
      expect(content).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });
});

describe('settings', () => {
  it('are kept, and missing fields stay', async () => {
    const folder = await temporaryFolder();
    const settings = createSettings(openDocument(settingsDocument, { folder }));
    expect(await settings.get()).toEqual({ theme: 'system' });
    expect(await settings.set({ theme: 'dark' })).toEqual({ theme: 'dark' });
    expect(await settings.set({ theme: undefined })).toEqual({ theme: 'dark' });
    expect(await createSettings(openDocument(settingsDocument, { folder })).get()).toEqual({ theme: 'dark' });
  });
});
