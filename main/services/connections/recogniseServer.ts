import type { ServerView } from '../../../contract/connection.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { describeServer, type ServerIdentity } from '../providers.ts';

/** Asks the server who it is, in one round trip. */
export async function recogniseServer(
  session: PostgresSession,
  kind: 'external' | 'practice' = 'external',
): Promise<ServerView> {
  const [identity] = await session.readable.read<ServerIdentity>(
    `SELECT version() AS version, current_setting('server_version_num')::int AS "versionNum", current_user AS "user",
            current_database() AS database, pg_is_in_recovery() AS "inRecovery", pg_backend_pid() AS "backendPid"`,
  );
  if (identity === undefined) throw new Error('the server told nothing about itself');
  const loginPid = session.backendKey?.processId;
  return describeServer({ address: session.address, kind, identity, ...(loginPid === undefined ? {} : { loginPid }) });
}
