// node scripts/session.mjs <command> [arguments]
// Runs a command in a desktop session of its own: a virtual display, a session bus, an unlocked keychain and a private
// home folder. Nothing of the user's own session is seen or changed. Only Linux has such a session; elsewhere the
// command runs as it is.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder } from './environment/paths.mjs';
import { run, toolEnvironment } from './environment/run.mjs';
import { forwardSignals } from './forwardSignals.mjs';

const START_TIMEOUT = 20_000;

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [extra] environment variables for the command
 * @returns {Promise<number>} exit code of the command
 */
export async function inSession(command, args, extra = {}) {
  if (process.platform !== 'linux')
    return exitCode(spawn(command, args, { stdio: inherit, env: toolEnvironment(extra) }));

  const home = mkdtempSync(path.join(tmpdir(), 'aperture-companion-session-'));
  const runtime = path.join(home, 'runtime');
  mkdirSync(runtime, { mode: 0o700 });
  const env = toolEnvironment({
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_DATA_HOME: path.join(home, '.local', 'share'),
    XDG_STATE_HOME: path.join(home, '.local', 'state'),
    XDG_RUNTIME_DIR: runtime,
    // The servers and tools that were set up for the tests stay where they are.
    XDG_CACHE_HOME: path.dirname(cacheFolder),
    NO_AT_BRIDGE: '1',
    ...extra,
  });
  for (const name of ['WAYLAND_DISPLAY', 'XAUTHORITY', 'SSH_AUTH_SOCK', 'GNOME_KEYRING_CONTROL']) delete env[name];

  /** @type {import('node:child_process').ChildProcess[]} */
  const servers = [];
  const start = (program, programArgs, stdio) => {
    const child = spawn(program, programArgs, { env, stdio, detached: true });
    child.on('error', () => undefined);
    servers.push(child);
    return child;
  };
  try {
    const display = start(
      'Xvfb',
      ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp', '-noreset'],
      ['ignore', 'ignore', 'ignore', 'pipe'],
    );
    env.DISPLAY = `:${await firstLine(display, 3, 'Xvfb')}`;
    const bus = start(
      'dbus-daemon',
      ['--session', '--nofork', '--print-address=3'],
      ['ignore', 'ignore', 'ignore', 'pipe'],
    );
    env.DBUS_SESSION_BUS_ADDRESS = await firstLine(bus, 3, 'dbus-daemon');
    const keyring = start(
      'gnome-keyring-daemon',
      ['--foreground', '--unlock', '--components=secrets'],
      ['pipe', 'ignore', 'ignore'],
    );
    keyring.stdin?.end(randomBytes(16).toString('hex'));
    await secretServiceAnswers(keyring, env);
    return await exitCode(spawn(command, args, { stdio: inherit, env }));
  } finally {
    for (const server of servers.reverse()) endGroup(server);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

const inherit = ['ignore', 'inherit', 'inherit'];

/** Exit code of a child in the shell's way (128 + signal); interrupting this process interrupts the child first. */
function exitCode(child) {
  forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

function firstLine(child, descriptor, name) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} did not start within 20 s`)), START_TIMEOUT);
    let text = '';
    child.stdio[descriptor].on('data', (chunk) => {
      text += chunk;
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text.split('\n')[0].trim());
    });
    child.once('error', (error) => reject(new Error(`${name} could not be started: ${error.message}`)));
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
}

// Asked any earlier, the bus would start a second, locked keyring by activation.
async function secretServiceAnswers(keyring, env) {
  const ask = ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'];
  const until = Date.now() + START_TIMEOUT;
  while (Date.now() < until) {
    if (keyring.exitCode !== null) throw new Error(`gnome-keyring-daemon ended with ${keyring.exitCode}`);
    const answer = await run(
      'dbus-send',
      [...ask, 'org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets'],
      { env },
    );
    if (answer.output.includes('boolean true')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('gnome-keyring-daemon offered no secret service within 20 s');
}

function endGroup(child) {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGTERM');
  } catch {
    // ESRCH: it has ended already.
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [command, ...args] = process.argv.slice(2);
  if (!command) {
    console.error('Usage: node scripts/session.mjs <command> [arguments]');
    process.exitCode = 2;
  } else {
    process.exitCode = await inSession(command, args);
  }
}
