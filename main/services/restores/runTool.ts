import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ConnectionSettings } from '../../../contract/connection.ts';
import type { RunningTool } from '../../adapters/tools/toolPlace.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { dumpEnvironment } from '../backups/dump.ts';
import { endTool } from '../backups/readArchive.ts';
import { toolProblem } from '../backups/toolWords.ts';
import type { Op } from '../ports.ts';
import type { OpenArchive } from './archive.ts';
import { type ArchiveEntry, listText } from './entries.ts';
import { plainSql } from './plainSql.ts';
import type { RestoreRoute } from './route.ts';
import { createWords, type RestoreWords } from './words.ts';

export type RunTool = {
  archive: OpenArchive;
  route: RestoreRoute;
  /** Into this database; everything else as the instance connects. */
  settings: ConnectionSettings;
  database: string;
  password: string | undefined;
  /** Settings of the tool's sessions, `name=value`. */
  session: readonly string[];
  /** `aperture-companion-…`, so that its sessions are found and ended. */
  applicationName: string;
  /** What is restored; everything unless told. Only for what has entries. */
  entries?: readonly ArchiveEntry[];
  /** Options of pg_restore beside those that it always has. */
  options?: readonly string[];
  /** Workers. */
  jobs?: number;
  op: Pick<Op, 'signal' | 'log' | 'progress'>;
};

/** The name that the tool's sessions have on the server. */
export function restoreApplicationName(): string {
  return `aperture-companion-restore-${randomBytes(5).toString('hex')}`;
}

/**
 * Restores an archive into a database with pg_restore, or a dump in SQL with psql. Nobody's ownership or rights are restored. Errors
 * that take nothing away are answered, any other ends it at once and is raised: what PostgreSQL says, `backup-tool-killed`,
 * `restore-failed`, `cancelled`. What it has done until then stays; in a
 * container or on another computer its sessions may outlive it: `endSessions` ends them. The route stays open.
 */
export async function runTool(run: RunTool): Promise<RestoreWords> {
  const { archive, op } = run;
  const plain = archive.format === 'sql' || archive.format === 'sql-gzip';
  const stop = new AbortController();
  const aborted = () => stop.abort(op.signal.reason);
  op.signal.addEventListener('abort', aborted, { once: true });
  if (op.signal.aborted) aborted();
  const words = createWords({
    total: run.entries?.length ?? archive.entries.length,
    log: (line, level) => op.log(line, level),
    progress: (done, total) => op.progress(done, total, 'items'),
    // It would go on with everything else: what is missing then is not known.
    onFatal: () => stop.abort(),
  });
  let running: RunningTool | undefined;
  try {
    running = await (plain ? startPsql(run, stop.signal) : startRestore(run, stop.signal));
    running.stdout.resume();
    const reader = createInterface({ input: running.stderr, crlfDelay: Number.POSITIVE_INFINITY });
    const closed = new Promise<void>((resolve) => reader.once('close', resolve));
    reader.on('line', words.line);
    const ended = await running.done.catch(() => ({ exitCode: null, signal: 'lost' }));
    await closed;
    const said = words.end();
    if (op.signal.aborted) throw cancelled(op.signal.reason);
    // pg_restore ends with 1 when it went on after an error.
    const good = ended.exitCode === 0 || (!plain && ended.exitCode === 1 && said.ignored.length > 0);
    if (said.fatal.length > 0 || !good) throw failure(run, said, ended);
    return said;
  } catch (error) {
    throw op.signal.aborted ? cancelled(error) : error;
  } finally {
    op.signal.removeEventListener('abort', aborted);
    if (running !== undefined) await endTool(running);
  }
}

function failure(
  { route, settings, database, archive }: RunTool,
  said: RestoreWords,
  ended: { exitCode: number | null; signal: string | null },
): ProblemError {
  const killedByUs = said.fatal.length > 0;
  const problem = toolProblem([...said.fatal, ...said.last], killedByUs ? { exitCode: 1, signal: null } : ended, {
    ...route.address,
    tool: archive.format === 'sql' || archive.format === 'sql-gzip' ? 'psql' : 'pg_restore',
    user: settings.user,
    database,
    server: '',
    found: route.tool.version,
  });
  // The words are those of a dump there.
  const code = problem.code === 'backup-tool-failed' ? 'restore-failed' : problem.code;
  return new ProblemError(code, problem.values, problem);
}

function environment({ settings, database, password, session, applicationName, route }: RunTool) {
  const options = [settings.options, ...session.map((one) => `-c ${one.replaceAll(/[\\ ]/g, '\\$&')}`)]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
  const here: ConnectionSettings = { ...settings, database, ...(options === '' ? {} : { options }) };
  return dumpEnvironment({ settings: here, password, dial: route.dial, applicationName }, route.address);
}

async function startRestore(run: RunTool, signal: AbortSignal): Promise<RunningTool> {
  const { archive, route, entries, options = [], jobs = 1, database } = run;
  const args = ['--no-owner', '--no-acl', '--no-password', '--verbose', ...options, `--dbname=${database}`];
  if (jobs > 1) args.unshift(`--jobs=${jobs}`);
  const list = entries === undefined ? {} : { list: listText(entries) };
  const start = { signal, ...environment(run), ...list };
  if (route.tool.route.kind === 'this-computer') {
    const tool = await route.tool.tools.start('pg_restore', [...args, archive.path], start);
    tool.stdin.end();
    return tool;
  }
  // Several workers each look for their own part, and so need a file where they are.
  const stored = jobs > 1 ? { inputBytes: archive.bytes } : {};
  const tool = await route.tool.tools.start('pg_restore', args, { ...start, ...stored });
  feed(tool, createReadStream(archive.path, { highWaterMark: 1 << 20 }), signal);
  return tool;
}

async function startPsql(run: RunTool, signal: AbortSignal): Promise<RunningTool> {
  const { archive, route, database } = run;
  const args = ['--no-psqlrc', '--quiet', '--no-password', '--set=ON_ERROR_STOP=1', `--dbname=${database}`, '--file=-'];
  const tool = await route.tool.tools.start('psql', args, { signal, ...environment(run) });
  const file = createReadStream(archive.path, { highWaterMark: 1 << 20 });
  feed(
    tool,
    archive.format === 'sql' ? file : file.pipe(createGunzip()),
    signal,
    plainSql(randomBytes(24).toString('hex')),
  );
  return tool;
}

/** A tool that gives up tells so by itself. */
function feed(
  tool: RunningTool,
  source: Readable,
  signal: AbortSignal,
  ...through: ((chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>)[]
): void {
  const [change] = through;
  const end =
    change === undefined ? pipeline(source, tool.stdin, { signal }) : pipeline(source, change, tool.stdin, { signal });
  end.catch(() => {
    source.destroy();
    tool.stdin.end();
  });
}
