import { z } from 'zod';
import type { CheckStatus } from './check.ts';
import type { Text } from './copy/text.ts';
import type { Fix } from './fix.ts';
import { type Problem, problemCodeSchema } from './problem.ts';

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
const restoreNumbersSchema = z.object({
  tables: z.number(),
  rows: z.number().optional(),
  embeddings: z.number().optional(),
  users: z.number().optional(),
  migrations: z.number().optional(),
});
export type RestoreNumbers = z.infer<typeof restoreNumbersSchema>;

/** One table whose rows change. Missing: it is not there. */
const restoreTableSchema = z.object({
  schema: z.string(),
  name: z.string(),
  backup: z.number().optional(),
  now: z.number().optional(),
});
export type RestoreTable = z.infer<typeof restoreTableSchema>;

/** What is restored, as it was found. */
const restoreSourceSchema = z.object({
  name: z.string(),
  path: z.string(),
  bytes: z.number(),
  encrypted: z.boolean(),
  format: z.enum(['custom', 'tar', 'sql', 'sql-gzip']),
  backupId: z.string().optional(),
  createdAt: z.string().optional(),
});
export type RestoreSource = z.infer<typeof restoreSourceSchema>;

/** What was found in a restored database. */
const restoreProofSchema = z.object({
  numbers: restoreNumbersSchema,
  /** Tables whose number of rows is not the manifest's. */
  differences: z.array(restoreTableSchema),
  /** Tables that were compared with a manifest; 0 without one. */
  compared: z.number(),
  ledgerEqual: z.boolean(),
  extensionsMissing: z.array(z.string()),
  indexes: z.object({ count: z.number(), expected: z.number().optional(), invalid: z.array(z.string()) }),
  /** Neighbours that a query on the largest vector column found; missing where there is none. */
  neighbours: z
    .object({ table: z.string(), column: z.string(), found: z.number(), milliseconds: z.number() })
    .optional(),
});
export type RestoreProof = z.infer<typeof restoreProofSchema>;

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
export const drillReportSchema = z.object({
  at: z.iso.datetime(),
  instanceId: z.string(),
  source: restoreSourceSchema,
  /** A database beside the instance's own, or a container made for it. */
  in: z.enum(['server', 'docker']),
  proven: z.boolean(),
  proof: restoreProofSchema.optional(),
  problem: z
    .object({
      code: problemCodeSchema,
      values: z.record(z.string(), z.union([z.string(), z.number()])),
      detail: z.string().optional(),
    })
    .optional(),
  /** What a restore of it would take, with the server running. */
  restoreSeconds: z.number(),
  /** Errors of the tool that take nothing away. */
  ignored: z.array(z.string()),
});
export type DrillReport = z.infer<typeof drillReportSchema>;
