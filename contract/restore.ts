import type { CheckStatus } from './check.ts';
import type { Text } from './copy/text.ts';
import type { Fix } from './fix.ts';
import type { Problem } from './problem.ts';

/**
 * What a database beside the instance's own is for.
 * - `making`: being filled by a restore; nothing of value is in it yet.
 * - `ready`: filled and verified, or taken out of use by putting the former one back; could take the place of the one in use.
 * - `kept`: was in use until another one took its place.
 */
export const sideDatabaseStates = ['making', 'ready', 'kept'] as const;
export type SideDatabaseState = (typeof sideDatabaseStates)[number];

/**
 * A database that a restore made or set aside. The database server itself tells: each has a note in its comment, changed in the same
 * transaction as its name, so that what is said of it is so whoever was killed when, and every computer sees the same.
 */
export type SideDatabase = {
  name: string;
  oid: number;
  state: SideDatabaseState;
  /** The database in whose place it is to be, or was. */
  besides: string;
  /** The operation that made it or set it aside. */
  operationId: string;
  /** Since when it is in this state, ISO 8601. */
  since: string;
  /** `kept`: until when it is to be kept, ISO 8601. */
  keepUntil?: string;
  bytes: number;
  sessions: number;
};

/** A session that keeps a database from being renamed. */
export type DatabaseSession = {
  pid: number;
  user: string;
  application: string;
  client: string;
  since: string;
  /** The app's login is allowed to end it. */
  mayEnd: boolean;
};

/** In the order in which they are shown. */
export const restoreCheckIds = [
  'archive',
  'instance',
  'tool',
  'server-major',
  'extensions',
  'objects',
  'encoding',
  'maintenance',
  'rights',
  'space',
  'ledger',
  'sessions',
  'pooler',
] as const;
export type RestoreCheckId = (typeof restoreCheckIds)[number];

/** One requirement of a restore with its verdict, before anything is touched. */
export type RestoreVerdict = { id: RestoreCheckId; status: CheckStatus; title: Text; evidence: Text; fixes: Fix[] };

/** `migrations`: entries of Aperture's ledger. Missing: nobody knows. */
export type RestoreNumbers = {
  tables: number;
  rows?: number;
  embeddings?: number;
  users?: number;
  migrations?: number;
};

/** One table whose rows change. Missing: it is not there. */
export type RestoreTable = { schema: string; name: string; backup?: number; now?: number };

/** What is restored, as it was found. */
export type RestoreSource = {
  name: string;
  path: string;
  bytes: number;
  encrypted: boolean;
  format: 'custom' | 'tar' | 'sql' | 'sql-gzip';
  backupId?: string;
  createdAt?: string;
};

/** What a restore side by side would do. Nothing of it is kept. */
export type RestorePlan = {
  instanceId: string;
  instance: string;
  database: string;
  source: RestoreSource;
  /** Of the manifest; without one only what the archive's table of contents tells. */
  backup: RestoreNumbers;
  now: RestoreNumbers;
  /** False: the numbers of rows now are PostgreSQL's estimates. */
  nowExact: boolean;
  /** Those whose number of rows changes, the largest change first. Empty without a manifest. */
  changes: RestoreTable[];
  /** Size of the database that is there now, and what the new one will take, in bytes. */
  databaseBytes: number;
  neededBytes: number;
  tool?: { version: string; place: string; jobs: number };
  verdicts: RestoreVerdict[];
  /** No verdict is `fail`. */
  possible: boolean;
  estimatedSeconds: number;
  /** Days for which the database that is there now is kept. */
  keepDays: number;
};

/** What was found in a restored database. */
export type RestoreProof = {
  numbers: RestoreNumbers;
  /** Tables whose number of rows is not the manifest's. */
  differences: RestoreTable[];
  /** Tables that were compared with a manifest; 0 without one. */
  compared: number;
  ledgerEqual: boolean;
  extensionsMissing: string[];
  indexes: { count: number; expected?: number; invalid: string[] };
  /** Neighbours that a query on the largest vector column found; missing where there is none. */
  neighbours?: { table: string; column: string; found: number; milliseconds: number };
};

/** What a restore did. Times are ISO 8601. */
export type RestoreReport = {
  at: string;
  source: RestoreSource;
  proof: RestoreProof;
  /** The one that was in use before, as it is called now. Missing: there is none, or it has not been exchanged. */
  kept?: { name: string; bytes: number; until?: string };
  seconds: number;
  /** From the stop of the server, or the exchange where there is none, until somebody could connect again. */
  downtimeSeconds: number;
  /** Errors of the tool that take nothing away. */
  ignored: string[];
  server?: { container: string; problem?: Problem };
};

/** A database beside the one in use, and what can be done about it. */
export type PendingRestore = SideDatabase & {
  /**
   * - `running`: an operation of this computer, or one that nobody knows with sessions in it, is at it.
   * - `unfinished`: whoever made it is gone; nothing of value is in it.
   * - `ready`: can take the place of the one in use, or be removed.
   * - `kept`: can be put back, or removed. `expired`: it was to be kept until before now.
   */
  standing: 'running' | 'unfinished' | 'ready' | 'kept' | 'expired';
};

export type RestoreState = {
  instanceId: string;
  databases: PendingRestore[];
  /** Containers that a process which is gone has stopped for a restore. */
  stoppedServers: string[];
};

/** A restore that was made to see whether it could be. Times are ISO 8601. */
export type DrillReport = {
  at: string;
  instanceId: string;
  source: RestoreSource;
  /** A database beside the instance's own, or a container made for it. */
  in: 'server' | 'docker';
  proven: boolean;
  proof?: RestoreProof;
  problem?: Problem;
  /** What a restore of it would take, with the server running. */
  restoreSeconds: number;
  ignored: string[];
};
