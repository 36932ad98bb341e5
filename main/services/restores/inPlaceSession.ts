import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionSettings } from '../../../contract/connection.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import type { RunningTool } from '../../adapters/tools/toolPlace.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { dumpEnvironment } from '../backups/dump.ts';
import { endSessions } from '../backups/endSessions.ts';
import { endTool } from '../backups/readArchive.ts';
import { toolProblem } from '../backups/toolWords.ts';
import type { Op } from '../ports.ts';
import { marks } from './inPlaceScript.ts';
import type { RestoreRoute } from './route.ts';
import { restoreApplicationName } from './runTool.ts';

export type OneTransaction = {
  route: RestoreRoute;
  settings: ConnectionSettings;
  password: string | undefined;
  /** SQL from `opening` to `closing`. When it rejects, nothing that could commit was sent. */
  sql: () => AsyncIterable<Buffer | string>;
  /** Logs in to the same database, for ending what is left of psql and for asking what became of it. */
  open: (signal: AbortSignal) => Promise<PostgresSession>;
  op: Pick<Op, 'signal' | 'log'>;
  /** The name that the session has on the server, before it begins. */
  onStart?: (applicationName: string) => void;
};

/** What the script said. */
export type Said = { result: string | undefined };

/** Milliseconds for which a server that is gone is asked what became of a transaction, and for one try. */
const askFor = 60_000;
const oneTry = 10_000;

/**
 * Streams SQL into psql, which runs it in one transaction and never commits by itself, not even when its input ends early. Whatever ends
 * it, the server is asked what became of the transaction: resolves when it was committed, rejects when it was not, with
 * `restore-in-place-unproven`, `restore-in-place-failed`, what PostgreSQL or the tool says, `cancelled`; `restore-in-place-unknown` when
 * nobody answers. No session of psql is left then.
 */
export async function runInOneTransaction(run: OneTransaction): Promise<Said> {
  const { op } = run;
  const applicationName = restoreApplicationName();
  const stop = new AbortController();
  const aborted = () => stop.abort(op.signal.reason);
  op.signal.addEventListener('abort', aborted, { once: true });
  if (op.signal.aborted) aborted();
  const said = listen();
  let failure: unknown;
  let ended: { exitCode: number | null; signal: string | null } | undefined;
  let psql: RunningTool | undefined;
  try {
    run.onStart?.(applicationName);
    psql = await startPsql(run, applicationName, stop.signal);
    const read = said.read(psql, op);
    // When the input breaks off, psql is ended; its transaction with it.
    const fed = pipeline(Readable.from(run.sql()), psql.stdin, { signal: stop.signal }).catch((error: unknown) => {
      if (!isBrokenPipe(error)) failure ??= error;
      psql?.stdin.end();
      stop.abort(error);
    });
    ended = await psql.done.catch(() => ({ exitCode: null, signal: 'lost' }));
    // psql that gave up reads no more: whoever still writes is told so.
    if (ended.exitCode !== 0) stop.abort();
    await Promise.all([fed, read]);
  } catch (error) {
    failure ??= error;
  } finally {
    op.signal.removeEventListener('abort', aborted);
    if (psql !== undefined) await endTool(psql);
  }
  if (said.committed && ended?.exitCode === 0) return { result: said.result };
  if (said.transaction === undefined) {
    await endSessions(() => run.open(AbortSignal.timeout(oneTry)), applicationName);
    throw reasonOf(run, said, ended, failure);
  }
  const state = await became(run, applicationName, said.transaction);
  op.log(`Transaction ${said.transaction}: ${state}`, state === 'committed' ? 'info' : 'warn');
  if (state === 'committed') return { result: said.result };
  if (state === 'unknown') {
    throw new ProblemError('restore-in-place-unknown', { ...run.route.address, transaction: said.transaction });
  }
  throw reasonOf(run, said, ended, failure);
}

async function startPsql(run: OneTransaction, applicationName: string, signal: AbortSignal): Promise<RunningTool> {
  const { settings, password, route } = run;
  const environment = dumpEnvironment({ settings, password, dial: route.dial, applicationName }, route.address);
  const args = [
    '--no-psqlrc',
    '--quiet',
    '--no-align',
    '--tuples-only',
    '--no-password',
    '--set=ON_ERROR_STOP=1',
    // Whatever ends the transaction, the next statement begins another one that nobody commits.
    '--set=AUTOCOMMIT=off',
    `--dbname=${settings.database}`,
    '--file=-',
  ];
  return route.tool.tools.start('psql', args, { signal, ...environment });
}

