import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepts, freePort } from './ports.ts';
import type { PostgresServer } from './postgres.ts';
import { giveToServer } from './postgresData.ts';
import { asServerUser } from './postgresInstallation.ts';
import { startDaemon, until } from './processes.ts';
import { supportFolder } from './supportFolder.ts';

/** A running PgBouncer. */
export interface PgBouncer {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
  log(): string;
}

/** What a pooler is to be like. */
export interface PgBouncerOptions {
  /** Transaction unless told, as the poolers of hosted databases are. */
  readonly mode?: 'session' | 'transaction' | 'statement';
  /** Who may log in, besides the superuser. */
  readonly users?: readonly { readonly user: string; readonly password: string }[];
  /** Files in PEM; without this it refuses TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Lines of the `[pgbouncer]` section. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** Starts Debian's PgBouncer before a server, on a free loopback port, for all of its databases. */
export async function startPgBouncer(server: PostgresServer, options: PgBouncerOptions = {}): Promise<PgBouncer> {
  const folder = supportFolder('pgbouncer');
  const port = await freePort();
  const host = '127.0.0.1';
  const logFile = join(folder, 'log');
  const users = [{ user: server.superuser, password: server.superPassword }, ...(options.users ?? [])];
  mkdirSync(join(folder, 'socket'));
  writeFileSync(
    join(folder, 'users'),
    users.map(({ user, password }) => `${quoted(user)} ${quoted(password)}\n`).join(''),
  );
  const settings: Record<string, string | number> = {
    listen_addr: host,
    listen_port: port,
    unix_socket_dir: join(folder, 'socket'),
    // Passwords in plain text on its side, so that it can log in to the server by whatever method that asks for.
    auth_type: 'scram-sha-256',
    auth_file: join(folder, 'users'),
    pool_mode: options.mode ?? 'transaction',
    admin_users: server.superuser,
    client_tls_sslmode: options.tls ? 'allow' : 'disable',
    server_tls_sslmode: 'prefer',
    ...options.settings,
  };
  if (options.tls) {
    for (const [name, from] of Object.entries({ cert: options.tls.certificate, key: options.tls.key })) {
      const to = join(folder, `client.${name}`);
      writeFileSync(to, readFileSync(from), { mode: 0o600 });
      settings[`client_tls_${name}_file`] = to;
    }
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const configFile = join(folder, 'pgbouncer.ini');
  writeFileSync(
    configFile,
    `[databases]\n* = host=${server.host} port=${server.port}\n\n[pgbouncer]\n${lines.join('\n')}\n`,
  );
  await giveToServer(folder);

  const daemon = startDaemon(asServerUser(['/usr/sbin/pgbouncer', configFile]), {
    log: logFile,
    endSignal: 'SIGTERM',
  });
  const log = () => readFileSync(logFile, 'utf8');
  await until(
    () => {
      if (daemon.ended()) throw new Error(`PgBouncer did not start:\n${log()}`);
      return accepts(host, port);
    },
    20_000,
    log,
  );
  return { host, port, stop: () => daemon.end('SIGTERM'), log };
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
