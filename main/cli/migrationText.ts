import { say, text } from '../../contract/copy/text.ts';
import type {
  MigrationPreview,
  MigrationStatus,
  MigrationsPreview,
  StatementNeed,
  StatementPreview,
  StatementWarning,
} from '../../contract/migration.ts';
import type { LedgerResult } from '../services/migrations/readings.ts';
import { type Output, paint, table, wrap } from './output.ts';
import { problemLines } from './reportText.ts';

type Look = Pick<Output, 'colour' | 'columns'>;

export function statusText(status: MigrationStatus, look: Look): string {
  const { source, sourceProblem, entries, outOfOrder, onStart, applied, pending, unknown } = status;
  const lines = [
    ...(source === null ? [] : [sourceText(source)]),
    ...(sourceProblem === undefined ? [] : [problemLines(sourceProblem, look), '']),
    ...(status.ledger === 'missing' ? [say(text('cli.migrate.status.no-ledger'))] : []),
  ];
  const rows = entries.map(({ name, state, appliedAt }) => [
    name,
    say(text(`migration.state.${state}`)),
    appliedAt === undefined ? '' : localTime(appliedAt),
  ]);
  if (rows.length > 0) lines.push('', table(rows));
  lines.push('', paint(look, 'bold', say(text('cli.migrate.status.summary', { applied, pending, unknown }))));
  if (outOfOrder.length > 0) {
    const names = outOfOrder.join(', ');
    lines.push(say(text('cli.migrate.status.out-of-order', { count: outOfOrder.length, names })));
  }
  if (onStart !== undefined) lines.push(say(text('cli.migrate.status.on-start', { on: String(onStart) })));
  return lines.join('\n').trimStart();
}

function sourceText({ name, files, imageId }: NonNullable<MigrationStatus['source']>): string {
  const image = imageId === undefined ? 'none' : imageId.replace(/^sha256:/, '').slice(0, 12);
  return say(text('cli.migrate.status.source', { name, files, image }));
}

/** As the clock on the wall says it, to the second. */
function localTime(iso: string): string {
  return new Date(iso).toLocaleString('sv-SE');
}

/** As psql prints a result, with local times. */
export function ledgerText({ query, there, rows }: LedgerResult): string {
  if (!there) return `${query}\n\n${say(text('cli.migrate.status.no-ledger'))}`;
  const cells = rows.map(({ name, appliedAt }) => [name, appliedAt === undefined ? '' : localTime(appliedAt)]);
  return [
    query,
    '',
    table([['name', 'applied_at'], ...cells]),
    say(text('cli.migrate.status.rows', { rows: rows.length })),
  ].join('\n');
}

export function previewText({ source, files, effects }: MigrationsPreview, look: Look): string {
  if (files.length === 0) return say(text('cli.migrate.preview.nothing', { name: source.name }));
  const counts = Object.entries(effects).filter(([, count]) => count > 0);
  return [
    sourceText(source),
    '',
    ...files.flatMap((file) => fileLines(file, look)),
    '',
    table(counts.map(([effect, count]) => [String(count), effectText(effect as keyof typeof effects)])),
  ].join('\n');
}

function effectText(effect: MigrationPreview['effect']): string {
  return say(text(`migration.effect.${effect}`));
}

function fileLines({ name, effect, statements, problem }: MigrationPreview, look: Look): string[] {
  const style = effect === 'destroys-data' ? 'red' : effect === 'harmless' ? 'dim' : 'yellow';
  const head = `${name}  ${problem === undefined ? paint(look, style, effectText(effect)) : ''}`.trimEnd();
  const body = problem === undefined ? [] : problemLines(problem, look).split('\n');
  for (const statement of statements) {
    if (statement.warnings.length > 0 || statement.needs.length > 0) body.push(...statementLines(statement, look));
  }
  return [head, ...body.map((line) => `  ${line}`)];
}

function statementLines({ line, command, warnings, needs }: StatementPreview, look: Look): string[] {
  const width = Math.max(40, look.columns - 6);
  return [
    `${say(text('cli.migrate.preview.line', { line }))}: ${command}`,
    ...[...warnings.map(warningText), ...needs.map(needText)].map((words) => `  ${wrap(words, width, '    ')}`),
  ];
}

function warningText({ object, reason, rows, rowsExact, estimatedSeconds }: StatementWarning): string {
  const words = say(text(`migration.reason.${reason}`));
  const size = rows === undefined ? [] : [say(text('migration.rows', { rows, exact: String(rowsExact === true) }))];
  const time = estimatedSeconds === undefined ? [] : [durationText(estimatedSeconds)];
  const more = [...size, ...time];
  return `${object === undefined ? '' : `${object}: `}${words}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}

function durationText(seconds: number): string {
  return seconds < 90
    ? say(text('migration.seconds', { seconds }))
    : say(text('migration.minutes', { minutes: Math.round(seconds / 60) }));
}

function needText(need: StatementNeed): string {
  return need.kind === 'extension'
    ? say(text(`migration.need.extension.${need.state}`, { name: need.name }))
    : say(text('migration.need.privilege', { on: need.on, privilege: need.privilege }));
}
