import { type Command, InvalidArgumentError, Option } from 'commander';
import { notificationKinds } from '../../contract/backupSettings.ts';
import { backupCommands } from '../../contract/copy/backupCommands.ts';
import { backupSettingsCommands } from '../../contract/copy/backupSettingsCommands.ts';
import { commandLine } from '../../contract/copy/commandLine.ts';
import type { DestinationOptions, EncryptOptions, NotifyOptions, OfInstance, PruneOptions } from './backupSettings.ts';
import type { Invocation } from './program.ts';

const words = { ...commandLine, ...backupCommands, ...backupSettingsCommands } as const;

type Making<Common> = {
  add: (parent: Command, name: string, description: string) => Command;
  leaf: (command: Command) => Command;
  chosen: (options: Common, run: Invocation['run']) => void;
};

/** `backup destinations …`, `backup encrypt`, `backup kit`, `backup prune`. */
export function addBackupSettingsCommands<Common>(backup: Command, { add, leaf, chosen }: Making<Common>): void {
  type Given<Options> = Common & Options;
  const load = () => import('./backupSettings.ts');
  const ofInstance = (command: Command) =>
    leaf(command).requiredOption('--instance <name|id>', words['cli.backup.instance']);
  const destinations = add(backup, 'destinations', words['cli.backup.destinations']);
  ofInstance(add(destinations, 'list', words['cli.backup.destinations.list'])).action((options: Given<OfInstance>) =>
    chosen(options, async (context) => (await load()).listDestinations(options, context)),
  );
  ofInstance(add(destinations, 'add', words['cli.backup.destinations.add']))
    .requiredOption('--name <name>', words['cli.backup.destinations.name'])
    .option('--path <folder>', words['cli.backup.destinations.path'])
    .option('--ssh <host>', words['cli.check.ssh'])
    .option('--ssh-key <file>', words['cli.check.ssh-key'])
    .option('--accept-host-key <fingerprint...>', words['cli.check.accept-host-key'])
    .option('--s3 <url>', words['cli.backup.destinations.s3'])
    .option('--bucket <name>', words['cli.backup.destinations.bucket'])
    .option('--prefix <path>', words['cli.backup.destinations.prefix'])
    .option('--region <name>', words['cli.backup.destinations.region'])
    .option('--access-key <id>', words['cli.backup.destinations.access-key'])
    .option('--secret-stdin', words['cli.backup.destinations.secret-stdin'])
    .option('--by-host', words['cli.backup.destinations.by-host'])
    .action((options: Given<DestinationOptions>) =>
      chosen(options, async (context) => (await load()).addDestination(options, context)),
    );
  ofInstance(add(destinations, 'test', words['cli.backup.destinations.test']).argument('<name|id>')).action(
    (name: string, options: Given<OfInstance>) =>
      chosen(options, async (context) => (await load()).testDestination(name, options, context)),
  );
  ofInstance(add(destinations, 'remove', words['cli.backup.destinations.remove']).argument('<name|id>')).action(
    (name: string, options: Given<OfInstance>) =>
      chosen(options, async (context) => (await load()).removeDestination(name, options, context)),
  );
  ofInstance(add(backup, 'encrypt', words['cli.backup.encrypt']))
    .option('--recipient <age1…...>', words['cli.backup.encrypt.recipient'])
    .addOption(new Option('--key-stdin', words['cli.backup.encrypt.key-stdin']).conflicts(['passphraseStdin', 'off']))
    .addOption(new Option('--passphrase-stdin', words['cli.backup.encrypt.passphrase-stdin']).conflicts('off'))
    .option('--off', words['cli.backup.encrypt.off'])
    .action((options: Given<EncryptOptions>) =>
      chosen(options, async (context) => (await load()).encrypt(options, context)),
    );
  ofInstance(add(backup, 'kit', words['cli.backup.kit']))
    .requiredOption('--out <file>', words['cli.backup.kit.out'])
    .action((options: Given<OfInstance & { out: string }>) =>
      chosen(options, async (context) => (await load()).kit(options, context)),
    );
  ofInstance(add(backup, 'prune', words['cli.backup.prune']))
    .option('--last <number>', words['cli.backup.prune.last'], count)
    .option('--daily <number>', words['cli.backup.prune.daily'], count)
    .option('--weekly <number>', words['cli.backup.prune.weekly'], count)
    .option('--monthly <number>', words['cli.backup.prune.monthly'], count)
    .addOption(new Option('--plan', words['cli.backup.prune.plan']).conflicts('yes'))
    .option('--yes', words['cli.backup.prune.yes'])
    .action((options: Given<PruneOptions>) =>
      chosen(options, async (context) => (await load()).prune(options, context)),
    );
}

/** `notify …` */
export function addNotifyCommands<Common>(notify: Command, { add, leaf, chosen }: Making<Common>): void {
  type Given<Options> = Common & Options;
  const load = () => import('./backupSettings.ts');
  leaf(add(notify, 'list', words['cli.notify.list'])).action((options: Common) =>
    chosen(options, async (context) => (await load()).listNotifications(context)),
  );
  leaf(add(notify, 'add', words['cli.notify.add']))
    .requiredOption('--name <name>', words['cli.backup.destinations.name'])
    .addOption(new Option('--kind <kind>', words['cli.notify.kind']).choices(notificationKinds).makeOptionMandatory())
    .addOption(new Option('--on <when>', words['cli.notify.on']).choices(['failure', 'always']).default('failure'))
    .action((options: Given<NotifyOptions>) =>
      chosen(options, async (context) => (await load()).addNotification(options, context)),
    );
  leaf(add(notify, 'test', words['cli.notify.test']).argument('<name|id>')).action((name: string, options: Common) =>
    chosen(options, async (context) => (await load()).testNotification(name, context)),
  );
  leaf(add(notify, 'remove', words['cli.notify.remove']).argument('<name|id>')).action(
    (name: string, options: Common) =>
      chosen(options, async (context) => (await load()).removeNotification(name, context)),
  );
}

function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 10_000 || value.trim() === '') {
    throw new InvalidArgumentError(words['cli.backup.prune.number']);
  }
  return number;
}
