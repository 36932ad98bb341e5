import { type Command, Option } from 'commander';
import { backupCommands } from '../../contract/copy/backupCommands.ts';
import { backupSchedule } from '../../contract/copy/backupSchedule.ts';
import type { BackupOptions, NowOptions } from './backup.ts';
import type { Invocation } from './program.ts';

const words = { ...backupCommands, ...backupSchedule } as const;

/** What the commands of the program are made with. */
type Making<Common> = {
  add: (parent: Command, name: string, description: string) => Command;
  leaf: (command: Command) => Command;
  chosen: (options: Common, run: Invocation['run']) => void;
};

/** `backup …`: backups of an instance's database. */
export function addBackupCommands<Common>(backup: Command, { add, leaf, chosen }: Making<Common>): void {
  type Given<Options> = Common & Options;
  const load = () => import('./backup.ts');
  leaf(add(backup, 'now', words['cli.backup.now']))
    .requiredOption('--instance <name|id>', words['cli.backup.instance'])
    .option('--to <folder>', words['cli.backup.to'])
    .option('--label <words>', words['cli.backup.label'])
    .option('--tool <place>', words['cli.backup.tool'])
    .addOption(new Option('--plan', words['cli.backup.plan']).conflicts('scheduled'))
    .addOption(new Option('--scheduled', words['cli.backup.scheduled']).conflicts(['to', 'label', 'tool']))
    .action((options: Given<NowOptions>) => chosen(options, async (context) => (await load()).now(options, context)));
  leaf(add(backup, 'list', words['cli.backup.list']))
    .option('--instance <name|id>', words['cli.backup.instance'])
    .action((options: Given<BackupOptions>) =>
      chosen(options, async (context) => (await load()).list(options, context)),
    );
  leaf(add(backup, 'show', words['cli.backup.show']).argument('<id>')).action((id: string, options: Common) =>
    chosen(options, async (context) => (await load()).show(id, context)),
  );
  leaf(add(backup, 'verify', words['cli.backup.verify']).argument('<id>')).action((id: string, options: Common) =>
    chosen(options, async (context) => (await load()).verify(id, context)),
  );
  leaf(add(backup, 'inspect', words['cli.backup.inspect']).argument('<file>')).action((file: string, options: Common) =>
    chosen(options, async (context) => (await load()).inspect(file, context)),
  );
  leaf(add(backup, 'server-list', words['cli.backup.server-list']))
    .requiredOption('--instance <name|id>', words['cli.backup.instance'])
    .action((options: Given<{ instance: string }>) =>
      chosen(options, async (context) => (await load()).serverList(options, context)),
    );
}
