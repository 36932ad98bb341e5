import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type Server } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../../main/adapters/host.ts';
import { LocalHost } from '../../../main/adapters/localHost.ts';
import { SshConnections } from '../../../main/adapters/ssh/connections.ts';
import { RemoteHost } from '../../../main/adapters/ssh/remoteHost.ts';
import { exists, until } from '../../support/processes.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { Answers, homeWith, never, problemOf, targetOf } from './harness.ts';

let key: SshKey;
let sshd: Sshd;
let all: SshConnections;
let remote: Host;
const local: Host = new LocalHost('this computer');

beforeAll(async () => {
  key = await makeSshKey({});
  sshd = await startSshd({ users: [{ name: 'root', keys: [key.publicKey] }] });
  ({ all, host: remote } = hostOn(sshd));
});
afterAll(() => all.close());

function hostOn(server: Sshd, limits = {}) {
  const home = homeWith(server.knownHosts());
  const connections = new SshConnections({
    hostKeys: home.hostKeys,
    questions: () => new Answers(),
    onState: () => undefined,
    limits,
  });
  const target = targetOf(server, { keys: [key.file] }, { knownHostsFiles: home.knownHostsFiles });
  return {
    all: connections,
    target,
    shared: connections.to(target),
    host: new RemoteHost('nas', connections.to(target)),
  };
}

