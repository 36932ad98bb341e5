import { z } from 'zod';
import type { Problem } from './problem.ts';

/** Where the files of the server's migrations come from. `installed`: the image of the instance's server. */
export const migrationSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('installed') }),
  z.object({ kind: z.literal('image'), image: z.string().min(1).max(512) }),
  /** On this computer. */
  z.object({ kind: z.literal('folder'), path: z.string().min(1).max(4096) }),
]);
export type MigrationSource = z.infer<typeof migrationSourceSchema>;

/** The source as it was found: which image, by its id. */
export type MigrationSourceFound = {
  kind: MigrationSource['kind'];
  /** Image name with tag, or the folder. */
  name: string;
  imageId?: string;
  files: number;
};

/** One row of `aperture_migrations`, or a file that is still to come. Times are ISO 8601. */
export type MigrationEntry = {
  name: string;
  state: 'applied' | 'pending' | 'unknown';
  id?: number;
  appliedAt?: string;
  /** Of the file, where the source has it. */
  bytes?: number;
};

/** `unknown` entries are applied and not in the source: an older source, or a hand that added them. */
export type MigrationStatus = {
  at: string;
  source: MigrationSourceFound | null;
  /** Why the source can't be read: the ledger is still told. */
  sourceProblem?: Problem;
  /** `missing`: the database has no ledger at all. */
  ledger: 'there' | 'missing';
  entries: MigrationEntry[];
  applied: number;
  pending: number;
  unknown: number;
  /** Pending files whose names sort before one that is applied: the server applies them all the same. */
  outOfOrder: string[];
  /** Whether the server migrates when it starts, where that is known. */
  onStart?: boolean;
};

/** What a statement does to what is there, the worst that applies first. */
export const statementEffects = [
  'destroys-data',
  'rewrites-table',
  'builds-index',
  'locks-table',
  'unknown',
  'harmless',
] as const;
export type StatementEffect = (typeof statementEffects)[number];

/** Why a statement is told about; each has its words in the catalogue, `migration.reason.<reason>`. */
export type StatementReason =
  | 'delete-all'
  | 'delete-rows'
  | 'delete-cascades'
  | 'truncate'
  | 'truncate-cascades'
  | 'drop-table'
  | 'drop-column'
  | 'drop-materialized-view'
  | 'drop-sequence'
  | 'drop-schema'
  | 'drop-database'
  | 'drop-owned'
  | 'cascade-table'
  | 'cascade-column'
  | 'cascade-view'
  | 'merge-delete'
  | 'update-rows'
  | 'insert-or-update'
  | 'set-type'
  | 'add-column-default'
  | 'add-generated-column'
  | 'set-storage'
  | 'cluster'
  | 'vacuum-full'
  | 'refresh'
  | 'create-index'
  | 'add-key'
  | 'reindex'
  | 'set-not-null'
  | 'not-null-without-default'
  | 'add-check'
  | 'add-foreign-key'
  | 'validate'
  | 'attach-partition'
  | 'lock-table'
  | 'domain-constraint'
  | 'outside-transaction'
  | 'transaction-control'
  | 'dynamic-sql'
  | 'language'
  | 'block-unreadable'
  | 'calls-function'
  | 'cascade'
  | 'table-missing'
  | 'not-known';

export type StatementWarning = {
  effect: StatementEffect;
  /** Schema-qualified, as PostgreSQL would print it. */
  object?: string;
  reason: StatementReason;
  /** What is there now: rows that it hits (exact where it could be counted, else estimated), bytes of the table. */
  rows?: number;
  rowsExact?: boolean;
  bytes?: number;
  /** Only for what takes long. From the table's real size. */
  estimatedSeconds?: number;
};

export type StatementNeed =
  | { kind: 'extension'; name: string; state: 'available' | 'missing' | 'not-permitted' }
  | { kind: 'privilege'; on: string; privilege: string };

export type StatementPreview = {
  /** 1-based, of the file. */
  line: number;
  sql: string;
  /** PostgreSQL's command tag: `CREATE TABLE`, `DELETE`. */
  command: string;
  effect: StatementEffect;
  warnings: StatementWarning[];
  needs: StatementNeed[];
};

export type MigrationPreview = {
  name: string;
  effect: StatementEffect;
  statements: StatementPreview[];
  /** The file is not SQL that PostgreSQL's grammar takes. */
  problem?: Problem;
};

export type MigrationsPreview = {
  at: string;
  source: MigrationSourceFound;
  files: MigrationPreview[];
  /** Statements, counted over all files. */
  effects: Record<StatementEffect, number>;
};

/** One file of a run or a rehearsal. */
export type MigrationOutcome = {
  name: string;
  milliseconds: number;
  state: 'applied' | 'failed' | 'not-reached';
  problem?: Problem;
  notices: number;
};

export type RehearsalReport = {
  at: string;
  /** On what: all the data, or only the tables' definitions. */
  on: 'template-copy' | 'backup' | 'schema-only';
  copyMilliseconds: number;
  files: MigrationOutcome[];
  /** Tables whose row count changed. */
  rows: { table: string; before: number; after: number }[];
};
