import { resolve } from 'node:path';
import { say, text } from '../../contract/copy/text.ts';
import type { InstanceView, SecretPlace } from '../../contract/instance.ts';
import type { SshHost } from '../../contract/sshHost.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { instanceRows, placeOf } from './instanceText.ts';
import { type ExitCode, exitCode, table } from './output.ts';
import { problemLines } from './reportText.ts';
import { type ReachOptions, targetOf } from './target.ts';

export type AddOptions = ReachOptions & { name: string; url: string; session?: true };
export type RemoveOptions = { yes?: true };
export type ImportOptions = { name?: string; session?: true };

/** `instances list` */
export async function list(context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { instances, problem } = await companion.instances.list();
  if (problem !== undefined) context.output.progress(problemLines(problem, context.output));
  context.output.result({ instances, ...(problem === undefined ? {} : { problem }) }, () =>
    instances.length === 0
      ? say(text('cli.instances.none'))
      : table(
          instances.map((instance) => [
            instance.name,
            placeOf(instance),
            say(text(`cli.place.${instance.password}`)),
            instance.id,
          ]),
        ),
  );
  return problem === undefined ? exitCode.good : exitCode.problemFound;
}

/** `instances show` */
export async function show(name: string, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = await findInstance(companion, name);
  const hosts: SshHost[] = instance.route.kind === 'ssh' ? await companion.sshHosts.list() : [];
  context.output.result({ instance }, () => table(instanceRows(instance, hosts)));
  return exitCode.good;
}

/** `instances add`: nothing is connected; the password goes into the keychain, or with --session nowhere. */
export async function add(options: AddOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const name = await freeName(options.name, context, 'refuse');
  const target = await targetOf(options, context, companion, { keepHost: true });
  const { settings: connection, route, password } = target;
  const instance = await companion.instances.create({
    name,
    kind: 'external',
    route,
    connection,
    setup: { step: 'connection', source: 'own' },
    ...(password === undefined || password === '' || options.session === true ? {} : { password }),
  });
  context.output.result({ instance }, () => added(instance, options.session));
  return exitCode.good;
}

/** `instances remove` */
export async function remove(nameOrId: string, { yes }: RemoveOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = await findInstance(companion, nameOrId);
  const { id, name } = instance;
  if (yes !== true) throw new WrongUsage(say(text('cli.instances.confirm', { name })));
  await companion.instances.remove(id);
  context.output.result({ removed: { id, name } }, () => say(text('cli.instances.removed', { name })));
  return exitCode.good;
}

/** `instances import`: every connection that the file names becomes an instance. */
export async function importFile(file: string, options: ImportOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const candidates = await companion.imports.fromFile(resolve(file), context.signal);
  if (options.name !== undefined && candidates.length > 1) {
    const sources = candidates.map(({ source }) => source).join(', ');
    throw new WrongUsage(say(text('cli.instances.import-several', { count: candidates.length, sources })));
  }
  const made: InstanceView[] = [];
  for (const { id, suggestedName, notes } of candidates) {
    for (const note of notes) context.output.progress(say(note));
    const name = await freeName(
      options.name ?? suggestedName,
      context,
      options.name === undefined ? 'number' : 'refuse',
    );
    made.push(await companion.newInstances.imported(id, name, options.session === true ? 'session' : 'keychain'));
  }
  context.output.result({ instances: made }, () => made.map((instance) => added(instance, options.session)).join('\n'));
  return exitCode.good;
}

function added({ name, id, password }: InstanceView, session: true | undefined): string {
  const place: SecretPlace = session === true ? 'session' : password;
  return say(text('cli.instances.added', { name, id, place: say(text(`cli.place.${place}`)) }));
}

/** Commands name instances, so that two of one name would be in each other's way. */
async function freeName(wanted: string, context: Context, taken: 'refuse' | 'number'): Promise<string> {
  const companion = await context.companion();
  const names = new Set((await companion.instances.list()).instances.map(({ name }) => name));
  if (!names.has(wanted)) return wanted;
  if (taken === 'refuse') throw new WrongUsage(say(text('cli.instances.name-taken', { name: wanted })));
  let number = 2;
  while (names.has(`${wanted} ${number}`)) number += 1;
  return `${wanted} ${number}`;
}
