import { randomBytes } from 'node:crypto';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './ports.ts';
import { giveToServer, newDataFolder, newStandbyFolder, superuser } from './postgresData.ts';
import { clientProgram, type PostgresMajor, serverCommand } from './postgresInstallation.ts';
import { childrenOf, type Daemon, exists, type Finished, run, startDaemon, until } from './processes.ts';
import { supportFolder } from './supportFolder.ts';

/** What a server is to be like. Everything has a default but the version. */
export interface PostgresOptions {
  readonly major: PostgresMajor;
  /** Files in PEM. Without this the server has `ssl = off`. */
  readonly tls?: {
    /** The server's certificate, followed by intermediates if there are any. */
    readonly certificate: string;
    readonly key: string;
    /** Whom client certificates have to come from. */
    readonly clientAuthority?: string;
    /** Refuses clients that have no certificate from the client authority (`clientcert=verify-ca`). */
    readonly requireClientCertificate?: boolean;
  };
  /** Lines of pg_hba.conf in place of "everybody by password over TCP". */
  readonly hba?: readonly string[];
  /** Settings as in postgresql.conf; values are quoted for it. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Password of the superuser; a random one unless told. */
  readonly password?: string;
  /** How passwords are stored: scram-sha-256 unless told. */
  readonly passwordEncryption?: 'md5' | 'scram-sha-256';
  /** Makes a hot standby that streams from this server. */
  readonly standbyOf?: PostgresServer;
  /** Addresses to listen on: 127.0.0.1 unless told. */
  readonly listen?: string;
}

/** Who runs a statement, and where. The superuser through the Unix socket unless told. */
export interface SqlOptions {
  readonly database?: string;
  readonly user?: string;
  /** With a password the statement goes over TCP, as a client's would. */
  readonly password?: string;
  readonly values?: readonly unknown[];
}

/** A running server of a test's own. */
export interface PostgresServer {
  readonly major: PostgresMajor;
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly superPassword: string;
  readonly dataDir: string;
  /** Folder of the Unix socket; the superuser needs no password there. */
  readonly socketDir: string;
  /** Process id of the postmaster. */
  pid(): number;
  /** libpq key=value string for the superuser over TCP. */
  conninfo(database?: string): string;
  /** Runs a statement and returns its rows. */
  sql(text: string, options?: SqlOptions): Promise<Record<string, unknown>[]>;
  /** Runs psql of the same major version (or of another one) with libpq's environment emptied but for `env`. */
  psql(args: readonly string[], env?: NodeJS.ProcessEnv, major?: PostgresMajor): Promise<Finished>;
  /** Changes settings for good; call `reload` or `restart` to have them taken up. */
  configure(settings: Readonly<Record<string, string | number | boolean>>): void;
  /** Replaces pg_hba.conf and has it taken up. */
  setHba(lines: readonly string[]): Promise<void>;
  reload(): Promise<void>;
  /** Starts a stopped or killed server again, on the same port and data. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Ends every session and stops. `immediate` does it without a checkpoint, as in a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Kills the postmaster with SIGKILL and waits until its other processes have gone too. */
  kill9(): Promise<void>;
  /** What the server has logged so far. */
  log(): string;
}

const byPassword = ['127.0.0.1/32', '::1/128'].flatMap((address) => [
  `host all all ${address} scram-sha-256`,
  `host replication all ${address} scram-sha-256`,
]);

