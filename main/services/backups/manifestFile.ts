import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type BackupManifest,
  type BackupVerification,
  backupManifestSchema,
  backupVerificationSchema,
} from '../../../contract/backup.ts';
import { readTextIfPresent, writeAtomically } from '../../adapters/files.ts';

/** The file beside a dump: the manifest with its own checksum, and what is known about the dump since. */
export type ManifestFile = { manifest: BackupManifest; verification: BackupVerification; label?: string };

const fileSchema = z.object({
  manifest: z.unknown(),
  /** Of the manifest as it stands in the file, so that a damaged one is not believed. */
  sha256: z.string(),
  verification: backupVerificationSchema,
  label: z.string().max(200).optional(),
});

/** Undefined when there is none, `unreadable` when it can't be believed. */
export async function readManifest(file: string): Promise<ManifestFile | 'unreadable' | undefined> {
  const content = await readTextIfPresent(file).catch(() => '');
  if (content === undefined) return undefined;
  try {
    const { manifest, sha256, verification, label } = fileSchema.parse(JSON.parse(content));
    if (sealOf(manifest) !== sha256) return 'unreadable';
    return { manifest: backupManifestSchema.parse(manifest), verification, ...(label === undefined ? {} : { label }) };
  } catch {
    return 'unreadable';
  }
}

/** Raises `disk-full`, `store-unwritable`. */
export async function writeManifest(file: string, { manifest, verification, label }: ManifestFile): Promise<void> {
  const content = { manifest, sha256: sealOf(manifest), verification, ...(label === undefined ? {} : { label }) };
  await writeAtomically(file, `${JSON.stringify(content, null, 2)}\n`);
}

function sealOf(manifest: unknown): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
}
