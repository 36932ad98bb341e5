import type { Instance } from '../../../contract/instance.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Connections } from '../connections.ts';

/** The same instance, in another database of its server. */
export function inDatabase(instance: Instance, database: string): Instance {
  const { connection } = instance;
  return connection === undefined ? instance : { ...instance, connection: { ...connection, database } };
}

const others = ['postgres', 'template1'];

/** Of these another database would say the same. */
const ofDatabase: ReadonlySet<string> = new Set([
  'database-missing',
  'permission-denied',
  'pg-hba-refused',
  'database-connection-limit',
]);

/**
 * Logs in to a database of the server that nobody renames: `postgres`, else `template1`. Undefined where neither lets the role in. Raises
 * what keeps it from the server altogether.
 */
export async function openMaintenance(
  connections: Pick<Connections, 'open'>,
  instance: Instance,
  signal: AbortSignal,
  queryTimeoutMs: number,
): Promise<PostgresSession | undefined> {
  for (const database of others) {
    if (instance.connection?.database === database) continue;
    try {
      return await connections.open(inDatabase(instance, database), { purpose: 'write', signal, queryTimeoutMs });
    } catch (error) {
      if (!(error instanceof ProblemError) || !ofDatabase.has(error.problem.code)) throw error;
    }
  }
  return undefined;
}
