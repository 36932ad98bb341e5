import { createServer, type Server, type Socket } from 'node:net';
import { type ClientMessage, createBackendFrames, createClientFrames } from './frames.ts';

/** One PostgreSQL backend: answers one message of the protocol, in pieces, and then is done with it. */
export type Backend = { exchange(message: Uint8Array, onAnswer: (data: Uint8Array) => void): Promise<void> };

/**
 * Serves many connections with one backend, on 127.0.0.1 only. Whoever sends a message has the backend until it says that it is ready
 * and outside a transaction, so that the messages of an extended query, a transaction or a COPY stay together.
 *
 * Own code instead of @electric-sql/pglite-socket, which hands over single messages: two connections that use parameters at the same
 * time get each other's rows (test/integration/practice shows it).
 */
export async function servePostgres({
  backend,
  port,
  maxConnections,
}: {
  backend: Backend;
  /** 0: any free one. Rejects with EADDRINUSE. */
  port: number;
  maxConnections: number;
}): Promise<{ port: number; close(): Promise<void> }> {
  const turns = createTurns();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serveOne(socket, backend, turns);
  });
  server.maxConnections = maxConnections;
  await listening(server, port);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    port: address.port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      // What runs is finished and what was left open is rolled back before the backend may be closed.
      (await turns.take())();
    },
  };
}

function serveOne(socket: Socket, backend: Backend, turns: Turns): void {
  const client = createClientFrames();
  const answers = createBackendFrames();
  let release: (() => void) | undefined;
  let work: Promise<void> = Promise.resolve();
  let closed = false;

  const exchange = (message: Uint8Array) =>
    backend.exchange(message, (data) => {
      answers.push(data);
      if (socket.writable) socket.write(Buffer.from(data));
    });

  const handle = async (message: ClientMessage): Promise<void> => {
    switch (message.kind) {
      case 'encryption-request':
        socket.write('N');
        return;
      case 'cancel-request':
        // There is no second thread that could stop the first.
        socket.destroy();
        return;
      case 'terminate':
        socket.end();
        return;
      case 'startup':
      case 'message':
        if (closed) return;
        release ??= await turns.take();
        answers.asked();
        await exchange(message.bytes);
        if (answers.state() === 'ready') giveUpTurn();
        return;
      default:
        message satisfies never;
    }
  };

  const giveUpTurn = () => {
    release?.();
    release = undefined;
  };

  const inOrder = (task: () => Promise<void>) => {
    work = work.then(task).catch(() => {
      socket.destroy();
    });
  };

  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    let messages: ClientMessage[];
    try {
      messages = client.push(data);
    } catch {
      socket.destroy();
      return;
    }
    for (const message of messages) inOrder(() => handle(message));
  });
  socket.once('close', () => {
    closed = true;
    inOrder(async () => {
      if (release === undefined) return;
      try {
        for (const message of abandonment) await exchange(message);
      } finally {
        giveUpTurn();
      }
    });
  });
}

/** Ends a COPY (ignored outside one), the rest of an extended query, and a transaction that somebody left open. */
const abandonment: readonly Uint8Array[] = [
  Buffer.from([0x66, 0, 0, 0, 5, 0]),
  Buffer.from([0x53, 0, 0, 0, 4]),
  Buffer.concat([Buffer.from([0x51, 0, 0, 0, 13]), Buffer.from('ROLLBACK\0')]),
];

type Turns = { take(): Promise<() => void> };

/** First come, first served. */
function createTurns(): Turns {
  let last: Promise<void> = Promise.resolve();
  return {
    async take() {
      const before = last;
      let release: () => void = () => undefined;
      last = new Promise((resolve) => {
        release = resolve;
      });
      await before;
      return release;
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
