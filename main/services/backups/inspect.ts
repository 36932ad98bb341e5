import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { devNull } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ArchiveInspection, BackupVerification } from '../../../contract/backup.ts';
import { text } from '../../../contract/copy/text.ts';
import type { ToolFound } from '../../../contract/settings.ts';
import type { Host } from '../../adapters/host.ts';
import { localTools } from '../../adapters/tools/toolPlace.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { readArchiveList } from './archiveList.ts';
import { readThrough, startReading } from './readArchive.ts';

type Format = ArchiveInspection['format'];

/** What a file is, by its first bytes. */
export function formatOf(head: Buffer): Format {
  if (head.length === 0) return 'empty';
  if (head.subarray(0, 5).toString('latin1') === 'PGDMP') return 'custom';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'sql-gzip';
  if (head.subarray(257, 262).toString('latin1') === 'ustar' && head.subarray(0, 7).toString('latin1') === 'toc.dat')
    return 'tar';
  if (/PostgreSQL database dump|^(?:--|SET |CREATE |\\restrict )/.test(head.toString('utf8'))) return 'sql';
  return 'not-an-archive';
}

const complete = /PostgreSQL database dump complete/;

/**
 * Reads a dump of anybody's: what made it, what is in it, what it takes to restore it, and whether it can be read to its end. Raises
 * `file-unreadable`.
 */
export async function inspectDump(
  file: string,
  { thisComputer, tools }: { thisComputer: Host; tools: { find(): Promise<ToolFound[]> } },
  signal: AbortSignal,
): Promise<ArchiveInspection> {
  const found = await headOf(file);
  const format = formatOf(found.head);
  const result: ArchiveInspection = {
    path: path.resolve(file),
    bytes: found.bytes,
    format,
    tables: [],
    extensions: [],
    aperture: false,
    verification: { state: 'unverified' },
    warnings: [],
  };
  switch (format) {
    case 'empty':
    case 'not-an-archive':
      result.verification = damaged(format === 'empty' ? 'empty' : 'archive');
      return result;
    case 'sql':
    case 'sql-gzip':
      result.verification = await readPlain(file, format, signal);
      result.warnings.push(text('backup.inspect.plain'));
      return result;
    case 'custom':
    case 'tar':
      break;
  }
  const restore = newestRestore(await tools.find());
  if (restore === undefined) {
    result.warnings.push(text('backup.inspect.no-tool'));
    return result;
  }
  const list = await thisComputer.run([restore, '-l', result.path], { signal, env: { LC_ALL: 'C' } });
  Object.assign(result, readArchiveList(list.stdout));
  result.aperture = result.tables.some(({ name }) => name === 'aperture_migrations');
  if (!result.aperture && list.exitCode === 0) result.warnings.push(text('backup.inspect.not-aperture'));
  const major = Number.parseInt(result.serverVersion ?? '', 10);
  if (!Number.isNaN(major)) result.restorableTo = { major, extensions: result.extensions };
  result.verification =
    list.exitCode === 0
      ? await readWhole(
          file,
          localTools(thisComputer, () => restore),
          signal,
        )
      : damaged('archive', list.stderr.trim().slice(0, 2000));
  return result;
}

async function readWhole(file: string, tools: Parameters<typeof startReading>[0], signal: AbortSignal) {
  const reader = await startReading(tools, devNull, signal);
  try {
    await readThrough(file, { signal, reader });
    const verdict = await reader.verdict();
    return verdict.whole ? verified() : damaged('archive', verdict.detail);
  } finally {
    await reader.stop();
  }
}

/** The newest pg_restore of this computer reads what every older pg_dump wrote. */
function newestRestore(found: readonly ToolFound[]): string | undefined {
  return found
    .filter(({ tool, path: file }) => tool === 'pg_restore' && file !== undefined)
    .sort((a, b) => (b.major ?? 0) - (a.major ?? 0))[0]?.path;
}

async function headOf(file: string): Promise<{ bytes: number; head: Buffer }> {
  try {
    const { size } = await stat(file);
    const handle = await open(file, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
      return { bytes: size, head: buffer.subarray(0, bytesRead) };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new ProblemError('file-unreadable', { path: file }, { cause, detail });
  }
}

/** pg_dump writes its last words only after everything else. */
async function readPlain(file: string, format: 'sql' | 'sql-gzip', signal: AbortSignal): Promise<BackupVerification> {
  let tail = '';
  const keep = async (source: AsyncIterable<Buffer>) => {
    for await (const bytes of source) tail = (tail + bytes.subarray(-4096).toString('utf8')).slice(-4096);
  };
  try {
    const source = createReadStream(file);
    await (format === 'sql' ? pipeline(source, keep, { signal }) : pipeline(source, createGunzip(), keep, { signal }));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return damaged('archive', error instanceof Error ? error.message : String(error));
  }
  return complete.test(tail) ? verified() : damaged('archive', 'the last words of pg_dump are missing');
}

function verified(): BackupVerification {
  return { state: 'verified', at: new Date().toISOString() };
}

function damaged(why: 'empty' | 'archive', detail?: string): BackupVerification {
  return { state: 'damaged', at: new Date().toISOString(), why, ...(detail === undefined ? {} : { detail }) };
}
