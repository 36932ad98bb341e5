import type { Command } from 'commander';
import { restoresInPlace as words } from '../../contract/copy/restoresInPlace.ts';
import type { Invocation } from './program.ts';
import type { InPlaceOptions, InspectOptions, TableOptions } from './restoreInPlace.ts';

/** What the commands of the program are made with. */
type Making<Common> = {
  add: (parent: Command, name: string, description: string) => Command;
  leaf: (command: Command) => Command;
  chosen: (options: Common, run: Invocation['run']) => void;
};

/** `restore in-place`, `restore inspect`, `restore table`. */
export function addRestoreInPlaceCommands<Common>(restore: Command, { add, leaf, chosen }: Making<Common>): void {
  type Given<Options> = Common & Options;
  const load = () => import('./restoreInPlace.ts');
  const source = (command: Command) =>
    leaf(command)
      .option('--backup <id>', words['cli.restore-in-place.backup'])
      .option('--file <path>', words['cli.restore-in-place.file']);
  source(add(restore, 'in-place', words['cli.restore-in-place.in-place']))
    .requiredOption('--instance <name|id>', words['cli.restore-in-place.instance'])
    .option('--plan', words['cli.restore-in-place.plan'])
    .option('--yes', words['cli.restore-in-place.yes'])
    .option('--confirm <name>', words['cli.restore-in-place.confirm'])
    .option('--without-safety-backup', words['cli.restore-in-place.without-safety-backup'])
    .action((options: Given<InPlaceOptions>) =>
      chosen(options, async (context) => (await load()).inPlace(options, context)),
    );
  source(add(restore, 'inspect', words['cli.restore-in-place.inspect']))
    .option('--instance <name|id>', words['cli.restore-in-place.instance'])
    .action((options: Given<InspectOptions>) =>
      chosen(options, async (context) => (await load()).inspect(options, context)),
    );
  source(add(restore, 'table', words['cli.restore-in-place.table']).argument('<table...>'))
    .requiredOption('--instance <name|id>', words['cli.restore-in-place.instance'])
    .action((tables: string[], options: Given<TableOptions>) =>
      chosen(options, async (context) => (await load()).table(tables, options, context)),
    );
}
