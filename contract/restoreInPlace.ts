import { z } from 'zod';
import type { Text } from './copy/text.ts';
import type { RestoreNumbers, RestoreSource, RestoreTable } from './restore.ts';

/** What is restored: a backup of the list by its id, or a dump of anybody's. */
export const restoreFromSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('backup'), id: z.string().min(1).max(128) }),
  z.object({ kind: z.literal('file'), path: z.string().min(1).max(4096) }),
]);
export type RestoreFrom = z.infer<typeof restoreFromSchema>;

/** What a restore into the database in use would do. Nothing of it is kept. */
export type InPlacePlan = {
  instanceId: string;
  instance: string;
  database: string;
  source: RestoreSource;
  backup: RestoreNumbers;
  now: RestoreNumbers;
  /** False: the numbers of rows now are PostgreSQL's estimates. */
  nowExact: boolean;
  /** Those whose number of rows changes, the largest change first. Empty without a manifest. */
  changes: RestoreTable[];
  /** What is removed, by kind: `table`, `function` … */
  removed: { kind: string; count: number }[];
  /** Tables that the backup does not know: they are gone afterwards. */
  unknownTables: string[];
  /** What belongs to others or to extensions and stays as it is. */
  leftAlone: string[];
  databaseBytes: number;
  tool?: { version: string; place: string };
  /** What to know. */
  notes: Text[];
  /** Why it would be refused. */
  blocked: Text[];
};

/** What a restore into the database in use did. Times are ISO 8601. */
export type InPlaceReport = {
  at: string;
  source: RestoreSource;
  /** Counted inside of the transaction, before it was committed. */
  numbers: RestoreNumbers;
  /** Tables that were compared with a manifest; 0 without one. */
  compared: number;
  /** The backup that was made before. Missing: it was refused. */
  safetyBackup?: { id: string; name: string; path: string };
  seconds: number;
  /** From the stop of the server, or the first lock where there is none, to its start. */
  downtimeSeconds: number;
};

/** What is inside of a backup. `rows` where the manifest has them. */
export type BackupContents = {
  source: RestoreSource;
  tables: { schema: string; name: string; rows?: number; restorable: boolean }[];
  extensions: string[];
  /** Applied migrations, where the manifest has them. */
  ledger?: string[];
};

/** What was restored beside the tables of now. */
export type TablesRestored = {
  source: RestoreSource;
  database: string;
  /** The schema that was made for it. */
  schema: string;
  tables: { schema: string; name: string; as: string; rows: number; expected?: number }[];
  /** SQL to paste: compare, copy back, remove. */
  sql: string;
};
