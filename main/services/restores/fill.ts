import type { Instance } from '../../../contract/instance.ts';
import type { RestoreProof } from '../../../contract/restore.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { endSessions } from '../backups/endSessions.ts';
import type { Op } from '../ports.ts';
import type { OpenArchive } from './archive.ts';
import { type ArchiveEntry, indexCount, isExtensionComment } from './entries.ts';
import type { RestoreRoute } from './route.ts';
import { restoreApplicationName, runTool } from './runTool.ts';
import { proveRestored, requireProven } from './verify.ts';

/** Milliseconds to reach the server for ending what is left there. */
const patience = 15_000;

export type Fill = {
  archive: OpenArchive;
  route: RestoreRoute;
  instance: Instance;
  /** The empty database that is filled. */
  database: string;
  password: string | undefined;
  jobs: number;
  settings: readonly string[];
  superuser: boolean;
  /** Logs in to that database. */
  open: (signal: AbortSignal) => Promise<PostgresSession>;
  /** Logs in to any database of the server, for ending what is left of the tool. */
  openAny: (signal: AbortSignal) => Promise<PostgresSession>;
  op: Op;
  /** Called when restoring is over and proving begins. */
  onProving: () => void;
};

/** Only an administrator may make them; nothing of Aperture needs them. */
const administrators: ReadonlySet<string> = new Set([
  'EVENT TRIGGER',
  'FOREIGN DATA WRAPPER',
  'PROCEDURAL LANGUAGE',
  'PUBLICATION',
  'PUBLICATION TABLE',
  'PUBLICATION TABLES IN SCHEMA',
]);

/** What is restored, and what is not: comments on extensions, and what only an administrator may make. */
export function chooseEntries(
  entries: readonly ArchiveEntry[],
  superuser: boolean,
): { chosen: ArchiveEntry[]; leftOut: ArchiveEntry[] } {
  const leftOut = superuser ? [] : entries.filter(({ kind }) => administrators.has(kind));
  const chosen = entries.filter((entry) => !isExtensionComment(entry) && !leftOut.includes(entry));
  return { chosen, leftOut };
}

/**
 * Restores an archive into an empty database, counts and compares everything and gathers statistics. Raises what the tool says,
 * `restore-unproven`, `cancelled`; the tool has no session on the server then, and the database is of no use any more.
 */
export async function fill(request: Fill): Promise<{ proof: RestoreProof; ignored: string[] }> {
  const { archive, route, instance, database, password, jobs, settings, op } = request;
  if (instance.connection === undefined) {
    throw new ProblemError('invalid-input', { field: 'connection', name: instance.name });
  }
  const plain = archive.format === 'sql' || archive.format === 'sql-gzip';
  const { chosen } = chooseEntries(archive.entries, request.superuser);
  const applicationName = restoreApplicationName();
  let ignored: string[];
  try {
    ({ ignored } = await runTool({
      archive,
      route,
      settings: instance.connection,
      database,
      password,
      session: settings,
      applicationName,
      options: plain ? [] : ['--no-subscriptions'],
      // A tar archive is read from its beginning to its end.
      jobs: archive.format === 'custom' ? jobs : 1,
      op,
      ...(plain ? {} : { entries: chosen }),
    }));
  } catch (error) {
    await endSessions(() => request.openAny(AbortSignal.timeout(patience)), applicationName);
    throw error;
  }
  request.onProving();
  const [session, other] = [await request.open(op.signal), await request.open(op.signal)];
  try {
    const proving = proveRestored(
      session,
      {
        ...(archive.manifest === undefined ? {} : { manifest: archive.manifest }),
        ...(plain ? {} : { indexes: indexCount(archive.entries) }),
      },
      (done, total) => op.progress(done, total, 'tables'),
    );
    // Side by side: one reads what the other has just brought into memory.
    const [proof] = await Promise.all([proving, other.writable.run('ANALYZE')]);
    requireProven(proof);
    return { proof, ignored };
  } finally {
    await Promise.all([session.close(), other.close()]);
  }
}
