import type { CheckId, CheckReport } from '../../contract/check.ts';
import { say, text } from '../../contract/copy/text.ts';
import type { Instance } from '../../contract/instance.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { askWhileRefused } from '../services/connections/passwords.ts';
import type { Target } from '../services/connections.ts';
import { passwordAccount } from '../services/instances.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode } from './output.ts';
import { checkDocument, checkReportText } from './reportText.ts';
import { type ReachOptions, targetOf } from './target.ts';

export type CheckOptions = ReachOptions & { instance?: string; only?: CheckId[] };

/** `check`: whether Aperture can run on a database. Exits with 0 when it is ready, with 1 when something needs a fix. */
export async function check(options: CheckOptions, context: Context): Promise<ExitCode> {
  if ((options.url === undefined) === (options.instance === undefined)) {
    throw new WrongUsage(say(text('cli.check.which')));
  }
  const companion = await context.companion();
  if (options.instance === undefined) {
    const target = await targetOf(options, context, companion, { keepHost: false });
    return show(null, await checkTarget(target, undefined, options.only, context, companion), context);
  }
  const instance = await findInstance(companion, options.instance);
  const { ssh, sshKey, ca, tls, passwordStdin } = options;
  const asItIs = [ssh, sshKey, ca, tls, passwordStdin].every((option) => option === undefined);
  if (asItIs || instance.kind === 'practice') {
    return show(instance, await checkInstance(instance, options.only, context, companion), context);
  }
  const target = await targetOf(options, context, companion, { keepHost: false, instance });
  target.password ??= await companion.credentials.get(passwordAccount(instance.id), context.signal);
  return show(instance, await checkTarget(target, instance, options.only, context, companion), context);
}

export function show(instance: Instance | null, report: CheckReport, { output }: Context): ExitCode {
  output.result(checkDocument(instance, report), () => checkReportText(report, output));
  return report.verdict === 'not-ready' ? exitCode.problemFound : exitCode.good;
}

/** Checks an instance with its own settings, as the window does. */
export async function checkInstance(
  instance: Instance,
  only: readonly CheckId[] | undefined,
  context: Context,
  { connections, checks }: Companion,
): Promise<CheckReport> {
  // The certificates are looked at by the connection test; a practice database has none.
  if (instance.kind !== 'practice') {
    await context.follow(async () => {
      const { operationId: id } = await connections.test(instance.id);
      return { id, ended: context.ended(id) };
    });
  }
  await context.follow(async () => {
    const { operationId: id, ended } = await checks.run(instance.id, only);
    return { id, ended };
  });
  const report = checks.latest(instance.id);
  if (report === undefined) throw new Error('the checks ended well and left no report');
  return report;
}

const steps = [
  { name: text('check.step.connect'), weight: 2 },
  { name: text('check.step.facts'), weight: 3 },
  { name: text('check.step.judge'), weight: 1 },
];

/** Checks a database that is no instance, or an instance with other settings than its own. */
async function checkTarget(
  target: Target,
  instance: Instance | undefined,
  only: readonly CheckId[] | undefined,
  context: Context,
  { connections, checks, operations }: Companion,
): Promise<CheckReport> {
  const { settings } = target;
  const host = settings.hosts[0]?.host ?? '';
  const subject = {
    name: instance?.name ?? say(text('cli.check.subject', { database: settings.database, host })),
    ...(instance === undefined ? {} : { instanceId: instance.id }),
  };
  const found: { report?: CheckReport } = {};
  await context.follow(() =>
    operations.run('check', subject, steps, async (op) => {
      op.step(0);
      const question = { user: settings.user, database: settings.database, host };
      const stored = async () => target.password;
      const { password, tls } = await askWhileRefused(
        { stored, ask: context.ask, keep: async () => undefined, question },
        op.signal,
        async (password) => {
          const tried = await connections.tryOnce({ ...target, password }, op.signal);
          const { problem } = tried;
          if (problem !== undefined) throw new ProblemError(problem.code, problem.values, problem);
          return { password, tls: tried.tls };
        },
      );
      op.step(1);
      const session = await connections.openWith({ ...target, password }, { signal: op.signal, purpose: 'read' });
      try {
        const surroundings = { kind: 'external' as const, ...(tls === undefined ? {} : { tls }), password };
        const report = await checks.runWith(session, surroundings, undefined, only);
        op.step(2);
        for (const { id, status } of report.results) op.log(`${id}: ${status}`);
        found.report = report;
        const count = (status: string) => report.results.filter((each) => each.status === status).length;
        return text('check.outcome', { passed: count('pass'), warned: count('warn'), failed: count('fail') });
      } finally {
        await session.close();
      }
    }),
  );
  if (found.report === undefined) throw new Error('the checks ended well and left no report');
  return found.report;
}
