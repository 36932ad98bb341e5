import { connect, createServer } from 'node:net';

// Below the range that Linux hands out to outgoing connections (32768 and up), so that no client takes a port in between.
const first = 20_000;
const last = 32_000;

/** A port on which nothing listens now, on the given loopback address. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = first + Math.floor(Math.random() * (last - first));
    if (await isFree(host, port)) return port;
  }
  throw new Error(`no free port found on ${host} between ${first} and ${last}`);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether somebody accepts connections there. */
export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
