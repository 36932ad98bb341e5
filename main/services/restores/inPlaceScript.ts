import { randomBytes } from 'node:crypto';
import type { BackupManifest } from '../../../contract/backup.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quoting.ts';
import { lockClass, serverLedger } from '../migrations/ledgers.ts';
import { objectsSql, ownersSql } from './inPlaceObjects.ts';

/** What the script says on standard output, a line each, and in its own exceptions. */
export const marks = {
  transaction: 'companion-transaction ',
  result: 'companion-result ',
  committed: 'companion-committed',
  unproven: 'companion-unproven: ',
  refused: 'companion-refused: ',
} as const;

/** Seconds that a lock is waited for. */
export const lockSeconds = 60;

/**
 * A table with a broken rule that is looked at when the transaction ends: until `release` has run nothing can commit it, whatever the SQL
 * between says, and wherever its input ends.
 */
export type CommitGuard = { set: string; release: string; table: string };

export function commitGuard(): CommitGuard {
  const table = `pg_temp.${quoteIdentifier(`companion_guard_${randomBytes(6).toString('hex')}`)}`;
  return {
    table,
    set: `CREATE TEMPORARY TABLE ${table.replace('pg_temp.', '')} (half int, n int UNIQUE DEFERRABLE INITIALLY DEFERRED, note text) ON COMMIT DROP;
INSERT INTO ${table} VALUES (1, 1, NULL), (2, 1, NULL);`,
    release: `DELETE FROM ${table} WHERE half = 2;`,
  };
}

/** The first lines of every script: a transaction whose limits are known, and its number. */
export function opening(
  guard: CommitGuard,
  options: { major: number; settings: readonly string[]; role?: string },
): string {
  const settings = [
    ...options.settings,
    `lock_timeout=${lockSeconds}s`,
    'statement_timeout=0',
    'idle_in_transaction_session_timeout=0',
    ...(options.major >= 17 ? ['transaction_timeout=0'] : []),
    'client_min_messages=warning',
    'search_path=pg_catalog',
    'synchronous_commit=on',
  ].map((setting) => {
    const [name = '', value = ''] = setting.split('=', 2);
    return `SET LOCAL ${name} = ${quoteLiteral(value)};`;
  });
  return [
    'BEGIN;',
    ...settings,
    ...(options.role === undefined ? [] : [`SET LOCAL ROLE ${quoteIdentifier(options.role)};`]),
    `SELECT '${marks.transaction}' || txid_current();`,
    guard.set,
    '',
  ].join('\n');
}

/**
 * Removes all of Aperture's from these schemas: what its roles own and no extension has. Raises when another runner of migrations is at
 * work, and when something of others would go with it.
 */
export function clearing(schemas: readonly string[], { largeObjects }: { largeObjects: boolean }): string {
  const names = `ARRAY[${schemas.map((name) => quoteLiteral(name)).join(', ')}]::name[]`;
  const doomed = `SELECT * FROM (${objectsSql}) objects WHERE schema = ANY (app_schemas) AND owner = ANY (owners)`;
  const others = `SELECT 'pg_class'::regclass::oid AS class, c.oid, format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT (n.nspname = ANY (app_schemas) AND c.relowner = ANY (owners))
    UNION ALL SELECT 'pg_proc'::regclass::oid, p.oid, format('%I.%I', n.nspname, p.proname)
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT (n.nspname = ANY (app_schemas) AND p.proowner = ANY (owners))
    UNION ALL SELECT 'pg_constraint'::regclass::oid, k.oid, format('%I on %s', k.conname, k.conrelid::regclass)
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT (n.nspname = ANY (app_schemas) AND c.relowner = ANY (owners))
    UNION ALL SELECT 'pg_extension'::regclass::oid, x.oid, format('extension %I', x.extname) FROM pg_extension x`;
  const body = `
DECLARE
  app_schemas constant name[] := ${names};
  owners constant oid[] := ${ownersSql};
  others_before jsonb;
  gone text;
  one record;
BEGIN
  IF NOT pg_try_advisory_xact_lock(${lockClass}, ${serverLedger.lockKey}) THEN
    RAISE EXCEPTION '${marks.refused}another runner of migrations is at work';
  END IF;
  SELECT jsonb_object_agg(class || ' ' || oid, name) INTO others_before FROM (${others}) others;
  LOOP
    SELECT i.type, i.identity INTO one
    FROM (${doomed}) doomed, LATERAL pg_identify_object(classid, objid, 0) i
    ORDER BY i.type <> 'table', doomed.objid LIMIT 1;
    EXIT WHEN NOT FOUND;
    EXECUTE format('DROP %s %s CASCADE', CASE one.type WHEN 'statistics object' THEN 'statistics' ELSE one.type END, one.identity);
  END LOOP;
  ${largeObjects ? 'PERFORM lo_unlink(oid) FROM pg_largeobject_metadata WHERE lomowner = ANY (owners);' : ''}
  FOR one IN SELECT nspname FROM pg_namespace n WHERE n.nspname = ANY (app_schemas) AND n.nspname <> 'public'
      AND pg_has_role(n.nspowner, 'USAGE')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid AND d.deptype = 'n')
  LOOP
    EXECUTE format('DROP SCHEMA %I', one.nspname);
  END LOOP;
  SELECT string_agg(value, ', ') INTO gone FROM jsonb_each_text(coalesce(others_before, '{}'))
    WHERE NOT EXISTS (SELECT FROM (${others}) others WHERE class || ' ' || oid = key);
  IF gone IS NOT NULL THEN
    RAISE EXCEPTION '${marks.refused}something of others would be removed, too: %', gone;
  END IF;
END`;
  return `DO ${quoteLiteral(body).trimStart()};\n`;
}

