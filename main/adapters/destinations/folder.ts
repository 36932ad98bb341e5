import { createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { errnoOf } from '../files.ts';
import {
  checkedName,
  type Destination,
  marker,
  type PutOptions,
  partName,
  type Source,
  sha256Of,
  unfinished,
} from './destination.ts';

/** Milliseconds. */
const abandonedAfter = 24 * 3_600_000;

/** A folder of this computer, also one on the network that the system has mounted. */
export class FolderDestination implements Destination {
  readonly name: string;
  readonly #folder: string;

  constructor(name: string, folder: string) {
    this.name = name;
    this.#folder = folder;
  }

  async prepare(): Promise<void> {
    await this.#telling('', async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(path.join(this.#folder, marker), '', { mode: 0o600 });
    });
  }

  async put(name: string, source: Source, { signal, progress }: PutOptions): Promise<void> {
    const target = path.join(this.#folder, checkedName(name));
    const part = path.join(this.#folder, partName(name));
    await this.#isThere();
    await this.#removeAbandoned();
    await this.#telling(
      name,
      async () => {
        const handle = await open(part, 'w', 0o600);
        try {
          let done = 0;
          for await (const chunk of source.read(0) as AsyncIterable<Buffer>) {
            signal.throwIfAborted();
            // Not handle.write: one write may be short when the disk fills up, and that is not an error of its own.
            await handle.writeFile(chunk);
            done += chunk.length;
            progress(done);
          }
          await handle.sync();
        } finally {
          await handle.close();
        }
        if ((await sha256Of(createReadStream(part, { signal }))) !== source.sha256) {
          throw new ProblemError('destination-damaged', { name: this.name, file: name });
        }
        await rename(part, target);
        await this.#sync();
      },
      signal,
    ).catch(async (error) => {
      await rm(part, { force: true }).catch(() => undefined);
      throw error;
    });
  }

  async get(name: string, signal: AbortSignal): Promise<Readable> {
    const file = path.join(this.#folder, checkedName(name));
    await this.#isThere();
    await this.#telling(name, () => access(file), signal);
    return createReadStream(file, { signal, highWaterMark: 1 << 20 });
  }

  async list(): Promise<{ name: string; bytes: number }[]> {
    await this.#isThere();
    return this.#telling('', async () => {
      const found: { name: string; bytes: number }[] = [];
      for (const entry of await readdir(this.#folder, { withFileTypes: true })) {
        if (!entry.isFile() || entry.name.startsWith('.')) continue;
        const { size } = await stat(path.join(this.#folder, entry.name));
        found.push({ name: entry.name, bytes: size });
      }
      return found;
    });
  }

  async remove(name: string): Promise<void> {
    await this.#isThere();
    await this.#telling(name, async () => {
      await rm(path.join(this.#folder, checkedName(name)), { force: true });
      await this.#sync();
    });
  }

  async freeBytes(): Promise<number> {
    return this.#telling('', async () => {
      const { bavail, bsize } = await statfs(this.#folder);
      return bavail * bsize;
    });
  }

  async #isThere(): Promise<void> {
    await this.#telling('', () => access(path.join(this.#folder, marker)));
  }

  /** Copies that nobody has gone on with for a day. */
  async #removeAbandoned(): Promise<void> {
    await this.#telling('', async () => {
      for (const entry of await readdir(this.#folder)) {
        if (unfinished(entry) === undefined) continue;
        const file = path.join(this.#folder, entry);
        if (Date.now() - (await stat(file)).mtimeMs > abandonedAfter) await rm(file, { force: true });
      }
    });
  }

  /** Makes a rename or a removal survive a power cut. Windows cannot open folders, and some network folders cannot be synced. */
  async #sync(): Promise<void> {
    if (process.platform === 'win32') return;
    const handle = await open(this.#folder, 'r');
    try {
      await handle.sync().catch((error) => {
        if (errnoOf(error) !== 'EINVAL' && errnoOf(error) !== 'ENOTSUP') throw error;
      });
    } finally {
      await handle.close();
    }
  }

  async #telling<T>(file: string, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await task();
    } catch (error) {
      if (signal?.aborted) throw cancelled(error);
      throw this.#problem(error, file);
    }
  }

  #problem(error: unknown, file: string): unknown {
    if (!(error instanceof Error)) return error;
    const more = { detail: error.message, cause: error };
    switch (errnoOf(error)) {
      case 'ENOSPC':
      case 'EDQUOT':
      case 'EFBIG':
        return new ProblemError('destination-full', { name: this.name, file }, more);
      case 'ENOENT':
      case 'ENOTDIR':
        return new ProblemError('destination-missing', { name: this.name, place: path.join(this.#folder, file) }, more);
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        return new ProblemError('destination-refused', { name: this.name }, more);
      case 'EIO':
      case 'ESTALE':
      case 'EHOSTDOWN':
      case 'ETIMEDOUT':
      case 'ENOTCONN':
        return new ProblemError('destination-unreachable', { name: this.name }, more);
      default:
        return error;
    }
  }
}
