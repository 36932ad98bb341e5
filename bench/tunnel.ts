import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HostKeys } from '../main/adapters/hostKeys.ts';
import { SshConnections } from '../main/adapters/ssh/connections.ts';
import { RemoteHost } from '../main/adapters/ssh/remoteHost.ts';
import type { SshQuestions } from '../main/adapters/ssh/target.ts';
import { freePort } from '../test/support/ports.ts';
import { startSshd } from '../test/support/sshd.ts';
import { makeSshKey } from '../test/support/sshKeys.ts';
import { median, type Row } from './table.ts';

const megabytes = 256;
const roundTrips = 3000;
const rounds = 7;

/**
 * The app's tunnel, and the streams that the app itself uses without a local port, against OpenSSH's `ssh -L` with its defaults, on
 * the same sshd with its defaults. The tunnel, `ssh`, what is at the far end and what measures are a process each; the app's own
 * streams are measured where they are used, in the process that decrypts. In turns; medians of the rounds. Throughput each way, and
 * the latency that is added to a direct connection.
 */
export async function run(): Promise<{ rows: Row[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-tunnel-'));
  const key = await makeSshKey({});
  const sshd = await startSshd({ users: [{ name: 'tester', keys: [key.publicKey] }] });
  const knownHosts = path.join(folder, 'known_hosts');
  writeFileSync(knownHosts, sshd.knownHosts());
  const children: ChildProcess[] = [];
  const helper = async (...args: string[]): Promise<{ child: ChildProcess; port: number }> => {
    const child = fork(fileURLToPath(import.meta.url), args);
    children.push(child);
    const [port] = (await once(child, 'message')) as [number];
    return { child, port };
  };
  try {
    const { port: direct } = await helper('serve');
    const login = [folder, sshd.host, String(sshd.port), sshd.user.name, key.file, knownHosts, String(direct)];
    const { child: app, port: tunnel } = await helper('tunnel', ...login);
    const { port: rival, cipher } = await startOpenSsh(children, knownHosts, key.file, sshd, direct);
    const ask = async (what: keyof typeof measurements): Promise<number> => {
      app.send(what);
      const [answer] = (await once(app, 'message')) as [number];
      return answer;
    };
    const through = (port: number) => (what: keyof typeof measurements) => measurements[what](() => openPort(port));
    const ways = { tunnel: through(tunnel), dial: ask, rival: through(rival) };
    const names = Object.keys(ways) as (keyof typeof ways)[];
    const results = names.map((name) => ({ name, download: [], upload: [], added: [] }) as Result);
    for (const way of Object.values(ways)) {
      await way('download');
      await way('latency');
    }
    for (let round = 0; round < rounds; round += 1) {
      const base = await through(direct)('latency');
      for (const result of round % 2 === 0 ? results : results.toReversed()) {
        const way = ways[result.name as keyof typeof ways];
        result.download.push(await way('download'));
        result.upload.push(await way('upload'));
        result.added.push((await way('latency')) - base);
      }
    }
    const theirs = results.find(({ name }) => name === 'rival');
    if (theirs === undefined) throw new TypeError('no rival');
    const against = `ssh -L, ${cipher}`;
    return {
      rows: results
        .filter((result) => result !== theirs)
        .flatMap((ours) => {
          const label = ours.name === 'tunnel' ? 'Tunnel (aes128-gcm)' : 'Stream without a local port (aes128-gcm)';
          return [
            row(`${label}, download`, ours.download, theirs.download, 'MB/s', against, '>= 1.2'),
            row(`${label}, upload`, ours.upload, theirs.upload, 'MB/s', against, '>= 1.2'),
            row(`${label}, added latency`, ours.added, theirs.added, 'µs', against, '<= 1.1'),
          ];
        }),
    };
  } finally {
    for (const child of children) child.kill();
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Result = { name: string; download: number[]; upload: number[]; added: number[] };

function row(name: string, ours: number[], rival: number[], unit: string, against: string, goal: string): Row {
  const [mine, theirs] = [median(ours), median(rival)];
  return {
    name,
    ours: `${mine.toFixed(0)} ${unit}`,
    rival: `${theirs.toFixed(0)} ${unit} (${against})`,
    ratio: Number((mine / theirs).toFixed(2)),
    goal,
  };
}

/** `ssh -L` with OpenSSH's defaults, and the cipher that it agreed on. */
async function startOpenSsh(
  children: ChildProcess[],
  knownHosts: string,
  keyFile: string,
  sshd: { host: string; port: number; user: { name: string } },
  target: number,
): Promise<{ port: number; cipher: string }> {
  const port = await freePort();
  const options = ['BatchMode=yes', `UserKnownHostsFile=${knownHosts}`, 'IdentityAgent=none', 'LogLevel=DEBUG1'];
  const child = spawn(
    'ssh',
    [
      ...['-N', '-F', 'none', '-i', keyFile, '-p', String(sshd.port), '-L', `127.0.0.1:${port}:127.0.0.1:${target}`],
      ...options.flatMap((option) => ['-o', option]),
      `${sshd.user.name}@${sshd.host}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  children.push(child);
  let said = '';
  child.stderr.on('data', (text) => {
    said = (said + String(text)).slice(0, 100_000);
  });
  for (let attempt = 0; !(await answers(port)); attempt += 1) {
    if (attempt > 100) throw new Error(`ssh -L does not listen:\n${said}`);
    await delay(100);
  }
  return {
    port,
    cipher: /kex: server->client cipher: (\S+)/.exec(said)?.[1]?.replace('@openssh.com', '') ?? 'unknown',
  };
}

type Open = () => Duplex | Promise<Duplex>;

/** What can be measured over a stream to the far end. Throughput in megabytes per second, latency in microseconds. */
const measurements = { download, upload, latency };

/** Reads into one buffer, so that measuring costs little of the processors that the tunnels need. */
function openPort(port: number): Duplex {
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    allowHalfOpen: true,
    onread: {
      buffer: Buffer.allocUnsafeSlow(256 * 1024),
      callback: (length, bytes) => {
        socket.emit('data', Buffer.from(bytes.buffer, bytes.byteOffset, length));
        return true;
      },
    },
  });
  return socket;
}

async function download(open: Open): Promise<number> {
  const stream = await open();
  const started = performance.now();
  stream.write('g');
  let bytes = 0;
  stream.on('data', (part: Buffer) => {
    bytes += part.length;
  });
  await once(stream, 'end');
  stream.destroy();
  if (bytes !== megabytes * 2 ** 20) throw new Error(`${bytes} bytes came through`);
  return megabytes / ((performance.now() - started) / 1000);
}

async function upload(open: Open): Promise<number> {
  const stream = await open();
  const part = Buffer.alloc(2 ** 20, 7);
  const started = performance.now();
  stream.write('p');
  for (let sent = 0; sent < megabytes; sent += 1) if (!stream.write(part)) await once(stream, 'drain');
  const answered = once(stream, 'data');
  stream.end();
  const [answer] = (await answered) as [Buffer];
  const taken = performance.now() - started;
  if (answer.toString() !== String(megabytes * 2 ** 20)) throw new Error(`${answer} bytes came through`);
  stream.destroy();
  return megabytes / (taken / 1000);
}

/** Median of a round trip of 64 bytes. */
async function latency(open: Open): Promise<number> {
  const stream = await open();
  const message = Buffer.alloc(64, 'e');
  const taken: number[] = [];
  for (let trip = 0; trip < roundTrips; trip += 1) {
    const started = performance.now();
    const answered = once(stream, 'data');
    stream.write(message);
    await answered;
    taken.push((performance.now() - started) * 1000);
  }
  stream.destroy();
  return median(taken);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** What is at the far end: gives bytes, takes bytes, or echoes, by the first byte. */
async function serve(): Promise<number> {
  const part = Buffer.alloc(2 ** 20, 7);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', async (first) => {
      const kind = String.fromCharCode(first[0] ?? 0);
      if (kind === 'g') {
        for (let sent = 0; sent < megabytes; sent += 1)
          if (!socket.write(part)) await once(socket, 'drain').catch(() => undefined);
        socket.end();
      } else if (kind === 'p') {
        let bytes = first.length - 1;
        socket.on('data', (more) => {
          bytes += more.length;
        });
        socket.on('end', () => socket.end(String(bytes)));
      } else {
        socket.write(first);
        socket.pipe(socket);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

async function tunnel(args: string[]): Promise<number> {
  const [folder = '', host = '', port = '', user = '', key = '', knownHosts = '', target = ''] = args;
  const refuse = () => Promise.reject(new Error('nothing should be asked'));
  const questions: SshQuestions = { trustHostKey: refuse, password: refuse, passphrase: refuse, interactive: refuse };
  const connections = new SshConnections({
    hostKeys: new HostKeys(folder),
    questions: () => questions,
    onState: () => undefined,
  });
  const shared = connections.to({
    key: 'bench',
    label: 'bench',
    host,
    port: Number(port),
    user,
    knownHostsFiles: [knownHosts],
    login: { keys: [key], keysOptional: false, agentOnlyNamed: false, agentOptional: false, password: false },
    via: { kind: 'direct' },
  });
  const remote = new RemoteHost('bench', shared);
  const farEnd = { host: '127.0.0.1', port: Number(target) };
  const { signal } = new AbortController();
  const opened = await remote.tunnel(farEnd, signal);
  process.on('message', (what: keyof typeof measurements) => {
    measurements[what](() => remote.dial(farEnd, signal)).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        throw error;
      },
    );
  });
  return opened.port;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [role, ...args] = process.argv.slice(2);
  if (role === 'serve') process.send?.(await serve());
  else if (role === 'tunnel') process.send?.(await tunnel(args));
  else {
    console.table((await run()).rows);
    process.exit(0);
  }
}
