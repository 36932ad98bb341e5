import { randomBytes } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { BackupManifest, BackupVerification } from '../../../contract/backup.ts';
import type { ConnectionSettings } from '../../../contract/connection.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import type { RunningTool } from '../../adapters/tools/toolPlace.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { Op } from '../ports.ts';
import { libpqEnvironment, toolsRootCertificates } from '../renderings.ts';
import { createDumpProgress } from './estimate.ts';
import type { PartFile } from './partFile.ts';
import type { Address, PlacedTool } from './places.ts';
import type { ArchiveReader } from './readArchive.ts';
import { endTool, readThrough } from './readArchive.ts';
import type { Snapshot } from './snapshot.ts';
import { readToolLine, toolProblem } from './toolWords.ts';

/** Below this the disk counts as full: others need to write, too. */
const spaceKept = 16 * 1024 * 1024;

export type DumpRequest = {
  op: Op;
  tool: PlacedTool;
  settings: ConnectionSettings;
  password: string | undefined;
  /** Where the tool dials, where that is not the address of the settings. */
  dial: Address | undefined;
  applicationName: string;
  session: PostgresSession;
  snapshot: Snapshot;
  part: PartFile;
  reader: ArchiveReader;
  folder: string;
  estimatedBytes: number;
};

export type Dumped = {
  tables: BackupManifest['tables'];
  warnings: string[];
  bytes: number;
  sha256: string;
  verification: BackupVerification;
};

/** The name that the tool's sessions have on the server, so that they can be found and ended. */
export function dumpApplicationName(): string {
  return `aperture-companion-backup-${randomBytes(5).toString('hex')}`;
}

/** Options of pg_dump; nothing of them is a secret. */
function dumpArguments(snapshot: string, compression: 'zstd' | 'gzip'): string[] {
  return [
    '--format=custom',
    compression === 'zstd' ? '--compress=zstd:3' : '--compress=1',
    `--snapshot=${snapshot}`,
    '--lock-wait-timeout=60000',
    '--no-password',
    '--verbose',
  ];
}

/** What the tool connects with: exactly the server that the snapshot is of. */
export function dumpEnvironment(
  {
    settings,
    password,
    dial,
    applicationName,
  }: Pick<DumpRequest, 'settings' | 'password' | 'dial' | 'applicationName'>,
  address: Address,
): { env: Record<string, string>; rootCertificates?: string } {
  const here: ConnectionSettings = { ...settings, hosts: [address], targetSessionAttrs: 'any' };
  const rootCertificates = toolsRootCertificates(settings.tls);
  const env = libpqEnvironment(here, {
    // No file: the password goes through the environment of the tool alone.
    passfile: '/nonexistent/aperture-companion',
    inherited: {},
    applicationName,
    ...(dial === undefined ? {} : addressOf(dial)),
  });
  return {
    env: { ...env, ...hostOf(dial), ...(password === undefined || password === '' ? {} : { PGPASSWORD: password }) },
    ...(rootCertificates === undefined ? {} : { rootCertificates }),
  };
}

/** PGHOSTADDR takes addresses only; a name is dialled as it is, and then verified as it is. */
function addressOf(dial: Address): { dial: { address: string; port: number } } | Record<string, never> {
  return isAddress(dial.host) ? { dial: { address: dial.host, port: dial.port } } : {};
}

function hostOf(dial: Address | undefined): Record<string, string> {
  if (dial === undefined || isAddress(dial.host)) return {};
  return { PGHOST: dial.host, PGPORT: String(dial.port) };
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}

/**
 * Dumps in the snapshot: to the part file and through a reader of archives at once, while the rows of every table are counted in the
 * same snapshot. Rejects with what stopped it first: the tool, the server, the disk, the user. The tool is over then.
 */
