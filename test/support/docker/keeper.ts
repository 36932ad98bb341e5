import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheFolder } from '../postgresInstallation.ts';
import { run } from '../processes.ts';
import { buildImages, restoreImages, serverRepository } from './images.ts';
import { type RegistryBehaviour, startRegistry } from './registry.ts';
import { runFolder } from './runFolder.ts';

// A process of its own that keeps one Docker engine for all test processes of this machine: the first that asks has it
// started, and when the last one's connection closes (however that process ended) the engine is emptied of everything
// but images and, a little later, stopped.

/** Long enough for the next test file to come. */
const linger = 5_000;

/** Storage drivers in the order of preference; the second works on every filesystem, slowly. */
const storageDrivers = ['overlay2', 'vfs'] as const;

const engineSocket = path.join(runFolder, 'docker.sock');
const pidFile = path.join(runFolder, 'docker.pid');
const env = { ...process.env, DOCKER_HOST: `unix://${engineSocket}`, DOCKER_CONFIG: path.join(runFolder, 'config') };
const log = openSync(path.join(runFolder, 'keeper.log'), 'a');

const registry = await startRegistry(env);

interface Client {
  readonly socket: Socket;
  readonly alone: boolean;
}

let engine: ChildProcess | undefined;
const waiting: Client[] = [];
const using = new Set<Client>();
let busy: Promise<unknown> = prepare();
let timer: NodeJS.Timeout | undefined;

const control = path.join(runFolder, 'control.sock');
rmSync(control, { force: true });
createServer((socket) => {
  let text = '';
  let client: Client | undefined;
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as { alone: boolean } | { registry: RegistryBehaviour };
      if ('registry' in message) {
        registry.behave(message.registry);
        socket.write('{}\n');
      } else if (!client) {
        client = { socket, alone: message.alone };
        waiting.push(client);
        clearTimeout(timer);
        void serve();
      }
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (!client) return;
    const index = waiting.indexOf(client);
    if (index >= 0) waiting.splice(index, 1);
    if (using.delete(client) && using.size === 0) busy = busy.then(empty).then(() => restoreImages(env));
    void serve();
  });
}).listen(control);
timer = setTimeout(() => void end(0), 60_000);

async function serve(): Promise<void> {
  try {
    await busy;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    for (const { socket } of waiting) socket.end(`${JSON.stringify({ error: message })}\n`);
    await delay(100);
    await end(1);
  }
  for (let next = waiting[0]; next; next = waiting[0]) {
    const fits = using.size === 0 || (!next.alone && ![...using].some(({ alone }) => alone));
    if (!fits) return;
    waiting.shift();
    using.add(next);
    next.socket.write(`${JSON.stringify({ ready: true })}\n`);
  }
  clearTimeout(timer);
  if (using.size === 0) timer = setTimeout(() => void end(0), linger);
}

async function prepare(): Promise<void> {
  await engineBefore();
  const problems: string[] = [];
  for (const driver of storageDrivers) {
    const problem = await startEngine(driver);
    if (problem === undefined) {
      writeSync(log, `storage driver ${driver}\n`);
      await empty();
      await buildImages(env);
      return;
    }
    problems.push(`${driver}: ${problem}`);
    if (!/graphdriver|storage.driver/i.test(problem)) break;
  }
  throw new Error(`no Docker engine could be started. ${problems.join('; ')}`);
}

/** An engine whose keeper was killed is still ending, and two cannot share a folder. */
async function engineBefore(): Promise<void> {
  const pid = await readFile(pidFile, 'utf8').catch(() => '');
  const running = () => readFile(`/proc/${pid.trim()}/comm`, 'utf8').then((name) => name.trim() === 'dockerd');
  for (let waited = 0; waited < 300 && pid !== '' && (await running().catch(() => false)); waited += 1)
    await delay(100);
  rmSync(pidFile, { force: true });
}

async function startEngine(driver: string): Promise<string | undefined> {
  const data = path.join(cacheFolder, 'docker', driver);
  mkdirSync(data, { recursive: true });
  const logFile = path.join(runFolder, `dockerd-${driver}.log`);
  rmSync(logFile, { force: true });
  const out = openSync(logFile, 'a');
  const address = `http://127.0.0.1:${registry.port}`;
  const options = {
    'data-root': data,
    'exec-root': path.join(runFolder, 'exec'),
    pidfile: pidFile,
    host: `unix://${engineSocket}`,
    group: 'docker',
    'storage-driver': driver,
    // What comes from the server's registry and from Docker's is asked of ours instead.
    'insecure-registry': serverRepository.split('/')[0],
    'registry-mirror': address,
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  // Should this process be killed, the kernel tells the engine to end.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', 'dockerd', ...args], {
    stdio: ['ignore', out, out],
    env: { ...process.env, HTTP_PROXY: address, HTTPS_PROXY: address, NO_PROXY: '127.0.0.1' },
  });
  engine = child;
  let over = false;
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => {
    over = true;
  });
  for (let waited = 0; waited < 300 && !over; waited += 1) {
    if ((await run(['docker', 'version'], { env })).code === 0) return undefined;
    await Promise.race([gone, delay(100)]);
  }
  child.kill('SIGTERM');
  await gone;
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-2).join(' ') || 'it did not start';
}

/** Removes whatever tests left behind. Images stay; making them is what takes time. */
async function empty(): Promise<void> {
  registry.behave({});
  const { stdout } = await run(['docker', 'ps', '--all', '--quiet'], { env });
  const containers = stdout.split('\n').filter(Boolean);
  if (containers.length > 0) await run(['docker', 'rm', '--force', '--volumes', ...containers], { env });
  await run(['docker', 'network', 'prune', '--force'], { env });
  const volumes = (await run(['docker', 'volume', 'ls', '--quiet'], { env })).stdout.split('\n').filter(Boolean);
  if (volumes.length > 0) await run(['docker', 'volume', 'rm', '--force', ...volumes], { env });
}

async function end(code: number): Promise<never> {
  // A client that connects from here on finds nobody, and starts another keeper.
  rmSync(control, { force: true });
  const child = engine;
  if (child && child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await Promise.race([gone, delay(15_000)]);
    if (child.exitCode === null) child.kill('SIGKILL');
  }
  process.exit(code);
}

process.on('SIGTERM', () => void end(0));
process.on('SIGINT', () => void end(0));
process.on('unhandledRejection', (error) => {
  writeSync(log, `${error instanceof Error ? error.stack : error}\n`);
  void end(1);
});
