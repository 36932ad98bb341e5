import { once } from 'node:events';
import type { ConnectionOptions } from 'node:tls';
import type { Dial, DialTarget } from '../dial.ts';
import { asksForTls, startTls, tolerateLateErrors } from './negotiate.ts';
import type { Place } from './strangers.ts';

/** Milliseconds after which a cancel request is given up: the server answers it by closing, without a word. */
const patience = 3000;

/**
 * Sends a CancelRequest (length 16, code 80877102) on a connection of its own and waits until the server closes it, which it
 * does after passing the signal on. Never rejects: whether it helped is seen by how the statement ends.
 */
export async function requestCancel(
  way: { dial: Dial; target: DialTarget; place: Place; ssl: ConnectionOptions | undefined },
  key: { processId: number; secretKey: number },
): Promise<void> {
  const signal = AbortSignal.timeout(patience);
  try {
    const stream = tolerateLateErrors(await way.dial(way.target, signal));
    try {
      let channel = stream;
      if (way.ssl !== undefined) {
        if (!(await asksForTls(stream, way.place, signal))) return;
        channel = await startTls(stream, way.ssl, signal);
      }
      const packet = Buffer.alloc(16);
      packet.writeInt32BE(16, 0);
      packet.writeInt32BE(80877102, 4);
      packet.writeInt32BE(key.processId, 8);
      packet.writeInt32BE(key.secretKey, 12);
      channel.end(packet);
      channel.resume();
      if (!channel.closed) await once(channel, 'close', { signal });
    } finally {
      stream.destroy();
    }
  } catch {
    // The link may be as dead as what was to be cancelled on it.
  }
}
