import type { SchedulePlan, ScheduleView } from '../../contract/backupSchedule.ts';
import { type ScheduleRule, scheduleRuleSchema, weekdays } from '../../contract/backupSettings.ts';
import { problemText } from '../../contract/copy/problemText.ts';
import { say, text } from '../../contract/copy/text.ts';
import { cronOf } from '../services/backupRules/scheduleTimes.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode } from './output.ts';

export type ScheduleOptions = { instance: string; daily?: string; weekly?: string[]; cron?: string; plan?: true };

/** `backup schedule set`: exits with 1 when the rule is kept, but the system's scheduler could not be told. */
export async function setSchedule(options: ScheduleOptions, context: Context): Promise<ExitCode> {
  const rule = ruleOf(options);
  const companion = await context.companion();
  const { id } = await findInstance(companion, options.instance);
  if (options.plan === true) {
    const plan = await companion.backupSchedules.plan(id, rule);
    context.output.result({ plan }, () => planText(plan));
    return exitCode.good;
  }
  return tell(await companion.backupSchedules.set(id, rule, context.signal), context);
}

/** `backup schedule show`: exits with 1 when there is a rule that nothing calls. */
export async function showSchedule(options: ScheduleOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { id } = await findInstance(companion, options.instance);
  return tell(await companion.backupSchedules.view(id, context.signal), context);
}

/** `backup schedule remove` */
export async function removeSchedule(options: ScheduleOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { id, name } = await findInstance(companion, options.instance);
  await companion.backupSchedules.remove(id, context.signal);
  context.output.result({ removed: id }, () => say(text('cli.backup.schedule.removed', { name })));
  return exitCode.good;
}

/** The rule that was asked for. Raises WrongUsage. */
export function ruleOf({ daily, weekly, cron }: Omit<ScheduleOptions, 'instance'>): ScheduleRule {
  if (cron !== undefined) return checked({ kind: 'cron', expression: cron }, cron);
  if (daily !== undefined) return checked({ kind: 'daily', at: daily }, daily);
  const [day, at, ...more] = weekly ?? [];
  if (day === undefined || at === undefined || more.length > 0)
    throw new WrongUsage(say(text('cli.backup.schedule.which')));
  const on = weekdays.find((each) => day.length >= 2 && each.startsWith(day.toLowerCase()));
  if (on === undefined) {
    throw new WrongUsage(say(text('cli.backup.schedule.day', { given: day, known: weekdays.join(', ') })));
  }
  return checked({ kind: 'weekly', on, at }, at);
}

function checked(rule: ScheduleRule, given: string): ScheduleRule {
  const parsed = scheduleRuleSchema.safeParse(rule);
  if (parsed.success) return parsed.data;
  throw new WrongUsage(
    say(text(rule.kind === 'cron' ? 'cli.backup.schedule.which' : 'cli.backup.schedule.time', { given })),
  );
}

function tell(view: ScheduleView, { output }: Context): ExitCode {
  output.result({ schedule: view }, () => viewText(view));
  const { problem } = view.scheduler;
  if (view.schedule === undefined) return exitCode.good;
  if (problem !== undefined) {
    const { title, cause, next } = problemText(problem);
    for (const line of [title, cause, next, problem.detail ?? '']) if (line !== '') output.progress(line);
  }
  return view.scheduler.state === 'installed' ? exitCode.good : exitCode.problemFound;
}

function viewText({ schedule, next, due, last, scheduler, cronLine, notes }: ScheduleView): string {
  if (schedule === undefined) return say(text('cli.backup.schedule.none'));
  const lines = [
    text('cli.backup.schedule.rule', { rule: cronOf(schedule.rule), zone: schedule.timeZone }),
    due ? text('cli.backup.schedule.due') : text('cli.backup.schedule.next', { at: next ?? '' }),
    ...(last === undefined ? [] : [text('cli.backup.schedule.last', { at: last.startedAt, state: last.state })]),
    text('cli.backup.schedule.scheduler', { kind: scheduler.kind, state: scheduler.state }),
    ...scheduler.files.map((file) => text('cli.backup.schedule.file', { path: file })),
    ...notes,
    ...(cronLine === undefined ? [] : [text('cli.backup.schedule.cron-line', { line: cronLine })]),
  ];
  return lines.map(say).join('\n');
}

function planText({ rule, timeZone, next, files, commands, cronLine, notes }: SchedulePlan): string {
  const written = files.flatMap(({ path, content }) => [
    say(text('cli.backup.schedule.file', { path })),
    ...content
      .replace(/^\ufeff/, '')
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ]);
  return [
    say(text('cli.backup.schedule.rule', { rule: cronOf(rule), zone: timeZone })),
    ...next.map((at) => say(text('cli.backup.schedule.next', { at }))),
    ...written,
    ...commands.map((argv) => say(text('cli.backup.schedule.command', { command: argv.join(' ') }))),
    ...notes.map(say),
    ...(cronLine === undefined ? [] : [say(text('cli.backup.schedule.cron-line', { line: cronLine }))]),
  ].join('\n');
}
