import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from '@playwright/test';
import { electronExecutable, privateEnvironment, rootSwitches } from '../support/electron.ts';

const checkout = path.resolve(import.meta.dirname, '..', '..');

/** Folder of an Electron as it was published: without an app of its own in `resources`. */
async function pristineElectron(): Promise<{ dist: string; version: string }> {
  const dist = path.dirname(await realpath(electronExecutable));
  const version = (await readFile(path.join(dist, 'version'), 'utf8')).trim().replace(/^v/, '');
  const pristine = path.join(dist, '..', 'pristine');
  return { dist: existsSync(path.join(dist, 'resources', 'app')) ? pristine : dist, version };
}

/**
 * Packages what is in `out/` for Linux, unpacked, with the Electron that is installed.
 *
 * @returns the folder that an installer would put on the disk
 */
export async function buildLinuxPackage(output: string): Promise<string> {
  const { dist, version } = await pristineElectron();
  const builder = path.join(checkout, 'node_modules', 'electron-builder', 'cli.js');
  const args = ['--linux', 'dir', '--x64', '--publish', 'never'];
  const settings = [`-c.electronDist=${dist}`, `-c.electronVersion=${version}`, `-c.directories.output=${output}`];
  await promisify(execFile)(process.execPath, [builder, ...args, ...settings], { cwd: checkout });
  return path.join(output, 'linux-unpacked');
}

export type Ended = { code: number | null; output: string };

/** Runs the packaged program until it ends by itself, at most `patience` milliseconds. */
export function runPackaged(
  folder: string,
  args: readonly string[],
  options: { home: string; env?: Record<string, string>; patience?: number },
): Promise<Ended> {
  const child = spawn(path.join(folder, 'aperture-companion'), [...rootSwitches(), ...args], {
    env: { ...privateEnvironment(options.home), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const timer = setTimeout(() => endGroup(child.pid), options.patience ?? 30_000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

export type OpenPackage = { browser: Browser; output(): string; stop(): Promise<void> };

/**
 * Opens the packaged app and attaches to its page over Chromium's own protocol. Playwright's launcher for Electron cannot
 * be used: it inspects the main process, and the fuses forbid that.
 */
export async function openPackaged(folder: string, home: string): Promise<OpenPackage> {
  const args = [...rootSwitches(), '--remote-debugging-port=0'];
  const child = spawn(path.join(folder, 'aperture-companion'), args, {
    env: privateEnvironment(home),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let output = '';
  const address = new Promise<string>((resolve, reject) => {
    const collect = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const found = /DevTools listening on (ws:\/\/\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The packaged app ended with ${code}:\n${output}`)));
  });
  const stop = async () => {
    endGroup(child.pid);
    await exited;
  };
  try {
    const browser = await chromium.connectOverCDP(await address);
    return { browser, output: () => output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // ESRCH: all of it has ended already.
  }
}
