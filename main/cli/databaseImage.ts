import { say, text } from '../../contract/copy/text.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode } from './output.ts';
import { commandPlanText, plainPlan } from './planText.ts';
import { fixText, plainFix } from './reportText.ts';
import { type DockerOptions, placeOf } from './server.ts';

export type DatabaseImageOptions = DockerOptions & { instance: string; plan?: true; yes?: true };

/** `database image`: how the database's container gets pgvector, done with `--yes`. Exits with 1 when it has to be done by hand. */
export async function databaseImage(options: DatabaseImageOptions, context: Context): Promise<ExitCode> {
  if (options.plan === true && options.yes === true) throw new WrongUsage(say(text('cli.provision.one-of')));
  const companion = await context.companion();
  const instance = await findInstance(companion, options.instance);
  const named = [options.docker, options.socket, options.sudo, options.sshKey].some((option) => option !== undefined);
  const own = instance.server?.docker ?? instance.installation?.docker;
  const place = own !== undefined && !named ? own : await placeOf(options, companion, false);
  const { plan, outcome, byHand, ...report } = await companion.databaseImages.plan(instance.id, place, context.signal);
  const document = { instance: { id: instance.id, name: instance.name }, ...report, outcome };
  const { output } = context;
  if (options.yes !== true || outcome !== 'possible') {
    output.result({ ...document, plan: plainPlan(plan), byHand: byHand.map(plainFix) }, () =>
      [
        commandPlanText(plan),
        ...(report.change === undefined ? [] : [report.change.diff]),
        ...byHand.map((fix) => fixText(fix, output)),
      ].join('\n\n'),
    );
    if (options.plan !== true && outcome === 'possible') output.progress(say(text('cli.networks.confirm')));
    return outcome === 'by-hand' ? exitCode.problemFound : exitCode.good;
  }
  const view = await context.follow(async () => {
    const { operationId, ended } = await companion.databaseImages.run(plan.id);
    return { id: operationId, ended };
  });
  const said = view.outcome === undefined ? '' : say(view.outcome);
  output.result({ ...document, plan: plainPlan(plan), operation: view.id, done: said }, () => said);
  return exitCode.good;
}
