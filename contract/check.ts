import type { Text } from './copy/text.ts';
import type { Fix } from './fix.ts';

/** Order is the order in which they are shown. */
export const checkIds = [
  'server-version',
  'server-writable',
  'pooler',
  'encoding',
  'collation',
  'extension-vector',
  'extension-pgcrypto',
  'extension-pg_trgm',
  'database-dedicated',
  'database-owner',
  'create-on-database',
  'create-on-schema',
  'search-path',
  'connections',
  'memory-shared-buffers',
  'memory-work-mem',
  'memory-maintenance',
  'shared-memory',
  'free-disk',
  'tls-agreement',
  'password-backup',
] as const;
export type CheckId = (typeof checkIds)[number];

export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skipped';

/** One requirement with its verdict. `evidence` names the real value that was found; `why` says what needs it. */
export type CheckResult = {
  id: CheckId;
  status: CheckStatus;
  title: Text;
  evidence: Text;
  why?: Text;
  fixes: Fix[];
};

export type Verdict = 'ready' | 'ready-with-warnings' | 'not-ready';

/** All checks of one run. `at` is ISO 8601. */
export type CheckReport = {
  instanceId?: string;
  at: string;
  milliseconds: number;
  /** Round trips to the server after the login; at most three. */
  roundTrips: number;
  server?: import('./connection.ts').ServerView;
  verdict: Verdict;
  results: CheckResult[];
  facts?: DatabaseFacts;
};

/** Facts worth showing on Overview and Database beside the checks. Sizes in bytes. */
export type DatabaseFacts = {
  databaseBytes: number;
  connectionsUsed: number;
  connectionsMax: number;
  extensions: { name: string; installed?: string; available?: string; schema?: string }[];
  settings: { name: string; value: string; unit?: string; source: string }[];
  tables: { count: number; largest: { name: string; bytes: number; rows: number }[] };
  migrationsApplied?: number;
  lastMigration?: string;
  uptimeSeconds: number;
  timeZone: string;
};
