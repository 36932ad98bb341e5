import { type Command, Option } from 'commander';
import { commandLine } from '../../contract/copy/commandLine.ts';
import { reach as reachWords } from '../../contract/copy/reach.ts';
import type { DatabaseImageOptions } from './databaseImage.ts';
import type { ConnectOptions, NetworkOptions } from './networks.ts';
import type { Invocation } from './program.ts';
import type { ReachCommandOptions } from './reach.ts';
import type { DockerOptions } from './server.ts';
import { type Making, whereDocker } from './serverProgram.ts';

const words = { ...commandLine, ...reachWords } as const;

/** `reach`, `networks …` and `database …`: what is between the server's container and its database. */
export function addReachCommands<Common>(
  { reach, networks, database }: Record<'reach' | 'networks' | 'database', Command>,
  { add, leaf, chosen }: Making<Common>,
): void {
  type Given<Options> = Common & Options;
  /** What is typed for an SSH host that is named for this once belongs to nothing that it could be kept for. */
  const run = (options: Given<DockerOptions>, invocation: Invocation['run']) =>
    chosen({ ...options, ...(options.docker?.startsWith('ssh:') ? { ssh: options.docker } : {}) }, invocation);
  const planned = (command: Command) =>
    command.option('--plan', words['cli.networks.plan']).option('--yes', words['cli.networks.yes']);

  whereDocker(leaf(reach))
    .requiredOption('--instance <name|id>', words['cli.check.instance'])
    .option('--network <name...>', words['cli.reach.network'])
    .option('--image <image>', words['cli.reach.image'])
    .option('--host-gateway', words['cli.reach.host-gateway'])
    .option('--seen <host:port>', words['cli.reach.seen'])
    .action((options: Given<ReachCommandOptions>) =>
      run(options, async (context) => (await import('./reach.ts')).reach(options, context)),
    );

  whereDocker(leaf(add(networks, 'list', words['cli.networks.list']))).action((options: Given<DockerOptions>) =>
    run(options, async (context) => (await import('./networks.ts')).list(options, context)),
  );
  planned(whereDocker(leaf(add(networks, 'create', words['cli.networks.create']).argument('<network>')))).action(
    (network: string, options: Given<NetworkOptions>) =>
      run(options, async (context) => (await import('./networks.ts')).create(network, options, context)),
  );
  planned(
    whereDocker(
      leaf(add(networks, 'connect', words['cli.networks.connect']).argument('<network>').argument('<container>')),
    ),
  )
    .option('--instance <name|id>', words['cli.networks.instance'])
    .addOption(new Option('--seen <host:port>', words['cli.reach.seen']))
    .action((network: string, container: string, options: Given<ConnectOptions>) =>
      run(options, async (context) => (await import('./networks.ts')).connect(network, container, options, context)),
    );

  planned(whereDocker(leaf(add(database, 'image', words['cli.database.image']))))
    .requiredOption('--instance <name|id>', words['cli.check.instance'])
    .action((options: Given<DatabaseImageOptions>) =>
      run(options, async (context) => (await import('./databaseImage.ts')).databaseImage(options, context)),
    );
}
