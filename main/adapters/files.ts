import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ProblemError } from '../problems/ProblemError.ts';

/** The code of a file system error (`ENOENT` …), if it is one. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What a failed write means for people: `disk-full` or `store-unwritable`, with the path and the system's words. Others stay as they are. */
export function writeProblem(error: unknown, file: string): unknown {
  const detail = error instanceof Error ? error.message : String(error);
  switch (errnoOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new ProblemError('disk-full', { path: file }, { detail, cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EIO':
      return new ProblemError('store-unwritable', { path: file }, { detail, cause: error });
    default:
      return error;
  }
}

/** Names of unfinished writes of a file: the file's own name, a random part, `.part`. */
const partial = /\.[0-9a-f]{12}\.part$/;

/**
 * Replaces a file so that whoever reads it, even after a power cut, sees the old content or the new, never a mixture:
 * temporary name in the same folder, fsync, rename, fsync of the folder. Makes the folder if it is missing.
 *
 * Raises `disk-full` and `store-unwritable`; the old file is then untouched and nothing is left behind.
 */
export async function writeAtomically(
  file: string,
  data: string | Uint8Array,
  { mode = 0o600 }: { mode?: number } = {},
): Promise<void> {
  const folder = path.dirname(file);
  const temporary = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', mode);
    try {
      // Not handle.write: one write may be short when the disk fills up, and that is not an error of its own.
      await handle.writeFile(data);
      // The umask may have taken bits away.
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renameOver(temporary, file);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeProblem(error, file);
  }
}

/** On Windows a virus scanner or an indexer may hold the target for a moment: EPERM, EACCES or EBUSY that go away. */
async function renameOver(from: string, to: string): Promise<void> {
  const attempts = process.platform === 'win32' ? 10 : 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (attempt >= attempts || !['EPERM', 'EACCES', 'EBUSY'].includes(errnoOf(error) ?? '')) throw error;
      await delay(20 * attempt);
    }
  }
}

/** Makes a rename or a removal in this folder survive a power cut. Windows cannot open folders and does it by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what killed writers of this file left behind. Only while nobody else can be writing it. */
export async function removePartialWrites(file: string): Promise<void> {
  const folder = path.dirname(file);
  const name = path.basename(file);
  for (const entry of await readdir(folder)) {
    if (entry.startsWith(`${name}.`) && partial.test(entry) && entry.length === name.length + 18) {
      await rm(path.join(folder, entry), { force: true });
    }
  }
}

/** The text of a file, undefined when there is none. Raises `file-unreadable`. */
export async function readTextIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw new ProblemError(
      'file-unreadable',
      { path: file },
      { detail: error instanceof Error ? error.message : String(error), cause: error },
    );
  }
}
