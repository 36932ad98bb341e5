import { type CheckResult, type CheckStatus, checkIds, type Verdict } from '../../contract/check.ts';
import { type Text, text } from '../../contract/copy/text.ts';

const order = new Map<string, number>(checkIds.map((id, index) => [id, index]));

function inOrder(results: readonly CheckResult[]): CheckResult[] {
  return [...results].sort((a, b) => (order.get(a.id) ?? 99) - (order.get(b.id) ?? 99));
}

/** The results with this one in its place. */
export function replacedResult(results: readonly CheckResult[], result: CheckResult): CheckResult[] {
  return inOrder([...results.filter((one) => one.id !== result.id), result]);
}

/** Results of a report overlaid with those of a run that is under way; `fresh` tells which are of this run. */
export function overlaidResults(
  before: readonly CheckResult[],
  run: readonly CheckResult[] | undefined,
): { result: CheckResult; fresh: boolean }[] {
  const fresh = new Map((run ?? []).map((result) => [result.id, result]));
  const all = inOrder([...before.filter((result) => !fresh.has(result.id)), ...fresh.values()]);
  return all.map((result) => ({ result, fresh: run === undefined || fresh.has(result.id) }));
}

const urgency = { fail: 0, warn: 1, pass: 2, skipped: 3 } as const satisfies Record<CheckStatus, number>;

/**
 * Rows in which what needs a hand comes first, as the last whole report has it: a row stays where it is while checks run again.
 * In the first run rows are in the order in which they arrive.
 */
export function mostUrgentFirst<Row extends { result: CheckResult }>(
  rows: readonly Row[],
  report: readonly CheckResult[] | undefined,
): Row[] {
  const known = new Map(report?.map(({ id, status }) => [id, urgency[status]]));
  const urgencyOf = ({ result }: Row) => known.get(result.id) ?? urgency.skipped;
  return [...rows].sort((a, b) => urgencyOf(a) - urgencyOf(b));
}

export function verdictOf(results: readonly CheckResult[]): Verdict {
  if (results.some((result) => result.status === 'fail')) return 'not-ready';
  return results.some((result) => result.status === 'warn') ? 'ready-with-warnings' : 'ready';
}

export function countOf(results: readonly CheckResult[], status: CheckStatus): number {
  return results.filter((result) => result.status === status).length;
}

/** The line that answers whether the database is ready, and how that is marked. */
export function sumLine(results: readonly CheckResult[]): { tone: 'ok' | 'warn' | 'bad'; line: Text } {
  const verdict = verdictOf(results);
  switch (verdict) {
    case 'ready':
      return { tone: 'ok', line: text('check.verdict.ready') };
    case 'ready-with-warnings':
      return { tone: 'warn', line: text('check.verdict.ready-with-warnings', { count: countOf(results, 'warn') }) };
    case 'not-ready':
      return { tone: 'bad', line: text('check.verdict.not-ready', { count: countOf(results, 'fail') }) };
  }
}
