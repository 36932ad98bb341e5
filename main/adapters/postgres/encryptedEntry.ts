import { once } from 'node:events';
import type { Dial, DialTarget } from '../dial.ts';
import { asksForTls, firstBytes, startTls, tolerateLateErrors } from './negotiate.ts';
import type { Place } from './strangers.ts';

/**
 * Whether pg_hba.conf has an entry for this user and database once the connection is encrypted: starts an encrypted session and
 * looks whether the server asks for a login or refuses. No password is sent, whoever the server may be.
 */
export async function offersEncryptedEntry(
  way: { dial: Dial; target: DialTarget; place: Place },
  signal: AbortSignal,
): Promise<boolean> {
  const stream = tolerateLateErrors(await way.dial(way.target, signal));
  try {
    if (!(await asksForTls(stream, way.place, signal))) return false;
    const channel = await startTls(stream, { rejectUnauthorized: false, checkServerIdentity: () => undefined }, signal);
    const text = Buffer.from(`user\0${way.place.user}\0database\0${way.place.database}\0\0`, 'utf8');
    const packet = Buffer.alloc(8);
    packet.writeInt32BE(8 + text.length, 0);
    packet.writeInt32BE(196_608, 4);
    channel.write(Buffer.concat([packet, text]));
    const answer = await firstBytes(channel, signal);
    return answer[0] === 'R'.charCodeAt(0);
  } finally {
    stream.destroy();
    if (!stream.closed) await once(stream, 'close', { signal: AbortSignal.timeout(1000) }).catch(() => {});
  }
}
