import { isIP } from 'node:net';
import type { ConnectionSettings, TlsSettings } from '../../contract/connection.ts';
import { databaseNameFitsUrl, writeDatabaseUrl } from '../../contract/connectionString/write.ts';
import { type Text, text } from '../../contract/copy/text.ts';
import { verificationOf } from './renderings.ts';

/** Where the server's container finds the files that a DATABASE_URL names. */
export type ContainerFiles = { authority: string; certificate: string; key: string };

const containerFiles: ContainerFiles = {
  authority: '/etc/aperture/database-ca.pem',
  certificate: '/etc/aperture/database-client.pem',
  key: '/etc/aperture/database-client.key',
};

export type ServerTls = {
  /** Parameters of the DATABASE_URL, in order. */
  parameters: [keyword: string, value: string][];
  /** What the server's driver verifies with them. */
  verifies: 'plain' | 'none' | 'chain' | 'chain-and-name';
  /** Whether the app and libpq's tools come to the same verdict about the server's certificate. */
  sameVerdictAsTools: boolean;
  note?: Text;
};

/**
 * The TLS parameters with which the server's own driver comes as near as it can to what the settings mean.
 *
 * node-postgres 8 reads `prefer`, `require` and `verify-ca` as `verify-full`, never falls back to an unencrypted connection, and with
 * `uselibpqcompat=true` reads them as libpq does (pg-connection-string 2.7 and later; libpq itself refuses that parameter).
 * `offered` is whether the database offers TLS, where that is known.
 */
export function serverTls(
  tls: TlsSettings,
  host: string,
  offered: boolean | undefined,
  files: ContainerFiles = containerFiles,
): ServerTls {
  const authority: [string, string][] = tls.ca === undefined ? [] : [['sslrootcert', files.authority]];
  const client: [string, string][] = [
    ...(tls.clientCertificatePath === undefined ? [] : [['sslcert', files.certificate] as [string, string]]),
    ...(tls.clientKeyPath === undefined ? [] : [['sslkey', files.key] as [string, string]]),
  ];
  const compatible = (mode: string): [string, string][] => [
    ['uselibpqcompat', 'true'],
    ['sslmode', mode],
    ...authority,
    ...client,
  ];
  const plain = { parameters: [['sslmode', 'disable']] as [string, string][], verifies: 'plain' as const };
  switch (tls.mode) {
    case 'disable':
      return { ...plain, sameVerdictAsTools: true };
    case 'prefer':
      if (offered === false || (offered === undefined && tls.plainAccepted === true)) {
        const note = text('connecting.render.prefer-plain');
        return { ...plain, sameVerdictAsTools: tls.plainAccepted === true, note };
      }
      return {
        parameters: compatible('require'),
        verifies: tls.ca === undefined ? 'none' : 'chain',
        sameVerdictAsTools: offered === true || tls.plainAccepted !== true,
        note: text('connecting.render.prefer-encrypted'),
      };
    case 'require':
    case 'verify-ca':
      if (verificationOf(tls) === 'none') {
        const note = text('connecting.render.unverified', { mode: tls.mode });
        return { parameters: compatible(tls.mode), verifies: 'none', sameVerdictAsTools: true, note };
      }
      if (tls.ca !== undefined) {
        const note = text('connecting.render.chain', { mode: tls.mode, path: files.authority });
        return { parameters: compatible(tls.mode), verifies: 'chain', sameVerdictAsTools: true, note };
      }
      // With uselibpqcompat, verify-ca without a CA of its own throws in the driver.
      return {
        parameters: [['sslmode', 'verify-full'], ...client],
        verifies: 'chain-and-name',
        sameVerdictAsTools: false,
        note: text('connecting.render.chain-without-ca'),
      };
    case 'verify-full':
      return {
        parameters: [['sslmode', 'verify-full'], ...authority, ...client],
        ...fullVerification(tls, host, files),
      };
  }
}

function fullVerification(
  tls: TlsSettings,
  host: string,
  files: ContainerFiles,
): Pick<ServerTls, 'verifies' | 'sameVerdictAsTools' | 'note'> {
  const verifies = 'chain-and-name';
  if (tls.serverName !== undefined && tls.serverName !== host) {
    const note = text('connecting.render.server-name', { serverName: tls.serverName, host });
    return { verifies, sameVerdictAsTools: false, note };
  }
  if (isIP(host) !== 0) {
    return { verifies, sameVerdictAsTools: false, note: text('connecting.render.address', { host }) };
  }
  return {
    verifies,
    sameVerdictAsTools: true,
    ...(tls.ca === undefined ? {} : { note: text('connecting.render.ca-in-container', { path: files.authority }) }),
  };
}

export type ServerDatabaseUrl = {
  /** Holds the password: for the server's .env file, never for a log. */
  url: string;
  /** What its TLS parameters mean where they are not plain to see. */
  note?: Text;
  /** What the settings say and the server's driver cannot do. */
  limits: Text[];
  sameVerdictAsTools: boolean;
};

/** The DATABASE_URL for the server: read by its driver, for any password, as the very same user, password and database. */
export function databaseUrlFor(
  settings: ConnectionSettings,
  password: string | undefined,
  known: { tlsOffered?: boolean; files?: ContainerFiles } = {},
): ServerDatabaseUrl {
  const { host, port } = settings.hosts[0] ?? { host: 'localhost', port: 5432 };
  const files = known.files ?? containerFiles;
  const tls = serverTls(settings.tls, host, known.tlsOffered, files);
  const limits: Text[] = [];
  if (settings.hosts.length > 1) limits.push(text('connecting.render.several-hosts', { host: `${host}:${port}` }));
  if (settings.targetSessionAttrs !== 'any') {
    limits.push(text('connecting.render.target-session', { wanted: settings.targetSessionAttrs }));
  }
  if (settings.channelBinding === 'require') limits.push(text('connecting.render.channel-binding'));
  if (!databaseNameFitsUrl(settings.database)) {
    limits.push(text('connecting.render.database-name', { database: settings.database }));
  }
  if (password === '') limits.push(text('connecting.render.password-empty'));
  if (settings.tls.mode !== 'disable' && settings.tls.clientCertificatePath !== undefined) {
    const paths = { certificatePath: files.certificate, keyPath: files.key };
    limits.push(text('connecting.render.client-certificate', paths));
  }
  return {
    url: writeDatabaseUrl(settings, password, tls.parameters),
    ...(tls.note === undefined ? {} : { note: tls.note }),
    limits,
    sameVerdictAsTools: tls.sameVerdictAsTools,
  };
}