export async function dump(request: DumpRequest): Promise<Dumped> {
  const { op, tool, session, snapshot, part, reader, folder } = request;
  const stop = new AbortController();
  let reason: unknown;
  const giveUp = (why: unknown) => {
    reason ??= why;
    stop.abort(why);
  };
  const aborted = () => giveUp(cancelled(op.signal.reason));
  op.signal.addEventListener('abort', aborted, { once: true });
  if (op.signal.aborted) aborted();
  void session.ended.then((problem) => {
    if (problem !== undefined) giveUp(new ProblemError(problem.code, problem.values, { ...problem }));
  });
  const space = setInterval(() => void watchSpace(folder, giveUp), 1_000);
  space.unref();
  let running: RunningTool | undefined;
  try {
    const environment = dumpEnvironment(request, session.address);
    const args = dumpArguments(snapshot.id, tool.compression);
    running = await tool.tools.start('pg_dump', args, { signal: stop.signal, ...environment });
    const said = listen(running, request);
    // Counting goes on while the tool dumps; whichever fails ends the other.
    const counted = snapshot.count().catch((error: unknown) => {
      giveUp(error);
      return [] as BackupManifest['tables'];
    });
    running.stdin.end();
    for await (const bytes of running.stdout as AsyncIterable<Buffer>) {
      if (stop.signal.aborted) break;
      await Promise.all([part.write(bytes), reader.write(bytes)]);
      said.progress.report();
    }
    const ended = await running.done.catch((error: unknown) => {
      giveUp(error);
      return { exitCode: null, signal: null };
    });
    await said.closed;
    if (stop.signal.aborted) throw reason;
    if (ended.exitCode !== 0) throw toolError(said.lines, ended, request);
    const tables = await counted;
    if (stop.signal.aborted) throw reason;
    const { bytes, sha256 } = await part.finish();
    op.step(2);
    const [verdict, again] = await Promise.all([
      reader.verdict(),
      readThrough(part.path, {
        signal: stop.signal,
        onBytes: (done) => op.progress(done, bytes, 'bytes'),
      }),
    ]);
    if (stop.signal.aborted) throw reason;
    if (!verdict.whole) throw damaged(part.path, verdict.detail);
    if (again.bytes !== bytes || again.sha256 !== sha256) throw damaged(part.path, 'checksum');
    return {
      tables,
      warnings: said.warnings,
      bytes,
      sha256,
      verification: { state: 'verified', at: new Date().toISOString() },
    };
  } catch (error) {
    // Not when all went well: the request could reach the server's next statement.
    await session.cancel();
    throw reason ?? error;
  } finally {
    clearInterval(space);
    op.signal.removeEventListener('abort', aborted);
    if (running !== undefined) await endTool(running);
  }
}

function damaged(path: string, reason: string): ProblemError {
  return new ProblemError('backup-damaged', { path, reason }, { detail: reason });
}

function toolError(
  lines: readonly string[],
  ended: { exitCode: number | null; signal: string | null },
  { tool, session, snapshot }: DumpRequest,
): ProblemError {
  const problem = toolProblem(lines, ended, {
    ...session.address,
    tool: 'pg_dump',
    user: session.user,
    database: session.database,
    server: String(snapshot.server.major),
    found: tool.version,
  });
  return new ProblemError(problem.code, problem.values, problem);
}

/** Reads what the tool says: tables begun, warnings, and the last words before it gives up. */
function listen(tool: RunningTool, { op, part, snapshot, estimatedBytes }: DumpRequest) {
  const progress = createDumpProgress(snapshot.tables, estimatedBytes);
  const lines: string[] = [];
  const warnings: string[] = [];
  const report = () => {
    const { bytes, total, tables } = progress.at(part.bytes);
    op.progress(bytes, total, 'bytes', tables);
  };
  const reader = createInterface({ input: tool.stderr, crlfDelay: Number.POSITIVE_INFINITY });
  reader.on('line', (text) => {
    const read = readToolLine(text);
    switch (read.kind) {
      case 'table':
        progress.table(read.table, part.bytes);
        op.log(read.table);
        report();
        return;
      case 'progress':
        return;
      case 'harmless':
        op.log(read.line);
        return;
      case 'read':
        if (read.line.trim() === '') return;
        op.log(read.line, 'warn');
        if (warnings.length < 50) warnings.push(read.line);
        break;
      case 'fatal':
        op.log(read.line, 'error');
    }
    lines.push(read.line);
    if (lines.length > 200) lines.shift();
  });
  const closed = new Promise<void>((resolve) => reader.once('close', resolve));
  return { lines, warnings, closed, progress: { report } };
}

async function watchSpace(folder: string, giveUp: (why: unknown) => void): Promise<void> {
  const free = await freeBytes(folder).catch(() => undefined);
  if (free !== undefined && free < spaceKept) giveUp(new ProblemError('disk-full', { path: folder }));
}

/** What an ordinary user may still write there. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
