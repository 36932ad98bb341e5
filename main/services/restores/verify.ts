import type { BackupManifest } from '../../../contract/backup.ts';
import type { RestoreProof } from '../../../contract/restore.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { quoteIdentifier } from '../../sql/quoting.ts';
import { readLedger } from '../migrations/ledger.ts';
import { changedTables, countRows, numbersOf, type TableRows } from './numbers.ts';

/** What the restored database is to be. `indexes`: as many as the archive lists; unknown for SQL text. */
export type Expected = {
  manifest?: Pick<BackupManifest, 'tables' | 'ledger' | 'extensions'>;
  indexes?: number;
};

/** Counts every row and compares; looks at the indexes; asks for neighbours. Reads only. */
export async function proveRestored(
  session: PostgresSession,
  { manifest, indexes }: Expected,
  onTable?: (done: number, total: number) => void,
): Promise<RestoreProof> {
  const counted = await countRows(session, onTable);
  const ledger = await ledgerOf(session, counted);
  const extensions = await session.readable.read<{ name: string }>('SELECT extname AS name FROM pg_extension');
  const names = new Set(extensions.map(({ name }) => name));
  const neighbours = await askForNeighbours(session);
  return {
    numbers: numbersOf(counted, ledger),
    differences: manifest === undefined ? [] : changedTables(manifest.tables, counted),
    compared: manifest?.tables.length ?? 0,
    ledgerEqual: manifest === undefined || sameNames(manifest.ledger, ledger),
    extensionsMissing: (manifest?.extensions ?? []).map(({ name }) => name).filter((name) => !names.has(name)),
    indexes: await lookAtIndexes(session, indexes),
    ...(neighbours === undefined ? {} : { neighbours }),
  };
}

/** As the manifest has it: found by its name, in whatever schema, sorted by PostgreSQL. */
async function ledgerOf(session: PostgresSession, tables: readonly TableRows[]): Promise<string[] | null> {
  const ledgers = tables.filter(({ name }) => name === 'aperture_migrations');
  const ledger = ledgers.find(({ schema }) => schema === 'public') ?? ledgers[0];
  if (ledger === undefined) return null;
  if (ledger.schema === 'public') return (await readLedger(session)).rows.map(({ name }) => name);
  const place = `${quoteIdentifier(ledger.schema)}.${quoteIdentifier(ledger.name)}`;
  return (await session.readable.read<{ name: string }>(`SELECT name FROM ${place} ORDER BY name`)).map(
    ({ name }) => name,
  );
}

function sameNames(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (a === null || b === null) return a === b;
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}

async function lookAtIndexes(
  { readable }: PostgresSession,
  expected: number | undefined,
): Promise<RestoreProof['indexes']> {
  const rows = await readable.read<{ name: string; valid: boolean }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name, i.indisvalid AND i.indisready AS valid
     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND t.relkind IN ('r', 'p', 'm')
       AND NOT EXISTS (SELECT FROM pg_depend d
         WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e')`,
  );
  return {
    count: rows.length,
    ...(expected === undefined ? {} : { expected }),
    invalid: rows.filter(({ valid }) => !valid).map(({ name }) => name),
  };
}

type VectorIndex = { place: string; table: string; column: string; operator: string };

/** The largest table with a vector index, and how it is asked; without one, the largest with a vector column. */
const largestVector = `SELECT format('%I.%I', n.nspname, t.relname) AS place, t.relname AS table,
    coalesce(pg_get_indexdef(i.indexrelid, 1, true), quote_ident(a.attname)) AS column,
    coalesce((SELECT format('OPERATOR(%I.%s)', on_.nspname, o.oprname)
      FROM pg_opclass oc JOIN pg_amop am ON am.amopfamily = oc.opcfamily AND am.amopstrategy = 1
        JOIN pg_operator o ON o.oid = am.amopopr JOIN pg_namespace on_ ON on_.oid = o.oprnamespace
      WHERE oc.oid = i.indclass[0] LIMIT 1), format('OPERATOR(%I.<->)', yn.nspname)) AS operator
  FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid AND t.relkind IN ('r', 'm')
    JOIN pg_namespace n ON n.oid = t.relnamespace
    JOIN pg_type y ON y.oid = a.atttypid AND y.typname IN ('vector', 'halfvec')
    JOIN pg_namespace yn ON yn.oid = y.typnamespace
    LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisvalid
      AND (SELECT amname FROM pg_am JOIN pg_class ic ON ic.relam = pg_am.oid WHERE ic.oid = i.indexrelid) IN ('hnsw', 'ivfflat')
  WHERE NOT a.attisdropped AND n.nspname !~ '^pg_'
  ORDER BY i.indexrelid IS NULL, pg_relation_size(t.oid) DESC LIMIT 1`;

async function askForNeighbours({ readable }: PostgresSession): Promise<RestoreProof['neighbours']> {
  const [found] = await readable.read<VectorIndex>(largestVector);
  if (found === undefined) return undefined;
  const { place, table, column, operator } = found;
  const expression = `(${column})`;
  const started = performance.now();
  const answers = await readable.readAll([
    // So that it is the index that answers.
    'SET LOCAL enable_seqscan = off',
    `SELECT 1 FROM ${place} WHERE ${expression} IS NOT NULL ORDER BY ${expression} ${operator}
       (SELECT ${expression} FROM ${place} WHERE ${expression} IS NOT NULL LIMIT 1) LIMIT 5`,
    `SELECT count(*)::int AS rows FROM (SELECT 1 FROM ${place} WHERE ${expression} IS NOT NULL LIMIT 5) five`,
  ]);
  const milliseconds = Math.round(performance.now() - started);
  const there = Number(answers[2]?.[0]?.rows ?? 0);
  const neighbours = answers[1]?.length ?? 0;
  if (there > 0 && neighbours === 0) {
    throw new ProblemError('restore-unproven', { differences: `${table}.${column}: no neighbours were found` });
  }
  return { table, column, found: neighbours, milliseconds };
}

/** What is wrong, in words for the problem; empty when nothing is. */
function faultsOf({ differences, ledgerEqual, extensionsMissing, indexes }: RestoreProof): string[] {
  const faults = differences.map(
    ({ schema, name, backup, now }) => `${schema}.${name}: ${backup ?? '–'} in the backup, ${now ?? '–'} restored`,
  );
  if (!ledgerEqual) faults.push('aperture_migrations: other entries than in the backup');
  for (const name of extensionsMissing) faults.push(`extension ${name} is missing`);
  for (const name of indexes.invalid) faults.push(`index ${name} is not valid`);
  if (indexes.expected !== undefined && indexes.count !== indexes.expected) {
    faults.push(`${indexes.count} indexes, ${indexes.expected} in the backup`);
  }
  return faults;
}

/** Raises `restore-unproven`. */
export function requireProven(proof: RestoreProof): void {
  const faults = faultsOf(proof);
  if (faults.length === 0) return;
  const differences = [...faults.slice(0, 10), ...(faults.length > 10 ? ['…'] : [])].join('; ');
  throw new ProblemError('restore-unproven', { differences }, { detail: faults.join('\n').slice(0, 4000) });
}
