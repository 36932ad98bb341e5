import type { Keytar } from './keychain.ts';

/** Loads the native module when it is first needed. Rejects with the system loader's words where a library is missing. */
export async function loadKeytar(): Promise<Keytar> {
  return (await import('keytar')).default;
}
