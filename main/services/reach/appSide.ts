import type { DatabaseAddress } from '../../../contract/connection.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { ReachSide } from '../../../contract/reach.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Connections } from '../connections.ts';

/** What the app's own login learns about how the server listens: facts for the other side's verdict. */
export type ListenFacts = {
  listenAddresses?: string;
  passwordEncryption?: string;
  hbaFile?: string;
};

export type AppSide = { side: ReachSide; facts: ListenFacts };

/** `hba_file` may be read by those who may read all settings; to others it would be an error. */
const question = `SELECT current_user AS "user", current_database() AS database, current_setting('server_version') AS version,
  host(inet_client_addr()) AS client, current_setting('listen_addresses') AS listen, current_setting('password_encryption') AS encryption,
  CASE WHEN pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') THEN current_setting('hba_file', true) END AS hba`;

type Row = {
  user: string;
  database: string;
  version: string;
  client: string | null;
  listen: string;
  encryption: string;
  hba: string | null;
};

/** Logs in as the app does. What stops it is part of the result; rejects with `cancelled` and what was not expected. */
export async function tryFromApp(
  instance: Instance,
  address: DatabaseAddress,
  connections: Pick<Connections, 'open'>,
  signal: AbortSignal,
): Promise<AppSide> {
  const began = performance.now();
  let session: PostgresSession;
  try {
    session = await connections.open(instance, { signal, purpose: 'read' });
  } catch (error) {
    return { side: failed(address, error), facts: {} };
  }
  try {
    const milliseconds = Math.round(performance.now() - began);
    const [row] = await session.readable.read<Row>(question);
    if (row === undefined) throw new Error('the server told nothing about itself');
    const { user, database, version, client, listen, encryption, hba } = row;
    return {
      side: {
        means: 'app',
        address: session.address,
        outcome: 'reached',
        milliseconds,
        answered: {
          user,
          database,
          serverVersion: version,
          encrypted: session.transport.kind === 'tls',
          ...(client === null ? {} : { clientAddress: client }),
        },
      },
      facts: {
        listenAddresses: listen,
        passwordEncryption: encryption,
        ...(hba === null ? {} : { hbaFile: hba }),
      },
    };
  } catch (error) {
    return { side: failed(session.address, error), facts: {} };
  } finally {
    await session.close();
  }
}

function failed(address: DatabaseAddress, error: unknown): ReachSide {
  if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
  return { means: 'app', address, outcome: 'failed', problem: error.problem };
}
