import { statfs } from 'node:fs/promises';
import type { Instance } from '../../../contract/instance.ts';
import type { DatabaseSession } from '../../../contract/restore.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { quoteLiteral } from '../../sql/quoting.ts';
import type { PlacedTool } from '../backups/places.ts';
import { shortVersion } from '../backups/snapshot.ts';
import { sessionsOf } from './exchange.ts';

/** What a server tells about the place that a restore would have. Sizes in bytes. */
export type TargetFacts = {
  server: { version: string; major: number };
  role: { user: string; superuser: boolean; createdb: boolean; owner: boolean };
  database: { name: string; oid: number; bytes: number; encoding: string; collate: string; collationChanged: boolean };
  /** What can be made with CREATE EXTENSION. `mayCreate`: by this role, in a database of its own. */
  extensions: { name: string; version: string; mayCreate: boolean }[];
  /** Those that a new database has from the beginning, when it is made like template1. */
  template: string[];
  /** The database that the work is done from; missing where none lets the role in. */
  maintenance?: string;
  /** Sessions of others in the database. */
  sessions: DatabaseSession[];
  pooled: boolean;
  /** On the disk of the data folder; missing where it can't be seen from here. */
  freeBytes?: number;
};

/** What would be stopped and what it brings. */
export type ServerFacts = {
  container?: { name: string; up: boolean };
  /** The migrations of its image; missing where nobody could ask. */
  migrations?: string[];
  appliesOnStart?: boolean;
};

export type ToolFacts = { usable?: PlacedTool; found: readonly PlacedTool[] };

/** In at most three round trips. `maintenance`: a session in another database of the same server. */
export async function readTarget(
  session: PostgresSession,
  maintenance: PostgresSession | undefined,
  instance: Instance,
  pooled: boolean,
): Promise<TargetFacts> {
  const version = shortVersion(session.parameters.get('server_version') ?? '0');
  const major = Number.parseInt(version, 10);
  const stale =
    major >= 15
      ? `d.datcollversion IS DISTINCT FROM pg_database_collation_actual_version(d.oid) AND d.datcollversion IS NOT NULL`
      : 'false';
  const [[about], extensions] = (await session.readable.readAll([
    `SELECT d.oid::int8::float8 AS oid, d.datname AS name, pg_database_size(d.oid)::float8 AS bytes,
       pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collate, ${stale} AS "collationChanged",
       current_user AS "user", r.rolsuper AS superuser, r.rolcreatedb OR r.rolsuper AS createdb,
       pg_has_role(d.datdba, 'USAGE') AS owner
     FROM pg_database d, pg_roles r WHERE d.datname = current_database() AND r.rolname = current_user`,
    `SELECT e.name, e.default_version AS version,
       coalesce(v.trusted OR NOT v.superuser, false) OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS "mayCreate"
     FROM pg_available_extensions e
       LEFT JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version`,
  ])) as [[About], TargetFacts['extensions']];
  const { oid, name, bytes, encoding, collate, collationChanged, ...role } = about;
  const sessions = await sessionsOf(session, [oid]);
  const freeBytes = await freeOf(session, instance);
  return {
    server: { version, major },
    role,
    database: { name, oid, bytes, encoding, collate, collationChanged },
    extensions,
    template: [],
    ...(maintenance === undefined ? {} : { maintenance: maintenance.database }),
    // The app's own sessions go by themselves.
    sessions: sessions.filter(({ application }) => application !== 'Aperture Companion'),
    pooled,
    ...(freeBytes === undefined ? {} : { freeBytes }),
  };
}

type About = TargetFacts['database'] & TargetFacts['role'];

/**
 * Extensions that a copy of template1 would have. Empty where nobody lets the role in there, or where the copy would not be like the
 * database that is there: a copy has its template's encoding and collation.
 */
export async function readTemplate(
  open: () => Promise<PostgresSession>,
  like: Pick<TargetFacts['database'], 'encoding' | 'collate'>,
): Promise<string[]> {
  let session: PostgresSession;
  try {
    session = await open();
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code !== 'cancelled') return [];
    throw error;
  }
  try {
    const rows = await session.readable.read<{ name: string }>(
      `SELECT extname AS name FROM pg_extension, pg_database d WHERE d.datname = current_database()
         AND pg_encoding_to_char(d.encoding) = ${quoteLiteral(like.encoding)} AND d.datcollate = ${quoteLiteral(like.collate)}`,
    );
    return rows.map(({ name }) => name);
  } finally {
    await session.close();
  }
}

/** Where the server is on this computer and tells its folder. */
async function freeOf({ readable, address }: PostgresSession, { route }: Instance): Promise<number | undefined> {
  const { host } = address;
  if (route.kind !== 'direct' || !(host.startsWith('/') || /^(?:localhost|127\.|::1$)/.test(host))) return undefined;
  try {
    const [row] = await readable.read<{ folder: string; id: string }>(
      `SELECT current_setting('data_directory') AS folder, system_identifier::text AS id FROM pg_control_system()`,
    );
    if (row === undefined) return undefined;
    // A container has another disk under the same name: only the server's own files tell that it is this one.
    const { readFile } = await import('node:fs/promises');
    const control = await readFile(`${row.folder}/global/pg_control`);
    if (control.readBigUInt64LE(0).toString() !== row.id) return undefined;
    const { bavail, bsize } = await statfs(row.folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
