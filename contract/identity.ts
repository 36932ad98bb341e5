import type { OperationView } from './operation.ts';

/**
 * Which installation a database belongs to, as kept in the database itself. It goes where the data goes, into dumps and out of them.
 * Times are ISO 8601.
 */
export type InstanceIdentity = {
  /** UUID, made once. */
  id: string;
  /** What the instance was called where the identity was made. */
  name: string;
  createdAt: string;
  /** Version of the app that made it. */
  appVersion: string;
  /**
   * Whether the database is where it was when it was last looked after: `moved` for a copy, a restored dump or another server;
   * `unknown` where the server does not tell enough.
   */
  place: 'same' | 'moved' | 'unknown';
  /** Where it was seen last. */
  lastPlace: { database: string; since: string };
};

/** The schema `companion` of a database. */
export type CompanionSchemaState =
  | { kind: 'missing' }
  /** Something else has this name, and is left alone. */
  | { kind: 'foreign' }
  | { kind: 'there'; identity: InstanceIdentity; pending: number }
  /** Made by a newer version of the app: read as far as it is understood, not written. */
  | { kind: 'newer'; identity: InstanceIdentity; unknown: string[] };

/** The kinds of operations that a second computer wants to know of: those that change something. */
export function isShared({ kind }: Pick<OperationView, 'kind'>): boolean {
  return !(readings as readonly string[]).includes(kind);
}

const readings = ['connect', 'check', 'ssh-test', 'practice-start', 'server-log-save', 'reach'] as const;
