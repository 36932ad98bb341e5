import type { DatabaseAddress } from '../../../contract/connection.ts';
import type { Problem } from '../../../contract/problem.ts';

export type Row = Record<string, unknown>;

/** What checks get: there is no way to change anything through it. Every statement runs inside `BEGIN READ ONLY`. */
export interface ReadableDatabase {
  /** Rows of one statement. One round trip without values, three with. Raises what `recognise` knows, e.g. `permission-denied`. */
  read<R extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  /** Rows of several statements, in order, seen in one snapshot, in one round trip. One that fails fails all. */
  readAll(statements: readonly string[]): Promise<Row[][]>;
}

/** What fixes and migrations get. Deliberately not a ReadableDatabase: a check can't be handed one by mistake. */
export interface WritableDatabase {
  /** One statement with values, or several without (PostgreSQL then runs them as one transaction). Gives the last one's rows. */
  run<R extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<{ rows: R[]; rowCount: number }>;
  /** Commits when the body resolves, rolls back when it rejects. Other statements of this session wait meanwhile. */
  transaction<T>(body: (database: WritableDatabase) => Promise<T>): Promise<T>;
}

export type Transport =
  | { kind: 'plain' }
  | { kind: 'socket' }
  | { kind: 'tls'; protocol: string; cipher: string; peer: Buffer | undefined; channelBound: boolean };

export type Notice = { severity: string; code: string; message: string; detail?: string; hint?: string };

/** One login to one server. It ends with `close()`, with the signal that it was opened with, or when the link is lost. */
export interface PostgresSession {
  readonly address: DatabaseAddress;
  readonly user: string;
  readonly database: string;
  readonly readable: ReadableDatabase;
  readonly writable: WritableDatabase;
  readonly transport: Transport;
  /** What the server reported by itself: server_version, server_encoding, client_encoding, TimeZone, is_superuser, in_hot_standby (14+) … */
  readonly parameters: ReadonlyMap<string, string>;
  /** Process id and secret that a cancel request is made of. */
  readonly backendKey: { processId: number; secretKey: number } | undefined;
  /** The last 100 notices, oldest first. */
  readonly notices: readonly Notice[];
  /** Round trips since the login. */
  readonly roundTrips: number;
  /** Commands that the server has completed of the statements that were sent last. */
  readonly commandsCompleted: number;
  /** Tells every notice as it comes, until the answered function is called. */
  onNotice(listener: (notice: Notice) => void): () => void;
  /** Resolves once the session is over: with the problem when it was lost, with nothing when it was closed. */
  readonly ended: Promise<Problem | undefined>;
  /** Asks the server to stop the statement that runs, along the same route, encrypted when the session is. Never rejects. */
  cancel(): Promise<void>;
  /** Says goodbye and waits until the socket is closed, at most two seconds. Never rejects. */
  close(): Promise<void>;
}
