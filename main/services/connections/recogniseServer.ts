import type { ServerView } from '../../../contract/connection.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';

type ServerRow = { version: string; version_num: number; user: string; database: string; in_recovery: boolean };

/** Asks the server who it is, in one round trip. */
export async function recogniseServer(session: PostgresSession): Promise<ServerView> {
  const [row] = await session.readable.read<ServerRow>(
    `SELECT version() AS version, current_setting('server_version_num')::int AS version_num, current_user AS user,
            current_database() AS database, pg_is_in_recovery() AS in_recovery`,
  );
  if (row === undefined) throw new Error('the server told nothing about itself');
  return {
    version: session.parameters.get('server_version') ?? '',
    versionNum: row.version_num,
    provider: 'unknown',
    platform: row.version,
    user: row.user,
    database: row.database,
    inRecovery: row.in_recovery,
  };
}