/** Reads both outputs of psql; the dump's own results are of no interest. */
function listen() {
  const said = {
    transaction: undefined as string | undefined,
    result: undefined as string | undefined,
    committed: false,
    errors: [] as string[],
    last: [] as string[],
    read: async (psql: RunningTool, op: Pick<Op, 'log'>): Promise<void> => {
      psql.stdin.on('error', () => undefined);
      const lines = (input: NodeJS.ReadableStream, each: (line: string) => void) =>
        new Promise<void>((resolve) => {
          const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
          reader.on('line', each);
          reader.once('close', () => resolve());
        });
      await Promise.all([
        lines(psql.stdout, (line) => {
          if (line.startsWith(marks.transaction)) {
            said.transaction = line.slice(marks.transaction.length).trim();
            op.log(`Transaction ${said.transaction} has begun`);
          } else if (line.startsWith(marks.result)) said.result = line.slice(marks.result.length);
          else if (line === marks.committed) said.committed = true;
        }),
        lines(psql.stderr, (line) => {
          if (line.trim() === '') return;
          const error = /^psql:.*?(?:ERROR|FATAL|PANIC): {2}(.*)$/.exec(line)?.[1];
          if (error !== undefined) said.errors.push(error);
          else if (/^psql: error: /.test(line)) said.errors.push(line.replace('psql: error: ', ''));
          op.log(line, error === undefined ? 'info' : 'error');
          said.last.push(line);
          if (said.last.length > 50) said.last.shift();
        }),
      ]);
    },
  };
  return said;
}

type Listening = Pick<ReturnType<typeof listen>, 'errors' | 'last'>;

function reasonOf(
  { op, route, settings }: OneTransaction,
  { errors, last }: Listening,
  ended: { exitCode: number | null; signal: string | null } | undefined,
  failure: unknown,
): unknown {
  if (op.signal.aborted) return cancelled(op.signal.reason);
  const [error] = errors;
  const detail = last.join('\n').slice(-4000);
  if (error !== undefined) {
    const unproven = after(error, marks.unproven);
    if (unproven !== undefined)
      return new ProblemError('restore-in-place-unproven', { differences: unproven }, { detail });
    const refused = after(error, marks.refused);
    if (refused !== undefined) {
      return new ProblemError('restore-in-place-failed', { tool: 'PostgreSQL', message: refused }, { detail });
    }
  }
  // What kept the input from its end came before psql's own end.
  if (error === undefined && failure instanceof ProblemError) return failure;
  if (error === undefined && failure !== undefined && !isAbort(failure)) return failure;
  const problem = toolProblem(last, ended ?? { exitCode: null, signal: 'lost' }, {
    ...route.address,
    tool: 'psql',
    user: settings.user,
    database: settings.database,
    server: '',
    found: route.tool.version,
  });
  const code = problem.code === 'backup-tool-failed' ? 'restore-in-place-failed' : problem.code;
  const values = error === undefined ? problem.values : { ...problem.values, message: error };
  return new ProblemError(code, values, problem);
}

function after(text: string, mark: string): string | undefined {
  const at = text.indexOf(mark);
  return at < 0 ? undefined : text.slice(at + mark.length);
}

function isBrokenPipe(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || isAbort(error);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Asks the server, and waits for one that is starting again. Its own log of transactions outlives everything. */
async function became(
  { open, op }: OneTransaction,
  applicationName: string,
  transaction: string,
): Promise<'committed' | 'aborted' | 'unknown'> {
  const until = performance.now() + askFor;
  for (;;) {
    try {
      const session = await open(AbortSignal.timeout(oneTry));
      try {
        await endSessions(() => open(AbortSignal.timeout(oneTry)), applicationName);
        const state = await statusOf(session, transaction);
        if (state !== 'in progress') return state;
      } finally {
        await session.close();
      }
    } catch (error) {
      op.log(`The server was asked what became of transaction ${transaction}: ${String(error)}`, 'warn');
    }
    if (performance.now() >= until) return 'unknown';
    await delay(500);
  }
}

async function statusOf(
  session: PostgresSession,
  transaction: string,
): Promise<'committed' | 'aborted' | 'in progress'> {
  try {
    const { rows } = await session.writable.run<{ status: string | null }>('SELECT txid_status($1::bigint) AS status', [
      transaction,
    ]);
    const status = rows[0]?.status;
    return status === 'committed' || status === 'in progress' ? status : 'aborted';
  } catch (error) {
    // A server that was killed has forgotten numbers of which nothing had reached its disk.
    if (error instanceof ProblemError && /is in the future/.test(error.problem.detail ?? '')) return 'aborted';
    if (error instanceof ProblemError && error.problem.values.sqlState === '22023') return 'aborted';
    throw error;
  }
}
