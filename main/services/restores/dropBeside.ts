import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { quoteIdentifier } from '../../sql/quoting.ts';
import { readDatabases } from './databases.ts';

/**
 * Removes a database beside the one in use, if it is still what was shown: the same one by its number, not in use under the name that
 * everybody connects to. Gone already: nothing to do. From another database of the server; it can't be taken back.
 * Raises `plan-stale` when it is another one now, `permission-denied`, `database-in-use`.
 */
export async function dropBeside(
  session: Pick<PostgresSession, 'readable' | 'writable' | 'address'>,
  database: string,
  side: { oid: number; name: string },
): Promise<void> {
  const { current, beside } = await readDatabases(session, database);
  if (current?.oid === side.oid) throw new ProblemError('plan-stale', { id: side.name });
  const found = beside.find(({ oid }) => oid === side.oid);
  if (found === undefined) return;
  if (found.name !== side.name) throw new ProblemError('plan-stale', { id: side.name });
  // FORCE ends its sessions, as far as the role may; from PostgreSQL 13.
  await session.writable.run(`DROP DATABASE IF EXISTS ${quoteIdentifier(side.name)} WITH (FORCE)`);
}
