import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { freePort } from './ports.ts';

/** Something that listens where PostgreSQL or sshd was expected. */
export interface Stranger {
  readonly host: string;
  readonly port: number;
  /** How many connections it has had. */
  connections(): number;
  stop(): Promise<void>;
}

/** A web server, which answers anything that is not HTTP with "400 Bad Request". */
export async function startHttpStranger(): Promise<Stranger> {
  const server = createHttpServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<h1>A router</h1>');
  });
  return listen(server);
}

/** Says at once what sshd says, and then nothing. */
export function startSshBannerStranger(): Promise<Stranger> {
  return listen(createServer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')));
}

/** Accepts, reads, and never answers. */
export function startBlackhole(): Promise<Stranger> {
  return listen(createServer((socket) => socket.resume()));
}

/** Accepts and hangs up at once. */
export function startHangUp(): Promise<Stranger> {
  return listen(createServer((socket) => socket.destroy()));
}

/** Answers anything with these bytes, once. */
export function startParrot(answer: string | Buffer): Promise<Stranger> {
  return listen(createServer((socket) => socket.once('data', () => socket.write(answer))));
}

async function listen(server: Server): Promise<Stranger> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    // The other side is free to reset.
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, resolve);
  });
  return {
    host: '127.0.0.1',
    port,
    connections: () => connections,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