describe.each([
  ['over SSH', () => remote],
  ['this computer', () => local],
])('commands, %s', (_name, host) => {
  test('arguments, input, output, exit code', async () => {
    const awkward = [
      '',
      ' ',
      "it's",
      '"',
      '\\',
      '\\\\n',
      '$HOME',
      '`id`',
      '*',
      '!x',
      'two\nlines',
      'ünï',
      '-n',
      "\\'",
      'a=b',
      '#',
      '~',
    ];
    const result = await host().run(['printf', '%s\\0', ...awkward], { signal: never });
    expect(result.stdout.split('\0').slice(0, -1)).toEqual(awkward);
    const both = await host().run(['sh', '-c', 'cat; echo complaint >&2; exit 3'], { signal: never, stdin: 'in\n' });
    expect(both).toEqual({ exitCode: 3, signal: null, stdout: 'in\n', stderr: 'complaint\n' });
  });

  test('the exit code that comes long after the end of the output is not lost', async () => {
    const result = await host().run(['sh', '-c', 'echo x; exec >&- 2>&-; sleep 0.3; exit 5'], { signal: never });
    expect(result).toMatchObject({ exitCode: 5, stdout: 'x\n' });
  });

  test('environment reaches the command and nothing else', async () => {
    const env = { SECRET_ONE: 'a\'b"c\\d\nsecond line $HOME `id`', SECRET_TWO: '' };
    const script =
      'printf "%s|%s|" "$SECRET_ONE" "$SECRET_TWO"; cat; tr "\\0" "\\n" </proc/$PPID/cmdline; tr "\\0" " " </proc/$$/cmdline';
    const { stdout } = await host().run(['sh', '-c', script], { signal: never, env, stdin: 'input|' });
    expect(stdout.startsWith(`${env.SECRET_ONE}||input|`)).toBe(true);
    expect(stdout.split('input|')[1]).not.toContain('second line');
  });

  test('a missing program is told from a failing one', async () => {
    const problem = await problemOf(host().run(['no-such-program-here'], { signal: never }));
    expect(problem).toMatchObject({ code: 'command-missing', values: { command: 'no-such-program-here' } });
    expect((await host().run(['sh', '-c', 'exit 127'], { signal: never })).exitCode).toBe(127);
  });

  test('output over the limit is cut off, the command still ends', async () => {
    const result = await host().run(['sh', '-c', 'head -c 5000000 /dev/zero; echo done >&2'], {
      signal: never,
      maxOutput: 1000,
    });
    expect(result).toMatchObject({ exitCode: 0, stderr: 'done\n' });
    expect(result.stdout).toHaveLength(1000);
  });

  test('cancelled and timed out commands are ended', async () => {
    const controller = new AbortController();
    const file = path.join(supportFolder('pid'), 'pid');
    const running = host().run(['sh', '-c', `echo $$ >${file}; exec sleep 1000`], { signal: controller.signal });
    running.catch(() => undefined);
    await until(
      () => existsSync(file) && readFileSync(file, 'utf8') !== '',
      5_000,
      () => 'not started',
    );
    controller.abort();
    expect((await problemOf(running)).code).toBe('cancelled');
    expect(exists(Number(readFileSync(file, 'utf8')))).toBe(false);
    expect(await problemOf(host().run(['sleep', '1000'], { signal: never, timeout: 300 }))).toMatchObject({
      code: 'command-timed-out',
      values: { command: 'sleep', seconds: 0.3 },
    });
  });

  test('end: terminates, then kills what does not listen', async () => {
    const listening = await host().start(['sleep', '1000'], { signal: never });
    expect(await listening.end()).toBe('terminated');
    expect((await listening.done).signal).toBe('SIGTERM');
    const deaf = await host().start(['sh', '-c', 'trap "" TERM; echo ready; while :; do sleep 0.2; done'], {
      signal: never,
    });
    await once(deaf.stdout, 'data');
    expect(await deaf.end()).toBe('killed');
  });

  test('files: read, limit, write with mode, nothing left over', async () => {
    const folder = supportFolder('files');
    const file = path.join(folder, "it's a file");
    const content = randomBytes(300_000);
    await host().writeFile(file, content, { signal: never, mode: 0o640 });
    expect(readFileSync(file).equals(content)).toBe(true);
    expect((await host().run(['stat', '-c', '%a', file], { signal: never })).stdout).toBe('640\n');
    expect((await host().readFile(file, { signal: never, maxBytes: 300_000 })).equals(content)).toBe(true);
    expect((await problemOf(host().readFile(file, { signal: never, maxBytes: 299_999 }))).code).toBe('file-unreadable');
    expect((await problemOf(host().readFile(`${file}.no`, { signal: never, maxBytes: 10 }))).code).toBe(
      'file-unreadable',
    );
    expect((await problemOf(host().writeFile('/proc/nowhere', content, { signal: never, mode: 0o600 }))).code).toBe(
      'store-unwritable',
    );
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

test('a command ends when the connection under it breaks', async () => {
  const mine = hostOn(sshd);
  const file = path.join(supportFolder('pid'), 'pid');
  const command = await mine.host.start(['sh', '-c', `echo $$ >${file}; exec sleep 1000`], { signal: never });
  await until(
    () => existsSync(file) && readFileSync(file, 'utf8') !== '',
    5_000,
    () => 'not started',
  );
  const pid = Number(readFileSync(file, 'utf8'));
  expect(exists(pid)).toBe(true);
  mine.all.close();
  expect((await problemOf(command.done)).code).toBe('ssh-connection-lost');
  await until(
    () => !exists(pid),
    10_000,
    () => 'the command outlived its connection',
  );
});

describe('streams and tunnels', () => {
  let echo: Server;
  let port: number;
  const payload = randomBytes(100 * 1024 * 1024);
  let sink: { bytes: Buffer[] };

  beforeAll(async () => {
    sink = { bytes: [] };
    echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (first) => {
        switch (first.toString('utf8', 0, 1)) {
          case 'g':
            socket.end(payload);
            break;
          case 'p':
            socket.on('data', (bytes) => sink.bytes.push(bytes));
            socket.on('end', () => socket.end('thanks'));
            if (first.length > 1) sink.bytes.push(first.subarray(1));
            break;
          default:
            socket.write(first);
            socket.pipe(socket);
        }
      });
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    port = (echo.address() as { port: number }).port;
  });
  afterAll(() => echo.close());

  async function everything(stream: Duplex): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts);
  }

  test('100 MB each way through a tunnel, byte for byte; the port is gone afterwards', async () => {
    const tunnel = await remote.tunnel({ host: '127.0.0.1', port }, never);
    expect(tunnel.host).toBe('127.0.0.1');
    const down = connectTcp(tunnel.port, tunnel.host);
    down.write('g');
    expect((await everything(down)).equals(payload)).toBe(true);
    sink.bytes = [];
    const up = connectTcp({ port: tunnel.port, host: tunnel.host, allowHalfOpen: true });
    up.write('p');
    up.end(payload);
    expect((await everything(up)).toString()).toBe('thanks');
    expect(Buffer.concat(sink.bytes).equals(payload)).toBe(true);
    await tunnel.close();
    const refused = connectTcp(tunnel.port, tunnel.host);
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('the tunnel closes with its owner', async () => {
    const owner = new AbortController();
    const tunnel = await remote.tunnel({ host: '127.0.0.1', port }, owner.signal);
    const socket = connectTcp(tunnel.port, tunnel.host);
    await once(socket, 'connect');
    owner.abort();
    await once(socket, 'close');
    const refused = connectTcp(tunnel.port, tunnel.host);
    await once(refused, 'error');
  });

  test('50 streams at once over one connection', async () => {
    const mine = hostOn(sshd);
    const streams = await Promise.all(
      Array.from({ length: 50 }, () => mine.host.dial({ host: '127.0.0.1', port }, never)),
    );
    expect(mine.shared.connections).toBe(1);
    const answers = await Promise.all(
      streams.map(async (stream, index) => {
        stream.write(`echo ${index}`);
        const [answer] = (await once(stream, 'data')) as [Buffer];
        stream.destroy();
        return answer.toString();
      }),
    );
    expect(answers).toEqual(streams.map((_, index) => `echo ${index}`));
    mine.all.close();
  });

  test('Unix sockets', async () => {
    const socketPath = path.join(supportFolder('unix'), 'socket');
    const server = createServer((socket) => socket.end('from a socket')).listen(socketPath);
    await once(server, 'listening');
    expect((await everything(await remote.openStream(socketPath, never))).toString()).toBe('from a socket');
    server.close();
  });

  test('a target that refuses is told from a server that forbids forwarding', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port: closedPort } = closed.address() as { port: number };
    closed.close();
    const refused = await problemOf(remote.dial({ host: '127.0.0.1', port: closedPort }, never));
    expect(refused).toMatchObject({ code: 'ssh-target-refused', values: { target: `127.0.0.1:${closedPort}` } });
    const strict = await startSshd({
      users: [{ name: 'root', keys: [key.publicKey] }],
      settings: { AllowTcpForwarding: 'no' },
    });
    const forbidden = hostOn(strict);
    expect((await problemOf(forbidden.host.dial({ host: '127.0.0.1', port }, never))).code).toBe(
      'ssh-forwarding-refused',
    );
    forbidden.all.close();
    await strict.stop();
  });

  test('a rekey in the middle of the data loses nothing', async () => {
    const rekeying = await startSshd({
      users: [{ name: 'root', keys: [key.publicKey] }],
      settings: { RekeyLimit: '4M' },
    });
    const mine = hostOn(rekeying);
    const stream = await mine.host.dial({ host: '127.0.0.1', port }, never);
    stream.write('g');
    expect((await everything(stream)).equals(payload)).toBe(true);
    mine.all.close();
    await rekeying.stop();
  });
});

describe('sessions', () => {
  test('20 commands at once where the server allows two', async () => {
    const narrow = await startSshd({ users: [{ name: 'root', keys: [key.publicKey] }], settings: { MaxSessions: 2 } });
    const mine = hostOn(narrow);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => mine.host.run(['echo', String(index)], { signal: never })),
    );
    expect(results.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}\n`));
    mine.all.close();
    await narrow.stop();
  });

  test('long commands do not keep short ones waiting: another connection is opened', async () => {
    const narrow = await startSshd({ users: [{ name: 'root', keys: [key.publicKey] }], settings: { MaxSessions: 1 } });
    const mine = hostOn(narrow, { sessionWait: 300 });
    const long = await mine.host.start(['sleep', '1000'], { signal: never });
    expect((await mine.host.run(['echo', 'short'], { signal: never })).stdout).toBe('short\n');
    expect(mine.shared.connections).toBe(2);
    await long.end();
    mine.all.close();
    await narrow.stop();
  });

  test('a server that allows no session says so, and forwards all the same', async () => {
    const none = await startSshd({ users: [{ name: 'root', keys: [key.publicKey] }], settings: { MaxSessions: 0 } });
    const mine = hostOn(none);
    expect((await problemOf(mine.host.run(['true'], { signal: never }))).code).toBe('ssh-session-limit');
    mine.all.close();
    await none.stop();
  });

  test('many at once log in once, whatever MaxStartups allows', async () => {
    const narrow = await startSshd({
      users: [{ name: 'root', keys: [key.publicKey] }],
      settings: { MaxStartups: '1:100:1' },
    });
    const mine = hostOn(narrow);
    await Promise.all(Array.from({ length: 12 }, () => mine.host.run(['true'], { signal: never })));
    expect(narrow.log().match(/Accepted publickey/g)).toHaveLength(1);
    expect(mine.shared.connections).toBe(1);
    mine.all.close();
    await narrow.stop();
  });

  test('an unused connection is closed after a while, and made again when needed', async () => {
    const mine = hostOn(sshd, { idle: 200 });
    await mine.host.run(['true'], { signal: never });
    expect(mine.shared.connections).toBe(1);
    await delay(500);
    expect(mine.shared.connections).toBe(0);
    expect((await mine.host.run(['echo', 'again'], { signal: never })).stdout).toBe('again\n');
    mine.all.close();
  });
});
