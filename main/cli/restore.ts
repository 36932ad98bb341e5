import path from 'node:path';
import { say, text } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import { readBounded } from '../adapters/boundedFile.ts';
import type { RestoreRequest } from '../services/restores.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode } from './output.ts';
import { drillText, plainPlan, planText, stateText } from './restoreText.ts';

type SourceOptions = { instance: string; backup?: string; file?: string; identity?: string };
export type RunOptions = SourceOptions & { keepDays?: string; yes?: true; confirm?: string };
export type SideOptions = { instance: string; name?: string; yes?: true; confirm?: string };
export type DrillOptions = SourceOptions & { last?: true };

/** `restore plan`: exits with 1 when it is not possible. */
export async function plan(options: RunOptions, context: Context): Promise<ExitCode> {
  const { restores } = await context.companion();
  const found = await restores.plan(await requestOf(options, context), context.signal);
  context.output.result({ plan: plainPlan(found) }, () => planText(found, context.output));
  return found.possible ? exitCode.good : exitCode.problemFound;
}

/** `restore run` */
export async function run(options: RunOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  requireConfirmed(await findInstance(companion, options.instance), options);
  const request = await requestOf(options, context);
  let begun: Awaited<ReturnType<typeof companion.restores.run>> | undefined;
  const view = await context.follow(async () => {
    begun = await companion.restores.run(request);
    return begun;
  });
  const report = await begun?.report;
  context.output.result({ report, operation: view.id }, () =>
    [
      outcomeText(view),
      ...(report === undefined
        ? []
        : [
            say(text('cli.restore.ended', { seconds: report.seconds, downtime: report.downtimeSeconds })),
            ...report.ignored.map((message) => say(text('cli.restore.left-out', { message }))),
          ]),
    ].join('\n'),
  );
  return report?.server?.problem === undefined ? exitCode.good : exitCode.problemFound;
}

/** `restore list`: exits with 1 when something is left to do after a restore that was killed. */
export async function list({ instance }: SideOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { id, connection } = await findInstance(companion, instance);
  const state = await companion.restores.state(id, context.signal);
  context.output.result(state, () => stateText(state, connection?.database ?? ''));
  const left = state.databases.some(({ standing }) => standing === 'unfinished') || state.stoppedServers.length > 0;
  return left ? exitCode.problemFound : exitCode.good;
}

/** `restore undo` */
export async function undo(options: SideOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = await findInstance(companion, options.instance);
  requireConfirmed(instance, options);
  return follow(context, () => companion.restores.undo(instance.id, options.name));
}

/** `restore resume` */
export async function resume(options: SideOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = await findInstance(companion, options.instance);
  requireConfirmed(instance, options);
  return follow(context, () => companion.restores.resume(instance.id, options.name));
}

/** `restore clean` */
export async function clean(options: SideOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { id } = await findInstance(companion, options.instance);
  return follow(context, () => companion.restores.clean(id));
}

/** `restore remove` */
export async function remove(name: string, options: SideOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = await findInstance(companion, options.instance);
  requireConfirmed(instance, { ...options, yes: true });
  return follow(context, () => companion.restores.remove(instance.id, name));
}

/** `drill` */
export async function drill(options: DrillOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  if (options.last === true) {
    const { id } = await findInstance(companion, options.instance);
    const last = await companion.drills.last(id);
    context.output.result({ drill: last ?? null }, () => drillText(last));
    return last?.proven === false ? exitCode.problemFound : exitCode.good;
  }
  const request = await requestOf(options, context);
  let begun: Awaited<ReturnType<typeof companion.drills.run>> | undefined;
  const view = await context.follow(async () => {
    begun = await companion.drills.run(request);
    return begun;
  });
  const report = await begun?.report;
  context.output.result({ drill: report ?? null, operation: view.id }, () => outcomeText(view));
  return exitCode.good;
}

async function follow(
  context: Context,
  start: () => Promise<{ id: string; ended: Promise<OperationView> }>,
): Promise<ExitCode> {
  const view = await context.follow(start);
  const outcome = outcomeText(view);
  context.output.result({ operation: view.id, outcome }, () => outcome);
  return exitCode.good;
}

function outcomeText({ outcome }: OperationView): string {
  return outcome === undefined ? '' : say(outcome);
}

/** What destroys is confirmed by the instance's name. */
function requireConfirmed({ name }: InstanceView, { yes, confirm }: Pick<RunOptions, 'yes' | 'confirm'>): void {
  if (yes !== true || confirm === undefined) throw new WrongUsage(say(text('cli.restore.confirm.missing', { name })));
  if (confirm !== name) throw new WrongUsage(say(text('cli.restore.confirm.wrong', { given: confirm, name })));
}

async function requestOf(options: SourceOptions & { keepDays?: string }, context: Context): Promise<RestoreRequest> {
  const companion = await context.companion();
  const { id: instanceId } = await findInstance(companion, options.instance);
  const { backup, file, identity, keepDays } = options;
  if (backup !== undefined && file !== undefined) throw new WrongUsage(say(text('cli.restore.one-of')));
  if (keepDays !== undefined && !/^\d{1,4}$/.test(keepDays)) {
    throw new WrongUsage(say(text('cli.restore.days.invalid', { value: keepDays })));
  }
  return {
    instanceId,
    ...(backup === undefined ? {} : { backupId: backup }),
    ...(file === undefined ? {} : { file: path.resolve(file) }),
    ...(identity === undefined ? {} : { keys: await keysOf(identity, context.signal) }),
    ...(keepDays === undefined ? {} : { keepDays: Number(keepDays) }),
  };
}

/** The keys of an age identity file: a line each; what is not one is a remark. */
async function keysOf(file: string, signal: AbortSignal): Promise<NonNullable<RestoreRequest['keys']>> {
  const content = await readBounded(file, { signal, maxBytes: 64 * 1024 });
  return [...new TextDecoder().decode(content).matchAll(/^AGE-SECRET-KEY-1[0-9A-Z]+$/gm)].map(([key]) => ({
    kind: 'identity' as const,
    identity: key,
  }));
}
