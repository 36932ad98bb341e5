import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import {
  type BackupSettings,
  backupSettingsSchema,
  type DestinationSettings,
  destinationSchema,
  type EncryptionSettings,
  type NewDestination,
  type Retention,
  type Schedule,
} from '../../contract/backupSettings.ts';
import { type AgeKey, type AgeTarget, generateKeyPair, isRecipient, recipientOf } from '../adapters/age.ts';
import type { Destination } from '../adapters/destinations/destination.ts';
import { FolderDestination } from '../adapters/destinations/folder.ts';
import { S3Destination } from '../adapters/destinations/s3.ts';
import { SshDestination } from '../adapters/destinations/ssh.ts';
import type { Host } from '../adapters/host.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { type DocumentDefinition, openDocument, type StoredDocument } from './documents.ts';
import type { Account, Credentials } from './ports.ts';

export interface BackupSettingsService {
  get(instanceId: string): Promise<BackupSettings>;
  /** Makes the place and writes, reads and removes a file in it before it is kept. Raises what stands in the way. */
  addDestination(
    instance: { id: string; name: string },
    wish: NewDestination,
    secret: string | undefined,
    signal: AbortSignal,
  ): Promise<DestinationSettings>;
  removeDestination(instanceId: string, destinationId: string): Promise<void>;
  /** Writes, reads and removes a small file. Raises what stands in the way. */
  testDestination(settings: DestinationSettings, signal: AbortSignal): Promise<{ freeBytes: number | undefined }>;
  open(settings: DestinationSettings): Destination;
  /**
   * `identity`: an existing key, from a recovery kit; a new one is made without it. The secret is in the keychain before anything relies
   * on it. Raises `invalid-input`, `keychain-…`.
   */
  encryptWithKey(
    instance: { id: string; name: string },
    wish: { identity?: string; others: string[] },
  ): Promise<EncryptionSettings>;
  encryptWithPassphrase(instance: { id: string; name: string }, passphrase: string): Promise<EncryptionSettings>;
  /** The key stays in the keychain: earlier copies need it. */
  encryptNothing(instanceId: string): Promise<void>;
  /** What copies are encrypted for, and what opens them again. Undefined where they are not. Raises `encryption-key-missing`. */
  encryption(instanceId: string, signal: AbortSignal): Promise<{ target: AgeTarget; key: AgeKey } | undefined>;
  /** Keys that copies of this instance were ever encrypted for here. */
  keys(instanceId: string, signal: AbortSignal): Promise<AgeKey[]>;
  setRetention(instanceId: string, retention: Retention): Promise<void>;
  /** Undefined: none. */
  setSchedule(instanceId: string, schedule: Schedule | undefined): Promise<void>;
  /** With an instance its destinations' secrets go; what opens its copies stays, because the copies do. Raises `keychain-…`. */
  forgetSecrets(instanceId: string): Promise<void>;
  /** Removes what is kept for an instance that is no longer there. */
  forget(instanceId: string): Promise<void>;
}

const definition = (instanceId: string): DocumentDefinition<BackupSettings> => ({
  name: encodeURIComponent(instanceId).replaceAll('*', '%2A'),
  version: 1,
  schema: backupSettingsSchema,
  // Nothing is removed unless somebody says so.
  empty: () => ({
    destinations: [],
    encryption: { kind: 'none' },
    keys: [],
    retention: { last: 0, daily: 0, weekly: 0, monthly: 0 },
  }),
});

const secretAccount = (destinationId: string): Account => `destination:${destinationId}`;
const keyAccount = (instanceId: string, recipient: string): Account => `backup-key:${instanceId}:${recipient}`;
const passphraseAccount = (instanceId: string): Account => `backup-passphrase:${instanceId}`;

