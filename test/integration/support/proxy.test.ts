import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../support/ports.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { type ProxyOptions, startProxy, type TcpProxy } from '../../support/proxy.ts';
import {
  startBlackhole,
  startHangUp,
  startHttpStranger,
  startParrot,
  startSshBannerStranger,
} from '../../support/strangers.ts';

/** Sends back what it gets; `big` makes it send a megabyte for every byte. */
async function startEcho(factor = 1): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => socket.write(factor === 1 ? data : Buffer.alloc(data.length * factor)));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, port };
}

let echo: Awaited<ReturnType<typeof startEcho>>;
let big: Awaited<ReturnType<typeof startEcho>>;
let proxies: TcpProxy[] = [];
beforeAll(async () => {
  [echo, big] = await Promise.all([startEcho(), startEcho(1024 * 1024)]);
});
afterEach(async () => {
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  proxies = [];
});
afterAll(() => {
  echo.server.close();
  big.server.close();
});

async function through(
  options: Omit<ProxyOptions, 'target'>,
  target = echo,
): Promise<{ proxy: TcpProxy; socket: Socket }> {
  const proxy = await startProxy({ target: { host: '127.0.0.1', port: target.port }, ...options });
  proxies.push(proxy);
  const socket = connect(proxy.port, proxy.host);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { proxy, socket };
}

/** Milliseconds until so many bytes have come back. */
async function exchange(socket: Socket, text: string, bytes = text.length): Promise<number> {
  const startedAt = performance.now();
  let received = 0;
  const done = new Promise<void>((resolve) => {
    const count = (data: Buffer) => {
      received += data.length;
      if (received < bytes) return;
      socket.off('data', count);
      resolve();
    };
    socket.on('data', count);
  });
  socket.write(text);
  await done;
  return performance.now() - startedAt;
}

describe.each([false, true])('a proxy (in a process of its own: %s)', (ownProcess) => {
  test('adds its latency each way, and changes it while it runs', async () => {
    const { proxy, socket } = await through({ latency: 25, ownProcess });
    expect(await exchange(socket, 'hello')).toBeGreaterThan(49);
    await proxy.change({ latency: 0 });
    expect(await exchange(socket, 'hello')).toBeLessThan(45);
    socket.destroy();
  });

  test('caps the bandwidth', async () => {
    const { socket } = await through({ bandwidth: 2 * 1024 * 1024, ownProcess }, big);
    const milliseconds = await exchange(socket, 'x', 1024 * 1024);
    expect(milliseconds).toBeGreaterThan(450);
    expect(milliseconds).toBeLessThan(1500);
    socket.destroy();
  });

  test('counts bytes and round trips', async () => {
    const { proxy, socket } = await through({ ownProcess });
    for (const text of ['one', 'three', 'seven']) await exchange(socket, text);
    const counts = await proxy.counts();
    expect(counts).toEqual({ connections: 1, open: 1, bytes: { client: 13, server: 13 }, roundTrips: 3 });
    await proxy.resetCounts();
    await exchange(socket, 'again');
    expect(await proxy.counts()).toMatchObject({ bytes: { client: 5, server: 5 }, roundTrips: 1 });
    socket.destroy();
  });
});

test('what the client sends in one go is one round trip, however many messages it holds', async () => {
  const { proxy, socket } = await through({ latency: 10 });
  await exchange(socket, 'a'.repeat(200_000));
  expect((await proxy.counts()).bytes).toEqual({ client: 200_000, server: 200_000 });
  socket.destroy();
});

test('stalls after exactly so many bytes', async () => {
  const { socket } = await through({ fault: { kind: 'stall', after: 3 } });
  let text = '';
  socket.on('data', (data) => {
    text += data;
  });
  socket.write('hello');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect({ text, readable: socket.readable, destroyed: socket.destroyed }).toEqual({
    text: 'hel',
    readable: true,
    destroyed: false,
  });
  socket.destroy();
});

test('resets, at once and after so many bytes', async () => {
  const { proxy, socket } = await through({});
  await exchange(socket, 'fine');
  const error = once(socket, 'error');
  await proxy.fail('reset');
  expect(await error).toMatchObject([{ code: 'ECONNRESET' }]);

  const { socket: later } = await through({ fault: { kind: 'reset', after: 4, of: 'client' } });
  const reset = once(later, 'error');
  later.write('12345');
  expect(await reset).toMatchObject([{ code: 'ECONNRESET' }]);
});

test('closes one half, and the other still carries', async () => {
  const { proxy, socket } = await through({});
  socket.allowHalfOpen = true;
  await exchange(socket, 'fine');
  const end = once(socket.resume(), 'end');
  await proxy.fail('half-close');
  await end;
  socket.write('still sent');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await proxy.counts()).bytes.client).toBe('finestill sent'.length);
  socket.destroy();
});

test('passes on that nobody listens behind it, and that the server has gone', async () => {
  const nobody = await through({}, { ...echo, port: await freePort() });
  expect(await once(nobody.socket, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
  const hangUp = await startHangUp();
  const { socket } = await through({}, { ...echo, port: hangUp.port });
  await once(socket.resume(), 'end');
  await hangUp.stop();
});

describe('before PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ major: 17 });
  });
  afterAll(() => server?.stop());

  test('a query is one round trip, and a login with SCRAM three', async () => {
    const proxy = await startProxy({ target: server, ownProcess: true });
    proxies.push(proxy);
    const client = new pg.Client({
      host: proxy.host,
      port: proxy.port,
      user: server.superuser,
      password: server.superPassword,
      database: 'postgres',
    });
    await client.connect();
    expect((await proxy.counts()).roundTrips).toBe(3);
    await proxy.resetCounts();
    await client.query('SELECT 1');
    expect((await proxy.counts()).roundTrips).toBe(1);
    await client.query('SELECT $1::int', [1]);
    expect((await proxy.counts()).roundTrips).toBe(2);
    await client.end();
  });
});

test('strangers do what they are called', async () => {
  const read = async (port: number, say: string) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        text += data;
      });
    if (say) socket.write(say);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const open = !socket.destroyed && socket.readable;
    socket.destroy();
    return { text, open };
  };
  const [http, ssh, hole, parrot, hangUp] = await Promise.all([
    startHttpStranger(),
    startSshBannerStranger(),
    startBlackhole(),
    startParrot('polly'),
    startHangUp(),
  ]);
  expect((await read(http.port, '\0\0\0\x08\x04\xd2\x16\x2f')).text).toContain('400 Bad Request');
  expect(await read(ssh.port, '')).toEqual({ text: 'SSH-2.0-OpenSSH_9.6\r\n', open: true });
  expect(await read(hole.port, 'anybody?')).toEqual({ text: '', open: true });
  expect((await read(parrot.port, 'who?')).text).toBe('polly');
  expect((await read(hangUp.port, '')).open).toBe(false);
  expect(hole.connections()).toBe(1);
  await Promise.all([http, ssh, hole, parrot, hangUp].map((stranger) => stranger.stop()));
});
