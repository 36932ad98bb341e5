import type { MigrationPreview, StatementPreview } from '../../../../contract/migration.ts';
import type { PostgresSession } from '../../../adapters/postgres/session.ts';
import type { Grammar } from '../../../adapters/sqlGrammar.ts';
import { ProblemError } from '../../../problems/ProblemError.ts';
import type { MigrationFile } from '../source.ts';
import type { Reading } from './actions.ts';
import { type Facts, gatherFacts, wishOf } from './facts.ts';
import { type Judged, judge, worst } from './judge.ts';
import { readStatement } from './readStatement.ts';
import { type Script, type Statement, splitStatements } from './statements.ts';
import { createWorld } from './world.ts';

/** Milliseconds for all the counting together, where not everything could be counted at once. */
const countingBudget = 6_000;

type ReadFile = {
  file: Pick<MigrationFile, 'name'>;
  script: Script;
  readings: { statement: Statement; reading: Reading }[];
};

/**
 * What pending files would do to a database as it is now, in the order given: parsed, looked up in one round trip, rows counted in another. Nothing
 * is run. Raises what stops a read.
 */
export async function previewFiles(
  grammar: Grammar,
  files: readonly MigrationFile[],
  session: Pick<PostgresSession, 'readable'>,
): Promise<MigrationPreview[]> {
  const read = files.map((file) => readFile(grammar, file));
  const facts = await gatherFacts(
    session,
    wishOf(read.flatMap(({ readings }) => readings.flatMap(({ reading }) => reading.actions))),
  );
  const judged = judgeFiles(read, facts);
  await countRows(
    judged.flatMap(({ counted }) => counted),
    session,
  );
  return judged.map(({ preview }) => {
    const statements = preview.statements.map((statement) => ({
      ...statement,
      effect: worst(statement.warnings.map(({ effect }) => effect)),
    }));
    return { ...preview, statements, effect: worst(statements.map(({ effect }) => effect)) };
  });
}

function readFile(grammar: Grammar, file: MigrationFile): ReadFile {
  const script =
    file.problem === undefined
      ? splitStatements(grammar, file.name, file.sql)
      : { statements: [], problem: file.problem };
  return {
    file,
    script,
    readings: script.statements.map((statement) => ({ statement, reading: readStatement(grammar, statement) })),
  };
}

function judgeFiles(files: readonly ReadFile[], facts: Facts): { preview: MigrationPreview; counted: Judged[] }[] {
  const world = createWorld(facts);
  return files.map(({ file, script, readings }) => {
    const counted: Judged[] = [];
    const statements = readings.map(({ statement, reading }): StatementPreview => {
      const { warnings, needs } = judge(reading.actions, world);
      counted.push(...warnings.filter(({ count }) => count !== undefined));
      return {
        line: statement.line,
        sql: statement.sql,
        command: reading.command,
        effect: 'harmless',
        warnings: warnings.map(({ warning }) => warning),
        needs,
      };
    });
    world.endFile();
    const { problem } = script;
    const effect = 'harmless' as const;
    return { preview: { name: file.name, effect, statements, ...(problem === undefined ? {} : { problem }) }, counted };
  });
}

/**
 * Puts exact numbers into the warnings, in one round trip; where that fails (a statement names a column that a file before it adds, or takes too long),
 * one after the other, as far as the time goes. What can't be counted stays an estimate.
 */
async function countRows(judged: readonly Judged[], { readable }: Pick<PostgresSession, 'readable'>): Promise<void> {
  const queries = [...new Set(judged.flatMap(({ count }) => (count === undefined ? [] : [count])))];
  if (queries.length === 0) return;
  const limits = ["SET LOCAL lock_timeout = '1s'", "SET LOCAL statement_timeout = '3s'"];
  const ask = async (some: readonly string[]) => {
    const results = await readable.readAll([...limits, ...some]);
    return results.slice(limits.length).map((rows) => Number(rows[0]?.rows));
  };
  const note = (query: string, rows: number | undefined) => {
    if (rows === undefined || !Number.isFinite(rows)) return;
    for (const { warning, count } of judged) if (count === query) Object.assign(warning, { rows, rowsExact: true });
  };
  const all = await orUndefined(ask(queries));
  if (all !== undefined) {
    for (const [at, query] of queries.entries()) note(query, all[at]);
    return;
  }
  const until = performance.now() + countingBudget;
  for (const query of queries) {
    if (performance.now() > until) return;
    note(query, (await orUndefined(ask([query])))?.[0]);
  }
}

/** A refused statement is no reason to show nothing; a lost connection and a cancelled question are. */
async function orUndefined<Result>(result: Promise<Result>): Promise<Result | undefined> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    if (['cancelled', 'connection-lost', 'server-no-answer'].includes(error.problem.code)) throw error;
    return undefined;
  }
}
