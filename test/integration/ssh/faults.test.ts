import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultTiming } from '../../../main/adapters/ssh/connection.ts';
import { SshConnections } from '../../../main/adapters/ssh/connections.ts';
import { RemoteHost } from '../../../main/adapters/ssh/remoteHost.ts';
import type { RouteState } from '../../../main/adapters/ssh/sharedConnection.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { freePort } from '../../support/ports.ts';
import { until } from '../../support/processes.ts';
import { startProxy } from '../../support/proxy.ts';
import { randomFrom, seedOf } from '../../support/seed.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { Answers, homeWith, never, problemOf, targetOf } from './harness.ts';

let key: SshKey;
let sshd: Sshd;
const unexpected: unknown[] = [];
const note = (error: unknown) => unexpected.push(error);

beforeAll(async () => {
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  key = await makeSshKey({});
  sshd = await startSshd({ users: [{ name: 'root', keys: [key.publicKey] }], settings: { MaxStartups: 100 } });
});
afterAll(() => {
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
  expect(unexpected).toEqual([]);
});

function hostAt(
  at: { host: string; port: number },
  more: Partial<ConstructorParameters<typeof SshConnections>[0]> = {},
) {
  const home = homeWith(sshd.knownHosts().replaceAll(`:${sshd.port}`, `:${at.port}`));
  const states: RouteState[] = [];
  const answers = new Answers();
  const all = new SshConnections({
    hostKeys: home.hostKeys,
    questions: () => answers,
    onState: (_target, state) => states.push(state),
    limits: { backoff: 50 },
    ...more,
  });
  const target = targetOf({ ...at, user: sshd.user }, { keys: [key.file] }, { knownHostsFiles: home.knownHostsFiles });
  const shared = all.to(target);
  return { all, shared, states, host: new RemoteHost('nas', shared) };
}

describe('what does not answer as an SSH server', () => {
  const code = async (at: { host: string; port: number }, more = {}) => {
    const mine = hostAt(at, more);
    const problem = await problemOf(mine.shared.connect(never));
    mine.all.close();
    return problem;
  };
  async function serverThat(
    greet: (socket: import('node:net').Socket) => void,
  ): Promise<{ server: Server; at: { host: string; port: number } }> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      greet(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, at: { host: '127.0.0.1', port: (server.address() as { port: number }).port } };
  }

  test('nothing there, unknown name', async () => {
    expect((await code({ host: '127.0.0.1', port: await freePort() })).code).toBe('ssh-connection-refused');
    expect((await code({ host: 'no-such-host.invalid', port: 22 })).code).toBe('ssh-dns-not-found');
  });

  test('a web server', async () => {
    const web = await serverThat((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')),
    );
    expect(await code(web.at)).toMatchObject({ code: 'ssh-not-ssh', values: { found: 'HTTP/1.1 400 Bad Request' } });
    web.server.close();
  });

  test('something silent', async () => {
    const silent = await serverThat(() => undefined);
    expect((await code(silent.at, { timing: { handshake: 500 } })).code).toBe('ssh-timeout');
    silent.server.close();
  });

  test('something that closes at once', async () => {
    const closing = await serverThat((socket) => socket.end());
    expect((await code(closing.at)).code).toBe('ssh-connection-lost');
    closing.server.close();
  });

  test('an old server without a common algorithm', async () => {
    const old = await startSshd({
      users: [{ name: 'root', keys: [key.publicKey] }],
      settings: { KexAlgorithms: 'diffie-hellman-group1-sha1' },
    });
    const mine = hostAt(old);
    expect(await problemOf(mine.shared.connect(never))).toMatchObject({
      code: 'ssh-no-common-algorithm',
      values: { kind: 'key exchange algorithm' },
    });
    mine.all.close();
    await old.stop();
  });

  test('cancelled while connecting', async () => {
    const silent = await serverThat(() => undefined);
    const mine = hostAt(silent.at);
    const controller = new AbortController();
    const attempt = problemOf(mine.shared.connect(controller.signal));
    setTimeout(() => controller.abort(), 100);
    expect((await attempt).code).toBe('cancelled');
    mine.all.close();
    silent.server.close();
  });
});

