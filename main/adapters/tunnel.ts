import { createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { cancelled } from '../problems/ProblemError.ts';

export type Tunnel = { host: '127.0.0.1'; port: number; close(): Promise<void> };

/**
 * A port on 127.0.0.1, picked free by the system, each of whose connections is led to a stream that `open` makes.
 * A connection whose stream can't be made, or breaks, is reset, so that no program takes it for a proper end.
 */
export async function listenLocally(
  open: (signal: AbortSignal) => Promise<Duplex>,
  signal: AbortSignal,
): Promise<Tunnel> {
  if (signal.aborted) throw cancelled(signal.reason);
  const controller = new AbortController();
  const sockets = new Set<Socket>();
  const server = createServer(
    { allowHalfOpen: true, noDelay: true, pauseOnConnect: true, highWaterMark: 512 * 1024 },
    (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      open(controller.signal).then(
        (stream) => join(socket, stream),
        () => socket.resetAndDestroy(),
      );
    },
  );
  // Only accepting can fail later (too many open files); the client then gets no connection.
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, resolve);
  });
  server.on('error', () => undefined);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server without a port');
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= new Promise<void>((resolve) => {
      signal.removeEventListener('abort', close);
      controller.abort();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
    return closing;
  };
  signal.addEventListener('abort', close, { once: true });
  return { host: '127.0.0.1', port: address.port, close };
}

function join(socket: Socket, stream: Duplex): void {
  if (socket.destroyed) {
    stream.destroy();
    return;
  }
  let failed = false;
  stream.on('error', () => {
    failed = true;
    socket.resetAndDestroy();
  });
  stream.on('close', () => {
    if (!failed && !socket.writableEnded) socket.end();
  });
  socket.on('error', () => stream.destroy());
  socket.on('close', () => stream.destroy());
  socket.pipe(stream);
  // As pipe does, but what arrives at once goes out in one system call.
  let corked = false;
  const uncork = () => {
    corked = false;
    socket.uncork();
  };
  stream.on('data', (bytes: Buffer) => {
    if (!corked) {
      corked = true;
      socket.cork();
      process.nextTick(uncork);
    }
    if (!socket.write(bytes)) stream.pause();
  });
  socket.on('drain', () => stream.resume());
  stream.on('end', () => socket.end());
}
