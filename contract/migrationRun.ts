import type { Text } from './copy/text.ts';
import type { MigrationOutcome, MigrationPreview, MigrationSourceFound } from './migration.ts';
import type { Plan } from './plan.ts';
import type { ContainerState } from './server.ts';

/** A session of the database that is not this app's. `ownRole`: of the role that the app or the server uses. */
export type OtherSession = { pid: number; user: string; application: string; client: string; ownRole: boolean };

/** Whether the server may be using the database. */
export type ServerUse = {
  /** Missing where the app doesn't know the container, or Docker can't be asked. */
  container?: { name: string; state: ContainerState['kind']; up: boolean };
  sessions: OtherSession[];
};

/** A backup that was read to its end. `ledger`: the migrations that were applied when it was made. Times are ISO 8601. */
export type VerifiedBackup = { at: string; name: string; ledger?: string[] };

/** What a run would do. Nothing of it has been done. */
export type MigrationRunPlan = {
  plan: Plan;
  source: MigrationSourceFound;
  pending: { name: string; bytes: number }[];
  /** Of the pending files. */
  preview: MigrationPreview[];
  /** How many statements destroy data that is there now. */
  destroys: number;
  server: ServerUse;
  /** The newest one that was made since the last migration. */
  backup?: VerifiedBackup;
  /** The server has to be stopped for it. */
  needsStop: boolean;
  /** Without a backup the run has to be told that none is wanted. */
  needsOverride: boolean;
  /** Why it would be refused as things are. */
  blocked: Text[];
};

/** What a run did. Times are ISO 8601. */
export type MigrationRunReport = {
  at: string;
  source: MigrationSourceFound;
  alreadyApplied: number;
  files: MigrationOutcome[];
};
