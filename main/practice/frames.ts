/**
 * Messages of PostgreSQL's protocol 3 as they arrive, and what the backend says about its transaction. Source: the manual's chapters
 * "Message Formats" and "Message Flow".
 */

const sslRequest = 80877103;
const gssRequest = 80877104;
const cancelRequest = 80877102;
/** A start-up packet has no type byte and is small; anything else here is not PostgreSQL. */
const longestStartup = 10_000;

export type ClientMessage =
  | { kind: 'encryption-request' }
  | { kind: 'cancel-request' }
  | { kind: 'startup'; bytes: Uint8Array }
  | { kind: 'terminate' }
  | { kind: 'message'; bytes: Uint8Array };

/** Cuts a client's bytes into messages. Throws for what cannot be PostgreSQL's protocol. */
export function createClientFrames(): { push(data: Buffer): ClientMessage[] } {
  let buffer: Buffer = Buffer.alloc(0);
  let started = false;

  const next = (): ClientMessage | undefined => {
    if (!started) {
      if (buffer.length < 8) return undefined;
      const length = buffer.readInt32BE(0);
      if (length < 8 || length > longestStartup) throw new Error('not a start-up packet');
      if (buffer.length < length) return undefined;
      const code = buffer.readInt32BE(4);
      const bytes = take(length);
      if (code === sslRequest || code === gssRequest) return { kind: 'encryption-request' };
      if (code === cancelRequest) return { kind: 'cancel-request' };
      started = true;
      return { kind: 'startup', bytes };
    }
    if (buffer.length < 5) return undefined;
    const length = buffer.readInt32BE(1);
    if (length < 4) throw new Error('not a message');
    if (buffer.length < length + 1) return undefined;
    const bytes = take(length + 1);
    return bytes[0] === 0x58 ? { kind: 'terminate' } : { kind: 'message', bytes };
  };

  const take = (length: number): Uint8Array => {
    const bytes = new Uint8Array(buffer.subarray(0, length));
    buffer = buffer.subarray(length);
    return bytes;
  };

  return {
    push(data) {
      buffer = buffer.length === 0 ? data : Buffer.concat([buffer, data]);
      const messages: ClientMessage[] = [];
      for (let message = next(); message !== undefined; message = next()) messages.push(message);
      return messages;
    },
  };
}

/** `ready`: outside a transaction and done with all that was asked. `busy`: anything else. */
export type BackendState = 'ready' | 'busy';

/** Follows the backend's answers, in pieces of any size, for the status in ReadyForQuery ("Z", length 5, "I", "T" or "E"). */
export function createBackendFrames(): { push(data: Uint8Array): void; state(): BackendState; asked(): void } {
  const header = new Uint8Array(5);
  let headerLength = 0;
  let remaining = 0;
  let state: BackendState = 'ready';
  return {
    asked() {
      state = 'busy';
    },
    state: () => state,
    push(data) {
      let position = 0;
      while (position < data.length) {
        if (headerLength < 5) {
          header[headerLength] = data[position] ?? 0;
          headerLength += 1;
          position += 1;
          if (headerLength === 5) remaining = new DataView(header.buffer).getInt32(1) - 4;
        } else {
          if (header[0] === 0x5a) state = data[position] === 0x49 ? 'ready' : 'busy';
          const step = Math.min(remaining, data.length - position);
          remaining -= step;
          position += step;
        }
        if (headerLength === 5 && remaining <= 0) headerLength = 0;
      }
    },
  };
}
