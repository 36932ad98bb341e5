import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../../contract/connection.ts';
import type { Dial } from '../../../main/adapters/dial.ts';
import { directDial } from '../../../main/adapters/directDial.ts';
import { connectPostgres } from '../../../main/adapters/postgres/connectPostgres.ts';
import type { Phase } from '../../../main/problems/context.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { pgTls } from '../../../main/services/renderings.ts';
import { freePort } from '../../support/ports.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { startProxy, type TcpProxy } from '../../support/proxy.ts';
import {
  type Stranger,
  startBlackhole,
  startHangUp,
  startHttpStranger,
  startParrot,
  startSshBannerStranger,
} from '../../support/strangers.ts';
import { makeCertificates } from '../../support/tls.ts';
import { attempt, settingsFor } from './attempts.ts';

let server: PostgresServer;
let proxy: TcpProxy;
const strangers: Stranger[] = [];
const unhandled: unknown[] = [];
const remember = (error: unknown) => unhandled.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', remember);
  process.on('uncaughtExceptionMonitor', remember);
  server = await startPostgres({ major: 17, tls: (await makeCertificates()).server.good });
  proxy = await startProxy({ target: server });
});
afterEach(async () => {
  await proxy.change({ fault: null, latency: 0 });
  expect(unhandled).toEqual([]);
});
afterAll(async () => {
  process.off('unhandledRejection', remember);
  process.off('uncaughtExceptionMonitor', remember);
  await proxy.stop();
  for (const stranger of strangers) await stranger.stop();
  await server.stop();
});

/** Every socket that was dialled, to see that none stays. */
const sockets: Duplex[] = [];
const trackedDial: Dial = async (target, signal) => {
  const socket = await directDial()(target, signal);
  sockets.push(socket);
  return socket;
};

async function nothingStaysOpen(): Promise<void> {
  expect(sockets.filter((socket) => !socket.destroyed)).toEqual([]);
  // A stalled link is kept by the proxy, which does not read that its client has gone.
  await expect.poll(async () => (await proxy.counts()).open, { timeout: 5000 }).toBe(stalled);
}
let stalled = 0;

async function meet(starting: Promise<Stranger>): Promise<Stranger> {
  const stranger = await starting;
  strangers.push(stranger);
  return stranger;
}

const secure: Partial<ConnectionSettings> = { tls: { mode: 'require' }, connectTimeoutSeconds: 2 };
const plain: Partial<ConnectionSettings> = { tls: { mode: 'disable' }, connectTimeoutSeconds: 2 };

describe.each([
  ['encrypted', secure],
  ['plain', plain],
])('a stranger on the port, %s', (_, settings) => {
  test.each([
    ['a web server', startHttpStranger, 'not-postgres-http'],
    ['sshd', startSshBannerStranger, 'not-postgres-ssh'],
    [
      'something that greets like MySQL',
      () => startParrot(Buffer.from('J\0\0\0\n8.0.36\0abcdefgh\0\xff\xff', 'latin1')),
      'not-postgres-unknown',
    ],
    [
      'something with the first letter of PostgreSQL’s answer',
      () => startParrot('SMTP ready?\r\n'),
      'not-postgres-unknown',
    ],
    ['something that hangs up', startHangUp, 'connection-reset'],
    ['something that never answers', startBlackhole, 'server-no-answer'],
  ] as const)('%s', async (_name, start, code) => {
    const stranger = await meet(start());
    const problem = await attempt(settingsFor(stranger, settings), {
      password: 'secret that nobody sees',
      dial: trackedDial,
    });
    expect(problem).toMatchObject({ code, values: { port: stranger.port } });
    expect(sockets.filter((socket) => !socket.destroyed)).toEqual([]);
  });
});