/** Starts a real PostgreSQL on a free loopback port, with data of its own. It ends with the test process at the latest. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { major } = options;
  const folder = supportFolder(`pg${major}`);
  const dataDir = join(folder, 'data');
  const socketDir = join(folder, 'socket');
  const logFile = join(folder, 'log');
  const supportConf = join(dataDir, 'support.conf');
  const superPassword = options.standbyOf?.superPassword ?? options.password ?? randomBytes(12).toString('hex');
  const port = await freePort();
  mkdirSync(socketDir);
  await giveToServer(folder);
  if (options.standbyOf) {
    await newStandbyFolder(major, dataDir, { ...options.standbyOf, password: superPassword });
  } else {
    await newDataFolder(major, dataDir);
    appendFileSync(join(dataDir, 'postgresql.conf'), "include 'support.conf'\n");
  }

  const settings: Record<string, string | number | boolean> = {
    port,
    listen_addresses: options.listen ?? '127.0.0.1',
    unix_socket_directories: socketDir,
    // Data that lives for one test need not survive a power cut.
    fsync: false,
    max_connections: 50,
    shared_buffers: '32MB',
    password_encryption: options.passwordEncryption ?? 'scram-sha-256',
    log_line_prefix: '%m [%p] %q%u@%d ',
    ...tlsSettings(options, dataDir),
    ...options.settings,
  };
  const writeSettings = () => {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoteSetting(value)}`);
    writeFileSync(supportConf, `${lines.join('\n')}\n`);
  };
  const writeHba = (lines: readonly string[]) => {
    writeFileSync(join(dataDir, 'pg_hba.conf'), `${[`local all ${superuser} trust`, ...lines].join('\n')}\n`);
  };
  writeSettings();
  writeHba(options.hba ?? defaultHba(options));
  await giveToServer(dataDir);

  let daemon: Daemon | undefined;
  const log = () => readFileSync(logFile, 'utf8');
  const running = () => {
    if (!daemon || daemon.ended()) throw new Error(`PostgreSQL ${major} on port ${port} is not running`);
    return daemon;
  };

  const server: PostgresServer = {
    major,
    host: '127.0.0.1',
    port,
    superuser,
    superPassword,
    dataDir,
    socketDir,
    pid: () => running().pid,
    conninfo: (database = 'postgres') =>
      `host=127.0.0.1 port=${port} user=${superuser} password=${superPassword} dbname=${database}`,
    async sql(text, { database = 'postgres', user = superuser, password, values } = {}) {
      const client = new pg.Client({
        host: password === undefined && user === superuser ? socketDir : '127.0.0.1',
        port,
        user,
        password: password ?? (user === superuser ? superPassword : undefined),
        database,
        ssl: options.tls && password !== undefined ? { rejectUnauthorized: false } : false,
      });
      // A server that is stopped while the statement runs rejects the query; the event says the same once more.
      client.on('error', () => undefined);
      await client.connect();
      try {
        const result = await client.query<Record<string, unknown>>(text, values ? [...values] : undefined);
        return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows;
      } finally {
        await client.end();
      }
    },
    psql: (args, env = {}, toolMajor = major) =>
      run([clientProgram(toolMajor, 'psql'), '-X', ...args], { env: { ...bareEnvironment(), ...env } }),
    configure(changes) {
      Object.assign(settings, changes);
      writeSettings();
    },
    async setHba(lines) {
      writeHba(lines);
      await server.reload();
    },
    async reload() {
      await server.sql('SELECT pg_reload_conf()');
      // The postmaster takes it up on a signal, after this call has returned.
      await server.sql('SELECT pg_sleep(0.1)');
    },
    async start() {
      daemon = startDaemon(serverCommand(major, 'postgres', ['-D', dataDir]), {
        log: logFile,
        endSignal: 'SIGQUIT',
        env: bareEnvironment(),
      });
      const { ended } = daemon;
      await until(
        () => {
          if (ended()) throw new Error(`PostgreSQL ${major} did not start:\n${log()}`);
          return isReady(dataDir, daemon?.pid);
        },
        60_000,
        log,
      );
    },
    async restart() {
      await server.stop();
      await server.start();
    },
    stop: async (mode = 'fast') => daemon?.end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    async kill9() {
      const { pid, end } = running();
      const children = childrenOf(pid);
      await end('SIGKILL');
      // They notice by themselves; until the last has gone, a new postmaster refuses the data folder.
      await until(
        () => !children.some(exists),
        10_000,
        () => `processes ${children.join(', ')} outlive the postmaster`,
      );
    },
    log,
  };

  await server.start();
  if (!options.standbyOf) await server.sql(`ALTER ROLE ${superuser} PASSWORD ${pg.escapeLiteral(superPassword)}`);
  return server;
}

function tlsSettings({ tls }: PostgresOptions, dataDir: string): Record<string, string | boolean> {
  if (!tls) return { ssl: false };
  // Copies, because the server insists on owning its key, readable by nobody else.
  copyFileSync(tls.certificate, join(dataDir, 'server.crt'));
  copyPrivate(tls.key, join(dataDir, 'server.key'));
  if (tls.clientAuthority) copyFileSync(tls.clientAuthority, join(dataDir, 'clients.crt'));
  return {
    ssl: true,
    ssl_cert_file: 'server.crt',
    ssl_key_file: 'server.key',
    ssl_ca_file: tls.clientAuthority ? 'clients.crt' : '',
  };
}

function copyPrivate(from: string, to: string): void {
  writeFileSync(to, readFileSync(from), { mode: 0o600 });
}

function defaultHba({ tls, passwordEncryption }: PostgresOptions): readonly string[] {
  const lines =
    passwordEncryption === 'md5' ? byPassword.map((line) => line.replace('scram-sha-256', 'md5')) : byPassword;
  if (!tls?.requireClientCertificate) return lines;
  return lines.map((line) => `${line.replace('host', 'hostssl')} clientcert=verify-ca`);
}

function quoteSetting(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return `'${String(value).replaceAll("'", "''")}'`;
}

/** The status that the postmaster writes into the last line of its pid file, as pg_ctl reads it. */
function isReady(dataDir: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) && /^(ready|standby)/.test(lines[7] ?? '');
  } catch {
    return false;
  }
}

/** Nothing that libpq or the server would read settings from. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', HOME: '/nonexistent' };
}
