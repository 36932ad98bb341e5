import type { BackupManifest } from '../../../contract/backup.ts';
import type { PostgresSession, WritableDatabase } from '../../adapters/postgres/session.ts';
import { quoteIdentifier } from '../../sql/quoting.ts';

export type TableFound = { schema: string; name: string; bytes: number };

/** What is in the database at one moment. */
export type Snapshot = {
  /** For `pg_dump --snapshot`, as long as the transaction is open. */
  id: string;
  database: { name: string; bytes: number; encoding: string };
  server: { version: string; major: number };
  tables: TableFound[];
  extensions: BackupManifest['extensions'];
  ledger: string[] | null;
  /** The exact rows of every table, counted one after the other. */
  count(): Promise<BackupManifest['tables']>;
};

/** Temporary tables and those that belong to an extension are not dumped, or only in part. */
const tablesSql = `SELECT n.nspname AS schema, c.relname AS name, pg_table_size(c.oid)::float8 AS bytes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1, 2`;

const databaseSql = `SELECT current_database() AS name, pg_database_size(current_database())::float8 AS bytes,
  pg_encoding_to_char(encoding) AS encoding, current_setting('server_version') AS version,
  current_setting('server_version_num')::int / 10000 AS major FROM pg_database WHERE datname = current_database()`;

const extensionsSql = 'SELECT extname AS name, extversion AS version FROM pg_extension ORDER BY 1';

/**
 * Takes a snapshot, keeps it for as long as the body runs, and lets others use it. Nothing is written. The limits that a server sets
 * on idle transactions don't count here: pg_dump reads in the same snapshot meanwhile.
 */
export function inSnapshot<T>(session: PostgresSession, body: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return session.writable.transaction(async (database) => {
    await database.run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await database.run(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 60000; SET LOCAL row_security = off;
      SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL max_parallel_workers_per_gather = 0`);
    if (Number.parseInt(session.parameters.get('server_version') ?? '0', 10) >= 17)
      await database.run('SET LOCAL transaction_timeout = 0');
    const {
      rows: [exported],
    } = await database.run<{ id: string }>('SELECT pg_export_snapshot() AS id');
    const {
      rows: [about],
    } = await database.run<Row>(databaseSql);
    if (exported === undefined || about === undefined) throw new Error('the server told nothing about itself');
    const { rows: tables } = await database.run<TableFound>(tablesSql);
    const { rows: extensions } = await database.run<{ name: string; version: string }>(extensionsSql);
    return body({
      id: exported.id,
      database: { name: about.name, bytes: about.bytes, encoding: about.encoding },
      server: { version: shortVersion(about.version), major: about.major },
      tables,
      extensions,
      ledger: await ledgerOf(database, tables),
      count: () => countRows(database, tables),
    });
  });
}

type Row = { name: string; bytes: number; encoding: string; version: string; major: number };

/** `17.5` of `17.5 (Debian 17.5-1.pgdg120+1)`. */
export function shortVersion(version: string): string {
  return version.split(' ', 1)[0] ?? version;
}

async function ledgerOf(database: WritableDatabase, tables: readonly TableFound[]): Promise<string[] | null> {
  const ledgers = tables.filter(({ name }) => name === 'aperture_migrations');
  const ledger = ledgers.find(({ schema }) => schema === 'public') ?? ledgers[0];
  if (ledger === undefined) return null;
  const { rows } = await database.run<{ name: string }>(`SELECT name FROM ${quoted(ledger)} ORDER BY name`);
  return rows.map(({ name }) => name);
}

async function countRows(database: WritableDatabase, tables: readonly TableFound[]): Promise<BackupManifest['tables']> {
  const counted: BackupManifest['tables'] = [];
  for (const table of tables) {
    const { rows } = await database.run<{ rows: number }>(`SELECT count(*)::float8 AS rows FROM ONLY ${quoted(table)}`);
    counted.push({ schema: table.schema, name: table.name, rows: rows[0]?.rows ?? 0 });
  }
  return counted;
}

function quoted({ schema, name }: { schema: string; name: string }): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}
