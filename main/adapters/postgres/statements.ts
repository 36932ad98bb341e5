import type { Client, QueryResult } from 'pg';
import type { Problem } from '../../../contract/problem.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { recognise } from '../../problems/recognise.ts';
import { isServerError } from '../../problems/serverError.ts';
import type { ReadableDatabase, Row, WritableDatabase } from './session.ts';
import type { Place } from './strangers.ts';

/** Milliseconds that a server gets to obey a cancel request before the connection is given up. */
const cancelGrace = 3000;

export type Line = {
  client: Client;
  place: Place;
  /** Milliseconds for one statement. Measured here, not set on the server: a transaction pooler would refuse or leak the setting. */
  queryTimeoutMs: number;
  signal: AbortSignal;
  /** Why the session is over, once it is. */
  lost(): Problem | undefined;
  cancel(): Promise<void>;
  drop(): void;
  /** A statement is about to be sent. */
  began(): void;
};

/** Runs statements of one session one after the other, and gives every failure as what it is recognised as. */
export class Statements {
  readonly #line: Line;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(line: Line) {
    this.#line = line;
  }

  readonly readable: ReadableDatabase = {
    read: async <R extends Row>(sql: string, values?: readonly unknown[]) => {
      if (values === undefined || values.length === 0) return (await this.#readAll([sql]))[0] as R[];
      return this.#inTurn(() =>
        this.#transaction('BEGIN READ ONLY', async () => last(await this.#ask(sql, values)).rows as R[]),
      );
    },
    readAll: (statements: readonly string[]) => this.#readAll(statements),
  };

  readonly writable: WritableDatabase = {
    run: <R extends Row>(sql: string, values?: readonly unknown[]) => this.#inTurn(() => this.#run<R>(sql, values)),
    transaction: <T>(body: (database: WritableDatabase) => Promise<T>) =>
      this.#inTurn(() => this.#transaction('BEGIN', () => body(this.#inside))),
  };

  /** What the body of a transaction gets: it has its turn already. */
  readonly #inside: WritableDatabase = {
    run: <R extends Row>(sql: string, values?: readonly unknown[]) => this.#run<R>(sql, values),
    transaction: () => Promise.reject(new Error('a transaction inside a transaction')),
  };

  async #run<R extends Row>(sql: string, values?: readonly unknown[]): Promise<{ rows: R[]; rowCount: number }> {
    const result = last(await this.#ask(sql, values));
    return { rows: result.rows as R[], rowCount: result.rowCount ?? 0 };
  }

  #readAll(statements: readonly string[]): Promise<Row[][]> {
    return this.#inTurn(async () => {
      // A line break before each semicolon, so that a statement may end in a comment.
      const script = ['BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY', ...statements, 'COMMIT'].join(
        '\n;\n',
      );
      try {
        const results = await this.#ask(script);
        const each = Array.isArray(results) ? results : [results];
        if (each.length !== statements.length + 2) {
          throw new Error(`${statements.length} statements gave ${each.length - 2} results`);
        }
        return each.slice(1, -1).map(({ rows }) => rows as Row[]);
      } catch (error) {
        await this.#rollBack();
        throw error;
      }
    });
  }

  async #transaction<T>(begin: string, body: () => Promise<T>): Promise<T> {
    await this.#ask(begin);
    try {
      const value = await body();
      await this.#ask('COMMIT');
      return value;
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
  }

  /** After a failure. When even this fails, the link is gone and the server rolls back by itself. */
  async #rollBack(): Promise<void> {
    await this.#ask('ROLLBACK').catch(() => {});
  }

  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(body);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #ask(sql: string, values?: readonly unknown[]): Promise<QueryResult | QueryResult[]> {
    const { client, place, queryTimeoutMs, signal, cancel, drop } = this.#line;
    const lost = this.#line.lost();
    if (lost !== undefined) throw new ProblemError(lost.code, lost.values, { ...lost });
    let late = false;
    let unheard = false;
    let grace: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      late = true;
      void cancel();
      grace = setTimeout(() => {
        unheard = true;
        drop();
      }, cancelGrace);
    }, queryTimeoutMs);
    this.#line.began();
    try {
      // The driver gives an array for several statements; its types know of one only.
      return (await client.query(sql, values === undefined ? undefined : [...values])) as QueryResult | QueryResult[];
    } catch (error) {
      if (signal.aborted) throw new ProblemError('cancelled', {}, { cause: error });
      const values = { ...place, seconds: Math.round(queryTimeoutMs / 1000) };
      if (unheard) throw new ProblemError('server-no-answer', { ...values, phase: 'query' }, { cause: error });
      if (late && isServerError(error)) throw new ProblemError('statement-timeout', values, { cause: error });
      const problem = recognise(error, { ...place, phase: 'query' });
      if (problem === undefined) throw error;
      throw new ProblemError(problem.code, problem.values, { ...problem, cause: error });
    } finally {
      clearTimeout(timer);
      clearTimeout(grace);
    }
  }
}

function last(results: QueryResult | QueryResult[]): QueryResult {
  if (!Array.isArray(results)) return results;
  const result = results.at(-1);
  if (result === undefined) throw new Error('no result');
  return result;
}
