import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ArchiveInspection, BackupManifest, BackupView } from '../../../contract/backup.ts';
import { type AgeKey, decrypt } from '../../adapters/age.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { readArchiveList } from '../backups/archiveList.ts';
import { formatOf, inspectDump } from '../backups/inspect.ts';
import { type ManifestFile, readManifest } from '../backups/manifestFile.ts';
import { createPartFile, sweep } from '../backups/partFile.ts';
import type { PlacesNeed } from '../backups/places.ts';
import { endTool, readThrough, startReading } from '../backups/readArchive.ts';
import { restoreFor } from '../backups/verifyBackup.ts';
import type { Op } from '../ports.ts';
import { type ArchiveEntry, readEntries } from './entries.ts';

/** A backup of the list, or a dump of anybody's: by pg_dump or by the server, as it is or encrypted in the age format. */
export type ArchiveSource =
  | { kind: 'backup'; backup: BackupView }
  /** `keys`: what may open it, beside the keys of the instance. */
  | { kind: 'file'; path: string; keys?: readonly AgeKey[] };

export type ArchiveNeed = PlacesNeed & {
  /** Where what was decrypted waits until it is closed. */
  folder: string;
  /** What may open encrypted files. */
  keys: (signal: AbortSignal) => Promise<AgeKey[]>;
};

/** A dump that was read to its end, as something that PostgreSQL's tools on this computer can open. */
export type OpenArchive = {
  /** On this computer, readable by the app's user alone where it was decrypted. */
  path: string;
  /** As people know it. */
  name: string;
  bytes: number;
  sha256: string;
  encrypted: boolean;
  /** `sql` and `sql-gzip` are for psql and have neither entries nor a version that could be relied on. */
  format: 'custom' | 'tar' | 'sql' | 'sql-gzip';
  manifest?: BackupManifest;
  contents: Pick<
    ArchiveInspection,
    'serverVersion' | 'toolVersion' | 'createdAt' | 'database' | 'compression' | 'tables' | 'extensions'
  >;
  /** In the archive's order. */
  entries: ArchiveEntry[];
  /** Major versions, where they are told. */
  serverMajor?: number;
  toolMajor?: number;
  /** For psql: a plain dump begins with `\restrict`, which only a newer psql knows. */
  restricted: boolean;
  /** These very bytes were read to their end before, which the manifest tells. */
  proven: boolean;
  /** Removes what was decrypted. Never rejects. */
  close(): Promise<void>;
};

type Watch = Pick<Op, 'signal' | 'log' | 'progress'>;

const encryptedOpening = 'age-encryption.org/v1';

/**
 * Opens and reads a dump to its end before anything relies on it: its checksum where a manifest tells, else all of the archive. Raises
 * `backup-damaged`, `backup-key-wrong`, `encryption-key-missing`, `backup-tool-missing` (nothing here can read it), `file-unreadable`,
 * `disk-full`, `cancelled`. What processes that were killed had decrypted is removed first.
 */
export async function openArchive(source: ArchiveSource, need: ArchiveNeed, op: Watch): Promise<OpenArchive> {
  await sweep(need.folder);
  const file = path.resolve(source.kind === 'backup' ? source.backup.where.path : source.path);
  const known = await knownOf(source, file);
  const encrypted = (await headOf(file)).toString('latin1').startsWith(encryptedOpening);
  const plain = encrypted ? await decrypted(source, file, known, need, op) : await asItIs(file, known, op);
  try {
    const format = formatOf(await headOf(plain.path));
    if (format === 'empty' || format === 'not-an-archive') throw damaged(file, format);
    const common = {
      path: plain.path,
      name: path.basename(file),
      bytes: plain.bytes,
      sha256: plain.sha256,
      encrypted,
      close: plain.close,
      ...(known === undefined ? {} : { manifest: known.manifest }),
    };
    if (format === 'sql' || format === 'sql-gzip') {
      const { verification } = await inspectDump(plain.path, need, op.signal);
      if (verification.state === 'damaged') throw damaged(file, verification.why, verification.detail);
      const head = await plainHead(plain.path, format);
      return { ...common, format, proven: false, ...plainFacts(head) };
    }
    const list = await listArchive(plain.path, file, known?.manifest, need, op.signal);
    // The same bytes were read to their end before.
    const proven =
      known?.verification.state === 'verified' && plain.sha256 === wantedOf(known.manifest, encrypted).sha256;
    if (!proven) await readAll(plain.path, file, known?.manifest, need, op);
    const contents = readArchiveList(list);
    return {
      ...common,
      format,
      contents,
      entries: readEntries(list),
      restricted: false,
      proven,
      ...majorsOf(contents),
    };
  } catch (error) {
    await plain.close();
    throw error;
  }
}

