import path from 'node:path';
import { say, text } from '../../contract/copy/text.ts';
import type { InPlacePlan, RestoreFrom, TablesRestored } from '../../contract/restoreInPlace.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { table as columns, type ExitCode, exitCode, type Output, paint } from './output.ts';

type SourceOptions = { backup?: string; file?: string };
export type InPlaceOptions = SourceOptions & {
  instance: string;
  plan?: true;
  yes?: true;
  confirm?: string;
  withoutSafetyBackup?: true;
};
export type InspectOptions = SourceOptions & { instance?: string };
export type TableOptions = SourceOptions & { instance: string };

/** Tables that a plan names. */
const shown = 12;

function sourceFrom({ backup, file }: SourceOptions): RestoreFrom {
  if ((backup === undefined) === (file === undefined))
    throw new WrongUsage(say(text('cli.restore-in-place.one-source')));
  return backup === undefined ? { kind: 'file', path: path.resolve(file ?? '') } : { kind: 'backup', id: backup };
}

/** `restore in-place`: without `--yes` it only tells, and exits with 1 when it would be refused. */
export async function inPlace(options: InPlaceOptions, context: Context): Promise<ExitCode> {
  if (options.plan === true && options.yes === true) throw new WrongUsage(say(text('cli.restore-in-place.one-of')));
  const from = sourceFrom(options);
  const companion = await context.companion();
  const { id, name } = await findInstance(companion, options.instance);
  const { output } = context;
  const wishes = { instanceId: id, from, withoutSafetyBackup: options.withoutSafetyBackup === true };
  if (options.yes !== true) {
    const plan = await companion.inPlaceRestores.plan(wishes, context.signal);
    output.result({ plan: plainPlan(plan) }, () => planText(plan, output));
    if (options.plan !== true) output.progress(say(text('cli.restore-in-place.say-yes', { name })));
    return plan.blocked.length > 0 ? exitCode.problemFound : exitCode.good;
  }
  if (options.confirm !== name) throw new WrongUsage(say(text('cli.restore-in-place.confirm-wrong', { name })));
  const view = await context.follow(async () => {
    const begun = await companion.inPlaceRestores.run({ ...wishes, confirm: name });
    return { id: begun.operationId, ended: begun.ended };
  });
  const report = companion.inPlaceRestores.latest(id);
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  output.result({ operation: view.id, outcome, report }, () => outcome);
  return exitCode.good;
}

/** `restore inspect` */
export async function inspect(options: InspectOptions, context: Context): Promise<ExitCode> {
  const from = sourceFrom(options);
  const companion = await context.companion();
  const instance = options.instance === undefined ? undefined : await findInstance(companion, options.instance);
  const contents = await companion.selectiveRestores.inspect(from, instance?.id, context.signal);
  context.output.result({ contents }, () =>
    columns(
      contents.tables.map(({ schema, name, rows }) => [
        `${schema}.${name}`,
        rows === undefined ? '' : say(text('cli.restore-in-place.table.rows', { rows: rows.toLocaleString('en') })),
      ]),
    ),
  );
  return exitCode.good;
}

/** `restore table` */
export async function table(tables: string[], options: TableOptions, context: Context): Promise<ExitCode> {
  const from = sourceFrom(options);
  const companion = await context.companion();
  const { id } = await findInstance(companion, options.instance);
  let restored: Promise<TablesRestored | undefined> | undefined;
  const view = await context.follow(async () => {
    const begun = await companion.selectiveRestores.run({ instanceId: id, from, tables });
    restored = begun.restored;
    return { id: begun.operationId, ended: begun.ended };
  });
  const made = await restored;
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  context.output.result({ operation: view.id, outcome, restored: made }, () => `${outcome}\n\n${made?.sql ?? ''}`);
  return exitCode.good;
}

function plainPlan({ notes, blocked, ...plan }: InPlacePlan): Record<string, unknown> {
  return { ...plan, notes: notes.map(say), blocked: blocked.map(say) };
}

function planText(plan: InPlacePlan, output: Pick<Output, 'colour'>): string {
  const { database, instance, source, backup, now, changes, notes, blocked } = plan;
  const count = (value: number | undefined) => (value === undefined ? '–' : value.toLocaleString('en'));
  const rows = (['tables', 'rows', 'embeddings', 'users', 'migrations'] as const).map((row) => [
    say(text(`cli.restore-in-place.plan.${row}`)),
    count(backup[row]),
    count(now[row]),
  ]);
  const head = ['', say(text('cli.restore-in-place.plan.backup')), say(text('cli.restore-in-place.plan.now'))];
  const changed = changes
    .slice(0, shown)
    .map(({ schema, name, ...change }) => [`  ${schema}.${name}`, count(change.backup), count(change.now)]);
  const more =
    changes.length > shown ? [say(text('cli.restore-in-place.plan.more', { count: changes.length - shown }))] : [];
  return [
    paint(output, 'bold', say(text('cli.restore-in-place.plan.title', { database, instance, name: source.name }))),
    '',
    columns([head, ...rows, ...changed]),
    ...more,
    '',
    ...notes.map((note) => `· ${say(note)}`),
    ...blocked.map((each) => `· ${paint(output, 'red', say(each))}`),
  ].join('\n');
}
