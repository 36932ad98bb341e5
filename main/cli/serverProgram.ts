import { type Command, InvalidArgumentError } from 'commander';
import { commandLine } from '../../contract/copy/commandLine.ts';
import { install } from '../../contract/copy/install.ts';
import type { Invocation } from './program.ts';
import type { AdoptOptions, DockerOptions, LogOptions, ServerOptions } from './server.ts';
import type { SetOptions, SettingsOptions } from './serverSettings.ts';

const words = { ...commandLine, ...install } as const;

/** What the commands of the program are made with. */
export type Making<Common> = {
  add: (parent: Command, name: string, description: string) => Command;
  leaf: (command: Command) => Command;
  chosen: (options: Common & { ssh?: string }, run: Invocation['run']) => void;
};

/** `server …`: the server's container, on this computer or an SSH host. */
export function addServerCommands<Common>(server: Command, { add, leaf, chosen }: Making<Common>): void {
  type Given<Options> = Common & Options;
  const load = () => import('./server.ts');
  /** What is typed for an SSH host that is named for this once belongs to nothing that it could be kept for. */
  const run = (options: Given<DockerOptions>, invocation: Invocation['run']) =>
    chosen({ ...options, ...(options.docker?.startsWith('ssh:') ? { ssh: options.docker } : {}) }, invocation);

  whereDocker(leaf(add(server, 'docker', words['cli.server.docker']))).action((options: Given<DockerOptions>) =>
    run(options, async (context) => (await load()).docker(options, context)),
  );
  whichServer(leaf(add(server, 'status', words['cli.server.status']))).action((options: Given<ServerOptions>) =>
    run(options, async (context) => (await load()).status(options, context)),
  );
  for (const what of ['start', 'stop', 'restart'] as const) {
    whichServer(leaf(add(server, what, words[`cli.server.${what}`]))).action((options: Given<ServerOptions>) =>
      run(options, async (context) => (await load()).change(what, options, context)),
    );
  }
  whichServer(leaf(add(server, 'logs', words['cli.server.logs'])))
    .option('-f, --follow', words['cli.server.option.follow'])
    .option('--tail <number>', words['cli.server.option.tail'], tailOf, 200)
    .option('--since <time>', words['cli.server.option.since'])
    .action((options: Given<LogOptions>) => run(options, async (context) => (await load()).logs(options, context)));
  whereDocker(leaf(add(server, 'find', words['cli.server.find']))).action((options: Given<DockerOptions>) =>
    run(options, async (context) => (await load()).find(options, context)),
  );
  whichServer(leaf(add(server, 'adopt', words['cli.server.adopt'])))
    .option('--name <name>', words['cli.server.option.name'])
    .option('--session', words['cli.instances.session'])
    .action((options: Given<AdoptOptions>) => run(options, async (context) => (await load()).adopt(options, context)));

  const settings = add(server, 'settings', words['cli.settings.description']);
  leaf(add(settings, 'show', words['cli.settings.show']))
    .option('--instance <name|id>', words['cli.server.option.instance'])
    .option('--accept-host-key <fingerprint...>', words['cli.check.accept-host-key'])
    .action((options: Given<SettingsOptions>) =>
      chosen(options, async (context) => (await import('./serverSettings.ts')).showSettings(options, context)),
    );
  leaf(add(settings, 'set', words['cli.settings.set']).argument('<name=value...>'))
    .option('--instance <name|id>', words['cli.server.option.instance'])
    .option('--accept-host-key <fingerprint...>', words['cli.check.accept-host-key'])
    .option('--plan', words['cli.settings.plan'])
    .option('--yes', words['cli.settings.yes'])
    .action((pairs: string[], options: Given<SetOptions>) =>
      chosen(options, async (context) => (await import('./serverSettings.ts')).setSettings(pairs, options, context)),
    );
}

export function whereDocker(command: Command): Command {
  return command
    .option('--docker <place>', words['cli.server.option.docker'])
    .option('--socket <path>', words['cli.server.option.socket'])
    .option('--sudo', words['cli.server.option.sudo'])
    .option('--ssh-key <file>', words['cli.check.ssh-key'])
    .option('--accept-host-key <fingerprint...>', words['cli.check.accept-host-key']);
}

function whichServer(command: Command): Command {
  return whereDocker(command)
    .option('--instance <name|id>', words['cli.server.option.instance'])
    .option('--container <name>', words['cli.server.option.container']);
}

function tailOf(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 1_000_000 || value.trim() === '') {
    throw new InvalidArgumentError(words['cli.server.option.tail-invalid']);
  }
  return number;
}
