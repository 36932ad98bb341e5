import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
};

/** An HTTP server on loopback that keeps what it gets. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Status codes of the next answers, then 200 again. 0 never answers, 1 hangs up. */
  answers: number[];
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      const status = receiver.answers.shift() ?? 200;
      if (status === 0) return;
      if (status === 1) request.socket.destroy();
      else response.writeHead(status, status >= 300 && status < 400 ? { location: '/elsewhere' } : {}).end('said so');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    received,
    answers: [],
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}
