import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StatementEffect } from '../../../contract/migration.ts';
import { changes } from './changes.ts';
import { type Flavour, tableSteps } from './tables.ts';

/** A file of migrations. `effect`: the worst that it does to tables that have data in them. */
export type TestMigration = { name: string; sql: string; effect: StatementEffect };

/**
 * More than a hundred migrations of our own making with the shape of a real server's: extensions, tables with halfvec columns, HNSW and
 * IVFFlat indexes, functions and triggers, enums, partitions, views, DO blocks with NOTICEs, renamings, rewriting and deleting ones. All of them
 * succeed, on empty tables and on tables with `testData`. `vector: false` for servers without pgvector.
 */
export function realisticMigrations(flavour: Flavour = { vector: true }): TestMigration[] {
  return [
    ...tableSteps(flavour).map(([title, sql]) => ({ title, sql, effect: 'harmless' as const })),
    ...changes(flavour),
  ].map(({ title, sql, effect }, at) => ({ name: migrationName(at + 1, title), sql, effect }));
}

/** How many of them only make tables: after these, `testData` can be put in. */
export function tableMigrations(flavour: Flavour = { vector: true }): number {
  return tableSteps(flavour).length;
}

/** `0042_title.sql` */
function migrationName(number: number, title: string): string {
  return `${String(number).padStart(4, '0')}_${title}.sql`;
}

/** A file behind the last one of a set. */
export function nextMigration(
  set: readonly { name: string }[],
  title: string,
  sql: string,
): { name: string; sql: string } {
  return { name: migrationName(set.length + 1, title), sql };
}

/** Single migrations for what can happen, to be put behind a set with `nextMigration`. */
export const special = {
  /** Destroys what `testData` put into movies. */
  deleting: 'DELETE FROM movies WHERE year < 1990;\n',
  slow: (seconds: number) => `SELECT pg_sleep(${seconds});\nCREATE TABLE slowly (id integer);\n`,
  /** Its third statement, in line 4, fails everywhere: 42P01. */
  failing: `CREATE TABLE half_done (id integer);
INSERT INTO half_done VALUES (1);
-- The next one fails.
INSERT INTO never_made (id) VALUES (2);
`,
  /** Succeeds on empty tables and fails on `testData`, where an address is there twice: 23505. */
  failingOnData:
    'ALTER TABLE users ADD COLUMN verified boolean;\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);\n',
  /** Fails in the transaction that each migration is run in: 25001. */
  outsideTransaction: 'CREATE INDEX CONCURRENTLY movies_year ON movies (year);\n',
  /** Waits for whoever holds a lock on movies. */
  locking: 'ALTER TABLE movies ADD COLUMN locked boolean;\n',
  notices: (count: number) =>
    `DO $$ BEGIN FOR n IN 1..${count} LOOP RAISE NOTICE 'note %', n USING HINT = 'nothing to do'; END LOOP; END $$;\n`,
} as const;

/** Writes files as the server's image has them. */
export function writeMigrations(folder: string, migrations: readonly { name: string; sql: string }[]): string {
  mkdirSync(folder, { recursive: true });
  for (const { name, sql } of migrations) writeFileSync(path.join(folder, name), sql);
  return folder;
}
