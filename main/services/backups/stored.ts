import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BackupVerification, BackupView } from '../../../contract/backup.ts';
import { readManifest } from './manifestFile.ts';
import { manifestPath, sweep } from './partFile.ts';

/** Every backup in a folder, newest first. What killed processes left is removed. A folder that isn't there has none. */
export async function listFolder(folder: string, signal: AbortSignal): Promise<BackupView[]> {
  await sweep(folder);
  const entries = await readdir(folder).catch((): string[] => []);
  const views: BackupView[] = [];
  for (const entry of entries) {
    signal.throwIfAborted();
    if (/\.dump$/.test(entry)) {
      const view = await readBackup(path.join(folder, entry));
      if (view !== undefined) views.push(view);
    } else if (/^aperture_.*\.json$/.test(entry) && !entries.includes(entry.replace(/\.json$/, '.dump'))) {
      const view = await withoutDump(path.join(folder, entry));
      if (view !== undefined) views.push(view);
    }
  }
  const madeAt = ({ manifest, modifiedAt }: BackupView) => manifest?.createdAt ?? modifiedAt;
  return views.sort((a, b) => madeAt(b).localeCompare(madeAt(a)));
}

/** One backup by the path of its dump; undefined when it is gone. */
async function readBackup(file: string): Promise<BackupView | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || !found.isFile()) return undefined;
  const where = { kind: 'folder' as const, folder: path.dirname(file), path: file };
  const common = { where, bytes: found.size, modifiedAt: found.mtime.toISOString() };
  const read = await readManifest(manifestPath(file));
  if (read === undefined || read === 'unreadable') {
    const unreadable = { state: 'damaged', at: common.modifiedAt, why: 'manifest-unreadable' } as const;
    const verification: BackupVerification =
      found.size === 0 ? damagedNow('empty') : read === undefined ? { state: 'unverified' } : unreadable;
    return { id: idOfFile(file), ...common, verification };
  }
  const { manifest, label } = read;
  return {
    id: manifest.id,
    manifest,
    ...common,
    verification:
      found.size === manifest.file.bytes ? read.verification : damagedNow(found.size === 0 ? 'empty' : 'size'),
    ...(label === undefined ? {} : { label }),
  };
}

/** A manifest whose dump is gone: somebody removed it, or its disk lost it. */
async function withoutDump(file: string): Promise<BackupView | undefined> {
  // A backup that is being finished right now: its manifest goes first.
  if (await stat(file.replace(/\.json$/, '.dump.owner')).catch(() => undefined)) return undefined;
  const read = await readManifest(file);
  if (read === undefined || read === 'unreadable') return undefined;
  const folder = path.dirname(file);
  return {
    id: read.manifest.id,
    manifest: read.manifest,
    where: { kind: 'folder', folder, path: path.join(folder, read.manifest.file.name) },
    bytes: 0,
    modifiedAt: read.manifest.createdAt,
    verification: damagedNow('missing'),
    ...(read.label === undefined ? {} : { label: read.label }),
  };
}

function damagedNow(why: 'missing' | 'empty' | 'size'): BackupVerification {
  return { state: 'damaged', at: new Date().toISOString(), why };
}

function idOfFile(file: string): string {
  return `file-${createHash('sha256').update(file).digest('hex').slice(0, 16)}`;
}
