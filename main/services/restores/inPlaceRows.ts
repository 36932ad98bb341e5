import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { quoteIdentifier } from '../../sql/quoting.ts';
import { type Ledger, readLedger } from '../migrations/ledger.ts';
import type { TableRows } from './numbers.ts';

/** Above so many bytes of tables PostgreSQL's estimates are told. */
const countedBelow = 256 * 1024 * 1024;

export type RowsNow = {
  tables: TableRows[];
  /** False: some or all of them are estimates. */
  exact: boolean;
  /** Tables that the role may not read: no dump of the database can be made. */
  unreadable: string[];
};

/** Rows of every table of anybody's. What cannot be counted now, since it is large, locked or closed, is estimated. */
export async function rowsNow({ readable }: Pick<PostgresSession, 'readable'>): Promise<RowsNow> {
  // From the catalogue alone: to ask for a table's size waits for whoever has locked it.
  const found = await readable.read<TableRows & { bytes: number; open: boolean }>(
    `SELECT n.nspname AS schema, c.relname AS name, c.relpages * current_setting('block_size')::float8 AS bytes, greatest(c.reltuples, 0)::float8 AS rows,
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS open
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1, 2`,
  );
  const unreadable = found.filter(({ open }) => !open).map(({ schema, name }) => `${schema}.${name}`);
  const tables = found.map(({ schema, name, rows }) => ({ schema, name, rows }));
  const small = found.reduce((sum, { bytes }) => sum + bytes, 0) < countedBelow;
  const counted = found.flatMap(({ open, schema, name }, at) =>
    open
      ? [`SELECT ${at} AS at, count(*)::float8 AS rows FROM ONLY ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`]
      : [],
  );
  if (!small || counted.length === 0) return { tables, exact: small && unreadable.length === 0, unreadable };
  try {
    for (const { at, rows } of await readable.read<{ at: number; rows: number }>(counted.join(' UNION ALL '))) {
      const table = tables[at];
      if (table !== undefined) table.rows = rows;
    }
    return { tables, exact: unreadable.length === 0, unreadable };
  } catch (error) {
    if (!isLocked(error)) throw error;
    return { tables, exact: false, unreadable };
  }
}

/** The ledger; none where somebody has locked it. */
export async function ledgerNow(session: Pick<PostgresSession, 'readable'>): Promise<Ledger> {
  try {
    return await readLedger(session);
  } catch (error) {
    if (!isLocked(error)) throw error;
    return { there: false, rows: [] };
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === 'lock-timeout';
}
