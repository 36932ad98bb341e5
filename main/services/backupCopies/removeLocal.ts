import { rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { syncFolder, writeProblem } from '../../adapters/files.ts';
import { ownIdentity } from '../../adapters/processIdentity.ts';
import { manifestPath } from '../backups/partFile.ts';

/**
 * Removes a backup of this computer. Marked as being worked on first: when this process is killed half-way, the next listing removes
 * the manifest that is left alone. Raises `store-unwritable`.
 */
export async function removeLocal(dump: string): Promise<void> {
  const owner = `${dump}.owner`;
  try {
    await writeFile(
      owner,
      JSON.stringify({ ...(await ownIdentity()), host: hostname(), since: new Date().toISOString() }),
      {
        mode: 0o600,
        flag: 'wx',
        flush: true,
      },
    );
    await rm(dump, { force: true });
    await rm(manifestPath(dump), { force: true });
    await syncFolder(path.dirname(dump));
  } catch (error) {
    throw writeProblem(error, dump);
  } finally {
    await rm(owner, { force: true }).catch(() => undefined);
  }
}
