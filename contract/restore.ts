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
