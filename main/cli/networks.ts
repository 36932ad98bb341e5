import { say, text } from '../../contract/copy/text.ts';
import { type NetworkChange, networkChangeSchema } from '../../contract/network.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode, table } from './output.ts';
import { commandPlanText, plainPlan } from './planText.ts';
import { addressOf } from './reach.ts';
import { type DockerOptions, placeOf } from './server.ts';

export type NetworkOptions = DockerOptions & { plan?: true; yes?: true };
export type ConnectOptions = NetworkOptions & { instance?: string; seen?: string };

/** `networks list` */
export async function list(options: DockerOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const networks = await companion.networks.list(await placeOf(options, companion, false), context.signal);
  context.output.result({ networks }, () =>
    table(
      networks.map(({ name, driver, subnets, containers }) => [
        name,
        driver,
        subnets.join(' '),
        containers.map((one) => (one.address === '' ? one.name : `${one.name} (${one.address})`)).join(', '),
      ]),
    ),
  );
  return exitCode.good;
}

/** `networks create`: shows the plan, and carries it out with `--yes`. */
export async function create(network: string, options: NetworkOptions, context: Context): Promise<ExitCode> {
  return change([{ kind: 'create', network }], options, context);
}

/** `networks connect`: with `--seen` the server of the instance uses that address from then on. */
export async function connect(
  network: string,
  container: string,
  options: ConnectOptions,
  context: Context,
): Promise<ExitCode> {
  return change([{ kind: 'connect', network, container }], options, context);
}

async function change(changes: NetworkChange[], options: ConnectOptions, context: Context): Promise<ExitCode> {
  if (options.plan === true && options.yes === true) throw new WrongUsage(say(text('cli.provision.one-of')));
  if (options.seen !== undefined && options.instance === undefined)
    throw new WrongUsage(say(text('cli.networks.which')));
  for (const each of changes) {
    if (!networkChangeSchema.safeParse(each).success) {
      throw new WrongUsage(say(text('cli.networks.name', { name: each.network })));
    }
  }
  const companion = await context.companion();
  const instance = options.instance === undefined ? undefined : await findInstance(companion, options.instance);
  const seen = options.seen === undefined ? undefined : addressOf(options.seen);
  const place = await placeOf(options, companion, options.yes === true);
  const plan = await companion.networks.plan(place, changes, context.signal);
  if (options.yes !== true) {
    context.output.result({ plan: plainPlan(plan) }, () => commandPlanText(plan));
    if (options.plan !== true) context.output.progress(say(text('cli.networks.confirm')));
    return exitCode.good;
  }
  const view = await context.follow(async () => {
    const { operationId, ended } = await companion.networks.run(plan.id, instance);
    return { id: operationId, ended };
  });
  if (instance !== undefined && seen !== undefined) {
    await companion.instances.update(instance.id, { seenByServer: seen });
  }
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  context.output.result({ plan: plainPlan(plan), operation: view.id, outcome }, () => outcome);
  return exitCode.good;
}
