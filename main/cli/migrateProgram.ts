import { Argument, type Command, InvalidArgumentError } from 'commander';
import { commandLine } from '../../contract/copy/commandLine.ts';
import { migrationRuns } from '../../contract/copy/migrationRuns.ts';
import { migrations } from '../../contract/copy/migrations.ts';
import type { OnStartOptions, RehearseOptions, RunOptions } from './migrateRuns.ts';
import type { ReadingOptions, StatusOptions } from './migrations.ts';
import type { Invocation } from './program.ts';

const words = { ...commandLine, ...migrationRuns, ...migrations } as const;

/** What the commands of the program are made with. */
type Making<Common> = {
  add: (parent: Command, name: string, description: string) => Command;
  leaf: (command: Command) => Command;
  chosen: (options: Common, run: Invocation['run']) => void;
};

/** `migrate status`, `migrate preview`, `migrate run`, `migrate rehearse`, `migrate on-start`. */
export function addMigrationRunCommands<Common>(migrate: Command, { add, leaf, chosen }: Making<Common>): void {
  const load = () => import('./migrateRuns.ts');
  const withSource = (command: Command) =>
    leaf(command)
      .requiredOption('--instance <name|id>', words['cli.check.instance'])
      .option('--source <source>', words['cli.migrate.source'], 'installed');

  withSource(add(migrate, 'status', words['cli.migrate.status.description']))
    .option('--sql', words['cli.migrate.status.sql'])
    .action((options: StatusOptions & Common) =>
      chosen(options, async (context) => (await import('./migrations.ts')).status(options, context)),
    );
  withSource(add(migrate, 'preview', words['cli.migrate.preview.description'])).action(
    (options: ReadingOptions & Common) =>
      chosen(options, async (context) => (await import('./migrations.ts')).preview(options, context)),
  );
  withSource(add(migrate, 'run', words['cli.migrate.run.description']))
    .option('--plan', words['cli.migrate.run.plan'])
    .option('--yes', words['cli.migrate.run.yes'])
    .option('--without-backup', words['cli.migrate.run.without-backup'])
    .option('--stop-server', words['cli.migrate.run.stop-server'])
    .option('--statement-timeout <seconds>', words['cli.migrate.run.statement-timeout'], seconds)
    .action((options: RunOptions & Common) => chosen(options, async (context) => (await load()).run(options, context)));
  withSource(add(migrate, 'rehearse', words['cli.migrate.rehearse.description'])).action(
    (options: RehearseOptions & Common) =>
      chosen(options, async (context) => (await load()).rehearse(options, context)),
  );
  leaf(add(migrate, 'on-start', words['cli.migrate.on-start.description']))
    .addArgument(new Argument('<on|off>').choices(['on', 'off']))
    .requiredOption('--instance <name|id>', words['cli.check.instance'])
    .option('--file <path>', words['cli.migrate.on-start.file'])
    .option('--plan', words['cli.migrate.run.plan'])
    .option('--yes', words['cli.migrate.run.yes'])
    .action((wanted: 'on' | 'off', options: OnStartOptions & Common) =>
      chosen(options, async (context) => (await load()).onStart(wanted, options, context)),
    );
}

function seconds(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0 || number > 604_800) {
    throw new InvalidArgumentError(words['cli.migrate.run.statement-timeout']);
  }
  return number;
}
