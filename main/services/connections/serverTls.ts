import { isIP } from 'node:net';
import type { TlsMode, TlsSettings } from '../../../contract/connection.ts';
import { type Verification, verificationOf } from '../renderings.ts';

/** Where the CA lies in the server's container. */
export const certificateInContainer = '/certs/database-ca.pem';

/**
 * How the settings are written into DATABASE_URL for the server's driver (pg 8.16), and what that driver makes of them. It has no
 * mode that verifies the chain without the name unless a CA file is given, never goes on without TLS by itself, and checks the name
 * `localhost` when the host is an IP address.
 */
export function serverTls(
  tls: TlsSettings,
  host: string,
  offered: boolean,
  caPath = certificateInContainer,
): {
  mode: TlsMode;
  verification: Verification;
  verifiedName: string;
  parameters: [string, string][];
  rendered: string;
} {
  const verifiedName = isIP(host) === 0 ? host : 'localhost';
  const written = (mode: TlsMode, verification: Verification, parameters: [string, string][]) => ({
    mode,
    verification,
    verifiedName,
    parameters,
    rendered: parameters.map(([name, value]) => `${name}=${value}`).join('&'),
  });
  const root: [string, string][] = tls.ca === undefined ? [] : [['sslrootcert', caPath]];
  const compatible: [string, string] = ['uselibpqcompat', 'true'];
  if (tls.mode === 'disable' || (tls.mode === 'prefer' && !offered && tls.plainAccepted === true)) {
    return written('disable', 'none', [['sslmode', 'disable']]);
  }
  switch (verificationOf(tls)) {
    case 'none':
      return written(tls.mode, 'none', [compatible, ['sslmode', 'require']]);
    case 'chain':
      return tls.ca === undefined
        ? written(tls.mode, 'chain-and-name', [['sslmode', 'verify-full']])
        : written(tls.mode, 'chain', [compatible, ['sslmode', 'verify-ca'], ...root]);
    case 'chain-and-name':
      return written(tls.mode, 'chain-and-name', [['sslmode', 'verify-full'], ...root]);
  }
}
