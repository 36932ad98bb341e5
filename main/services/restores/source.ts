import path from 'node:path';
import type { Instance } from '../../../contract/instance.ts';
import type { RestoreSource } from '../../../contract/restore.ts';
import type { AgeKey } from '../../adapters/age.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Backups } from '../backups.ts';
import type { ArchiveSource, OpenArchive } from './archive.ts';

/** The newest verified backup, unless one is named or a file is given. */
export type SourceRequest = {
  instanceId: string;
  backupId?: string;
  /** A dump of anybody's. */
  file?: string;
  /** What may open the file, beside the keys of the instance. */
  keys?: readonly AgeKey[];
};

/** Raises `restore-no-backup`, `backup-missing`. */
export async function sourceFor(
  backups: Pick<Backups, 'get' | 'newestVerified'>,
  { backupId, file, keys }: SourceRequest,
  instance: Instance,
  signal: AbortSignal,
): Promise<ArchiveSource> {
  if (file !== undefined) return { kind: 'file', path: file, ...(keys === undefined ? {} : { keys }) };
  const backup =
    backupId === undefined ? await backups.newestVerified(instance.id, signal) : await backups.get(backupId, signal);
  if (backup === undefined) throw new ProblemError('restore-no-backup', { name: instance.name });
  return { kind: 'backup', backup };
}

/** As it is told. */
export function sourceOf(
  source: ArchiveSource,
  { name, bytes, encrypted, format, manifest, contents }: OpenArchive,
): RestoreSource {
  const createdAt = manifest?.createdAt ?? contents.createdAt;
  return {
    name,
    path: path.resolve(source.kind === 'backup' ? source.backup.where.path : source.path),
    bytes,
    encrypted,
    format,
    ...(manifest === undefined ? {} : { backupId: manifest.id }),
    ...(createdAt === undefined ? {} : { createdAt }),
  };
}
