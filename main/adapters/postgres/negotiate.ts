import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { ProblemError } from '../../problems/ProblemError.ts';
import { errorResponse } from './errorResponse.ts';
import { type Place, stranger } from './strangers.ts';

/** SSLRequest: length 8, code 80877103 (PostgreSQL protocol, "Message Formats"). */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** Swallows errors that arrive when nobody listens any more: an 'error' event without a listener ends the process. */
export function tolerateLateErrors<S extends Duplex>(stream: S): S {
  stream.on('error', () => {});
  return stream;
}

/** The next bytes, or the reason why there are none. */
export async function firstBytes(stream: Duplex, signal: AbortSignal): Promise<Buffer> {
  const over = new AbortController();
  try {
    const either = AbortSignal.any([signal, over.signal]);
    return await Promise.race([
      once(stream, 'data', { signal: either }).then(([bytes]) => {
        // Left flowing, the bytes that come before the next listener are lost.
        stream.pause();
        return bytes as Buffer;
      }),
      // `once` itself rejects on 'error'; a peer that closes in silence is told apart here.
      once(stream, 'close', { signal: either }).then(() => {
        throw Object.assign(new Error('closed before the first byte'), { code: 'ECONNRESET' });
      }),
    ]);
  } finally {
    over.abort();
  }
}

/**
 * Asks whether the server talks TLS. Raises what a stranger on the port is recognised as. Nothing secret has been sent when
 * this returns. Bytes after the answer are refused: they could only come from somebody in between (CVE-2021-23222).
 */
export async function asksForTls(stream: Duplex, place: Place, signal: AbortSignal): Promise<boolean> {
  stream.write(sslRequest);
  const bytes = await firstBytes(stream, signal);
  const answer = bytes.toString('latin1', 0, 1);
  if (bytes.length === 1 && (answer === 'S' || answer === 'N')) return answer === 'S';
  if (answer === 'E') {
    const error = errorResponse(bytes);
    if (error !== undefined) throw error;
  }
  throw stranger(bytes, place);
}

/** The handshake on an already open stream. Rejects with Node's own error, which `recognise` maps. */
export async function startTls(stream: Duplex, options: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket> {
  let secure: TLSSocket;
  try {
    secure = connectTls({ ...options, socket: stream });
  } catch (error) {
    // Thrown at once for a key, certificate or passphrase that OpenSSL can't read.
    throw new ProblemError(
      'tls-client-certificate-invalid',
      {},
      { detail: error instanceof Error ? error.message : '', cause: error },
    );
  }
  tolerateLateErrors(secure);
  const over = new AbortController();
  try {
    const either = AbortSignal.any([signal, over.signal]);
    await Promise.race([
      once(secure, 'secureConnect', { signal: either }),
      once(secure, 'close', { signal: either }).then(() => {
        throw Object.assign(new Error('closed during the TLS handshake'), { code: 'ECONNRESET' });
      }),
    ]);
    return secure;
  } catch (error) {
    secure.destroy();
    throw error;
  } finally {
    over.abort();
  }
}
