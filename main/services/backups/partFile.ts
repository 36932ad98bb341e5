import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { errnoOf, syncFolder, writeProblem } from '../../adapters/files.ts';
import { isAlive, ownIdentity, processIdentitySchema } from '../../adapters/processIdentity.ts';

const ownerSchema = processIdentitySchema.extend({ host: z.string(), since: z.iso.datetime() });

/** Files of another computer (a network folder) are left alone for so long. */
const foreignPatience = 7 * 24 * 3_600_000;

/** A file on its way: `<name>.part`, with `<name>.owner` that says whose it is. */
export interface PartFile {
  readonly path: string;
  /** Raises `disk-full`, `store-unwritable`. */
  write(bytes: Buffer): Promise<void>;
  readonly bytes: number;
  /** Of what was written, once it is all on the disk. */
  finish(): Promise<{ bytes: number; sha256: string }>;
  /** The final name, and only then. Nothing that has the name is replaced. */
  publish(): Promise<void>;
  /** Removes everything of it that has no final name. */
  discard(): Promise<void>;
}

/** Reserves a name in a folder and opens its part file. Of two that want the same name one gets another. */
export async function createPartFile(folder: string, wanted: string): Promise<PartFile & { name: string }> {
  try {
    const name = await reserve(folder, wanted);
    const final = path.join(folder, name);
    const part = `${final}.part`;
    const file = await open(part, 'wx', 0o600);
    // Not spread: the count of bytes is a getter, and a copy of it would stay at zero.
    return Object.assign(writing(file, { part, final, owner: `${final}.owner` }), { name });
  } catch (error) {
    throw writeProblem(error, path.join(folder, wanted));
  }
}

async function reserve(folder: string, wanted: string): Promise<string> {
  const owner = { ...(await ownIdentity()), host: hostname(), since: new Date().toISOString() };
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : wanted.replace(/\.dump$/, `-${count}.dump`);
    const final = path.join(folder, name);
    try {
      const file = await open(`${final}.owner`, 'wx', 0o600);
      try {
        await file.writeFile(JSON.stringify(owner));
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') continue;
      await rm(`${final}.owner`, { force: true });
      throw error;
    }
    if (!(await exists(final))) return name;
    await rm(`${final}.owner`, { force: true });
  }
}

function writing(file: FileHandle, { part, final, owner }: { part: string; final: string; owner: string }): PartFile {
  const hash = createHash('sha256');
  let bytes = 0;
  let open = true;
  const close = async () => {
    if (open) await file.close();
    open = false;
  };
  return {
    path: part,
    get bytes() {
      return bytes;
    },
    async write(chunk) {
      try {
        // A single write may be short when the disk fills up.
        for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
      } catch (error) {
        throw writeProblem(error, part);
      }
      hash.update(chunk);
      bytes += chunk.length;
    },
    async finish() {
      try {
        await file.sync();
      } catch (error) {
        throw writeProblem(error, part);
      } finally {
        await close();
      }
      return { bytes, sha256: hash.digest('hex') };
    },
    async publish() {
      try {
        await rename(part, final);
        await syncFolder(path.dirname(final));
        await rm(owner, { force: true });
      } catch (error) {
        throw writeProblem(error, final);
      }
    },
    async discard() {
      await close().catch(() => undefined);
      await removeUnfinished(final);
    },
  };
}

/** The manifest goes before the dump gets its name, so without the dump it is worth nothing. */
async function removeUnfinished(final: string): Promise<void> {
  await rm(`${final}.part`, { force: true });
  if (!(await exists(final))) {
    const manifest = manifestPath(final);
    const folder = path.dirname(final);
    const partial = new RegExp(`^${path.basename(manifest).replaceAll('.', '\\.')}\\.[0-9a-f]{12}\\.part$`);
    for (const entry of await readdir(folder)) {
      if (partial.test(entry)) await rm(path.join(folder, entry), { force: true });
    }
    await rm(manifest, { force: true });
  }
  await rm(`${final}.owner`, { force: true });
}

/** Removes what killed processes left in a folder. Never touches a file that has its final name. Gives the names. */
export async function sweep(folder: string): Promise<string[]> {
  const swept: string[] = [];
  for (const entry of await readdir(folder).catch(() => [])) {
    if (!/^aperture_.*\.dump\.owner$/.test(entry)) continue;
    const final = path.join(folder, entry.slice(0, -'.owner'.length));
    if (await isOwned(`${final}.owner`)) continue;
    try {
      await removeUnfinished(final);
      swept.push(path.basename(final));
    } catch {
      // A folder that can't be written now is swept another time.
    }
  }
  return swept;
}

async function isOwned(file: string): Promise<boolean> {
  const age = Date.now() - ((await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now());
  try {
    const owner = ownerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    if (owner.host !== hostname()) return age < foreignPatience;
    return await isAlive(owner, new Date(owner.since));
  } catch {
    // Being written right now, or its writer was killed at just that moment.
    return age < 60_000;
  }
}

/** Where the manifest of a dump is. */
export function manifestPath(dump: string): string {
  return dump.replace(/\.dump$/, '.json');
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
