import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, writeProblem } from '../../adapters/files.ts';
import { type JournalRecord, parseRecords, type StartRecord } from './journal.ts';

/** Bytes read from the end of a journal to find its last records: an end record with its problem and fixes fits many times over. */
const tailBytes = 64 * 1024;
const headBytes = 16 * 1024;

const extension = '.jsonl';

/** Sorts by start: `20260131T101112123Z-<id>.jsonl` (a colon may not be in a name on Windows). */
export function journalName(startedAt: string, id: string): string {
  return `${startedAt.replaceAll(/[-:.]/g, '')}-${id}${extension}`;
}

/** Names of all journals, newest first. */
export async function listJournals(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith(extension)).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A journal that is being written. Lines are written in order; what fails is told by `flush`. */
export interface JournalWriter {
  write(record: JournalRecord): void;
  /** Waits until all is written and on disk. Raises `disk-full`, `store-unwritable`. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the journal, with its start on disk before it resolves. Raises `disk-full`, `store-unwritable`. */
export async function createJournal(folder: string, start: StartRecord): Promise<JournalWriter> {
  const file = path.join(folder, journalName(start.at, start.id));
  let handle: FileHandle;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    handle = await open(file, 'ax', 0o600);
  } catch (error) {
    throw writeProblem(error, file);
  }
  const writer = writerOf(handle, file);
  writer.write(start);
  try {
    await writer.flush();
  } catch (error) {
    await writer.close();
    await rm(file, { force: true });
    throw error;
  }
  return writer;
}

function writerOf(handle: FileHandle, file: string): JournalWriter {
  let pending = '';
  let writing: Promise<void> | undefined;
  let failure: unknown;
  let torn = false;
  const drain = async () => {
    try {
      while (pending !== '') {
        const lines = pending;
        pending = '';
        await handle.appendFile(lines);
      }
    } catch (error) {
      failure ??= error;
      torn = true;
    } finally {
      writing = undefined;
    }
    if (pending !== '') start();
  };
  const start = () => {
    writing ??= drain();
  };
  return {
    write(record) {
      // A write that failed may have left half a line: the next one begins a line of its own.
      if (torn) pending += '\n';
      torn = false;
      pending += `${JSON.stringify(record)}\n`;
      start();
    },
    async flush() {
      while (writing !== undefined) await writing;
      if (failure !== undefined) {
        const error = failure;
        failure = undefined;
        throw writeProblem(error, file);
      }
      try {
        await handle.sync();
      } catch (error) {
        throw writeProblem(error, file);
      }
    },
    close: () => handle.close(),
  };
}

/** The first record and the last ones, reading only the two ends of the file. Undefined when the file has no start (killed while it was made) or is gone. */
export async function readEnds(
  folder: string,
  name: string,
): Promise<{ start: StartRecord; tail: JournalRecord[] } | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path.join(folder, name), 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    let head = await readPart(handle, 0, Math.min(size, headBytes));
    if (!head.includes('\n') && size > headBytes) head = await readPart(handle, 0, size);
    const start = parseRecords(head.slice(0, head.indexOf('\n') + 1))[0];
    if (start?.type !== 'start') return undefined;
    if (size <= headBytes) return { start, tail: parseRecords(head) };
    for (let bytes = tailBytes; ; bytes *= 8) {
      const from = Math.max(0, size - bytes);
      const tail = await readPart(handle, from, size - from);
      // The first line of a tail that starts inside the file is not whole.
      const records = parseRecords(from === 0 ? tail : tail.slice(tail.indexOf('\n') + 1));
      // Long lines, or a long stretch of nothing but log: look further back for where it stands.
      if (from === 0 || records.some((record) => record.type !== 'log')) return { start, tail: records };
    }
  } finally {
    await handle.close();
  }
}

async function readPart(handle: FileHandle, from: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.toString('utf8', 0, filled);
}

/** All records of a journal. */
export async function readJournal(folder: string, name: string): Promise<JournalRecord[]> {
  return parseRecords(await readFile(path.join(folder, name), 'utf8'));
}

/** Adds a record to the journal of a dead process, whose last line may be torn. */
export async function appendToDeadJournal(folder: string, name: string, record: JournalRecord): Promise<void> {
  const handle = await open(path.join(folder, name), 'a', 0o600);
  try {
    await handle.appendFile(`\n${JSON.stringify(record)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
