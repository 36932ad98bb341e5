import type { ConnectionSettings } from '../../../contract/connection.ts';
import type { Problem } from '../../../contract/problem.ts';
import { directDial } from '../../../main/adapters/directDial.ts';
import { connectPostgres, type PostgresOptions } from '../../../main/adapters/postgres/connectPostgres.ts';
import type { PostgresSession } from '../../../main/adapters/postgres/session.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import { pgTls } from '../../../main/services/renderings.ts';
import type { PostgresServer } from '../../support/postgres.ts';

export function settingsFor(
  server: Pick<PostgresServer, 'host' | 'port'> & { superuser?: string },
  more: Partial<ConnectionSettings> = {},
): ConnectionSettings {
  return {
    hosts: [{ host: server.host, port: server.port }],
    database: 'postgres',
    user: server.superuser ?? 'postgres',
    tls: { mode: 'disable' },
    channelBinding: 'prefer',
    targetSessionAttrs: 'any',
    connectTimeoutSeconds: 5,
    ...more,
  };
}

/** Connects and says what came of it: the problem, or what the session was like. Unexpected errors stay errors. */
export async function attempt(
  settings: ConnectionSettings,
  more: Partial<Omit<PostgresOptions, 'settings'>> = {},
): Promise<Problem | { code: 'connected'; session: PostgresSession }> {
  try {
    const session = await connectPostgres({
      settings,
      dial: directDial(),
      tlsFor: (host) => pgTls(settings.tls, host, {}),
      signal: new AbortController().signal,
      queryTimeoutMs: 10_000,
      ...more,
    });
    await session.close();
    return { code: 'connected', session };
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}
