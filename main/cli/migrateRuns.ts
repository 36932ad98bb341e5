import { problemText } from '../../contract/copy/problemText.ts';
import { say, text } from '../../contract/copy/text.ts';
import { type MigrationOutcome, type MigrationSource, migrationSourceSchema } from '../../contract/migration.ts';
import type { MigrationRunPlan } from '../../contract/migrationRun.ts';
import type { Companion } from '../compose.ts';
import type { Context } from './context.ts';
import { UnexpectedEnd, WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode, type Output, paint, table } from './output.ts';

type Where = { instance: string; source: string };
type Planning = { plan?: true; yes?: true };
export type RunOptions = Where & Planning & { withoutBackup?: true; stopServer?: true; statementTimeout?: number };
export type RehearseOptions = Where;
export type OnStartOptions = Planning & { instance: string; file?: string };

/** Where a source is a tag only. */
const usualRepository = 'ghcr.io/dgruhin-hrizn/aperture';

/** `installed`, `image:<tag or name>`, `folder:<path>`. Raises WrongUsage. */
export function sourceOf(given: string): MigrationSource {
  const [kind = '', rest] = /^(image|folder):(.*)$/s.exec(given)?.slice(1) ?? [given];
  const image = rest !== undefined && /^[\w.-]+$/.test(rest) ? `${usualRepository}:${rest}` : rest;
  const parsed = migrationSourceSchema.safeParse({ kind, image, path: rest });
  if (!parsed.success) throw new WrongUsage(say(text('cli.migrate.source')));
  return parsed.data;
}

/** `migrate run`: exits with 1 when the plan alone was asked for and would be refused. */
export async function run(options: RunOptions, context: Context): Promise<ExitCode> {
  oneOf(options);
  const source = sourceOf(options.source);
  const companion = await context.companion();
  const { id, name } = await findInstance(companion, options.instance);
  await startLeftStopped(companion, context);
  const plan = await companion.migrationRuns.plan(id, source, context.signal);
  const instance = { id, name };
  const { output } = context;
  if (options.yes !== true) {
    output.result({ instance, ...plainPlan(plan) }, () => planText(plan, output));
    if (options.plan !== true) output.progress(say(text('cli.migrate.run.confirm')));
    return plan.blocked.length > 0 ? exitCode.problemFound : exitCode.good;
  }
  if (!output.json) output.progress(planText(plan, output));
  const view = await context.follow(async () => {
    const begun = await companion.migrationRuns.run(plan.plan.id, {
      stopServer: options.stopServer === true,
      withoutBackup: options.withoutBackup === true,
      ...(options.statementTimeout === undefined ? {} : { statementSeconds: options.statementTimeout }),
    });
    return { id: begun.operationId, ended: begun.ended };
  });
  const report = companion.migrationRuns.latestRun(id);
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  output.result({ instance, operation: view.id, outcome, ...report }, () => outcome);
  return exitCode.good;
}

/** `migrate rehearse`: exits with 1 when a migration fails on the copy. */
export async function rehearse(options: RehearseOptions, context: Context): Promise<ExitCode> {
  const source = sourceOf(options.source);
  const companion = await context.companion();
  const { id, name } = await findInstance(companion, options.instance);
  const view = await context.follow(async () => {
    const begun = await companion.migrationRuns.rehearse(id, source);
    return { id: begun.operationId, ended: begun.ended };
  });
  const report = companion.migrationRuns.latestRehearsal(id);
  if (report === undefined) throw new UnexpectedEnd(view.id);
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  context.output.result({ instance: { id, name }, operation: view.id, outcome, rehearsal: report }, () => {
    const copy = report.on === 'schema-only' ? 'tables' : report.on === 'backup' ? 'backup' : 'data';
    const seconds = Math.round(report.copyMilliseconds / 100) / 10;
    const rows = report.rows.map((each) => say(text('cli.migrate.rehearse.rows', each)));
    return [
      say(text('cli.migrate.rehearse.copy', { copy, seconds })),
      ...(report.files.length === 0 ? [] : ['', outcomeTable(report.files)]),
      ...report.files.flatMap(({ problem }) => (problem?.detail === undefined ? [] : ['', problem.detail])),
      '',
      ...(rows.length === 0 ? [say(text('cli.migrate.rehearse.no-rows'))] : rows),
      '',
      outcome,
    ].join('\n');
  });
  return report.files.some(({ state }) => state === 'failed') ? exitCode.problemFound : exitCode.good;
}

/** `migrate on-start on|off` */
export async function onStart(wanted: 'on' | 'off', options: OnStartOptions, context: Context): Promise<ExitCode> {
  oneOf(options);
  const companion = await context.companion();
  const { id, name } = await findInstance(companion, options.instance);
  const { server, installation } = await companion.instances.get(id);
  if (options.file === undefined && installation === undefined && server?.composeFile === undefined) {
    throw new WrongUsage(say(text('cli.migrate.on-start.no-file')));
  }
  const { plan, change } = await companion.onStart.plan(id, wanted === 'on', options.file, context.signal);
  const { output } = context;
  const instance = { id, name };
  const notes = plan.notes.map(say);
  if (options.yes !== true) {
    output.result({ instance, title: say(plan.title), change, notes }, () =>
      [say(plan.title), '', change.diff, ...notes].join('\n'),
    );
    if (options.plan !== true) output.progress(say(text('cli.migrate.run.confirm')));
    return exitCode.good;
  }
  const view = await context.follow(async () => {
    const begun = await companion.onStart.write(plan.id);
    return { id: begun.operationId, ended: begun.ended };
  });
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  output.result({ instance, operation: view.id, outcome, change, notes }, () => [outcome, ...notes].join('\n'));
  return exitCode.good;
}

/** What a run that was killed has left undone. */
async function startLeftStopped({ pauses }: Companion, { output, signal }: Context): Promise<void> {
  const { started } = await pauses.recover(signal);
  for (const container of started) output.progress(say(text('migrate.recovered', { container })));
}

function oneOf({ plan, yes }: Planning): void {
  if (plan === true && yes === true) throw new WrongUsage(say(text('cli.migrate.run.one-of')));
}

function planText({ plan, pending, preview, blocked }: MigrationRunPlan, output: Pick<Output, 'colour'>): string {
  const effects = new Map(preview.map(({ name, effect }) => [name, effect]));
  return [
    paint(output, 'bold', say(plan.title)),
    ...(pending.length === 0 ? [] : ['', table(pending.map(({ name }) => [name, effects.get(name) ?? '']))]),
    '',
    ...plan.notes.map((note) => `· ${say(note)}`),
    ...blocked.map((each) => `· ${paint(output, 'red', say(each))}`),
  ].join('\n');
}

function plainPlan({ plan, blocked, ...rest }: MigrationRunPlan): Record<string, unknown> {
  return { title: say(plan.title), notes: plan.notes.map(say), blocked: blocked.map(say), ...rest };
}

function outcomeTable(files: readonly MigrationOutcome[]): string {
  return table(
    files.map(({ name, state, milliseconds, problem }) => [
      name,
      say(text(`cli.migrate.outcome.${state}`)),
      state === 'not-reached' ? '' : `${milliseconds} ms`,
      problem === undefined ? '' : problemText(problem).title,
    ]),
  );
}
