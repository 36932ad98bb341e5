import { type Command, Option } from 'commander';
import { backupCommands } from '../../contract/copy/backupCommands.ts';
import { backupSchedule } from '../../contract/copy/backupSchedule.ts';
import type { ScheduleOptions } from './backupSchedule.ts';
import type { Invocation } from './program.ts';

const words = { ...backupCommands, ...backupSchedule } as const;

/** `backup schedule …` */
export function addBackupScheduleCommands<Common>(
  backup: Command,
  {
    add,
    leaf,
    chosen,
  }: {
    add: (parent: Command, name: string, description: string) => Command;
    leaf: (command: Command) => Command;
    chosen: (options: Common, run: Invocation['run']) => void;
  },
): void {
  type Given = Common & ScheduleOptions;
  const load = () => import('./backupSchedule.ts');
  const schedule = add(backup, 'schedule', words['cli.backup.schedule']);
  const ofInstance = (name: 'set' | 'show' | 'remove') =>
    leaf(add(schedule, name, words[`cli.backup.schedule.${name}`])).requiredOption(
      '--instance <name|id>',
      words['cli.backup.instance'],
    );
  ofInstance('set')
    .addOption(new Option('--daily <HH:MM>', words['cli.backup.schedule.daily']).conflicts(['weekly', 'cron']))
    .addOption(new Option('--weekly <day HH:MM...>', words['cli.backup.schedule.weekly']).conflicts('cron'))
    .option('--cron <expression>', words['cli.backup.schedule.cron'])
    .option('--plan', words['cli.backup.schedule.plan'])
    .action((options: Given) => chosen(options, async (context) => (await load()).setSchedule(options, context)));
  ofInstance('show').action((options: Given) =>
    chosen(options, async (context) => (await load()).showSchedule(options, context)),
  );
  ofInstance('remove').action((options: Given) =>
    chosen(options, async (context) => (await load()).removeSchedule(options, context)),
  );
}
