import type { BackupManifest } from '../../../contract/backup.ts';
import type { RestoreNumbers, RestoreTable } from '../../../contract/restore.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { quoteIdentifier } from '../../sql/quoting.ts';

export type TableRows = { schema: string; name: string; rows: number };

/** Tables counted in one statement. */
const together = 20;
/** Above so many bytes of tables a plan goes by PostgreSQL's estimates. */
const countedBelow = 256 * 1024 * 1024;

const tablesSql = `SELECT n.nspname AS schema, c.relname AS name, pg_relation_size(c.oid)::float8 AS bytes,
    greatest(c.reltuples, 0)::float8 AS rows
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1, 2`;

type Found = TableRows & { bytes: number };

/** Exact rows of every table, of all that is neither PostgreSQL's nor an extension's. */
export async function countRows(
  session: Pick<PostgresSession, 'readable'>,
  onTable: (done: number, total: number) => void = () => undefined,
): Promise<TableRows[]> {
  return countTables(session, await session.readable.read<Found>(tablesSql), onTable);
}

/** Exact where it is quick, else estimated. */
export async function lookAtRows(
  session: Pick<PostgresSession, 'readable'>,
): Promise<{ tables: TableRows[]; exact: boolean }> {
  const found = await session.readable.read<Found>(tablesSql);
  const exact = found.reduce((sum, { bytes }) => sum + bytes, 0) < countedBelow;
  return { tables: exact ? await countTables(session, found, () => undefined) : found, exact };
}

async function countTables(
  { readable }: Pick<PostgresSession, 'readable'>,
  tables: readonly Found[],
  onTable: (done: number, total: number) => void,
): Promise<TableRows[]> {
  const counted: TableRows[] = [];
  for (let from = 0; from < tables.length; from += together) {
    const some = tables.slice(from, from + together);
    const parts = some.map(
      ({ schema, name }, index) =>
        `SELECT ${index} AS at, count(*)::float8 AS rows FROM ONLY ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
    );
    const rows = await readable.read<{ at: number; rows: number }>(parts.join(' UNION ALL '));
    for (const { at, rows: count } of rows) {
      const table = some[at];
      if (table !== undefined) counted.push({ schema: table.schema, name: table.name, rows: count });
    }
    onTable(Math.min(tables.length, from + together), tables.length);
  }
  return counted;
}

/** What people ask after, from the rows of every table. */
export function numbersOf(tables: readonly TableRows[], ledger: readonly string[] | null | undefined): RestoreNumbers {
  const sum = (of: (table: TableRows) => boolean) => tables.filter(of).reduce((rows, table) => rows + table.rows, 0);
  return {
    tables: tables.length,
    rows: sum(() => true),
    embeddings: sum(({ name }) => /(?:^|_)embeddings(?:_\d+)?$/.test(name)),
    users: sum(({ name }) => name === 'users'),
    ...(ledger === null || ledger === undefined ? {} : { migrations: ledger.length }),
  };
}

export function manifestNumbers({ tables, ledger }: BackupManifest): RestoreNumbers {
  return numbersOf(tables, ledger);
}

/** Tables whose rows are not the same on both sides, the largest difference first. */
export function changedTables(backup: readonly TableRows[], now: readonly TableRows[]): RestoreTable[] {
  const keyOf = ({ schema, name }: TableRows) => JSON.stringify([schema, name]);
  const before = new Map(now.map((table) => [keyOf(table), table]));
  const after = new Map(backup.map((table) => [keyOf(table), table]));
  const all = new Map([...before, ...after]);
  return [...all]
    .map(([key, { schema, name }]): RestoreTable => {
      const [then, here] = [after.get(key)?.rows, before.get(key)?.rows];
      return {
        schema,
        name,
        ...(then === undefined ? {} : { backup: then }),
        ...(here === undefined ? {} : { now: here }),
      };
    })
    .filter((table) => table.backup !== table.now)
    .sort((a, b) => Math.abs((b.backup ?? 0) - (b.now ?? 0)) - Math.abs((a.backup ?? 0) - (a.now ?? 0)));
}
