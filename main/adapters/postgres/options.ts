import type { ConnectionOptions } from 'node:tls';
import type { ConnectionSettings, DatabaseAddress } from '../../../contract/connection.ts';
import type { Phase } from '../../problems/context.ts';
import type { Dial, DialTarget } from '../dial.ts';

export type PostgresOptions = {
  settings: ConnectionSettings;
  password?: string;
  dial: Dial;
  /** The options for `tls.connect` to a host (see `pgTls`); called only for modes that may encrypt. */
  tlsFor: (host: string) => ConnectionOptions | false;
  /** Ends the attempt, and later the session: what runs is cancelled on the server. */
  signal: AbortSignal;
  /** Milliseconds for one statement. */
  queryTimeoutMs: number;
  applicationName?: string;
  /** Tells how far the attempt is. */
  onPhase?: (phase: Phase, address: DatabaseAddress) => void;
};

/** Where to dial for an address; a host that starts with `/` is the directory of a Unix socket. */
export function targetOf(address: DatabaseAddress): DialTarget {
  return address.host.startsWith('/')
    ? { socketPath: `${address.host.replace(/\/+$/, '')}/.s.PGSQL.${address.port}` }
    : { host: address.host, port: address.port };
}
