import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import { type LockedCollection, secretServiceLocked } from './secretService.ts';

/** The part of keytar that is used. findCredentials is not: on Linux it ends the process when an item is locked (secret_item_get_secret is NULL). */
export type Keytar = {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
};

/**
 * The OS keychain. Every call rejects with `keychain-missing`, `keychain-locked`, `keychain-denied` (keytar's words as detail),
 * or `cancelled` at once when the signal aborts, even while the system still waits for the user.
 */
export interface Keychain {
  /** Undefined when there is no such entry. On Linux also when it is locked and the user did not unlock it: ask `locked`. */
  get(account: string, signal: AbortSignal): Promise<string | undefined>;
  set(account: string, secret: string, signal: AbortSignal): Promise<void>;
  /** Whether there was one. */
  delete(account: string, signal: AbortSignal): Promise<boolean>;
  /** Undefined where the system cannot tell without asking the user. */
  locked(signal: AbortSignal): Promise<boolean | undefined>;
}

/** CRED_MAX_CREDENTIAL_BLOB_SIZE: 5 * 512 bytes; keytar hands over UTF-8. */
const windowsLimit = 2560;

/** Raises `secret-too-long` for what Windows would not keep; elsewhere anything goes. */
export function refuseTooLong(secret: string, platform: NodeJS.Platform): void {
  const bytes = Math.max(Buffer.byteLength(secret, 'utf8'), Buffer.byteLength(secret, 'utf16le'));
  if (platform === 'win32' && bytes > windowsLimit) {
    throw new ProblemError('secret-too-long', { bytes, limit: windowsLimit });
  }
}

/** Whether there is no keychain, it is locked, or it refused: told from keytar's words, which are the system's own. */
export function keychainProblem(error: unknown): ProblemError {
  const detail = error instanceof Error ? error.message : String(error);
  const code = /locked collection|interaction is not allowed|is locked/i.test(detail)
    ? 'keychain-locked'
    : /D-Bus|dbus|org\.freedesktop\.secrets|Could not connect|native addon|No keychain|(default|specified) keychain could not be found|logon session|Cannot spawn a message bus|address/i.test(
          detail,
        )
      ? 'keychain-missing'
      : 'keychain-denied';
  return new ProblemError(code, {}, { detail, cause: error });
}

/**
 * Opens the keychain under one service name. keytar is loaded when first needed.
 *
 * Calls run one after another: keytar blocks a thread of libuv's pool while the system asks the user to unlock, the pool has four,
 * and file access needs them too.
 */
export function createKeychain({
  load = async () => (await import('keytar')).default,
  collectionLocked = secretServiceLocked,
  service = 'Aperture Companion',
  platform = process.platform,
}: {
  load?: () => Promise<Keytar>;
  collectionLocked?: LockedCollection;
  service?: string;
  platform?: NodeJS.Platform;
} = {}): Keychain {
  let loaded: Promise<Keytar> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const call = <T>(signal: AbortSignal, task: (keytar: Keytar) => Promise<T>): Promise<T> => {
    const result = last.then(async () => {
      // The caller may have given up while this waited in line.
      if (signal.aborted) throw cancelled(signal.reason);
      loaded ??= load();
      try {
        return await task(await loaded);
      } catch (error) {
        throw keychainProblem(error);
      }
    });
    last = result.catch(() => undefined);
    return untilAborted(result, signal);
  };

  return {
    get: (account, signal) => call(signal, async (keytar) => (await keytar.getPassword(service, account)) ?? undefined),
    set: async (account, secret, signal) => {
      refuseTooLong(secret, platform);
      await call(signal, (keytar) => keytar.setPassword(service, account, secret));
    },
    delete: (account, signal) => call(signal, (keytar) => keytar.deletePassword(service, account)),
    locked: (signal) => untilAborted(collectionLocked(signal), signal),
  };
}

/** The call itself cannot be ended; whoever waits for it can. */
function untilAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(cancelled(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
