import path from 'node:path';
import type {
  DestinationSettings,
  NewDestination,
  NotificationTarget,
  PrunePlace,
  PrunePlan,
  Retention,
} from '../../contract/backupSettings.ts';
import { problemText } from '../../contract/copy/problemText.ts';
import { say, text } from '../../contract/copy/text.ts';
import { writeAtomically } from '../adapters/files.ts';
import type { Companion } from '../compose.ts';
import { placeOf } from '../services/recoveryKit.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode, table } from './output.ts';
import { sshHostNamed } from './sshRoute.ts';

export type OfInstance = { instance: string };
export type DestinationOptions = OfInstance & {
  name: string;
  path?: string;
  ssh?: string;
  sshKey?: string;
  s3?: string;
  bucket?: string;
  prefix?: string;
  region?: string;
  accessKey?: string;
  secretStdin?: true;
  byHost?: true;
};
export type EncryptOptions = OfInstance & {
  recipient?: string[];
  keyStdin?: true;
  passphraseStdin?: true;
  off?: true;
};
export type PruneOptions = OfInstance & { plan?: true; yes?: true } & Partial<Retention>;

/** `backup destinations list` */
export async function listDestinations(options: OfInstance, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { id } = await findInstance(companion, options.instance);
  const { destinations, encryption } = await companion.backupSettings.get(id);
  context.output.result({ destinations, encryption }, () =>
    destinations.length === 0
      ? say(text('cli.backup.destinations.none'))
      : table(destinations.map((each) => [each.name, placeOf(each), each.id])),
  );
  return exitCode.good;
}

/** `backup destinations add` */
export async function addDestination(options: DestinationOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = await findInstance(companion, options.instance);
  const wish = await wished(options, companion);
  const secret = options.secretStdin === true ? firstLine(await context.readInput()) : undefined;
  if (secret !== undefined) companion.redactor.add(secret);
  const added = await companion.backupSettings.addDestination(instance, wish, secret, context.signal);
  const { id, name } = added;
  context.output.result({ destination: added }, () => say(text('cli.backup.destinations.added', { id, name })));
  return exitCode.good;
}

async function wished(options: DestinationOptions, { sshHosts }: Companion): Promise<NewDestination> {
  const { name, s3, ssh, bucket, accessKey } = options;
  if (s3 !== undefined) {
    if (bucket === undefined || accessKey === undefined || options.secretStdin !== true) throw incomplete();
    return {
      kind: 's3',
      name,
      endpoint: s3,
      bucket,
      accessKeyId: accessKey,
      region: options.region ?? 'us-east-1',
      prefix: options.prefix ?? '',
      addressing: options.byHost === true ? 'host' : 'path',
    };
  }
  if (options.path === undefined) throw incomplete();
  if (ssh === undefined) return { kind: 'folder', name, path: path.resolve(options.path) };
  const { host, known } = sshHostNamed(ssh, options.sshKey, await sshHosts.list());
  if (!known) await sshHosts.save(host);
  return { kind: 'ssh', name, sshHostId: host.id, path: options.path };
}

const incomplete = () => new WrongUsage(say(text('cli.backup.destinations.which')));

/** `backup destinations test` */
export async function testDestination(name: string, options: OfInstance, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { destination } = await destinationNamed(name, options, companion);
  const { freeBytes } = await companion.backupSettings.testDestination(destination, context.signal);
  context.output.result({ destination, freeBytes: freeBytes ?? null }, () =>
    say(text('cli.backup.destinations.works', { name: destination.name })),
  );
  return exitCode.good;
}

/** `backup destinations remove` */
export async function removeDestination(name: string, options: OfInstance, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { instanceId, destination } = await destinationNamed(name, options, companion);
  await companion.backupSettings.removeDestination(instanceId, destination.id);
  context.output.result({ removed: destination }, () =>
    say(text('cli.backup.destinations.removed', { name: destination.name })),
  );
  return exitCode.good;
}

async function destinationNamed(
  name: string,
  options: OfInstance,
  companion: Companion,
): Promise<{ instanceId: string; destination: DestinationSettings }> {
  const { id: instanceId } = await findInstance(companion, options.instance);
  const { destinations } = await companion.backupSettings.get(instanceId);
  const destination = destinations.find((each) => each.id === name || each.name === name);
  if (destination !== undefined) return { instanceId, destination };
  const known = destinations.map((each) => each.name).join(', ') || '–';
  throw new WrongUsage(say(text('cli.backup.destinations.not-found', { name, known })));
}

/** `backup encrypt` */
export async function encrypt(options: EncryptOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = await findInstance(companion, options.instance);
  const service = companion.backupSettings;
  if (options.off === true) await service.encryptNothing(instance.id);
  else if (options.passphraseStdin === true) {
    await service.encryptWithPassphrase(instance, firstLine(await context.readInput()));
  } else {
    const identity = options.keyStdin === true ? firstLine(await context.readInput()) : undefined;
    if (identity !== undefined) companion.redactor.add(identity);
    const others = options.recipient ?? [];
    await service.encryptWithKey(instance, { others, ...(identity === undefined ? {} : { identity }) });
  }
  const { encryption } = await service.get(instance.id);
  const recipient = encryption.kind === 'key' ? encryption.recipient : '';
  context.output.result({ encryption }, () =>
    say(text(`cli.backup.encrypt.${encryption.kind}`, { recipient, name: instance.name })),
  );
  return exitCode.good;
}

