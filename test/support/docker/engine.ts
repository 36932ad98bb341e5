import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../postgresInstallation.ts';
import { type Finished, mustRun, type RunOptions, run } from '../processes.ts';
import type { RegistryBehaviour } from './registry.ts';
import { runFolder } from './runFolder.ts';

/** Which of Docker's programs a user has: none, without Compose, with the plug-in `docker compose`, with `docker-compose`. */
export type DockerPrograms = 'none' | 'without compose' | 'v2' | 'v1';

/** A Docker engine for tests, with the images of `images.ts` in it and no way to any other image. */
export interface Docker {
  /** Path of the engine's socket: root and the group `docker` may use it. */
  readonly socket: string;
  /** Environment for programs that are to find this engine, with the programs asked for and no others. */
  env(programs?: DockerPrograms): NodeJS.ProcessEnv;
  /** Runs `docker` with the arguments, to its end. Raises when it fails. */
  docker(...args: readonly string[]): Promise<string>;
  /** Runs `docker` with the arguments, to its end, and says how it ended. */
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Program and first arguments of Compose in either version. */
  readonly compose: { readonly v1: readonly ['docker-compose']; readonly v2: readonly ['docker', 'compose'] };
  /** Takes images away from the engine, so that pulling them is work. Only for who is alone. */
  forgetImages(...images: readonly string[]): Promise<void>;
  /** How the registry behaves from now on, to the end of the use; without a word it is quick and without faults. */
  registry(behaviour: RegistryBehaviour): Promise<void>;
  /** Gives it back. When nobody uses it any more, containers, networks and volumes are removed and the engine is stopped. */
  release(): Promise<void>;
}

const keeperProgram = fileURLToPath(new URL('./keeper.ts', import.meta.url));
const control = path.join(runFolder, 'control.sock');
/** Compose v2. */
export const composePlugin = path.join(cacheFolder, 'docker-tools/usr/libexec/docker/cli-plugins/docker-compose');

/** Whether tests with Docker can run here: the environment script lists what is missing otherwise. */
export const dockerCanBeHad =
  process.getuid?.() === 0 && existsSync('/usr/sbin/dockerd') && existsSync(composePlugin) && !otherEngineAnswers();

/** An engine of the machine's own, whose networks a second one would disturb. */
function otherEngineAnswers(): boolean {
  const socket = '/var/run/docker.sock';
  return existsSync(socket) && spawnSync('docker', ['-H', `unix://${socket}`, 'version']).status === 0;
}

/**
 * Has an engine of the tests' own started, or shares the one that runs. It ends by itself after its last user, however
 * that one ends. The first time on a machine the images are made (half a minute), so give the hook time.
 *
 * @param options `alone` waits until nobody else uses it and keeps others out: for tests that need a fixed container
 *   name or port, or stop the engine
 */
export async function startDocker(options: { alone?: boolean } = {}): Promise<Docker> {
  mkdirSync(runFolder, { recursive: true });
  chmodSync(runFolder, 0o755);
  const connection = await askKeeper({ alone: options.alone ?? false });
  const socket = path.join(runFolder, 'docker.sock');
  const env = (programs: DockerPrograms = 'v2'): NodeJS.ProcessEnv => ({
    ...process.env,
    PATH: folderOfPrograms(programs),
    DOCKER_CONFIG: folderOfPlugins(programs),
    DOCKER_HOST: `unix://${socket}`,
  });
  return {
    socket,
    env,
    docker: async (...args) => (await mustRun(['docker', ...args], { env: env() })).stdout,
    run: (args, runOptions) => run(['docker', ...args], { env: env(), ...runOptions }),
    compose: { v1: ['docker-compose'], v2: ['docker', 'compose'] },
    forgetImages: async (...images) => {
      await mustRun(['docker', 'rmi', '--force', ...images], { env: env() });
    },
    registry: async (behaviour) => {
      connection.ref();
      await ask(connection, { registry: behaviour });
      connection.unref();
    },
    release: async () => {
      connection.destroy();
    },
  };
}

/** The connection is the use: the keeper takes its end as the end of the use. */
async function askKeeper(request: { alone: boolean }): Promise<Socket> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const socket = await connectTo(control);
    const answer = socket && (await ask(socket, request));
    if (socket && answer) {
      if (answer.error !== undefined) throw new Error(answer.error);
      // What is only kept open must not keep the process from ending.
      socket.unref();
      return socket;
    }
    if (attempt % 20 === 0) startKeeper();
    await delay(100);
  }
  throw new Error(`the keeper of Docker does not answer; see ${path.join(runFolder, 'keeper.log')}`);
}

/** The lock, which the kernel gives back however its holder ends, lets only one of them live. */
function startKeeper(): void {
  const log = openSync(path.join(runFolder, 'keeper.log'), 'a');
  const lock = path.join(runFolder, 'lock');
  spawn('flock', ['--nonblock', '--no-fork', lock, process.execPath, keeperProgram], {
    detached: true,
    cwd: '/',
    // The engine's own programs keep files there: it may outlive whoever starts it, and that one's temporary folders.
    env: { ...process.env, XDG_RUNTIME_DIR: undefined, TMPDIR: undefined },
    stdio: ['ignore', log, log],
  }).unref();
}

function connectTo(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

function ask(socket: Socket, request: object): Promise<{ error?: string } | undefined> {
  return new Promise((resolve) => {
    // Each answer is one short line, so it comes as a whole.
    socket.setEncoding('utf8').once('data', (line: string) => resolve(JSON.parse(line) as { error?: string }));
    socket.on('error', () => undefined);
    // It was just ending: ask again.
    socket.once('close', () => resolve(undefined));
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

const hidden = /^docker/;

/** Names of the programs by what is asked for. */
export const shownPrograms: Record<DockerPrograms, readonly string[]> = {
  none: [],
  'without compose': ['docker'],
  v2: ['docker'],
  v1: ['docker', 'docker-compose'],
};

/** A folder with all of this machine's programs, of Docker's only those asked for. */
function folderOfPrograms(programs: DockerPrograms): string {
  const folder = path.join(runFolder, 'programs', programs.replaceAll(' ', '-'));
  if (existsSync(folder)) return folder;
  const making = `${folder}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  const shown = shownPrograms[programs];
  for (const bin of ['/usr/sbin', '/usr/bin']) {
    for (const name of readdirSync(bin)) {
      if (hidden.test(name) && !shown.includes(name)) continue;
      rmSync(path.join(making, name), { force: true });
      symlinkSync(path.join(bin, name), path.join(making, name));
    }
  }
  finish(making, folder);
  return folder;
}

/** Docker's own settings: empty but for the plug-in, which is looked for there. */
function folderOfPlugins(programs: DockerPrograms): string {
  const folder = path.join(runFolder, 'settings', programs === 'v2' ? 'v2' : 'plain');
  if (existsSync(folder)) return folder;
  const making = `${folder}.${process.pid}`;
  mkdirSync(path.join(making, 'cli-plugins'), { recursive: true });
  if (programs === 'v2') symlinkSync(composePlugin, path.join(making, 'cli-plugins/docker-compose'));
  finish(making, folder);
  return folder;
}

/** Several test processes may do this at a time; one of them wins and it is the same for all. */
function finish(making: string, folder: string): void {
  try {
    renameSync(making, folder);
  } catch {
    rmSync(making, { recursive: true, force: true });
  }
}
