import { say, text } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Connections } from '../connections.ts';

/** The same instance, in another database of its server. */
export function inDatabase(instance: Instance, database: string): Instance {
  const { connection } = instance;
  return connection === undefined ? instance : { ...instance, connection: { ...connection, database } };
}

/** Milliseconds for one statement: a database may be large and a disk slow. */
export const longestStatement = 24 * 3_600_000;

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
): Promise<PostgresSession | undefined> {
  for (const database of others) {
    if (instance.connection?.database === database) continue;
    try {
      return await connections.open(inDatabase(instance, database), {
        purpose: 'write',
        signal,
        queryTimeoutMs: longestStatement,
      });
    } catch (error) {
      if (!(error instanceof ProblemError) || !ofDatabase.has(error.problem.code)) throw error;
    }
  }
  return undefined;
}

/** The same, where it has to be: raises `restore-refused` when no database lets the role in. */
export async function requireMaintenance(
  connections: Pick<Connections, 'open'>,
  instance: Instance,
  signal: AbortSignal,
): Promise<PostgresSession> {
  const session = await openMaintenance(connections, instance, signal);
  if (session !== undefined) return session;
  const user = instance.connection?.user ?? '';
  throw new ProblemError('restore-refused', { reasons: say(text('restore.check.maintenance.missing', { user })) });
}

/** Does something from there and logs out. */
export async function fromMaintenance<Result>(
  connections: Pick<Connections, 'open'>,
  instance: Instance,
  signal: AbortSignal,
  body: (session: PostgresSession) => Promise<Result>,
): Promise<Result> {
  const session = await requireMaintenance(connections, instance, signal);
  try {
    return await body(session);
  } finally {
    await session.close();
  }
}