type Plain = { path: string; bytes: number; sha256: string; close(): Promise<void> };

function wantedOf({ file, encryption }: BackupManifest, encrypted: boolean): { bytes: number; sha256: string } {
  return encrypted ? (encryption?.plain ?? { bytes: 0, sha256: '' }) : file;
}

/** The manifest beside a dump, if there is one that can be believed and is of this very file. */
async function knownOf(source: ArchiveSource, file: string): Promise<ManifestFile | undefined> {
  if (source.kind === 'backup' && source.backup.verification.state === 'damaged') {
    throw damaged(file, source.backup.verification.why, source.backup.verification.detail);
  }
  const beside = file.replace(/\.dump(\.age)?$/, '$1.json');
  if (beside === file) return undefined;
  const read = await readManifest(beside);
  if (read === 'unreadable' && source.kind === 'backup') throw damaged(file, 'manifest-unreadable');
  return read === 'unreadable' ? undefined : read;
}

async function asItIs(file: string, known: ManifestFile | undefined, op: Watch): Promise<Plain> {
  const total = known?.manifest.file.bytes;
  const read = await readThrough(file, { signal: op.signal, onBytes: (done) => op.progress(done, total, 'bytes') });
  if (known !== undefined && read.sha256 !== known.manifest.file.sha256) {
    throw damaged(file, read.bytes === known.manifest.file.bytes ? 'checksum' : 'size');
  }
  return { path: file, ...read, close: () => Promise.resolve() };
}

/** Tries each key; the file itself says with which it opens. */
async function decrypted(
  source: ArchiveSource,
  file: string,
  known: ManifestFile | undefined,
  need: ArchiveNeed,
  op: Watch,
): Promise<Plain> {
  const keys = [...(source.kind === 'file' ? (source.keys ?? []) : []), ...(await need.keys(op.signal))];
  if (keys.length === 0) throw new ProblemError('encryption-key-missing', { path: file });
  let refused: unknown;
  for (const key of keys) {
    const input = createReadStream(file, { highWaterMark: 1 << 20 });
    try {
      const plain = await decrypt(input, key, op.signal);
      return await written(plain, file, known, need.folder, op);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (error.problem.code === 'backup-damaged') throw damaged(file, String(error.problem.values.reason ?? ''));
      if (error.problem.code !== 'backup-key-wrong') throw error;
      refused = error;
    } finally {
      input.destroy();
    }
  }
  throw refused;
}

async function written(
  plain: Readable,
  file: string,
  known: ManifestFile | undefined,
  folder: string,
  op: Watch,
): Promise<Plain> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const part = await createPartFile(folder, 'aperture_decrypted.dump');
  try {
    const wanted = known?.manifest.encryption?.plain;
    for await (const chunk of plain as AsyncIterable<Uint8Array>) {
      await part.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      op.progress(part.bytes, wanted?.bytes, 'bytes');
    }
    const { bytes, sha256 } = await part.finish();
    if (wanted !== undefined && wanted.sha256 !== sha256) throw damaged(file, 'checksum');
    const close = () => part.discard().catch(() => undefined);
    return { path: part.path, bytes, sha256, close };
  } catch (error) {
    await part.discard();
    throw error;
  }
}

