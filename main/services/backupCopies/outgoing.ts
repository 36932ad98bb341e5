import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { BackupManifest, BackupView } from '../../../contract/backup.ts';
import { type AgeKey, type AgeTarget, decrypt, encrypt } from '../../adapters/age.ts';
import type { Source } from '../../adapters/destinations/destination.ts';
import { fileSource } from '../../adapters/destinations/fileSource.ts';
import { writeProblem } from '../../adapters/files.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { readManifest, writeManifest } from '../backups/manifestFile.ts';
import { manifestPath } from '../backups/partFile.ts';

/** A verified backup of this computer. */
export type WholeBackup = BackupView & { manifest: BackupManifest };

/** What goes to the destinations: the dump and then its manifest, without which it counts for nothing. */
export type Outgoing = { dump: { name: string; source: Source }; manifest: { name: string; source: Source } };

type Watch = { signal: AbortSignal; progress: (bytes: number) => void };

/** The backup as it is. */
export async function plainOutgoing({ where, manifest }: WholeBackup): Promise<Outgoing> {
  const { name, bytes, sha256 } = manifest.file;
  return {
    dump: { name, source: fileSource(where.path, { bytes, sha256 }) },
    manifest: await manifestOutgoing(manifestPath(where.path)),
  };
}

/**
 * The backup in the age format, made in a folder of this computer, so that a copy that broke off goes on with the same bytes. Before
 * anything is sent all of it is decrypted again with the key from the keychain and compared with the dump. One that an earlier run has
 * made and proven is taken up again. Raises `backup-space`, `disk-full`, `encryption-unproven`, `backup-damaged`, `cancelled`.
 */
export async function encryptedOutgoing(
  backup: WholeBackup,
  { target, key }: { target: AgeTarget; key: AgeKey },
  folder: string,
  { signal, progress }: Watch,
): Promise<Outgoing> {
  const { file } = backup.manifest;
  const name = `${file.name}.age`;
  const final = path.join(folder, name);
  const recipients = target.kind === 'recipients' ? [...target.recipients] : [];
  const made = await readManifest(path.join(folder, encryptedManifestName(file.name)));
  const usable =
    made !== undefined &&
    made !== 'unreadable' &&
    made.manifest.encryption?.plain?.sha256 === file.sha256 &&
    target.kind === 'recipients' &&
    JSON.stringify(made.manifest.encryption.recipients) === JSON.stringify(recipients) &&
    (await stat(final).catch(() => undefined))?.size === made.manifest.file.bytes;
  if (!usable) {
    await refuseFullDisk(folder, file.bytes);
    const part = `${final}.part`;
    try {
      const { bytes, sha256 } = await writeEncrypted(backup, target, part, { signal, progress });
      await prove(part, key, file, signal);
      const { bytes: plainBytes, name: plainName, sha256: plainSha256 } = file;
      const manifest: BackupManifest = {
        ...backup.manifest,
        file: { ...file, name, bytes, sha256 },
        encryption: {
          format: 'age',
          recipients,
          plain: { name: plainName, bytes: plainBytes, sha256: plainSha256 },
        },
      };
      await rename(part, final);
      await writeManifest(path.join(folder, encryptedManifestName(file.name)), {
        manifest,
        verification: { state: 'verified', at: new Date().toISOString() },
        ...(backup.label === undefined ? {} : { label: backup.label }),
      });
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined);
      throw error instanceof ProblemError ? error : writeProblem(error, part);
    }
  }
  const stored = await readManifest(path.join(folder, encryptedManifestName(file.name)));
  if (stored === undefined || stored === 'unreadable') throw new ProblemError('encryption-unproven', { file: name });
  const { bytes, sha256 } = stored.manifest.file;
  return {
    dump: { name, source: fileSource(final, { bytes, sha256 }) },
    manifest: await manifestOutgoing(path.join(folder, encryptedManifestName(file.name))),
  };
}

/** Removes what is in the folder, but for the files of one backup that somebody still waits for. */
export async function tidyOutgoing(folder: string, keep: readonly string[]): Promise<void> {
  const names = new Set(keep.flatMap((name) => [`${name}.age`, encryptedManifestName(name)]));
  for (const entry of await readdir(folder).catch(() => [])) {
    if (!names.has(entry)) await rm(path.join(folder, entry), { force: true });
  }
}

/** Beside the manifest of the same dump as it is, which some destination may have from before. */
const encryptedManifestName = (dump: string) => `${dump.replace(/\.dump$/, '')}.age.json`;

async function writeEncrypted(
  { where, manifest }: WholeBackup,
  target: AgeTarget,
  part: string,
  { signal, progress }: Watch,
): Promise<{ bytes: number; sha256: string }> {
  const plain = createHash('sha256');
  const encrypted = createHash('sha256');
  let read = 0;
  let bytes = 0;
  const source = createReadStream(where.path, { highWaterMark: 1 << 20 });
  source.on('data', (chunk) => {
    plain.update(chunk);
    read += chunk.length;
    progress(read / 2);
  });
  source.pause();
  const handle = await open(part, 'w', 0o600);
  try {
    for await (const chunk of (await encrypt(source, target, signal)) as AsyncIterable<Uint8Array>) {
      // Not handle.write, which may write less when the disk fills up.
      await handle.writeFile(chunk);
      encrypted.update(chunk);
      bytes += chunk.length;
    }
    await handle.sync();
  } finally {
    source.destroy();
    await handle.close();
  }
  if (plain.digest('hex') !== manifest.file.sha256) {
    throw new ProblemError('backup-damaged', { path: where.path, reason: 'checksum' });
  }
  return { bytes, sha256: encrypted.digest('hex') };
}

async function prove(part: string, key: AgeKey, file: BackupManifest['file'], signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  try {
    const opened: Readable = await decrypt(createReadStream(part, { highWaterMark: 1 << 20 }), key, signal);
    for await (const chunk of opened as AsyncIterable<Uint8Array>) hash.update(chunk);
  } catch (error) {
    if (signal.aborted || !(error instanceof ProblemError)) throw error;
    throw new ProblemError('encryption-unproven', { file: file.name }, { detail: error.message, cause: error });
  }
  if (hash.digest('hex') !== file.sha256) throw new ProblemError('encryption-unproven', { file: file.name });
}

async function manifestOutgoing(file: string): Promise<{ name: string; source: Source }> {
  const content = await readFile(file);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name: path.basename(file), source: fileSource(file, { bytes: content.length, sha256 }) };
}

async function refuseFullDisk(folder: string, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error) => {
    throw writeProblem(error, folder);
  });
  const { bavail, bsize } = await statfs(folder);
  // The format adds 16 bytes to 64 KiB.
  const needed = Math.ceil(bytes * 1.001) + 65_536;
  const free = bavail * bsize;
  if (free >= needed) return;
  const megabytes = (count: number) => Math.ceil(count / 1e6);
  throw new ProblemError('backup-space', { needed: megabytes(needed), folder, free: Math.floor(free / 1e6) });
}
