import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { LoginGuard } from './loginGuard.ts';

/**
 * What the driver needs of a socket, on top of a stream that is already connected (and encrypted). The driver's parser throws
 * inside its 'data' listener when a server says something that it doesn't know, e.g. an authentication method; thrown from a
 * real socket's event that would end the process. Here it becomes the connection's error.
 */
export class DriverStream extends EventEmitter {
  readonly #stream: Duplex;

  constructor(stream: Duplex, guard: LoginGuard) {
    super();
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => {
      try {
        const passed = guard.pass(bytes);
        if (passed.length > 0) this.emit('data', passed);
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)));
        stream.destroy();
      }
    });
    stream.on('error', (error) => this.#fail(error));
    stream.on('end', () => this.emit('end'));
    stream.on('close', () => this.emit('close'));
  }

  #fail(error: Error): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }

  /** Channel binding hashes the server's certificate; the driver looks for this method to know that the stream is encrypted. */
  getPeerCertificate(): { raw: Buffer | undefined } {
    return { raw: this.#stream instanceof TLSSocket ? this.#stream.getPeerX509Certificate()?.raw : undefined };
  }

  connect(): void {
    process.nextTick(() => {
      this.emit('connect');
      this.#stream.resume();
    });
  }

  get writable(): boolean {
    return this.#stream.writable;
  }

  write(bytes: Buffer, done?: (error?: Error | null) => void): boolean {
    return this.#stream.write(bytes, done);
  }

  end(): void {
    this.#stream.end();
  }

  destroy(error?: Error): void {
    if (error !== undefined) this.#fail(error);
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  // Set where the stream was dialled, and not known to every kind of stream.
  setNoDelay(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}
}
