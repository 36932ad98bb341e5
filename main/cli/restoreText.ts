import { say, text } from '../../contract/copy/text.ts';
import type { DrillReport, PendingRestore, RestoreNumbers, RestorePlan, RestoreState } from '../../contract/restore.ts';
import { sizeText } from './backupText.ts';
import { type Output, paint, table } from './output.ts';
import { fixText, plainFix } from './reportText.ts';

type Look = Pick<Output, 'colour' | 'columns'>;

const marks = { pass: ['green', '✓'], warn: ['yellow', '!'], fail: ['red', '✗'], skipped: ['dim', '·'] } as const;
/** Tables that a plan names. */
const shown = 12;

/** The plan in numbers, then each verdict with what to do about it. */
export function planText(plan: RestorePlan, look: Look): string {
  const { backup, now, changes, verdicts } = plan;
  const count = (value: number | undefined) => (value === undefined ? '–' : value.toLocaleString('en'));
  const rows = (
    ['tables', 'rows', 'embeddings', 'users', 'migrations'] as const satisfies (keyof RestoreNumbers)[]
  ).map((row) => [say(text(`cli.restore.row.${row}`)), count(backup[row]), count(now[row])]);
  const head = ['', say(text('cli.restore.column.backup')), say(text('cli.restore.column.now'))];
  const lines = changes
    .slice(0, shown)
    .map(({ schema, name, ...change }) => [`  ${schema}.${name}`, count(change.backup), count(change.now)]);
  const values = { source: plan.source.name, instance: plan.instance, database: plan.database };
  return [
    paint(look, 'bold', say(text('cli.restore.title', values))),
    '',
    table([head, ...rows, ...lines]),
    ...(changes.length > shown ? [say(text('cli.restore.more', { count: changes.length - shown }))] : []),
    ...(plan.nowExact ? [] : [say(text('cli.restore.estimated'))]),
    '',
    ...verdicts.flatMap(({ status, title, evidence, fixes }) => {
      const [colour, mark] = marks[status];
      return [
        `${paint(look, colour, mark)} ${say(title)}: ${say(evidence)}`,
        ...fixes.map((fix) => fixText(fix, look)),
      ];
    }),
    '',
    say(
      text('cli.restore.time', {
        seconds: plan.estimatedSeconds,
        size: sizeText(plan.databaseBytes),
        days: plan.keepDays,
      }),
    ),
    ...(plan.possible ? [] : [paint(look, 'red', say(text('cli.restore.impossible')))]),
  ].join('\n');
}

/** With every statement said. */
export function plainPlan({ verdicts, ...plan }: RestorePlan): Record<string, unknown> {
  return {
    ...plan,
    verdicts: verdicts.map(({ id, status, title, evidence, fixes }) => ({
      id,
      status,
      title: say(title),
      evidence: say(evidence),
      fixes: fixes.map(plainFix),
    })),
  };
}

export function stateText({ databases, stoppedServers }: RestoreState, database: string): string {
  return [
    databases.length === 0
      ? say(text('cli.restore.none', { database }))
      : table(databases.map((side) => [side.name, sizeText(side.bytes), side.since, standingText(side)])),
    ...stoppedServers.map((container) => say(text('cli.restore.stopped', { container }))),
  ].join('\n');
}

function standingText({ standing, keepUntil = '–' }: PendingRestore): string {
  return say(text(`cli.restore.standing.${standing}`, { until: keepUntil }));
}

export function drillText(drill: DrillReport | undefined): string {
  if (drill === undefined) return say(text('cli.drill.none'));
  const { at, source, proven, problem, restoreSeconds } = drill;
  const verdict = proven ? text('cli.drill.proven') : text('cli.drill.not-proven', { code: problem?.code ?? '' });
  const values = { at, name: source.name, verdict: say(verdict), seconds: restoreSeconds };
  return say(text('cli.drill.told', values));
}
