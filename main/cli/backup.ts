import path from 'node:path';
import type { BackupRoute, BackupToolChoice } from '../../contract/backup.ts';
import { problemText } from '../../contract/copy/problemText.ts';
import { say, text } from '../../contract/copy/text.ts';
import type { Companion } from '../compose.ts';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import type { BackupRun } from '../services/backupRuns.ts';
import { backupText, inspectionText, listText, planText, serverBackupsText } from './backupText.ts';
import type { Context } from './context.ts';
import { UnexpectedEnd, WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode } from './output.ts';

export type BackupOptions = { instance?: string };
export type NowOptions = {
  instance: string;
  to?: string;
  label?: string;
  tool?: string;
  plan?: true;
  scheduled?: true;
};

/** `backup now`: with `--plan` it exits with 1 when the backup would fail. */
export async function now(options: NowOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { id: instanceId, name } = await findInstance(companion, options.instance);
  const folder = options.to === undefined ? {} : { folder: path.resolve(options.to) };
  const route = options.tool === undefined ? undefined : await routeNamed(options.tool, instanceId, companion, context);
  const request = { instanceId, ...folder, ...(route === undefined ? {} : { route }) };
  if (options.plan === true) {
    const plan = await companion.backups.plan(request, context.signal);
    context.output.result({ plan }, () => planText(plan));
    return plan.problem === undefined ? exitCode.good : exitCode.problemFound;
  }
  const label = options.label === undefined ? {} : { label: options.label };
  const { signal, output } = context;
  const began = (id: string) => {
    const cancel = () => void companion.operations.cancel(id);
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  };
  let run: BackupRun;
  if (options.scheduled === true) {
    const called = await companion.backupSchedules.run(instanceId, signal, began);
    if (!called.ran) {
      output.result({ scheduled: called }, () => say(text(`cli.backup.scheduled.${called.why}`, { name })));
      return called.why === 'not-due' ? exitCode.good : exitCode.problemFound;
    }
    run = called.run;
  } else {
    run = await companion.backupRuns.run({ ...request, ...label }, signal, began);
  }
  const { backup, operation, copies, pruned } = run;
  if (operation.state === 'cancelled') throw cancelled(signal.reason);
  if (operation.problem !== undefined) {
    throw new ProblemError(operation.problem.code, operation.problem.values, operation.problem);
  }
  if (operation.unexpected !== undefined) throw new UnexpectedEnd(operation.unexpected);
  if (backup === undefined) throw new Error('an operation that succeeded made no backup');
  const removed = pruned?.places.flatMap(({ verdicts }) => verdicts.filter(({ keep }) => !keep)) ?? [];
  const told = run.told.map(({ target, problem }) => ({ name: target.name, problem: problem ?? null }));
  output.result({ backup, operation: operation.id, copies, removed, told }, () => backupText(backup));
  const failed = copies.filter(({ problem }) => problem !== undefined);
  for (const { destination, problem } of failed) {
    const title = problem === undefined ? '' : problemText(problem).title;
    output.progress(say(text('cli.backup.now.incomplete', { name: destination.name, title })));
  }
  return failed.length === 0 && run.copied ? exitCode.good : exitCode.problemFound;
}

async function routeNamed(
  wished: string,
  instanceId: string,
  { backups }: Companion,
  { signal }: Context,
): Promise<BackupRoute> {
  const { choices } = await backups.plan({ instanceId }, signal);
  const usable = choices.filter(({ unusable }) => unusable === undefined);
  const found = usable.find((choice) => namesOf(choice).some((name) => name.includes(wished)));
  if (found !== undefined) return found.route;
  const known = usable.map((choice) => namesOf(choice).join(', ')).join('; ');
  throw new WrongUsage(say(text('cli.backup.tool-not-found', { wished, known })));
}

function namesOf({ route, place, version }: BackupToolChoice): string[] {
  return [place, version, ...('path' in route ? [route.path] : [])];
}

/** `backup list`: exits with 1 when one of them is damaged. */
export async function list(options: BackupOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const which = options.instance === undefined ? 'all' : (await findInstance(companion, options.instance)).id;
  const backups = await companion.backups.list(which, context.signal);
  context.output.result({ backups }, () => listText(backups));
  return backups.some(({ verification }) => verification.state === 'damaged') ? exitCode.problemFound : exitCode.good;
}

/** `backup show` */
export async function show(id: string, context: Context): Promise<ExitCode> {
  const { backups } = await context.companion();
  const backup = await backups.get(id, context.signal);
  context.output.result({ backup }, () => backupText(backup));
  return backup.verification.state === 'damaged' ? exitCode.problemFound : exitCode.good;
}

/** `backup verify`: fails with `backup-damaged`. */
export async function verify(id: string, context: Context): Promise<ExitCode> {
  const { backups } = await context.companion();
  await context.follow(async () => {
    const { operationId, ended } = await backups.verify(id);
    return { id: operationId, ended };
  });
  const backup = await backups.get(id, context.signal);
  context.output.result({ backup }, () => backupText(backup));
  return exitCode.good;
}

/** `backup inspect`: exits with 1 when the dump can't be read to its end. */
export async function inspect(file: string, context: Context): Promise<ExitCode> {
  const { backups } = await context.companion();
  const dump = await backups.inspect(file, context.signal);
  context.output.result({ dump }, () => inspectionText(dump));
  return dump.verification.state === 'damaged' ? exitCode.problemFound : exitCode.good;
}

/** `backup server-list`: exits with 1 when one of the server's own dumps can't be restored. */
export async function serverList(options: { instance: string }, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { server, name } = await findInstance(companion, options.instance);
  if (server === undefined) throw new WrongUsage(say(text('cli.server.not-linked', { name })));
  const found = await companion.backups.serverBackups(server, context.signal);
  context.output.result({ server: found }, () => serverBackupsText(found));
  const bad = found.backups.some(({ state }) => state !== 'readable' && state !== 'unread');
  return bad ? exitCode.problemFound : exitCode.good;
}
