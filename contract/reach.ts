import type { DatabaseAddress } from './connection.ts';
import type { Fix } from './fix.ts';
import type { Problem } from './problem.ts';

/** What a side used to reach the database: this app, or a container that stands where the server will. */
export const reachMeans = ['app', 'server', 'server-image', 'database-image'] as const;
export type ReachMeans = (typeof reachMeans)[number];

/** One side's verdict about the very same database. */
export type ReachSide = {
  /** `server`: inside of the running server's container. `database-image`: libpq, whose verdict about TLS may differ from the server's driver. */
  means: ReachMeans;
  address: DatabaseAddress;
  outcome: 'reached' | 'failed' | 'skipped';
  milliseconds?: number;
  /** As the database answered. */
  answered?: { user: string; database: string; serverVersion: string; encrypted: boolean; clientAddress?: string };
  /** Why it failed, or why it could not be tried. `fixes` are meant for that side. */
  problem?: Problem;
};

/** Both sides next to each other. Times are ISO 8601. */
export type ReachReport = {
  at: string;
  /** As the server would read it; the password is `***`. */
  databaseUrl: string;
  app: ReachSide;
  server: ReachSide;
  /** Networks that the server's side was tried in. */
  networks: string[];
  /** Done on request where the app can, else to paste. */
  advice: Fix[];
};
