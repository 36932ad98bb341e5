import type { Command } from 'commander';
import { restoreCommands as words } from '../../contract/copy/restoreCommands.ts';
import type { Invocation } from './program.ts';
import type { DrillOptions, RunOptions, SideOptions } from './restore.ts';

/** What the commands of the program are made with. */
type Making<Common> = {
  add: (parent: Command, name: string, description: string) => Command;
  leaf: (command: Command) => Command;
  chosen: (options: Common, run: Invocation['run']) => void;
};

/** `restore …` and `drill`. */
export function addRestoreCommands<Common>(
  { restore, drill }: { restore: Command; drill: Command },
  { add, leaf, chosen }: Making<Common>,
): void {
  type Given<Options> = Common & Options;
  const load = () => import('./restore.ts');
  const of = (command: Command) => leaf(command).requiredOption('--instance <name|id>', words['cli.restore.instance']);
  const what = (command: Command) =>
    of(command)
      .option('--backup <id>', words['cli.restore.backup'])
      .option('--file <path>', words['cli.restore.file'])
      .option('--identity <file>', words['cli.restore.identity']);
  what(add(restore, 'plan', words['cli.restore.plan']))
    .option('--keep-days <days>', words['cli.restore.keep-days'])
    .action((options: Given<RunOptions>) => chosen(options, async (context) => (await load()).plan(options, context)));
  what(add(restore, 'run', words['cli.restore.run']))
    .option('--keep-days <days>', words['cli.restore.keep-days'])
    .option('--yes', words['cli.restore.yes'])
    .option('--confirm <name>', words['cli.restore.confirm'])
    .action((options: Given<RunOptions>) => chosen(options, async (context) => (await load()).run(options, context)));
  of(add(restore, 'list', words['cli.restore.list'])).action((options: Given<SideOptions>) =>
    chosen(options, async (context) => (await load()).list(options, context)),
  );
  for (const name of ['undo', 'resume'] as const) {
    of(add(restore, name, words[`cli.restore.${name}`]))
      .option('--name <database>', words['cli.restore.name'])
      .option('--yes', words['cli.restore.yes'])
      .option('--confirm <name>', words['cli.restore.confirm'])
      .action((options: Given<SideOptions>) =>
        chosen(options, async (context) => (await load())[name](options, context)),
      );
  }
  of(add(restore, 'clean', words['cli.restore.clean'])).action((options: Given<SideOptions>) =>
    chosen(options, async (context) => (await load()).clean(options, context)),
  );
  of(add(restore, 'remove', words['cli.restore.remove']).argument('<database>'))
    .option('--confirm <name>', words['cli.restore.remove.confirm'])
    .action((name: string, options: Given<SideOptions>) =>
      chosen(options, async (context) => (await load()).remove(name, options, context)),
    );
  what(drill)
    .option('--last', words['cli.drill.last'])
    .action((options: Given<DrillOptions>) =>
      chosen(options, async (context) => (await load()).drill(options, context)),
    );
}