describe('a link that fails', () => {
  test('by default a dead one is noticed within 45 seconds', () => {
    // Silence is counted in sevenths of `deadAfter`; one more may pass before the count begins.
    expect((defaultTiming.deadAfter / 7) * 8).toBeLessThanOrEqual(45_000);
    // Several pings fit in, so that one lost answer is not the end.
    expect(defaultTiming.deadAfter / defaultTiming.ping).toBeGreaterThanOrEqual(3);
  });

  test('stalled: noticed in time, what ran over it fails, a quiet one stays', async () => {
    const proxy = await startProxy({ target: sshd });
    const mine = hostAt(proxy, { timing: { ping: 100, deadAfter: 700 } });
    const command = await mine.host.start(['sleep', '1000'], { signal: never });
    await delay(2_000);
    expect(mine.shared.connections).toBe(1);
    const since = performance.now();
    await proxy.fail('stall');
    expect((await problemOf(command.done)).code).toBe('ssh-connection-lost');
    expect(performance.now() - since).toBeLessThan(700 * (8 / 7) + 600);
    mine.all.close();
    await proxy.stop();
  });

  test.each(['reset', 'close'] as const)(
    '%s: streams fail with the reason instead of ending, the next use connects again',
    async (kind) => {
      const proxy = await startProxy({ target: sshd });
      const mine = hostAt(proxy);
      const command = await mine.host.start(['sh', '-c', 'echo begun; exec sleep 1000'], { signal: never });
      const failed = once(command.stdout as NodeJS.ReadableStream, 'end').then(
        () => 'ended',
        (error: unknown) => (error instanceof ProblemError ? error.problem.code : error),
      );
      await once(command.stdout, 'data');
      await proxy.fail(kind);
      expect(await failed).toBe('ssh-connection-lost');
      expect((await mine.host.run(['echo', 'again'], { signal: never })).stdout).toBe('again\n');
      mine.all.close();
      await proxy.stop();
    },
  );

  test('sshd restarts: a tunnel that is held comes back by itself, and says so', async () => {
    const restarting = await startSshd({ users: [{ name: 'root', keys: [key.publicKey] }] });
    const home = homeWith(restarting.knownHosts());
    const states: RouteState[] = [];
    const all = new SshConnections({
      hostKeys: home.hostKeys,
      questions: () => new Answers(),
      onState: (_target, state) => states.push(state),
      limits: { backoff: 100 },
    });
    const host = new RemoteHost(
      'nas',
      all.to(targetOf(restarting, { keys: [key.file] }, { knownHostsFiles: home.knownHostsFiles })),
    );
    const tunnel = await host.tunnel({ host: '127.0.0.1', port: restarting.port }, never);
    expect(states).toEqual([{ state: 'connected', attempt: 0 }]);
    await restarting.stop();
    await until(
      () => states.some(({ attempt }) => attempt >= 2),
      10_000,
      () => JSON.stringify(states),
    );
    await restarting.start();
    await until(
      () => states.at(-1)?.state === 'connected',
      20_000,
      () => JSON.stringify(states),
    );
    expect(states.slice(1, -1).every(({ state }) => state === 'reconnecting')).toBe(true);
    // The server's own port, through the tunnel: it greets.
    const { connect } = await import('node:net');
    const socket = connect(tunnel.port, tunnel.host);
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    expect(greeting.toString()).toMatch(/^SSH-2\.0-OpenSSH/);
    socket.destroy();
    await tunnel.close();
    all.close();
    await restarting.stop();
  });

  test('reconnecting stops when only somebody can help', async () => {
    const changing = await startSshd({ users: [{ name: 'root', keys: [key.publicKey] }] });
    const home = homeWith(changing.knownHosts());
    const states: RouteState[] = [];
    const all = new SshConnections({
      hostKeys: home.hostKeys,
      questions: () => new Answers(),
      onState: (_target, state) => states.push(state),
      limits: { backoff: 50 },
    });
    const shared = all.to(targetOf(changing, { keys: [key.file] }, { knownHostsFiles: home.knownHostsFiles }));
    const release = shared.hold();
    await shared.connect(never);
    await changing.changeHostKeys();
    await until(
      () => states.at(-1)?.state === 'disconnected',
      20_000,
      () => JSON.stringify(states),
    );
    expect((await problemOf(shared.connect(never))).code).toBe('ssh-host-key-changed');
    release();
    all.close();
    await changing.stop();
  });
});

test('connections that break at any moment: everything rejects or ends, nothing crashes, and it works afterwards', async () => {
  const seed = seedOf();
  console.log(`seed of the faults: ${seed} (COMPANION_SEED)`);
  const random = randomFrom(seed);
  const echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = echo.address() as { port: number };
  for (let round = 0; round < 25; round += 1) {
    // From inside the greeting, over the key exchange and the login, to the middle of the data.
    const after = Math.floor(random() ** 2 * 60_000);
    const kind = (['reset', 'close', 'half-close'] as const)[Math.floor(random() * 3)] ?? 'reset';
    const of = random() < 0.5 ? ('client' as const) : ('server' as const);
    const proxy = await startProxy({ target: sshd, fault: { kind, after, of } });
    const mine = hostAt(proxy, { timing: { ping: 100, deadAfter: 1_400, handshake: 3_000 } });
    const work = [
      mine.host.run(['sh', '-c', 'cat | wc -c'], { signal: never, stdin: 'x'.repeat(20_000) }),
      mine.host.readFile('/etc/passwd', { signal: never, maxBytes: 1_000_000 }),
      mine.host.dial({ host: '127.0.0.1', port }, never).then(async (stream) => {
        stream.write(randomBytes(50_000));
        for await (const bytes of stream) if ((bytes as Buffer).length > 0) stream.end();
      }),
    ];
    const outcomes = await Promise.race([Promise.allSettled(work), delay(20_000, undefined)]);
    expect(outcomes, `round ${round}: ${kind} after ${after} bytes of the ${of} hangs, seed ${seed}`).toBeDefined();
    await proxy.change({ fault: null });
    await proxy.fail('reset');
    // A command that is sent into a connection that has just broken fails: it may have run, so nobody sends it twice.
    const well = () => mine.host.run(['echo', 'well'], { signal: never });
    expect((await well().catch(well)).stdout).toBe('well\n');
    mine.all.close();
    await proxy.stop();
  }
  echo.close();
  expect(unexpected).toEqual([]);
}, 180_000);
