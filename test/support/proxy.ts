import { fork } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.ts';
import { type Fault, type Line, ProxyLink } from './proxyLink.ts';
import { reaper } from './reaper.ts';

/** What a proxy is to do to a connection. All of it may be changed while it runs. */
export interface ProxySettings {
  /** Milliseconds each way; a round trip takes twice as long. None unless told. */
  readonly latency?: number;
  /** Bytes per second each way. Unlimited unless told. */
  readonly bandwidth?: number;
  /** What goes wrong, on every connection made from now on; null for nothing. */
  readonly fault?: Fault | null;
}

/** Where a proxy leads. */
export interface ProxyOptions extends ProxySettings {
  readonly target: { readonly host: string; readonly port: number };
  /** Runs in a process of its own, so that it computes nothing in the measured one. */
  readonly ownProcess?: boolean;
}

/** What has gone through. */
export interface ProxyCounts {
  readonly connections: number;
  readonly open: number;
  readonly bytes: { readonly client: number; readonly server: number };
  /**
   * How often the client began to send after having received (or for the first time), summed over connections. The
   * TCP handshake is not one of them.
   */
  readonly roundTrips: number;
}

/** A TCP proxy that behaves like a bad network. */
export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  counts(): Promise<ProxyCounts>;
  /** Sets the counts back to nothing; connections stay. */
  resetCounts(): Promise<void>;
  change(settings: ProxySettings): Promise<void>;
  /** Makes every open connection fail now. New ones are as before. */
  fail(kind: Fault['kind']): Promise<void>;
  /** Ends everything and closes the port. */
  stop(): Promise<void>;
}

/** Starts a proxy on a free loopback port. */
export function startProxy(options: ProxyOptions): Promise<TcpProxy> {
  return options.ownProcess ? startInOwnProcess(options) : startHere(options);
}

async function startHere(options: ProxyOptions): Promise<TcpProxy> {
  const line: Line = { latency: 0, bandwidth: Number.POSITIVE_INFINITY, fault: undefined };
  const change = ({ latency, bandwidth, fault }: ProxySettings) => {
    line.latency = latency ?? line.latency;
    line.bandwidth = bandwidth ?? line.bandwidth;
    if (fault !== undefined) line.fault = fault ?? undefined;
  };
  change(options);
  const links = new Set<ProxyLink>();
  let connections = 0;
  let over = { client: 0, server: 0, roundTrips: 0 };
  let before = { client: 0, server: 0, roundTrips: 0 };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    connections += 1;
    const onward = connect({ ...options.target, allowHalfOpen: true });
    const link = new ProxyLink(client, onward, {
      ...line,
      get latency() {
        return line.latency;
      },
      get bandwidth() {
        return line.bandwidth;
      },
    });
    links.add(link);
    onward.once('error', () => client.resetAndDestroy());
    client.once('close', () => {
      onward.destroySoon();
      links.delete(link);
      const { bytes, roundTrips } = link.counts();
      over = {
        client: over.client + bytes.client,
        server: over.server + bytes.server,
        roundTrips: over.roundTrips + roundTrips,
      };
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, resolve);
  });

  const total = () => {
    const sum = { ...over };
    for (const link of links) {
      const { bytes, roundTrips } = link.counts();
      sum.client += bytes.client;
      sum.server += bytes.server;
      sum.roundTrips += roundTrips;
    }
    return sum;
  };
  return {
    host: '127.0.0.1',
    port,
    async counts() {
      const sum = total();
      return {
        connections,
        open: links.size,
        bytes: { client: sum.client - before.client, server: sum.server - before.server },
        roundTrips: sum.roundTrips - before.roundTrips,
      };
    },
    async resetCounts() {
      before = total();
      connections = 0;
    },
    change: async (settings) => change(settings),
    async fail(kind) {
      for (const link of links) link.fail(kind);
    },
    async stop() {
      for (const link of links) link.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What the processes say to each other; answers carry the number of the request. */
export type ProxyRequest =
  | { readonly id: number; readonly method: 'start'; readonly options: ProxyOptions }
  | { readonly id: number; readonly method: 'counts' | 'resetCounts' | 'stop' }
  | { readonly id: number; readonly method: 'change'; readonly settings: ProxySettings }
  | { readonly id: number; readonly method: 'fail'; readonly kind: Fault['kind'] };

type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

async function startInOwnProcess(options: ProxyOptions): Promise<TcpProxy> {
  const child = fork(fileURLToPath(new URL('./proxyProcess.ts', import.meta.url)), { execArgv: [] });
  if (child.pid !== undefined) reaper().watchProcess(child.pid, 'SIGKILL');
  let lastId = 0;
  const waiting = new Map<number, (answer: unknown) => void>();
  child.on('message', (message: { id: number; answer: unknown }) => {
    waiting.get(message.id)?.(message.answer);
    waiting.delete(message.id);
  });
  const ask = (request: WithoutId<ProxyRequest>) =>
    new Promise<unknown>((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      child.send({ ...request, id: lastId }, (error) => error && reject(error));
    });
  const port = (await ask({ method: 'start', options: { ...options, ownProcess: false } })) as number;
  return {
    host: '127.0.0.1',
    port,
    counts: async () => (await ask({ method: 'counts' })) as ProxyCounts,
    resetCounts: async () => void (await ask({ method: 'resetCounts' })),
    change: async (settings) => void (await ask({ method: 'change', settings })),
    fail: async (kind) => void (await ask({ method: 'fail', kind })),
    async stop() {
      const { pid } = child;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      await ask({ method: 'stop' });
      child.disconnect();
      await gone;
      if (pid !== undefined) reaper().forgetProcess(pid);
    },
  };
}
