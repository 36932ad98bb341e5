import type { RehearsalReport } from '../../../contract/migration.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quoting.ts';

/** Tables counted in one statement. */
const together = 50;

/** Exact numbers of rows by table, of everything that is not PostgreSQL's or an extension's own. */
export async function countRows({ readable }: PostgresSession): Promise<Map<string, number>> {
  const tables = await readable.read<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND c.relname <> 'aperture_migrations'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1, 2`,
  );
  const counts = new Map<string, number>();
  for (let from = 0; from < tables.length; from += together) {
    const parts = tables.slice(from, from + together).map(({ schema, name }) => {
      const shown = quoteLiteral(schema === 'public' ? name : `${schema}.${name}`);
      return `SELECT ${shown} AS "table", count(*)::float8 AS rows FROM ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
    });
    const rows = await readable.read<{ table: string; rows: number }>(parts.join(' UNION ALL '));
    for (const row of rows) counts.set(row.table, row.rows);
  }
  return counts;
}

/** Where the numbers differ; a table that is new, or gone, counts as empty. */
export function changedRows(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): RehearsalReport['rows'] {
  const tables = [...new Set([...before.keys(), ...after.keys()])].sort();
  return tables
    .map((table) => ({ table, before: before.get(table) ?? 0, after: after.get(table) ?? 0 }))
    .filter((each) => each.before !== each.after);
}
