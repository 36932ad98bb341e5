import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
const rounds = 5;

/**
 * The app's tunnel against OpenSSH's `ssh -L` on the same sshd, each in a process of its own, in turns: throughput each way, and
 * the latency that the tunnel adds to a direct connection. Medians; a ratio above 1 for throughput and below 1 for latency is better.
 */
export async function run(): Promise<{ rows: Row[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-tunnel-'));
  const key = await makeSshKey({});
  const sshd = await startSshd({ users: [{ name: 'tester', keys: [key.publicKey] }] });
  const knownHosts = path.join(folder, 'known_hosts');
  writeFileSync(knownHosts, sshd.knownHosts());
  const children: ChildProcess[] = [];
  const helper = async (...args: string[]): Promise<number> => {
    const child = fork(fileURLToPath(import.meta.url), args);
    children.push(child);
    const [port] = (await once(child, 'message')) as [number];
    return port;
  };
  try {
    const direct = await helper('serve');
    const ours = await helper(
      'tunnel',
      folder,
      sshd.host,
      String(sshd.port),
      sshd.user.name,
      key.file,
      knownHosts,
      String(direct),
    );
    const rival = await freePort();
    children.push(
      spawn('ssh', [
        ...[
          '-N',
          '-F',
          'none',
          '-o',
          'BatchMode=yes',
          '-o',
          `UserKnownHostsFile=${knownHosts}`,
          '-o',
          'IdentityAgent=none',
        ],
        ...[
          '-i',
          key.file,
          '-p',
          String(sshd.port),
          '-L',
          `127.0.0.1:${rival}:127.0.0.1:${direct}`,
          `${sshd.user.name}@${sshd.host}`,
        ],
      ]),
    );
    for (let attempt = 0; !(await answers(rival)); attempt += 1) {
      if (attempt > 100) throw new Error('ssh -L does not listen');
      await delay(100);
    }
    const measured = { down: pair(), up: pair(), added: pair() };
    for (const port of [ours, rival]) {
      await download(port);
      await latency(port);
    }
    for (let round = 0; round < rounds; round += 1) {
      const base = await latency(direct);
      for (const who of round % 2 === 0 ? (['ours', 'rival'] as const) : (['rival', 'ours'] as const)) {
        const port = who === 'ours' ? ours : rival;
        measured.down[who].push(await download(port));
        measured.up[who].push(await upload(port));
        measured.added[who].push((await latency(port)) - base);
      }
    }
    return {
      rows: [
        row('Tunnel, download', measured.down, 'MB/s', '>= 1.2'),
        row('Tunnel, upload', measured.up, 'MB/s', '>= 1.2'),
        row('Tunnel, added latency', measured.added, 'µs', '<= 1.1'),
      ],
    };
  } finally {
    for (const child of children) child.kill();
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Pair = { ours: number[]; rival: number[] };

function pair(): Pair {
  return { ours: [], rival: [] };
}

function row(name: string, { ours, rival }: Pair, unit: string, goal: string): Row {
  const [mine, theirs] = [median(ours), median(rival)];
  return {
    name,
    ours: `${mine.toFixed(0)} ${unit}`,
    rival: `${theirs.toFixed(0)} ${unit} (ssh -L)`,
    ratio: Number((mine / theirs).toFixed(2)),
    goal,
  };
}

/** Megabytes per second. */
async function download(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  const started = performance.now();
  socket.write('g');
  let bytes = 0;
  socket.on('data', (part) => {
    bytes += part.length;
  });
  await once(socket, 'end');
  socket.destroy();
  if (bytes !== megabytes * 2 ** 20) throw new Error(`${bytes} bytes came through`);
  return megabytes / ((performance.now() - started) / 1000);
}

async function upload(port: number): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const part = Buffer.alloc(2 ** 20, 7);
  const started = performance.now();
  socket.write('p');
  for (let sent = 0; sent < megabytes; sent += 1) if (!socket.write(part)) await once(socket, 'drain');
  socket.end();
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  if (answer.toString() !== String(megabytes * 2 ** 20)) throw new Error(`${answer} bytes came through`);
  return megabytes / ((performance.now() - started) / 1000);
}

/** Median of a round trip of 64 bytes, in microseconds. */
async function latency(port: number): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const message = Buffer.alloc(64, 'e');
  const taken: number[] = [];
  for (let trip = 0; trip < roundTrips; trip += 1) {
    const started = performance.now();
    socket.write(message);
    await once(socket, 'data');
    taken.push((performance.now() - started) * 1000);
  }
  socket.destroy();
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
  const opened = await new RemoteHost('bench', shared).tunnel(
    { host: '127.0.0.1', port: Number(target) },
    new AbortController().signal,
  );
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