describe('reaching', () => {
  test('a closed port', async () => {
    const place = { host: '127.0.0.1', port: await freePort() };
    expect(await attempt(settingsFor(place, plain))).toMatchObject({ code: 'connection-refused', values: place });
  });

  test('a name that does not exist', async () => {
    expect((await attempt(settingsFor({ host: 'no-such-host.invalid', port: 5432 }, plain))).code).toBe(
      'dns-not-found',
    );
  });

  test('a name with IPv6 addresses only, where there is no IPv6', async () => {
    const dial = directDial({
      lookup: () => Promise.reject(new Error('ENOTFOUND')),
      resolve6: () => Promise.resolve(['2001:db8::1']),
    });
    const problem = await attempt(settingsFor({ host: 'db.project.invalid', port: 5432 }, plain), { dial });
    expect(problem).toMatchObject({ code: 'ipv6-only-host', values: { host: 'db.project.invalid' } });
    expect(problem).not.toHaveProperty('fixes');
  });

  test('a server that fills up with half-open logins is not our fault: each phase has an end', async () => {
    for (const after of [0, 1, 200, 1500]) {
      await proxy.change({ fault: { kind: 'stall', after } });
      const problem = await attempt(settingsFor(proxy, { ...secure, connectTimeoutSeconds: 1 }), {
        password: server.superPassword,
        dial: trackedDial,
      });
      stalled += 1;
      expect(problem).toMatchObject({ code: 'server-no-answer', values: { seconds: 1 } });
    }
    await proxy.change({ fault: null });
    await nothingStaysOpen();
  });

  test('a reset in any phase', async () => {
    for (const after of [0, 1, 200, 1500]) {
      await proxy.change({ fault: { kind: 'reset', after } });
      const problem = await attempt(settingsFor(proxy, secure), { password: server.superPassword, dial: trackedDial });
      expect(['connection-reset', 'tls-handshake-failed']).toContain(problem.code);
    }
    await proxy.change({ fault: null });
    await nothingStaysOpen();
  });
});

describe('cancelling', () => {
  const phases: Phase[] = ['dial', 'ssl-answer', 'tls', 'login'];
  test.each(phases)('in the middle of %s leaves no socket open', async (phase) => {
    await proxy.change({ latency: 50 });
    const controller = new AbortController();
    const began = Date.now();
    const settings = settingsFor(proxy, { ...secure, connectTimeoutSeconds: 20 });
    const problem = await attempt(settings, {
      password: server.superPassword,
      signal: controller.signal,
      dial: trackedDial,
      onPhase: (now) => {
        if (now === phase) setTimeout(() => controller.abort(), 10);
      },
    });
    expect(problem.code).toBe('cancelled');
    expect(Date.now() - began).toBeLessThan(3000);
    await proxy.change({ latency: 0 });
    await nothingStaysOpen();
  });

  test('before the start opens nothing', async () => {
    const before = (await proxy.counts()).connections;
    expect((await attempt(settingsFor(proxy, secure), { signal: AbortSignal.abort() })).code).toBe('cancelled');
    expect((await proxy.counts()).connections).toBe(before);
  });

  test('at any moment: 60 logins aborted after 0 to 59 ms', async () => {
    await proxy.change({ latency: 2 });
    for (let ms = 0; ms < 60; ms += 1) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), ms);
      const result = await attempt(settingsFor(proxy, secure), {
        password: server.superPassword,
        signal: controller.signal,
        dial: trackedDial,
      });
      clearTimeout(timer);
      expect(['cancelled', 'connected']).toContain(result.code);
    }
    await nothingStaysOpen();
  });
});

describe('a session over a bad link', () => {
  const open = (queryTimeoutMs: number) =>
    connectPostgres({
      settings: settingsFor(proxy, secure),
      password: server.superPassword,
      dial: directDial(),
      tlsFor: (host) => pgTls({ mode: 'require' }, host, {}),
      signal: new AbortController().signal,
      queryTimeoutMs,
    });

  test('a stall ends the statement and the session', async () => {
    const session = await open(500);
    await proxy.fail('stall');
    await proxy.change({ fault: { kind: 'stall', after: 0 } });
    await expect(session.readable.read('SELECT 1')).rejects.toMatchObject({ problem: { code: 'server-no-answer' } });
    expect((await session.ended)?.code).toBe('connection-lost');
    await session.close();
  });

  test.each(['reset', 'close'] as const)('%s is told as a lost connection', async (kind) => {
    const session = await open(5000);
    const running = session.readable.read('SELECT pg_sleep(30)').catch((error: unknown) => error);
    await delay(100);
    await proxy.fail(kind);
    const error = await running;
    expect(error instanceof ProblemError && error.problem.code).toBe('connection-lost');
    expect((await session.ended)?.code).toBe('connection-lost');
    await session.close();
  });
});