/** `backup kit` */
export async function kit(options: OfInstance & { out: string }, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const { id, name } = await findInstance(companion, options.instance);
  const file = path.resolve(options.out);
  const { recoveryKit } = await import('../services/recoveryKit.ts');
  const settings = await companion.backupSettings.get(id);
  const keys = await companion.backupSettings.keys(id, context.signal);
  const backups = await companion.backups.list(id, context.signal);
  await writeAtomically(file, recoveryKit({ name, settings, keys, backups, now: new Date() }), { mode: 0o600 });
  if (keys.length === 0) context.output.progress(say(text('cli.backup.kit.key-missing')));
  context.output.result({ file, keys: keys.length }, () => say(text('cli.backup.kit.written', { file })));
  return exitCode.good;
}

/** `backup prune`: without --yes it only shows, and rules that are given are not kept. */
export async function prune(options: PruneOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = await findInstance(companion, options.instance);
  const { backupSettings, backupCopies } = companion;
  const { retention } = await backupSettings.get(instance.id);
  const wish = {
    last: options.last ?? retention.last,
    daily: options.daily ?? retention.daily,
    weekly: options.weekly ?? retention.weekly,
    monthly: options.monthly ?? retention.monthly,
  };
  if (options.yes !== true) {
    const plan = await backupCopies.planPrune(instance.id, context.signal, wish);
    context.output.result({ plan }, () => prunePlanText(plan));
    if (options.plan !== true) context.output.progress(say(text('cli.backup.prune.confirm')));
    return plan.places.some(({ problem }) => problem !== undefined) ? exitCode.problemFound : exitCode.good;
  }
  if (JSON.stringify(wish) !== JSON.stringify(retention)) await backupSettings.setRetention(instance.id, wish);
  let result: Promise<PrunePlan | undefined> | undefined;
  await context.follow(async () => {
    const begun = await backupCopies.prune(instance);
    result = begun.result;
    return begun;
  });
  const plan = await result;
  context.output.result({ plan: plan ?? null }, () => (plan === undefined ? '' : prunePlanText(plan)));
  return exitCode.good;
}

function prunePlanText({ places, retention }: PrunePlan): string {
  return places.map((place) => placeText(place, retention.last)).join('\n\n');
}

function placeText({ destination, verdicts, problem }: PrunePlace, last: number): string {
  const place = destination?.name ?? say(text('backup.place.local'));
  if (problem !== undefined) return `${place}: ${problemText(problem).title}`;
  const count = verdicts.filter(({ keep }) => !keep).length;
  const rows = verdicts.map(({ name, keep, reasons }) => [
    `  ${name}`,
    keep
      ? reasons.map((reason) => say(text(`backup.retention.${reason}`, { count: last }))).join('; ')
      : say(text('backup.retention.goes')),
  ]);
  return [say(text('cli.backup.prune.goes', { place, count })), table(rows)].join('\n');
}

export type NotifyOptions = { name: string; kind: NotificationTarget['kind']; on: NotificationTarget['on'] };

/** `notify list` */
export async function listNotifications(context: Context): Promise<ExitCode> {
  const targets = await (await context.companion()).notifications.list();
  context.output.result({ targets }, () =>
    targets.length === 0
      ? say(text('cli.notify.none'))
      : table(targets.map(({ name, kind, on, id }) => [name, kind, on, id])),
  );
  return exitCode.good;
}

/** `notify add` */
export async function addNotification({ name, kind, on }: NotifyOptions, context: Context): Promise<ExitCode> {
  const { notifications } = await context.companion();
  const [url = '', token = ''] = (await context.readInput()).split(/\r?\n/).map((line) => line.trim());
  const target = await notifications.add({ name, kind, on }, { url, ...(token === '' ? {} : { token }) });
  context.output.result({ target }, () => say(text('cli.notify.added', { name, id: target.id })));
  return exitCode.good;
}

/** `notify test` */
export async function testNotification(name: string, context: Context): Promise<ExitCode> {
  const { notifications } = await context.companion();
  const target = await targetNamed(name, notifications);
  const message = {
    outcome: 'test' as const,
    title: say(text('notify.title.test')),
    body: say(text('notify.body.test')),
    at: new Date().toISOString(),
  };
  await notifications.test(target.id, message, context.signal);
  context.output.result({ sent: target }, () => say(text('cli.notify.sent', { name: target.name })));
  return exitCode.good;
}

/** `notify remove` */
export async function removeNotification(name: string, context: Context): Promise<ExitCode> {
  const { notifications } = await context.companion();
  const target = await targetNamed(name, notifications);
  await notifications.remove(target.id);
  context.output.result({ removed: target }, () => say(text('cli.notify.removed', { name: target.name })));
  return exitCode.good;
}

async function targetNamed(name: string, notifications: Companion['notifications']): Promise<NotificationTarget> {
  const all = await notifications.list();
  const target = all.find((each) => each.id === name || each.name === name);
  if (target !== undefined) return target;
  const known = all.map((each) => each.name).join(', ') || '–';
  throw new WrongUsage(say(text('cli.notify.not-found', { name, known })));
}

const firstLine = (input: string) => input.split(/\r?\n/)[0] ?? '';
