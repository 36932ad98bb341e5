import type { Problem, ProblemCode } from '../../../contract/problem.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { isServerError, type ServerError } from '../../problems/serverError.ts';
import { quoteLiteral } from '../../sql/quoting.ts';
import type { Blocker } from './blockers.ts';
import type { LedgerKind } from './ledgers.ts';
import type { RunnableFile } from './runner.ts';

/** A statement of a file and the line that it begins in, counted from 1. */
export type SplitStatements = (sql: string) => Promise<readonly { sql: string; line: number }[]>;

/** At what a transaction was when it failed: its beginning with the row for the ledger, the file itself, or its end. */
export type Place = 'begin' | 'file' | 'commit';

export type FailedAt = {
  place: Place;
  /** Commands of the message that had succeeded. */
  completed: number;
  blockers: readonly Blocker[];
  ledger: LedgerKind;
  session: PostgresSession;
};

/** These say what is wrong by themselves, and it is not the file. */
const notTheFile = new Set<ProblemCode>([
  'connection-lost',
  'server-no-answer',
  'server-stopping',
  'server-in-recovery',
  'read-only-transaction',
  'server-disk-full',
  'server-out-of-memory',
  'lock-timeout',
  'statement-timeout',
  'database-missing',
]);

/** Whether another try can end better: somebody held a lock, or two sessions were in each other's way. */
export function isRetried(error: unknown): boolean {
  const sqlState = serverErrorOf(error)?.code;
  return sqlState === '55P03' || sqlState === '40P01';
}

/** Whether somebody else has made the same thing at the same time. */
export function isTwice(error: unknown): boolean {
  const sqlState = serverErrorOf(error)?.code;
  return sqlState === '23505' || sqlState === '42P07' || sqlState === '42P06';
}

/** Why a file was not applied, as the window and the command line tell it: the file, its statement and line, and PostgreSQL's own words. */
export async function whyFailed(
  file: RunnableFile,
  error: unknown,
  at: FailedAt,
  split: SplitStatements | undefined,
): Promise<Problem> {
  const { place, blockers } = at;
  const server = serverErrorOf(error);
  if (!(error instanceof ProblemError)) throw error;
  if (error.problem.code === 'cancelled') throw error;
  const { problem } = error;
  if (server === undefined) return { ...problem, values: { ...problem.values, migration: file.name } };
  if (await enteredMeanwhile(file.name, server, at)) {
    return {
      code: 'migrations-raced',
      values: { ...problem.values, migration: file.name, message: server.message },
      detail: wordsOf(server),
    };
  }
  const where = place === 'file' ? await statementAt(file.sql, server, at.completed, split) : undefined;
  const values = {
    ...problem.values,
    migration: file.name,
    message: server.message,
    sqlState: server.code,
    ...(where === undefined ? {} : { line: where.line, statement: where.sql }),
  };
  const head = where === undefined ? file.name : `${file.name}, line ${where.line}`;
  const inTheWay = blockers.map(({ words }) => words).join('\n');
  const detail = [head, where?.sql, wordsOf(server), inTheWay].filter((part) => part).join('\n');
  const [blocker] = blockers;
  if (notTheFile.has(problem.code)) {
    if (blocker === undefined) return { code: problem.code, values, detail };
    const { pid, application, query, words } = blocker;
    return { code: problem.code, values: { ...values, pid, application, query, message: words }, detail };
  }
  return {
    code: 'migration-failed',
    values,
    detail,
    ...(problem.fixes === undefined ? {} : { fixes: problem.fixes }),
  };
}

/** Somebody else, the server as a rule, has run the same file: then its row is there, or will be. */
async function enteredMeanwhile(
  name: string,
  error: ServerError,
  { place, ledger, session }: FailedAt,
): Promise<boolean> {
  if (place === 'begin' && error.code === '23505') return true;
  const { rows } = await session.writable
    .run(`SELECT FROM ${ledger.table} WHERE name = ${quoteLiteral(name)}`)
    .catch(() => ({ rows: [] }));
  return rows.length > 0;
}

type PositionedError = ServerError & { position?: string; where?: string };

function serverErrorOf(error: unknown): PositionedError | undefined {
  const cause = error instanceof ProblemError ? error.cause : error;
  return isServerError(cause) ? cause : undefined;
}

/** PostgreSQL's message, detail, hint and context, named as psql names them. */
function wordsOf(error: PositionedError): string {
  const parts = [
    [error.severity ?? 'ERROR', `${error.message} (${error.code})`],
    ['DETAIL', error.detail],
    ['HINT', error.hint],
    ['CONTEXT', error.where],
  ];
  return parts
    .flatMap(([name, words]) => (words === undefined || words === '' ? [] : [`${name}: ${words}`]))
    .join('\n');
}

/** Characters of a statement that are told. */
const longestStatement = 1_000;

/** PostgreSQL tells the position of some errors only; of the others, how many statements came before. */
async function statementAt(
  sql: string,
  { position }: PositionedError,
  completed: number,
  split: SplitStatements | undefined,
): Promise<{ sql: string; line: number } | undefined> {
  const line = position === undefined ? undefined : lineAt(sql, Number(position));
  const statements = (await split?.(sql).catch(() => undefined)) ?? [];
  const found =
    line === undefined ? statements[completed] : (statements.findLast((each) => each.line <= line) ?? undefined);
  if (found === undefined)
    return line === undefined ? undefined : { line, sql: sql.split('\n')[line - 1]?.trim() ?? '' };
  return { line: line ?? found.line, sql: found.sql.slice(0, longestStatement) };
}

/** `position` counts characters, not units of UTF-16, from 1. */
function lineAt(sql: string, position: number): number {
  return [...sql].slice(0, position - 1).filter((character) => character === '\n').length + 1;
}
