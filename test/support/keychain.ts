import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Daemon, run, startDaemon, until } from './processes.ts';
import { supportFolder } from './supportFolder.ts';

/** What programs find when they ask for the Secret Service. */
export type KeychainState =
  /** Secrets can be stored and read. */
  | 'unlocked'
  /** A keyring is there; using it needs its password, and nobody is there to be asked. */
  | 'locked'
  /** A session bus is there, and no Secret Service on it. */
  | 'no service'
  /** There is no session bus. */
  | 'no bus';

/** A session bus of a test's own, with its own keyring or without one. */
export interface TestKeychain {
  /** What to add to a child's environment so that it finds this one (and not the machine's). */
  readonly env: NodeJS.ProcessEnv;
  lock(): Promise<void>;
  unlock(): Promise<void>;
  stop(): Promise<void>;
}

const serviceName = 'org.freedesktop.secrets';
const loginCollection = '/org/freedesktop/secrets/collection/login';

/** What the given environment (this process's unless told) finds. */
export async function keychainState(env: NodeJS.ProcessEnv = process.env): Promise<KeychainState> {
  if (!env.DBUS_SESSION_BUS_ADDRESS) return 'no bus';
  const owned = await busCall(env, 'org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner', [
    `string:${serviceName}`,
  ]);
  if (owned.code !== 0) return 'no bus';
  if (!owned.stdout.includes('boolean true')) return 'no service';
  const locked = await busCall(env, serviceName, loginCollection, 'org.freedesktop.DBus.Properties.Get', [
    'string:org.freedesktop.Secret.Collection',
    'string:Locked',
  ]);
  return locked.stdout.includes('boolean false') ? 'unlocked' : 'locked';
}

/** The environment for a child that is to find no session bus, by none of the ways in which one is looked for. */
export function withoutKeychain(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { XDG_RUNTIME_DIR: _, ...rest } = env;
  // An address that leads nowhere also keeps libdbus from starting a bus by itself, which it does where DISPLAY is set.
  return { ...rest, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
}

/**
 * Starts a session bus with an unlocked gnome-keyring, a locked one, or none, for children that get its `env`.
 *
 * Using a locked one is refused at once, as where there is no desktop. 'locked, asking' has a desktop (a display of its
 * own) on which the password is asked for, and nobody who answers: whoever uses it waits.
 */
export async function startKeychain(
  state: 'unlocked' | 'locked' | 'locked, asking' | 'no service' = 'unlocked',
): Promise<TestKeychain> {
  const folder = supportFolder('keyring');
  const runtime = join(folder, 'run');
  mkdirSync(runtime);
  chmodSync(runtime, 0o700);
  const socket = join(folder, 'bus');
  const config = join(folder, 'bus.conf');
  // No folders with service files: a service that nobody has started is not there, and is not started by being called.
  writeFileSync(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`,
  );
  const env = {
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}`,
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: join(folder, 'data'),
  };
  const log = join(folder, 'log');
  const bus = startDaemon(['dbus-daemon', `--config-file=${config}`, '--nofork', '--nopidfile'], {
    log,
    endSignal: 'SIGTERM',
  });
  const explain = () => readFileSync(log, 'utf8');
  await until(async () => (await keychainState(env)) === 'no service', 10_000, explain);
  if (state === 'no service') {
    const nothing = async () => {
      throw new Error('there is no keyring on this bus');
    };
    return { env, lock: nothing, unlock: nothing, stop: () => bus.end('SIGTERM') };
  }

  const startKeyring = async () => {
    const started = startDaemon(['gnome-keyring-daemon', '--foreground', '--components=secrets'], {
      log,
      endSignal: 'SIGTERM',
      env: { PATH: process.env.PATH, HOME: folder, ...env },
    });
    await until(async () => (await keychainState(env)) === 'locked', 10_000, explain);
    return started;
  };
  const control = join(runtime, 'keyring', 'control');
  // The first unlocking makes the login keyring; the daemon offers on the bus only what it found when it started.
  const first = await startKeyring();
  await unlockLogin(control);
  await first.end('SIGTERM');
  const keyring = await startKeyring();
  const asking = state === 'locked, asking' ? await startPrompter(folder, env) : [];
  const keychain: TestKeychain = {
    env,
    async lock() {
      await busCall(env, serviceName, '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock', [
        `array:objpath:${loginCollection}`,
      ]);
      await until(async () => (await keychainState(env)) === 'locked', 10_000, explain);
    },
    async unlock() {
      await unlockLogin(control);
      await until(async () => (await keychainState(env)) === 'unlocked', 10_000, explain);
    },
    async stop() {
      for (const daemon of [...asking, keyring]) await daemon.end('SIGTERM');
      await bus.end('SIGTERM');
    },
  };
  await keychain.unlock();
  if (state !== 'unlocked') await keychain.lock();
  return keychain;
}

/** GNOME's own window for passwords, on a display that nobody looks at. */
async function startPrompter(folder: string, env: NodeJS.ProcessEnv): Promise<Daemon[]> {
  const displayLog = join(folder, 'display');
  const display = startDaemon(['Xvfb', '-displayfd', '1', '-nolisten', 'tcp'], {
    log: displayLog,
    endSignal: 'SIGTERM',
  });
  const number = () => /^\d+$/m.exec(readFileSync(displayLog, 'utf8'))?.[0];
  await until(
    () => number() !== undefined,
    10_000,
    () => readFileSync(displayLog, 'utf8'),
  );
  const log = join(folder, 'prompter');
  const prompter = startDaemon(['/usr/libexec/gcr-prompter'], {
    log,
    endSignal: 'SIGTERM',
    env: { PATH: process.env.PATH, HOME: folder, ...env, DISPLAY: `:${number()}` },
  });
  await until(
    () => isOwned(env, 'org.gnome.keyring.SystemPrompter'),
    10_000,
    () => readFileSync(log, 'utf8'),
  );
  return [prompter, display];
}

async function isOwned(env: NodeJS.ProcessEnv, name: string): Promise<boolean> {
  const method = 'org.freedesktop.DBus.NameHasOwner';
  const { stdout } = await busCall(env, 'org.freedesktop.DBus', '/', method, [`string:${name}`]);
  return stdout.includes('boolean true');
}

function busCall(env: NodeJS.ProcessEnv, destination: string, path: string, method: string, args: readonly string[]) {
  return run(
    ['dbus-send', '--session', '--print-reply', '--reply-timeout=5000', `--dest=${destination}`, path, method, ...args],
    { env: { PATH: process.env.PATH, ...env } },
  );
}

/**
 * Gives gnome-keyring the login password, as its PAM module does (daemon/control/gkd-control-client.c): a zero byte,
 * the packet's length, operation 1 (unlock), the password with its length, all numbers 32 bits big-endian. The login
 * keyring is made when there is none. The daemon answers with a length and a result, 0 for done.
 */
async function unlockLogin(control: string): Promise<void> {
  const password = Buffer.from('password');
  const packet = Buffer.alloc(13);
  packet.writeUInt32BE(12 + password.length, 1);
  packet.writeUInt32BE(1, 5);
  packet.writeUInt32BE(password.length, 9);
  const socket = connect(control);
  socket.write(Buffer.concat([packet, password]));
  const answer: Buffer = await new Promise((resolve, reject) => {
    socket.once('data', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('gnome-keyring hung up')));
  });
  socket.destroy();
  const result = answer.readUInt32BE(4);
  if (result !== 0) throw new Error(`gnome-keyring did not unlock the login keyring: ${result}`);
}