async function placeFor(file: string, manifest: BackupManifest | undefined, need: ArchiveNeed, signal: AbortSignal) {
  const found = await need.tools.find();
  const any = { major: 0, route: { kind: 'this-computer' as const, path: '' } };
  // Without a manifest: the newest reads what every older one wrote.
  const newest = Math.max(0, ...found.flatMap(({ tool, major }) => (tool === 'pg_restore' && major ? [major] : [])));
  const place = await restoreFor(manifest?.tool ?? { ...any, major: newest }, need, found, signal);
  if (place !== undefined) return place;
  const versions = found.flatMap(({ tool, version }) => (tool === 'pg_restore' && version ? [version] : []));
  const server = String(manifest?.tool.major ?? '');
  throw new ProblemError('backup-tool-missing', { server, found: versions.join(', ') || '–', path: file });
}

/** The table of contents in pg_restore's own words. */
async function listArchive(
  plain: string,
  file: string,
  manifest: BackupManifest | undefined,
  need: ArchiveNeed,
  signal: AbortSignal,
): Promise<string> {
  const { tools } = await placeFor(file, manifest, need, signal);
  const tool = await tools.start('pg_restore', ['-l'], { signal, env: {} });
  try {
    const input = createReadStream(plain);
    // It has what it wants long before the end.
    tool.stdin.on('error', () => input.destroy());
    input.on('error', () => undefined).pipe(tool.stdin);
    const [list, words] = await Promise.all([textOf(tool.stdout), textOf(tool.stderr)]);
    input.destroy();
    const { exitCode } = await tool.done;
    signal.throwIfAborted();
    if (exitCode !== 0) throw damaged(file, 'archive', words.trim().slice(0, 2000));
    return list;
  } finally {
    await endTool(tool);
  }
}

async function readAll(
  plain: string,
  file: string,
  manifest: BackupManifest | undefined,
  need: ArchiveNeed,
  op: Watch,
): Promise<void> {
  const place = await placeFor(file, manifest, need, op.signal);
  const reader = await startReading(place.tools, place.nowhere, op.signal);
  try {
    await readThrough(plain, { signal: op.signal, reader });
    const verdict = await reader.verdict();
    if (!verdict.whole) throw damaged(file, 'archive', verdict.detail);
  } finally {
    await reader.stop();
  }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

async function headOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new ProblemError('file-unreadable', { path: file }, { cause, detail });
  }
}

/** The first 8 KiB of SQL: pg_dump says there what it is. */
async function plainHead(file: string, format: 'sql' | 'sql-gzip'): Promise<string> {
  const source = createReadStream(file, { end: 64 * 1024 });
  const stream: Readable = format === 'sql' ? source : source.pipe(createGunzip());
  let head = '';
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      head += part.toString('utf8');
      if (head.length > 8192) break;
    }
  } catch {
    // The cut end of the compressed stream: what came before counts.
  } finally {
    source.destroy();
  }
  return head;
}

function plainFacts(
  head: string,
): Pick<OpenArchive, 'contents' | 'entries' | 'restricted' | 'serverMajor' | 'toolMajor'> {
  const serverVersion = /^-- Dumped from database version (\S+)/m.exec(head)?.[1];
  const toolVersion = /^-- Dumped by pg_dump version (\S+)/m.exec(head)?.[1];
  const contents: OpenArchive['contents'] = {
    tables: [],
    extensions: [],
    ...(serverVersion === undefined ? {} : { serverVersion }),
    ...(toolVersion === undefined ? {} : { toolVersion }),
  };
  return { contents, entries: [], restricted: /^\\restrict /m.test(head), ...majorsOf(contents) };
}

function majorsOf({ serverVersion, toolVersion }: OpenArchive['contents']) {
  const server = Number.parseInt(serverVersion ?? '', 10);
  const tool = Number.parseInt(toolVersion ?? '', 10);
  return {
    ...(Number.isNaN(server) ? {} : { serverMajor: server }),
    ...(Number.isNaN(tool) ? {} : { toolMajor: tool }),
  };
}

function damaged(file: string, reason: string, detail?: string): ProblemError {
  return new ProblemError('backup-damaged', { path: file, reason }, detail === undefined ? {} : { detail });
}
