import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { OperationView } from '../../../contract/operation.ts';
import type { Companion } from '../../../main/compose.ts';
import { applyScript, testData } from '../../support/migrations/data.ts';
import { realisticMigrations, tableMigrations } from '../../support/migrations/set.ts';
import type { PostgresServer } from '../../support/postgres.ts';
import { createOwnedDatabase, type TestRole } from '../../support/postgresRoles.ts';
import { explain } from '../backups/harness.ts';

/** How many migrations an older server had, and what every server applies. */
const olderMigrations = (vector = true) => realisticMigrations({ vector }).slice(0, tableMigrations({ vector }));

/** A database of a role that owns it and nothing else; its extensions were made by an administrator. */
export async function ownedDatabase(server: PostgresServer, name: string, vector = true): Promise<TestRole> {
  const role = await createOwnedDatabase(server, name);
  const extensions = ['pgcrypto', 'pg_trgm', ...(vector ? ['vector'] : [])];
  for (const extension of extensions) await server.sql(`CREATE EXTENSION ${extension}`, { database: role.database });
  return role;
}

/** As an older server left it, with rows in it and names that nobody expects. */
export async function fillOlder(server: PostgresServer, role: TestRole, vector = true): Promise<void> {
  await server.sql(applyScript(olderMigrations(vector)), role);
  await server.sql(testData({ rows: 40, vector }), role);
  await server.sql(oddNames, role);
}

/** The server's own way from there on. Raises what PostgreSQL says. */
export async function migrateOn(server: PostgresServer, role: TestRole, vector = true): Promise<void> {
  const all = realisticMigrations({ vector });
  const rows = await server.sql('SELECT name FROM aperture_migrations', role);
  const applied = new Set(rows.map(({ name }) => name));
  await server.sql(applyScript(all.filter(({ name }) => !applied.has(name))), role);
}

const oddNames = `
CREATE SCHEMA "odd ""schema"", with. dots";
CREATE TYPE "odd ""schema"", with. dots"."tÿpe ""of""" AS ENUM ('a ''quoted'' one', 'b');
CREATE TABLE "odd ""schema"", with. dots"."wéird "" table; --" (
  "a ""col, umn" "odd ""schema"", with. dots"."tÿpe ""of""", "line
break" text, n serial PRIMARY KEY);
INSERT INTO "odd ""schema"", with. dots"."wéird "" table; --" VALUES ('b', E'x\\ty\\n\\\\.'), (NULL, E'\\\\.\\n');
CREATE TABLE "new
line" ("select" int);
INSERT INTO "new
line" VALUES (1);
CREATE FUNCTION "odd fn"("an arg" "odd ""schema"", with. dots"."tÿpe ""of""") RETURNS int LANGUAGE sql AS 'SELECT 1; COMMIT';
CREATE PROCEDURE "odd proc"() LANGUAGE plpgsql AS 'BEGIN COMMIT; END';
CREATE AGGREGATE "odd sum"(int) (sfunc = int4pl, stype = int);
CREATE OPERATOR ##@ (leftarg = int, rightarg = int, function = int4pl);
CREATE DOMAIN "odd domain" AS int CHECK (VALUE > 0);
CREATE COLLATION "odd collation" FROM "C";
CREATE TEXT SEARCH CONFIGURATION "odd search" (COPY = simple);
CREATE STATISTICS "odd statistics" ON n, "line
break" FROM "odd ""schema"", with. dots"."wéird "" table; --";
CREATE VIEW "odd view" AS SELECT "select" AS "from" FROM "new
line";
`.replace("'SELECT 1; COMMIT'", "'SELECT 1'");

/** Count and checksum of every table that is not an extension's, and the definition of everything else: equal when nothing has changed. */
export async function fingerprint(server: PostgresServer, database: string): Promise<Record<string, string>> {
  const tables = (await server.sql(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1`,
    { database },
  )) as { name: string }[];
  const parts = tables.map(
    ({ name }, at) =>
      `SELECT ${at} AS at, count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') AS sum FROM ONLY ${name} t`,
  );
  const sums = parts.length === 0 ? [] : await server.sql(parts.join(' UNION ALL '), { database });
  const lines = await server.sql(
    `SELECT indexdef AS line FROM pg_indexes WHERE schemaname !~ '^pg_'
     UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0
       AND connamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')
     UNION ALL SELECT format('%s %s', i.type, i.identity) FROM pg_depend d, LATERAL pg_identify_object(d.classid, d.objid, 0) i
       WHERE d.refclassid = 'pg_namespace'::regclass AND d.deptype = 'n' AND d.classid <> 'pg_default_acl'::regclass
         AND d.refobjid IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
     UNION ALL SELECT format('column %s.%s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull)
       FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
       WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'v', 'm', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
     UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
     ORDER BY 1`,
    { database },
  );
  const definitions = lines.map(({ line }) => String(line)).join('\n');
  return {
    ...Object.fromEntries(sums.map(({ at, sum }) => [tables[Number(at)]?.name ?? '', String(sum)])),
    definitions: createHash('sha256').update(definitions).digest('hex'),
    objects: String(lines.length),
  };
}

export async function restoreInPlace(
  companion: Companion,
  instanceId: string,
  backupId: string,
  more: { withoutSafetyBackup?: boolean } = {},
): Promise<OperationView> {
  const { name } = await companion.instances.get(instanceId);
  const { ended } = await companion.inPlaceRestores.run({
    instanceId,
    from: { kind: 'backup', id: backupId },
    confirm: name,
    ...more,
  });
  return ended;
}

export async function expectSucceeded(companion: Companion, view: OperationView): Promise<void> {
  expect(view.state, view.state === 'succeeded' ? '' : await explain(companion, view)).toBe('succeeded');
}
