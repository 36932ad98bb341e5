import { createSecretKey } from 'node:crypto';
import type { Client } from 'ssh2';

/**
 * The library makes a new AES-GCM cipher for each packet, and Node turns the key from bytes into a key object each time: a third of
 * what a packet costs. Given the key object once, it is as quick as Node gets. Where the library looks different, nothing happens.
 */
export function speedUpCiphers(client: Client): void {
  const protocol = (client as { _protocol?: { _cipher?: object; _decipher?: object } })._protocol;
  for (const [cipher, name] of [
    [protocol?._cipher, '_encKey'],
    [protocol?._decipher, '_decipherKey'],
  ] as const) {
    const fields = cipher as Record<string, unknown> | undefined;
    if (
      fields !== undefined &&
      /^AESGCM\w+Native$/.test(cipher?.constructor.name ?? '') &&
      Buffer.isBuffer(fields[name])
    ) {
      fields[name] = createSecretKey(fields[name]);
    }
  }
}
