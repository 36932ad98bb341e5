import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Who sent the bytes. */
export type Sender = 'client' | 'server';

/** How a network fails. */
export interface Fault {
  /**
   * stall: nothing is forwarded any more, both sides stay connected. reset: both sides get a TCP reset.
   * close: both sides are closed in an orderly way. half-close: the client sees the server's end, and may go on sending.
   */
  readonly kind: 'stall' | 'reset' | 'close' | 'half-close';
  /** Happens once this many bytes of the sender have been forwarded; no more than these get through. 0 is at once. */
  readonly after?: number;
  /** Whose bytes are counted: the server's unless told. */
  readonly of?: Sender;
}

/** How good the line is; may change while it is used. */
export interface Line {
  /** Milliseconds each way. */
  latency: number;
  /** Bytes per second each way. */
  bandwidth: number;
  fault: Fault | undefined;
}

/** What one connection has carried. */
export interface LinkCounts {
  readonly bytes: Readonly<Record<Sender, number>>;
  /** How often the client began to send after having received, or for the first time. */
  readonly roundTrips: number;
}

// More than a fast line holds under way at 50 ms; beyond it the sender has to wait, as with full TCP windows.
const mostUnderWay = 8 * 1024 * 1024;

/** One connection through the proxy. */
export class ProxyLink {
  readonly #sockets: Record<Sender, Socket>;
  readonly #line: Line;
  readonly #received = { client: 0, server: 0 };
  readonly #forwarded = { client: 0, server: 0 };
  #roundTrips = 0;
  #last: Sender | undefined;
  #fate: 'carrying' | 'stalled' | 'over' = 'carrying';

  constructor(client: Socket, server: Socket, line: Line) {
    this.#sockets = { client, server };
    this.#line = line;
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // A reset by one side is passed on below; the error itself is the test's to see, not the proxy's.
      socket.on('error', () => undefined);
    }
    void this.#carry('client');
    void this.#carry('server');
    if (line.fault?.after === 0) this.fail(line.fault.kind);
  }

  counts(): LinkCounts {
    return { bytes: { ...this.#received }, roundTrips: this.#roundTrips };
  }

  /** Fails now. */
  fail(kind: Fault['kind']): void {
    const { client, server } = this.#sockets;
    switch (kind) {
      case 'stall':
        this.#fate = 'stalled';
        return;
      case 'half-close':
        client.end();
        return;
      case 'reset':
        this.#fate = 'over';
        client.resetAndDestroy();
        server.resetAndDestroy();
        return;
      case 'close':
        this.#fate = 'over';
        client.end();
        server.end();
        return;
    }
  }

  /** Destroys what is left. */
  destroy(): void {
    this.#fate = 'over';
    this.#sockets.client.destroy();
    this.#sockets.server.destroy();
  }

  async #carry(sender: Sender): Promise<void> {
    const from = this.#sockets[sender];
    const to = this.#sockets[sender === 'client' ? 'server' : 'client'];
    // When the line has sent all that was handed to it; its bandwidth is shared by what queues up.
    let lineFreeAt = 0;
    let underWay = 0;
    let delivered = Promise.resolve();
    const deliver = (at: number, action: () => void) => {
      delivered = delivered.then(async () => {
        const wait = at - performance.now();
        if (wait > 0.5) await delay(wait);
        if (this.#fate === 'carrying') action();
      });
    };
    from.on('data', (chunk: Buffer) => {
      this.#count(sender, chunk.length);
      underWay += chunk.length;
      if (underWay > mostUnderWay || to.writableLength > mostUnderWay) from.pause();
      lineFreeAt = Math.max(performance.now(), lineFreeAt) + (chunk.length / this.#line.bandwidth) * 1000;
      deliver(lineFreeAt + this.#line.latency, () => {
        underWay -= chunk.length;
        this.#forward(sender, to, chunk);
        if (from.isPaused() && underWay <= mostUnderWay) from.resume();
      });
    });
    from.on('end', () => deliver(Math.max(performance.now(), lineFreeAt) + this.#line.latency, () => to.end()));
    from.on('close', (hadError) => {
      if (hadError && this.#fate === 'carrying') to.resetAndDestroy();
    });
  }

  #count(sender: Sender, bytes: number): void {
    this.#received[sender] += bytes;
    if (sender === 'client' && this.#last !== 'client') this.#roundTrips += 1;
    this.#last = sender;
  }

  #forward(sender: Sender, to: Socket, chunk: Buffer): void {
    const { fault } = this.#line;
    const limit = fault && (fault.of ?? 'server') === sender ? (fault.after ?? 0) : Number.POSITIVE_INFINITY;
    const rest = limit - this.#forwarded[sender];
    const part = chunk.length > rest ? chunk.subarray(0, Math.max(0, rest)) : chunk;
    this.#forwarded[sender] += part.length;
    const fails = fault !== undefined && this.#forwarded[sender] >= limit;
    if (part.length === 0) {
      if (fails) this.fail(fault.kind);
      return;
    }
    // The bytes before the fault are to arrive; a reset would otherwise overtake them.
    to.write(part, () => {
      if (fails && this.#fate === 'carrying') this.fail(fault.kind);
    });
    if (fails && fault.kind === 'stall') this.fail('stall');
  }
}