/** What is wished for the backups of each instance: a document each, secrets in the keychain. */
export function createBackupSettings({
  folder,
  credentials,
  sshHost,
}: {
  folder: string;
  credentials: Credentials;
  sshHost: (id: string) => Promise<Host>;
}): BackupSettingsService {
  const documents = new Map<string, StoredDocument<BackupSettings>>();
  const of = (instanceId: string) => {
    const known = documents.get(instanceId) ?? openDocument(definition(instanceId), { folder });
    documents.set(instanceId, known);
    return known;
  };
  const get = async (instanceId: string) => (await of(instanceId).read()).value;
  const change = (instanceId: string, changes: Partial<BackupSettings>) =>
    of(instanceId).update((current) => ({ ...current, ...changes }));

  const secretOf = async ({ id, name }: DestinationSettings): Promise<string> => {
    const secret = await credentials.get(secretAccount(id), AbortSignal.timeout(120_000));
    if (secret === undefined) throw new ProblemError('keychain-entry-missing', { name });
    return secret;
  };

  const open = (settings: DestinationSettings, secret = () => secretOf(settings)): Destination => {
    switch (settings.kind) {
      case 'folder':
        return new FolderDestination(settings.name, settings.path);
      case 'ssh':
        return new SshDestination(settings.name, () => sshHost(settings.sshHostId), settings.path);
      case 's3':
        return new S3Destination(settings, secret);
    }
  };

  const secretFor = async (account: Account, signal: AbortSignal): Promise<string> => {
    const secret = await credentials.get(account, signal);
    if (secret === undefined) throw new ProblemError('encryption-key-missing');
    return secret;
  };

  /** The key that there is, unless another is given: with a new one each time nobody could say which opens what. */
  const keepKey = async (instance: { id: string; name: string }, identity: string | undefined): Promise<string> => {
    const known = (await get(instance.id)).keys.at(-1);
    if (identity === undefined && known !== undefined) {
      const kept = await credentials.get(keyAccount(instance.id, known), AbortSignal.timeout(120_000));
      if (kept !== undefined && (await recipientOf(kept)) === known) return known;
    }
    const pair =
      identity === undefined ? await generateKeyPair() : { identity, recipient: await recipientOf(identity) };
    if (pair.recipient === undefined) {
      throw new ProblemError('invalid-input', { field: 'key' }, { detail: 'no age identity (AGE-SECRET-KEY-1…)' });
    }
    const label = `Backups of ${instance.name}`;
    await credentials.set(keyAccount(instance.id, pair.recipient), pair.identity, 'keychain', label);
    return pair.recipient;
  };

  return {
    get,
    open,

    async addDestination(instance, wish, secret, signal) {
      const parsed = destinationSchema.safeParse({ ...wish, id: randomUUID() });
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw new ProblemError('invalid-input', { field: issue?.path.join('.') ?? '' }, { detail: issue?.message });
      }
      const settings = parsed.data;
      if (settings.kind === 's3' && secret === undefined) throw new ProblemError('password-empty');
      const destination = open(settings, async () => secret ?? '');
      await destination.prepare(signal);
      await probe(destination, signal);
      if (secret !== undefined) {
        await credentials.set(secretAccount(settings.id), secret, 'keychain', `${settings.name} (${instance.name})`);
      }
      try {
        await of(instance.id).update((current) => ({
          ...current,
          destinations: [...current.destinations, settings],
        }));
      } catch (error) {
        await credentials.forget(secretAccount(settings.id));
        throw error;
      }
      return settings;
    },

    async removeDestination(instanceId, destinationId) {
      await of(instanceId).update((current) => ({
        ...current,
        destinations: current.destinations.filter(({ id }) => id !== destinationId),
      }));
      await credentials.forget(secretAccount(destinationId));
    },

    testDestination: (settings, signal) => probe(open(settings), signal),

    async encryptWithKey(instance, { identity, others }) {
      for (const other of others) {
        if (!(await isRecipient(other))) {
          throw new ProblemError('invalid-input', { field: 'recipient' }, { detail: `no age recipient: ${other}` });
        }
      }
      const recipient = await keepKey(instance, identity);
      const encryption: EncryptionSettings = { kind: 'key', recipient, others };
      await of(instance.id).update((current) => ({
        ...current,
        encryption,
        keys: [...current.keys.filter((key) => key !== recipient), recipient],
      }));
      return encryption;
    },

    async encryptWithPassphrase(instance, passphrase) {
      await credentials.set(passphraseAccount(instance.id), passphrase, 'keychain', `Backups of ${instance.name}`);
      const encryption: EncryptionSettings = { kind: 'passphrase' };
      await change(instance.id, { encryption });
      return encryption;
    },

    async encryptNothing(instanceId) {
      await change(instanceId, { encryption: { kind: 'none' } });
    },

    async encryption(instanceId, signal) {
      const { encryption } = await get(instanceId);
      switch (encryption.kind) {
        case 'none':
          return undefined;
        case 'passphrase': {
          const passphrase = await secretFor(passphraseAccount(instanceId), signal);
          return { target: { kind: 'passphrase', passphrase }, key: { kind: 'passphrase', passphrase } };
        }
        case 'key': {
          const identity = await secretFor(keyAccount(instanceId, encryption.recipient), signal);
          // A key that is not the recipient's would be found only when the backup is needed.
          if ((await recipientOf(identity)) !== encryption.recipient) throw new ProblemError('encryption-key-missing');
          const recipients = [encryption.recipient, ...encryption.others];
          return { target: { kind: 'recipients', recipients }, key: { kind: 'identity', identity } };
        }
      }
    },

    async keys(instanceId, signal) {
      const found: AgeKey[] = [];
      for (const recipient of (await get(instanceId)).keys) {
        const identity = await credentials.get(keyAccount(instanceId, recipient), signal);
        if (identity !== undefined) found.push({ kind: 'identity', identity });
      }
      const passphrase = await credentials.get(passphraseAccount(instanceId), signal);
      return passphrase === undefined ? found : [...found, { kind: 'passphrase', passphrase }];
    },

    async setRetention(instanceId, retention) {
      await change(instanceId, { retention });
    },
    async setSchedule(instanceId, schedule) {
      await change(instanceId, { schedule });
    },

    async forgetSecrets(instanceId) {
      const { destinations } = await get(instanceId);
      for (const { id } of destinations) await credentials.forget(secretAccount(id));
    },
    async forget(instanceId) {
      documents.delete(instanceId);
      const { name } = definition(instanceId);
      // The earlier version first: left alone it would be read in place of the other.
      for (const file of [`${name}.previous.json`, `${name}.json`]) await rm(path.join(folder, file), { force: true });
    },
  };
}

/** Writes a small file, reads it again and removes it. */
async function probe(destination: Destination, signal: AbortSignal): Promise<{ freeBytes: number | undefined }> {
  const { createHash, randomBytes } = await import('node:crypto');
  const { Readable } = await import('node:stream');
  const { sha256Of } = await import('../adapters/destinations/destination.ts');
  const name = `test-${randomUUID()}.txt`;
  const content = randomBytes(1_000);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const source = { bytes: content.length, sha256, read: (from: number) => Readable.from([content.subarray(from)]) };
  await destination.put(name, source, { signal, progress: () => undefined });
  try {
    if ((await sha256Of(await destination.get(name, signal))) !== sha256) {
      throw new ProblemError('destination-damaged', { name: destination.name, file: name });
    }
    const listed = await destination.list(signal);
    if (!listed.some((file) => file.name === name)) {
      throw new ProblemError('destination-failed', { name: destination.name }, { detail: 'it is not listed' });
    }
  } finally {
    await destination.remove(name, signal);
  }
  return { freeBytes: await destination.freeBytes(signal) };
}
