import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate, rootCertificates } from 'node:tls';
import type { ConnectionSettings, TlsSettings } from '../../contract/connection.ts';

/** PEM texts that a client logs in with, read from the paths of the settings. */
export type ClientIdentity = { clientCertificate?: string; clientKey?: string; clientKeyPassphrase?: string };

/** What a connection with these settings verifies; the same for the app and, by libpq's rules, for the tools. */
export type Verification = 'none' | 'chain' | 'chain-and-name';

/**
 * libpq's rule: `require` (and `prefer`) verify the chain as soon as a CA is given.
 * https://www.postgresql.org/docs/current/libpq-ssl.html#LIBQ-SSL-CERTIFICATES
 */
export function verificationOf(tls: TlsSettings): Verification {
  switch (tls.mode) {
    case 'disable':
      return 'none';
    case 'prefer':
    case 'require':
      return tls.ca === undefined ? 'none' : 'chain';
    case 'verify-ca':
      return 'chain';
    case 'verify-full':
      return 'chain-and-name';
  }
}

/**
 * The settings for `tls.connect`, with libpq's meaning of each mode; `false` where no TLS is wanted. For `prefer` it is the
 * encrypted attempt: whether to go on without TLS is the caller's question to the user, never decided here.
 *
 * `host` is the real host of the database, not the end of a tunnel. The name is verified against it (or `serverName`) by a function
 * of our own, because node-postgres replaces `servername` by the name that it dialled.
 */
export function pgTls(tls: TlsSettings, host: string, files: ClientIdentity): ConnectionOptions | false {
  if (tls.mode === 'disable') return false;
  const name = tls.serverName ?? host;
  const identity: ConnectionOptions = {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(files.clientCertificate === undefined ? {} : { cert: files.clientCertificate }),
    ...(files.clientKey === undefined ? {} : { key: files.clientKey }),
    ...(files.clientKeyPassphrase === undefined ? {} : { passphrase: files.clientKeyPassphrase }),
    // SNI is for names only (RFC 6066); libpq leaves it out for addresses too.
    ...(isName(name) ? { servername: name } : {}),
  };
  switch (verificationOf(tls)) {
    case 'none':
      return { ...identity, rejectUnauthorized: false, checkServerIdentity: () => undefined };
    case 'chain':
      return { ...identity, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case 'chain-and-name':
      return {
        ...identity,
        rejectUnauthorized: true,
        checkServerIdentity: (_dialled: string, certificate: PeerCertificate) => checkServerIdentity(name, certificate),
      };
  }
}

function isName(host: string): boolean {
  return host !== '' && !host.startsWith('/') && isIP(host) === 0;
}

/**
 * The PEM that libpq's tools need as a file to reach the same verdict as the app: the given CA, else for the verifying modes the
 * very list that the app trusts (`sslrootcert=system` exists only since libpq 16 and means the system's own list). Undefined
 * where nothing is verified.
 */
export function toolsRootCertificates(tls: TlsSettings): string | undefined {
  if (tls.mode === 'disable') return undefined;
  if (tls.ca !== undefined) return tls.ca;
  return verificationOf(tls) === 'none' ? undefined : rootCertificates.join('\n');
}

export type LibpqOptions = {
  /** Password file for this run only; see passfileLine. */
  passfile: string;
  /** The environment to start from: all `PG*` variables are dropped, everything else is kept. */
  inherited: NodeJS.ProcessEnv;
  /** Where `toolsRootCertificates` was written. */
  rootCertificatePath?: string;
  /** Where to dial instead of the host: the end of a tunnel, or the address that a host with a `serverName` resolves to. */
  dial?: { address: string; port: number };
  applicationName?: string;
};

/**
 * The environment with which pg_dump, pg_restore and psql connect exactly as the app does. Nothing of the user's own `PG*` variables
 * or of ~/.postgresql takes part. The password is not in it: it goes through the password file.
 */
export function libpqEnvironment(settings: ConnectionSettings, options: LibpqOptions): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.inherited)) {
    if (value !== undefined && !/^PG[A-Z]/i.test(name)) environment[name] = value;
  }
  const { tls } = settings;
  // libpq reads ~/.postgresql/* where nothing is given, and an empty value counts as nothing; a file that isn't there counts as none.
  const none = `${options.passfile}.none`;
  const hosts =
    tls.serverName === undefined
      ? settings.hosts.map(({ host }) => host)
      : settings.hosts.map(() => tls.serverName ?? '');
  const addresses = settings.hosts.map(({ host }) => host);
  const dialled =
    options.dial !== undefined
      ? { PGHOST: hosts[0] ?? '', PGHOSTADDR: options.dial.address, PGPORT: String(options.dial.port) }
      : {
          PGHOST: hosts.join(','),
          PGPORT: settings.hosts.map(({ port }) => port).join(','),
          ...(tls.serverName !== undefined && addresses.every((address) => isIP(address) !== 0)
            ? { PGHOSTADDR: addresses.join(',') }
            : {}),
        };
  return {
    ...environment,
    ...dialled,
    PGDATABASE: settings.database,
    PGUSER: settings.user,
    PGPASSFILE: options.passfile,
    PGSERVICEFILE: none,
    PGSYSCONFDIR: none,
    PGSSLMODE: toolsSslMode(tls),
    PGSSLROOTCERT: options.rootCertificatePath ?? none,
    PGSSLCERT: tls.clientCertificatePath ?? none,
    PGSSLKEY: tls.clientKeyPath ?? none,
    PGSSLCRL: none,
    PGSSLCRLDIR: none,
    PGGSSENCMODE: 'disable',
    PGCHANNELBINDING: settings.channelBinding,
    PGTARGETSESSIONATTRS: settings.targetSessionAttrs,
    PGCONNECT_TIMEOUT: String(settings.connectTimeoutSeconds),
    PGCLIENTENCODING: 'UTF8',
    ...(settings.options === undefined ? {} : { PGOPTIONS: settings.options }),
    ...(options.applicationName === undefined ? {} : { PGAPPNAME: options.applicationName }),
  };
}

/** `prefer` would let a tool go on without TLS; it may only where the user agreed that the app may. */
export function toolsSslMode(tls: TlsSettings): string {
  return tls.mode === 'prefer' && tls.plainAccepted !== true ? 'require' : tls.mode;
}

/**
 * One line of a password file (without the line end); colons and backslashes are escaped. Undefined where the format cannot hold the
 * password (a line break or an empty one): such a password goes through PGPASSWORD in the tool's environment.
 */
export function passfileLine(
  entry: { host: string; port: number | '*'; database: string; user: string },
  password: string,
): string | undefined {
  if (password === '' || [entry.host, entry.database, entry.user, password].some((part) => /[\r\n\0]/.test(part))) {
    return undefined;
  }
  const escaped = (part: string) => part.replace(/[\\:]/g, '\\$&');
  return [entry.host, String(entry.port), entry.database, entry.user, password].map(escaped).join(':');
}