/** Compares everything with the manifest, as far as there is one; raises what is different, and tells the rows of every table. */
export function proving(
  guard: CommitGuard,
  schemas: readonly string[],
  manifest: Pick<BackupManifest, 'tables' | 'ledger' | 'extensions'> | undefined,
): string {
  const wanted = manifest === undefined ? 'NULL' : `${quoteLiteral(JSON.stringify(manifest.tables))}::jsonb`;
  const ledger = manifest?.ledger ?? null;
  const names = `ARRAY[${schemas.map((name) => quoteLiteral(name)).join(', ')}]::name[]`;
  const extensions = `ARRAY[${(manifest?.extensions ?? []).map(({ name }) => quoteLiteral(name)).join(', ')}]::text[]`;
  const ledgerTable = ledgerOf(manifest?.tables ?? []);
  const ledgerCheck =
    ledger === null || ledgerTable === undefined
      ? ''
      : `
  EXECUTE ${quoteLiteral(`SELECT jsonb_agg(name ORDER BY name COLLATE "C") FROM ${ledgerTable}`)} INTO found;
  IF coalesce(found, '[]') <> ${quoteLiteral(JSON.stringify([...ledger].sort(byBytes)))}::jsonb THEN
    faults := faults || 'aperture_migrations: other entries than in the backup'::text;
  END IF;`;
  const body = `
DECLARE
  wanted constant jsonb := ${wanted};
  owners constant oid[] := ${ownersSql};
  counted jsonb := '[]';
  found jsonb;
  faults text[] := '{}';
  rows_then bigint;
  rows_now bigint;
  one record;
BEGIN
  FOR one IN SELECT n.nspname AS schema, c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      AND (c.relowner = ANY (owners) OR EXISTS (
        SELECT FROM jsonb_to_recordset(wanted) AS w(schema text, name text) WHERE w.schema = n.nspname AND w.name = c.relname))
    ORDER BY 1, 2
  LOOP
    SELECT w.rows INTO rows_then FROM jsonb_to_recordset(wanted) AS w(schema text, name text, rows bigint)
      WHERE w.schema = one.schema AND w.name = one.name;
    CONTINUE WHEN rows_then IS NULL AND NOT one.schema = ANY (${names});
    EXECUTE format('SELECT count(*) FROM ONLY %I.%I', one.schema, one.name) INTO rows_now;
    counted := counted || jsonb_build_object('schema', one.schema, 'name', one.name, 'rows', rows_now);
    IF wanted IS NOT NULL AND rows_then IS DISTINCT FROM rows_now THEN
      faults := faults || format('%I.%I: %s in the backup, %s restored', one.schema, one.name, coalesce(rows_then::text, '-'), rows_now);
    END IF;
  END LOOP;
  FOR one IN SELECT w.schema, w.name FROM jsonb_to_recordset(wanted) AS w(schema text, name text)
    WHERE NOT EXISTS (SELECT FROM jsonb_to_recordset(counted) AS c(schema text, name text) WHERE c.schema = w.schema AND c.name = w.name)
  LOOP
    faults := faults || format('%I.%I was not restored', one.schema, one.name);
  END LOOP;${ledgerCheck}
  FOR one IN SELECT name FROM unnest(${extensions}) AS x(name) WHERE name NOT IN (SELECT extname FROM pg_extension)
  LOOP
    faults := faults || format('extension %I is missing', one.name);
  END LOOP;
  FOR one IN SELECT i.indexrelid::regclass AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (${names}) AND c.relowner = ANY (owners) AND NOT (i.indisvalid AND i.indisready)
  LOOP
    faults := faults || format('index %s is not valid', one.name);
  END LOOP;
  IF cardinality(faults) > 0 THEN
    RAISE EXCEPTION '${marks.unproven}%', array_to_string(faults[1:10], '; ');
  END IF;
  INSERT INTO ${guard.table} VALUES (3, 3, counted::text);
END`;
  return `SET LOCAL search_path = pg_catalog;\nDO ${quoteLiteral(body).trimStart()};\n`;
}

/** The last lines: only here can anything be committed. */
export function closing(guard: CommitGuard): string {
  return `SELECT '${marks.result}' || note FROM ${guard.table} WHERE n = 3;
${guard.release}
COMMIT;
SELECT '${marks.committed}';
`;
}

function ledgerOf(tables: readonly { schema: string; name: string }[]): string | undefined {
  const ledgers = tables.filter(({ name }) => name === 'aperture_migrations');
  const ledger = ledgers.find(({ schema }) => schema === 'public') ?? ledgers[0];
  return ledger && `${quoteIdentifier(ledger.schema)}.${quoteIdentifier(ledger.name)}`;
}

/** As COLLATE "C" sorts UTF-8. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
