import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { type Command, childrenOf, type Daemon, exists, startDaemon, until } from './processes.ts';
import {
  accountsCanBeMade,
  makeAccounts,
  type Replacements,
  type SshUser,
  type SshUserOptions,
} from './sshAccounts.ts';
import { certifyHostKey, makeSshKey, type SshKey, type SshKeyType } from './sshKeys.ts';
import { supportFolder } from './supportFolder.ts';

/** What an sshd is to be like. Everything has a default. */
export interface SshdOptions {
  /** One called `tester` unless told. The first one is `sshd.user`. */
  readonly users?: readonly SshUserOptions[];
  /** Kinds of host keys: all three unless told. */
  readonly hostKeys?: readonly SshKeyType[];
  /** Has the first host key certified by this authority, for these names. */
  readonly certified?: { readonly by: SshKey; readonly names: readonly string[] };
  /**
   * What keyboard-interactive asks for: nothing (it is off), the password, or the password and then a one-time code.
   */
  readonly keyboardInteractive?: 'off' | 'password' | 'password and code';
  /** Lines of sshd_config such as `{ MaxSessions: 2, AllowTcpForwarding: 'no' }`; they win over the defaults here. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Host names that only this machine knows, so that they are reached through it and not around it. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Shell commands that change what only this sshd and its users see of the machine's files. Needs root. */
  readonly mounts?: readonly string[];
  /** Address to listen on: 127.0.0.1 unless told. */
  readonly listen?: string;
}

/** A running sshd of a test's own. */
export interface Sshd {
  readonly host: string;
  readonly port: number;
  readonly user: SshUser;
  readonly users: readonly SshUser[];
  /** The host keys that it shows now. */
  hostKeys(): readonly SshKey[];
  /** known_hosts with all its host keys. */
  knownHosts(): string;
  /** Lets a key in from now on. */
  authorize(publicKey: string, user?: string): void;
  /** Ends every connection with SIGKILL, as when the network or the machine dies; it goes on listening. */
  dropConnections(): Promise<void>;
  /** Ends and starts again on the same port. Connections are ended too, as after a reboot. */
  restart(): Promise<void>;
  /** Restarts with new host keys: what a client sees after a reinstallation, or an attack. */
  changeHostKeys(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Its log so far, at level VERBOSE. */
  log(): string;
}

/** Starts a real sshd on a free loopback port with its own host keys, accounts and settings. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = supportFolder('sshd');
  // Users' sessions read their keys and homes below it.
  chmodSync(folder, 0o755);
  const host = options.listen ?? '127.0.0.1';
  const port = await freePort(host);
  const logFile = join(folder, 'log');
  const configFile = join(folder, 'sshd_config');
  const keyboardInteractive = options.keyboardInteractive ?? 'off';
  const { users, replacements } = await makeAccounts(
    folder,
    options.users ?? [{ name: 'tester' }],
    keyboardInteractive === 'password and code' ? 'password and code' : 'password',
  );
  const [user] = users;
  if (!user) throw new Error('an sshd needs at least one user');
  const shown: Record<string, string> = { ...replacements };
  if (options.hosts && accountsCanBeMade) {
    const extra = Object.entries(options.hosts).map(([name, address]) => `${address} ${name}`);
    shown['/etc/hosts'] = join(folder, 'hosts');
    writeFileSync(join(folder, 'hosts'), `${readFileSync('/etc/hosts', 'utf8')}\n${extra.join('\n')}\n`);
  }

  let hostKeys: SshKey[] = [];
  const makeHostKeys = async () => {
    hostKeys = [];
    let certificate = '';
    for (const type of options.hostKeys ?? ['ed25519', 'rsa', 'ecdsa']) {
      const file = join(folder, `host_${type}`);
      for (const old of [file, `${file}.pub`, `${file}-cert.pub`]) rmSync(old, { force: true });
      hostKeys.push(await makeSshKey({ type, file, comment: 'host key' }));
      if (options.certified && !certificate) {
        certificate = await certifyHostKey(options.certified.by, file, options.certified.names);
      }
    }
    const settings: Record<string, string | number> = {
      Port: port,
      ListenAddress: host,
      PidFile: 'none',
      LogLevel: 'VERBOSE',
      // Without it, a user who has no password (the usual one of a container) counts as locked.
      UsePAM: 'yes',
      // Its folders are below /tmp, which everybody may write to.
      StrictModes: 'no',
      AuthorizedKeysFile: join(folder, 'keys', '%u'),
      PasswordAuthentication: accountsCanBeMade ? 'yes' : 'no',
      KbdInteractiveAuthentication: keyboardInteractive === 'off' ? 'no' : 'yes',
      UseDNS: 'no',
      Subsystem: 'sftp internal-sftp',
      ...(certificate ? { HostCertificate: certificate } : {}),
      ...options.settings,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
    writeFileSync(configFile, `${[...lines, ...hostKeys.map(({ file }) => `HostKey ${file}`)].join('\n')}\n`);
  };

  let daemon: Daemon | undefined;
  const log = () => readFileSync(logFile, 'utf8');
  const sshd: Sshd = {
    host,
    port,
    user,
    users,
    hostKeys: () => hostKeys,
    knownHosts: () => `${hostKeys.map(({ publicKey }) => `[${host}]:${port} ${publicKey}`).join('\n')}\n`,
    authorize(publicKey, name = user.name) {
      writeFileSync(join(folder, 'keys', name), `${publicKey}\n`, { flag: 'a' });
    },
    async dropConnections() {
      if (!daemon || daemon.ended()) return;
      const connections = descendantsOf(daemon.pid);
      kill(connections);
      await until(
        () => !connections.some(exists),
        10_000,
        () => 'connections of sshd outlive SIGKILL',
      );
    },
    async restart() {
      await sshd.stop();
      await sshd.start();
    },
    async changeHostKeys() {
      await makeHostKeys();
      await sshd.restart();
    },
    async start() {
      const before = countListening();
      daemon = startDaemon(command(configFile, shown, options.mounts ?? []), {
        log: logFile,
        endSignal: 'SIGTERM',
        cwd: '/',
      });
      const { ended } = daemon;
      await until(
        () => {
          if (ended()) throw new Error(`sshd did not start:\n${log()}`);
          return countListening() > before;
        },
        20_000,
        log,
      );
    },
    async stop() {
      if (!daemon || daemon.ended()) return;
      const connections = descendantsOf(daemon.pid);
      await daemon.end('SIGTERM');
      kill(connections);
    },
    log,
  };
  const countListening = () => (readLog(logFile).match(/Server listening on/g) ?? []).length;

  await makeHostKeys();
  await sshd.start();
  return sshd;
}

/** sshd insists on an absolute path of its own and, as root, on a folder for its unprivileged part. */
function command(configFile: string, shown: Replacements, commands: readonly string[]): Command {
  const sshd = ['/usr/sbin/sshd', '-D', '-e', '-f', configFile] as const;
  if (!accountsCanBeMade) return sshd;
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const mounts = Object.entries(shown).flat();
  // Shown to this sshd alone: the mounts are private to its process and go away with it.
  const script = [
    ...commands,
    'while [ "$1" != -- ]; do mount --bind "$2" "$1" || exit; shift 2; done; shift; exec "$@"',
  ].join('; ');
  return ['unshare', '--mount', 'sh', '-c', script, 'sh', ...mounts, '--', ...sshd];
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function kill(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone in between.
    }
  }
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
