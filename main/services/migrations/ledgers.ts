import { companionSchemaName } from '../../checks/aperturesTables.ts';

/** A table that says which files were applied, and the key of the lock that belongs to it. */
export type LedgerKind = {
  /** As SQL. */
  table: string;
  /** A query of one row: `there`. */
  exists: string;
  create: string;
  /** The second key of the advisory lock; the first is `lockClass`. */
  lockKey: number;
};

/**
 * The first key of the advisory locks of this app: the bytes of "APER". Session locks, held while migrations run, seen in pg_locks as
 * `classid` 1095779666 with `objid` 1 for the server's migrations and 2 for the companion's own. The server takes no lock.
 */
export const lockClass = 0x41504552;

/** The server's own, found and made as the server does it: by the search path. */
export const serverLedger: LedgerKind = {
  table: 'aperture_migrations',
  exists: "SELECT to_regclass('aperture_migrations') IS NOT NULL AS there",
  create: `CREATE TABLE IF NOT EXISTS aperture_migrations (
  id SERIAL PRIMARY KEY,
  name TEXT UNIQUE NOT NULL,
  applied_at TIMESTAMPTZ DEFAULT now()
)`,
  lockKey: 1,
};

/** Of the schema in `migrations/`. The schema is made with it. */
export const companionLedger: LedgerKind = {
  table: `${companionSchemaName}.migrations`,
  exists: `SELECT to_regclass('${companionSchemaName}.migrations') IS NOT NULL AS there`,
  create: `CREATE SCHEMA IF NOT EXISTS ${companionSchemaName};
CREATE TABLE IF NOT EXISTS ${companionSchemaName}.migrations (
  id serial PRIMARY KEY,
  name text UNIQUE NOT NULL,
  applied_at timestamptz DEFAULT now()
)`,
  lockKey: 2,
};
