import { z } from 'zod';
import type { CompanionSchemaState, InstanceIdentity } from '../../../contract/identity.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { companionSchemaName as schema } from '../../checks/aperturesTables.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { quoteIdentifier } from '../../sql/quoting.ts';
import { companionLedger } from '../migrations/ledgers.ts';

const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** `empty`: a schema of the name without anything in it, as an administrator may have made it for the app. */
export async function schemaKind({ readable }: PostgresSession): Promise<'missing' | 'empty' | 'ours' | 'foreign'> {
  const [row] = await readable.read<{ there: boolean; ours: boolean; relations: number }>(
    `SELECT to_regnamespace('${schema}') IS NOT NULL AS there, to_regclass('${companionLedger.table}') IS NOT NULL AS ours,
            (SELECT count(*)::int FROM pg_class c WHERE c.relnamespace = to_regnamespace('${schema}')) AS relations`,
  );
  if (row?.there !== true) return 'missing';
  if (row.ours) return 'ours';
  return row.relations === 0 ? 'empty' : 'foreign';
}

/** What is in the schema. `known`: the names of this version's migrations. */
export async function readState(session: PostgresSession, known: readonly string[]): Promise<CompanionSchemaState> {
  const kind = await schemaKind(session);
  if (kind === 'foreign') return { kind };
  if (kind !== 'ours') return { kind: 'missing' };
  const rows = await session.readable.read<{ name: string }>(`SELECT name FROM ${companionLedger.table}`);
  const applied = new Set(rows.map(({ name }) => name));
  const identity = applied.has('0001_instance.sql') ? await readIdentity(session) : undefined;
  if (identity === undefined) return { kind: 'missing' };
  const unknown = [...applied].filter((name) => !known.includes(name)).sort();
  if (unknown.length > 0) return { kind: 'newer', identity, unknown };
  return { kind: 'there', identity, pending: known.filter((name) => !applied.has(name)).length };
}

const identitySchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  appVersion: z.string(),
  oid: z.number(),
  system: z.string().nullable(),
  database: z.string(),
  since: z.string(),
});

async function readIdentity(session: PostgresSession): Promise<InstanceIdentity | undefined> {
  const [row] = await session.readable.read(
    `SELECT i.id::text AS id, i.name, ${iso('i.created_at')} AS "createdAt", i.app_version AS "appVersion",
            p.database_oid::float8 AS oid, p.system_identifier AS system, p.database_name AS database, ${iso('p.since')} AS since
     FROM ${schema}.instance i, (SELECT * FROM ${schema}.places ORDER BY id DESC LIMIT 1) p`,
  );
  if (row === undefined) return undefined;
  const { id, name, createdAt, appVersion, oid, system, database, since } = identitySchema.parse(row);
  const here = await whereWeAre(session);
  const place =
    here.oid !== oid || (here.system !== undefined && system !== null && here.system !== system)
      ? 'moved'
      : here.system === undefined || system === null
        ? 'unknown'
        : 'same';
  return { id, name, createdAt, appVersion, place, lastPlace: { database, since } };
}

/** The database's id, and its cluster's where the role may read it. A restored dump has the former anew, a copied disk neither. */
async function whereWeAre({ readable }: PostgresSession): Promise<{ oid: number; system?: string; database: string }> {
  const [row] = await readable.read<{ oid: number; database: string }>(
    'SELECT oid::bigint::float8 AS oid, datname AS database FROM pg_database WHERE datname = current_database()',
  );
  if (row === undefined) throw new Error('the database does not know itself');
  try {
    const [control] = await readable.read<{ system: string }>(
      'SELECT system_identifier::text AS system FROM pg_control_system()',
    );
    return control === undefined ? row : { ...row, system: control.system };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'permission-denied') throw error;
    return row;
  }
}

/** Makes the identity, once for the life of the data. Whoever owns Aperture's tables may read it: the server's own backup does. */
export async function introduce(
  session: PostgresSession,
  { name, appVersion }: { name: string; appVersion: string },
): Promise<void> {
  const { rowCount } = await session.writable.run(
    `INSERT INTO ${schema}.instance (name, app_version) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [name, appVersion],
  );
  if (rowCount > 0) await noteWhere(session, appVersion);
  const [owner] = await session.readable.read<{ role: string }>(
    `SELECT pg_get_userbyid(relowner) AS role FROM pg_class
     WHERE oid = to_regclass('aperture_migrations') AND pg_get_userbyid(relowner) <> current_user`,
  );
  if (owner === undefined) return;
  const role = quoteIdentifier(owner.role);
  await session.writable.run(
    `GRANT USAGE ON SCHEMA ${schema} TO ${role};
     GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${role};
     GRANT SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role};
     ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT ON TABLES TO ${role};
     ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT ON SEQUENCES TO ${role}`,
  );
}

/** Takes note of where the database is now. */
export async function noteWhere(session: PostgresSession, appVersion: string): Promise<void> {
  const { oid, system, database } = await whereWeAre(session);
  await session.writable.run(
    `INSERT INTO ${schema}.places (database_oid, system_identifier, database_name, app_version) VALUES ($1, $2, $3, $4)`,
    [oid, system ?? null, database, appVersion],
  );
}
