import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/** Bytes. With Node's default, whoever writes is stopped and started again after each chunk that it read. */
const highWaterMark = 512 * 1024;

/**
 * A channel as an ordinary stream. The library's own channel looks the same when the connection breaks as when the other side
 * has finished, never calls back a write that can't be sent any more, and can throw from `end` after the connection has gone;
 * this one is destroyed with the reason (`fail`), refuses late writes with EPIPE, and always emits 'close'.
 */
export class ChannelStream extends Duplex {
  readonly #channel: ClientChannel;
  readonly #kind: 'forward' | 'session';
  readonly #socket: Duplex;
  #writing: ((error?: Error | null) => void) | undefined;
  /** The channel no longer exists: nothing may be called on it. */
  #gone = false;

  /**
   * @param kind a forwarded stream ends like a socket, when the other side has ended; a session lasts until the server closes it,
   * because the exit status comes after the end of the output
   * @param socket what the connection writes to
   */
  constructor(channel: ClientChannel, kind: 'forward' | 'session', socket: Duplex) {
    super(kind === 'forward' ? { allowHalfOpen: false, highWaterMark } : { allowHalfOpen: true, autoDestroy: false });
    this.#kind = kind;
    this.#socket = socket;
    this.#channel = channel;
    channel.on('error', (error: Error) => this.destroy(error));
    channel.stderr.on('error', () => undefined);
    channel.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) channel.pause();
    });
    channel.on('end', () => this.push(null));
    channel.on('close', () => this.#closed());
  }

  /** The connection below has broken. */
  fail(error: Error): void {
    this.#gone = true;
    // So that nothing that the library still has queued is written to a connection that throws.
    (this.#channel.outgoing as { state: string }).state = 'closed';
    this.#channel.resume();
    this.destroy(error);
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#gone) {
      done(this.#lateWrite());
      return;
    }
    this.#writing = done;
    const written = (error?: Error | null) => {
      if (this.#writing !== done) return;
      this.#writing = undefined;
      done(error);
    };
    // A chunk becomes several packets of 32 KiB, each of which would be a system call of its own.
    this.#socket.cork();
    try {
      this.#channel.write(bytes, written);
    } catch (error) {
      written(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#socket.uncork();
    }
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    const last = chunks.length - 1;
    this.#socket.cork();
    for (const [index, { chunk }] of chunks.entries()) {
      if (index === last) this._write(chunk, 'buffer', done);
      else if (!this.#gone) this.#attempt(() => this.#channel.write(chunk));
    }
    this.#socket.uncork();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#attempt(() => this.#channel.end());
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#attempt(() => {
      this.#channel.close();
      // What is still on its way is read and dropped: the library lets go of a channel only when it has been read to its end.
      this.#channel.removeAllListeners('data');
      this.#channel.resume();
    });
    const writing = this.#writing;
    this.#writing = undefined;
    writing?.(error ?? brokenPipe());
    done(error);
  }

  #closed(): void {
    this.#gone = true;
    if (this.#writing !== undefined) {
      const writing = this.#writing;
      this.#writing = undefined;
      writing(this.#lateWrite());
    }
    if (this.#kind === 'session') {
      if (this.readableEnded) this.destroy();
      else this.once('end', () => this.destroy());
    }
    if (!this.readableEnded && !this.destroyed) this.push(null);
  }

  /** A command that does not read its input to the end is not an error, and its output must not suffer from it. */
  #lateWrite(): Error | null {
    return this.#kind === 'session' ? null : brokenPipe();
  }

  #attempt(action: () => void): void {
    if (this.#gone) return;
    try {
      action();
    } catch {
      // The connection broke in the same moment; whoever owns it reports that.
    }
  }
}

function brokenPipe(): Error {
  return Object.assign(new Error('write EPIPE: the SSH channel is closed'), { code: 'EPIPE' });
}
