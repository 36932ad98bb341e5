import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Keychain } from '../adapters/keychain.ts';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import type { DocumentDefinition, StoredDocument } from './documents.ts';
import type { Account, Credentials } from './ports.ts';

const indexSchema = z.object({
  entries: z.array(
    z.object({
      account: z.string(),
      label: z.string(),
      /** It was to be deleted while there was no keychain; it is deleted as soon as there is one. */
      forgotten: z.boolean().optional(),
    }),
  ),
});
export type KeychainIndex = z.infer<typeof indexSchema>;
type Entry = KeychainIndex['entries'][number];

/**
 * keychain.json: what the app keeps in the keychain, by name, never the secrets. It answers where a secret is without asking the
 * keychain, which may be locked and would make the system ask the user.
 */
export const keychainIndexDocument: DocumentDefinition<KeychainIndex> = {
  name: 'keychain',
  version: 1,
  schema: indexSchema,
  empty: () => ({ entries: [] }),
};

/**
 * Secrets: in the keychain, or in memory for this session where the user said so. Everything that passes through is made known to the
 * redactor first.
 */
export function createCredentials({
  keychain,
  index,
  addToRedactor,
  patience = 60_000,
  pollInterval = 500,
}: {
  keychain: Keychain;
  index: StoredDocument<KeychainIndex>;
  addToRedactor: (secret: string) => void;
  /** Milliseconds that a locked keychain is waited for before it is `keychain-locked`. */
  patience?: number;
  pollInterval?: number;
}): Credentials {
  const session = new Map<Account, string>();

  const find = async (account: string): Promise<Entry | undefined> =>
    (await index.read()).value.entries.find((entry) => entry.account === account);

  const put = (entry: Entry) =>
    index.update((current) => ({
      entries: [...current.entries.filter((one) => one.account !== entry.account), entry],
    }));

  const drop = (account: string) =>
    index.update((current) =>
      current.entries.some((entry) => entry.account === account)
        ? { entries: current.entries.filter((entry) => entry.account !== account) }
        : current,
    );

  /** Rejects with `keychain-locked` when patience runs out, with `cancelled` when the caller's signal aborts. */
  const patiently = async <T>(signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const patienceOver = AbortSignal.timeout(patience);
    try {
      return await task(AbortSignal.any([signal, patienceOver]));
    } catch (error) {
      if (signal.aborted) throw cancelled(signal.reason);
      if (patienceOver.aborted) throw new ProblemError('keychain-locked', {}, { cause: error });
      throw error;
    }
  };

  /** After an answer "there is none" for something that should be there: waits until the keychain is open. Answers whether it was locked. */
  const waitUntilUnlocked = async (signal: AbortSignal): Promise<boolean> => {
    let wasLocked = false;
    while ((await keychain.locked(signal)) === true) {
      wasLocked = true;
      await delay(pollInterval, undefined, { signal });
    }
    return wasLocked;
  };

  const read = (account: Account, signal: AbortSignal): Promise<string | undefined> =>
    patiently(signal, async (limited) => {
      const found = await keychain.get(account, limited);
      if (found !== undefined || (await find(account)) === undefined) return found;
      return (await waitUntilUnlocked(limited)) ? await keychain.get(account, limited) : undefined;
    });

  const deleteEntry = (account: string): Promise<void> =>
    patiently(new AbortController().signal, async (limited) => {
      const deleted = await keychain.delete(account, limited);
      if (!deleted && (await waitUntilUnlocked(limited))) await keychain.delete(account, limited);
    });

  const forget = async (account: Account): Promise<void> => {
    session.delete(account);
    const entry = await find(account);
    if (entry === undefined) return;
    try {
      await deleteEntry(account);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'keychain-missing') throw error;
      await put({ ...entry, forgotten: true });
      return;
    }
    await drop(account);
  };

  return {
    async get(account, signal) {
      if (signal.aborted) throw cancelled(signal.reason);
      const remembered = session.get(account);
      if (remembered !== undefined) return remembered;
      const entry = await find(account);
      if (entry?.forgotten) return undefined;
      let secret: string | undefined;
      try {
        secret = await read(account, signal);
      } catch (error) {
        if (error instanceof ProblemError && error.problem.code === 'keychain-missing') return undefined;
        throw error;
      }
      if (secret !== undefined) addToRedactor(secret);
      // Somebody removed it in the system's own keychain program; or the index was lost.
      if (secret === undefined && entry !== undefined) await drop(account);
      if (secret !== undefined && entry === undefined) await put({ account, label: account });
      return secret;
    },

    async set(account, secret, place, label) {
      if (secret === '') throw new ProblemError('password-empty');
      // The keychain's interfaces end a secret at the first NUL; PostgreSQL and SSH take none either.
      if (secret.includes('\0')) throw new ProblemError('invalid-input', { field: 'password' });
      addToRedactor(secret);
      if (place === 'session') {
        // An older one in the keychain would come back at the next start.
        await forget(account);
        session.set(account, secret);
        return 'session';
      }
      const entry = await find(account);
      // First the index: a secret that the app does not know of could never be removed by it.
      await put({ account, label });
      try {
        await patiently(new AbortController().signal, (limited) => keychain.set(account, secret, limited));
      } catch (error) {
        await (entry === undefined ? drop(account) : put(entry));
        throw error;
      }
      session.delete(account);
      return 'keychain';
    },

    forget,

    async place(account) {
      if (session.has(account)) return 'session';
      const entry = await find(account);
      return entry === undefined || entry.forgotten ? 'none' : 'keychain';
    },

    async state() {
      let available = true;
      let detail: string | undefined;
      try {
        // Searching for what nobody stores needs a keychain and does not make it ask for anything.
        await keychain.get('availability', AbortSignal.timeout(5_000));
        for (const entry of (await index.read()).value.entries.filter((one) => one.forgotten)) {
          await keychain.delete(entry.account, AbortSignal.timeout(5_000));
          await drop(entry.account);
        }
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        available = error.problem.code !== 'keychain-missing';
        detail = error.problem.detail;
      }
      const { entries } = (await index.read()).value;
      return {
        available,
        ...(detail === undefined ? {} : { detail }),
        entries: entries.map(({ account, label }) => ({ account, label })),
        sessionOnly: session.size,
      };
    },
  };
}
