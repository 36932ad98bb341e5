import { defaultConnection } from '../../../contract/connection.ts';
import { directDial } from '../../../main/adapters/directDial.ts';
import { connectPostgres } from '../../../main/adapters/postgres/connectPostgres.ts';
import type { PostgresSession } from '../../../main/adapters/postgres/session.ts';

export type MaintenanceLogin = { host: string; port: number; user: string; password: string; database?: string };

/** A login of the app's to a database that nobody renames. */
export function openMaintenance(
  { host, port, user, password, database = 'postgres' }: MaintenanceLogin,
  signal: AbortSignal = new AbortController().signal,
): Promise<PostgresSession> {
  return connectPostgres({
    settings: { ...defaultConnection, hosts: [{ host, port }], user, database, tls: { mode: 'disable' } },
    password,
    dial: directDial(),
    tlsFor: () => false,
    signal,
    queryTimeoutMs: 60_000,
  });
}
