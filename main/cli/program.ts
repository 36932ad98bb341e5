import { Command, InvalidArgumentError, Option } from 'commander';
import { checkIds } from '../../contract/check.ts';
import { backupCommands } from '../../contract/copy/backupCommands.ts';
import { backupSettingsCommands } from '../../contract/copy/backupSettingsCommands.ts';
import { commandLine } from '../../contract/copy/commandLine.ts';
import { composeFile } from '../../contract/copy/composeFile.ts';
import { install } from '../../contract/copy/install.ts';
import { migrationRuns } from '../../contract/copy/migrationRuns.ts';
import { provisioning } from '../../contract/copy/provisioning.ts';
import { reach } from '../../contract/copy/reach.ts';
import { restoreCommands } from '../../contract/copy/restoreCommands.ts';
import { hostPresets } from '../../contract/hostPreset.ts';
import type { OperationView } from '../../contract/operation.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { addBackupCommands } from './backupProgram.ts';
import { addBackupScheduleCommands } from './backupScheduleProgram.ts';
import { addBackupSettingsCommands, addNotifyCommands } from './backupSettingsProgram.ts';
import type { CheckOptions } from './check.ts';
import type { commandNames } from './commandNames.ts';
import type { AdoptFilesOptions, ComposeOptions } from './compose.ts';
import type { Context } from './context.ts';
import type { IdentityOptions } from './identity.ts';
import type { InstallOptions } from './install.ts';
import type { AddOptions, ImportOptions, RemoveOptions } from './instances.ts';
import { addMigrationRunCommands } from './migrateProgram.ts';
import type { ExitCode } from './output.ts';
import type { ProvisionOptions } from './provision.ts';
import { addReachCommands } from './reachProgram.ts';
import { addRestoreInPlaceCommands } from './restoreInPlaceProgram.ts';
import { addRestoreCommands } from './restoreProgram.ts';
import { addServerCommands } from './serverProgram.ts';

const words = {
  ...commandLine,
  ...composeFile,
  ...install,
  ...migrationRuns,
  ...provisioning,
  ...reach,
  ...backupCommands,
  ...backupSettingsCommands,
  ...restoreCommands,
} as const;

/** A command with its options, ready to be run. */
export type Invocation = {
  quiet: boolean;
  acceptedHostKeys: readonly string[];
  /** Whether somebody who enters a password may have it kept. */
  offerToKeep: boolean;
  /** Who is said to have begun its operations. */
  startedBy: OperationView['startedBy'];
  run: (context: Context) => Promise<ExitCode>;
};

type Common = { quiet?: true; acceptHostKey?: string[] };

/**
 * The commands and their options. Each command's own module is loaded when it is run, so that `--help` is quick. Raises CommanderError
 * for wrong usage, and for help and version with exit code 0.
 */
export function createProgram({
  choose,
  writeOut,
  writeError,
}: {
  choose: (invocation: Invocation) => void;
  writeOut: (text: string) => void;
  writeError: (text: string) => void;
}): Command {
  const program = new Command('aperture-companion')
    .description(words['cli.description'])
    .version(packageJson.version, '-V, --version', words['cli.option.version'])
    .helpOption('-h, --help', words['cli.option.help'])
    .helpCommand('help [command]', words['cli.option.help-command'])
    .configureOutput({ writeOut, writeErr: writeError })
    .exitOverride();

  const add = (parent: Command, name: string, description: string): Command =>
    parent.command(name).description(description).helpOption('-h, --help', words['cli.option.help']);
  const top = (name: (typeof commandNames)[number], description: string) => add(program, name, description);
  /** A command that does something: with the options that all have. */
  const leaf = (command: Command): Command =>
    command.option('--json', words['cli.option.json']).option('-q, --quiet', words['cli.option.quiet']);
  const chosen = (options: Common & { url?: string; ssh?: string; scheduled?: true }, run: Invocation['run']): void =>
    choose({
      quiet: options.quiet === true,
      acceptedHostKeys: options.acceptHostKey ?? [],
      // What is typed for a connection string or a host that is not saved belongs to nothing that it could be kept for.
      offerToKeep: options.url === undefined && options.ssh === undefined,
      startedBy: options.scheduled === true ? 'schedule' : 'command-line',
      run,
    });

  reachable(leaf(top('check', words['cli.check.description'])))
    .option('--url <string>', words['cli.check.url'])
    .option('--instance <name|id>', words['cli.check.instance'])
    .addOption(new Option('--only <check...>', words['cli.check.only']).choices(checkIds))
    .action((options: CheckOptions & Common) =>
      chosen(options, async (context) => (await import('./check.ts')).check(options, context)),
    );

  reachable(leaf(top('provision', words['cli.provision.description'])), words['cli.provision.password-stdin'])
    .option('--url <string>', words['cli.provision.url'])
    .option('--instance <name|id>', words['cli.provision.instance'])
    .option('--admin-user <role>', words['cli.provision.admin-user'])
    .option('--admin-password-stdin', words['cli.provision.admin-password-stdin'])
    .option('--role <name>', words['cli.provision.role'])
    .option('--database <name>', words['cli.provision.database'])
    .option('--name <name>', words['cli.provision.name'])
    .option('--session', words['cli.provision.session'])
    .option('--plan', words['cli.provision.plan'])
    .option('--script', words['cli.provision.script'])
    .option('--yes', words['cli.provision.yes'])
    .action((options: ProvisionOptions & Common) =>
      chosen(options, async (context) => (await import('./provision.ts')).provision(options, context)),
    );

  addReachCommands<Common>(
    {
      reach: top('reach', words['cli.reach.description']),
      networks: top('networks', words['cli.networks.description']),
      database: top('database', words['cli.database.description']),
    },
    { add, leaf, chosen },
  );
  addServerCommands<Common>(top('server', words['cli.server.description']), { add, leaf, chosen });
  const backup = top('backup', words['cli.backup.description']);
  addBackupCommands<Common>(backup, { add, leaf, chosen });
  addBackupSettingsCommands<Common>(backup, { add, leaf, chosen });
  addBackupScheduleCommands<Common>(backup, { add, leaf, chosen });
  addNotifyCommands<Common>(top('notify', words['cli.notify.description']), { add, leaf, chosen });
  const restore = top('restore', words['cli.restore.description']);
  const drill = top('drill', words['cli.drill.description']);
  addRestoreCommands<Common>({ restore, drill }, { add, leaf, chosen });
  addRestoreInPlaceCommands<Common>(restore, { add, leaf, chosen });

  settable(leaf(top('install', words['cli.install.description'])))
    .option('--instance <name|id>', words['cli.install.instance'])
    .option('--with-database', words['cli.compose.with-database'])
    .option('--name <name>', words['cli.install.name'])
    .addOption(new Option('--preset <system>', words['cli.compose.preset']).choices(hostPresets))
    .option('--folder <folder>', words['cli.install.folder'])
    .option('--ssh <host>', words['cli.check.ssh'])
    .option('--ssh-key <file>', words['cli.check.ssh-key'])
    .option('--accept-host-key <fingerprint...>', words['cli.check.accept-host-key'])
    .option('--socket <path>', words['cli.install.socket'])
    .option('--sudo', words['cli.install.sudo'])
    .option('--pull', words['cli.install.pull'])
    .option('--plan', words['cli.install.plan'])
    .option('--yes', words['cli.install.yes'])
    .action((options: InstallOptions & Common) =>
      chosen(options, async (context) => (await import('./install.ts')).install(options, context)),
    );

  const compose = top('compose', words['cli.compose.description']);
  leaf(add(compose, 'adopt', words['cli.compose.adopt']))
    .option('--folder <folder>', words['cli.compose.adopt-folder'])
    .option('--file <file>', words['cli.compose.adopt-file'])
    .option('--instance <name|id>', words['cli.install.instance'])
    .option('--name <name>', words['cli.install.name'])
    .option('--session', words['cli.instances.session'])
    .option('--ssh <host>', words['cli.check.ssh'])
    .option('--ssh-key <file>', words['cli.check.ssh-key'])
    .option('--accept-host-key <fingerprint...>', words['cli.check.accept-host-key'])
    .option('--socket <path>', words['cli.install.socket'])
    .option('--sudo', words['cli.install.sudo'])
    .action((options: AdoptFilesOptions & Common) =>
      chosen(options, async (context) => (await import('./compose.ts')).adoptCompose(options, context)),
    );
  settable(leaf(add(compose, 'show', words['cli.compose.show'])))
    .requiredOption('--instance <name|id>', words['cli.check.instance'])
    .addOption(new Option('--preset <system>', words['cli.compose.preset']).choices(hostPresets).default('linux'))
    .option('--with-database', words['cli.compose.with-database'])
    .option('--ssh <host>', words['cli.check.ssh'])
    .option('--ssh-key <file>', words['cli.check.ssh-key'])
    .option('--accept-host-key <fingerprint...>', words['cli.check.accept-host-key'])
    .option('--out <folder>', words['cli.compose.out'])
    .option('--plan', words['cli.compose.plan'])
    .option('--yes', words['cli.compose.yes'])
    .action((options: ComposeOptions & Common) =>
      chosen(options, async (context) => (await import('./compose.ts')).showCompose(options, context)),
    );

  const migrate = top('migrate', words['cli.migrate.description']);
  addMigrationRunCommands<Common>(migrate, { add, leaf, chosen });

  const instances = top('instances', words['cli.instances.description']);
  leaf(add(instances, 'list', words['cli.instances.list'])).action((options: Common) =>
    chosen(options, async (context) => (await import('./instances.ts')).list(context)),
  );
  leaf(add(instances, 'show', words['cli.instances.show']).argument('<name|id>')).action(
    (name: string, options: Common) =>
      chosen(options, async (context) => (await import('./instances.ts')).show(name, context)),
  );
  reachable(leaf(add(instances, 'add', words['cli.instances.add'])))
    .requiredOption('--name <name>', words['cli.instances.name'])
    .requiredOption('--url <string>', words['cli.check.url'])
    .option('--session', words['cli.instances.session'])
    .action((options: AddOptions & Common) =>
      chosen(options, async (context) => (await import('./instances.ts')).add(options, context)),
    );
  leaf(add(instances, 'remove', words['cli.instances.remove']).argument('<name|id>'))
    .option('--yes', words['cli.instances.yes'])
    .action((name: string, options: RemoveOptions & Common) =>
      chosen(options, async (context) => (await import('./instances.ts')).remove(name, options, context)),
    );
  leaf(add(instances, 'import', words['cli.instances.import']).argument('<file>'))
    .option('--name <name>', words['cli.instances.import-name'])
    .option('--session', words['cli.instances.session'])
    .action((file: string, options: ImportOptions & Common) =>
      chosen(options, async (context) => (await import('./instances.ts')).importFile(file, options, context)),
    );

  leaf(add(instances, 'identity', words['cli.instances.identity']).argument('<name|id>'))
    .option('--create', words['cli.instances.identity.create'])
    .option('--here', words['cli.instances.identity.here'])
    .action((name: string, options: IdentityOptions & Common) =>
      chosen(options, async (context) => (await import('./identity.ts')).identity(name, options, context)),
    );

  leaf(top('practice', words['cli.practice.description']))
    .option('--once', words['cli.practice.once'])
    .action((options: Common & { once?: true }) =>
      chosen(options, async (context) => (await import('./practice.ts')).practice(options, context)),
    );

  const operations = top('operations', words['cli.operations.description']);
  leaf(add(operations, 'list', words['cli.operations.list']))
    .option('--instance <name|id>', words['cli.operations.instance'])
    .option('--limit <number>', words['cli.operations.limit'], limit, 20)
    .action((options: Common & { instance?: string; limit: number }) =>
      chosen(options, async (context) => (await import('./operations.ts')).list(options, context)),
    );
  leaf(add(operations, 'show', words['cli.operations.show']).argument('<id>')).action((id: string, options: Common) =>
    chosen(options, async (context) => (await import('./operations.ts')).show(id, context)),
  );

  leaf(add(top('ssh-hosts', words['cli.ssh-hosts.description']), 'list', words['cli.ssh-hosts.list'])).action(
    (options: Common) => chosen(options, async (context) => (await import('./found.ts')).sshHosts(context)),
  );
  leaf(top('tools', words['cli.tools.description'])).action((options: Common) =>
    chosen(options, async (context) => (await import('./found.ts')).tools(context)),
  );
  return program;
}

/** Options about how a database is reached. */
/** Options that say how the server is to be run. */
function settable(command: Command): Command {
  return command
    .option('--image <image>', words['cli.compose.image'])
    .option('--port <number>', words['cli.compose.port'])
    .option('--bind <address>', words['cli.compose.bind'])
    .option('--app-url <url>', words['cli.compose.app-url'])
    .option('--time-zone <zone>', words['cli.compose.time-zone'])
    .option('--libraries <folder>', words['cli.compose.libraries'])
    .option('--backups <folder>', words['cli.compose.backups'])
    .option('--media <folder>', words['cli.compose.media'])
    .option('--network <name...>', words['cli.compose.network']);
}

function reachable(command: Command, passwordStdin: string = words['cli.check.password-stdin']): Command {
  return command
    .option('--ssh <host>', words['cli.check.ssh'])
    .option('--ssh-key <file>', words['cli.check.ssh-key'])
    .option('--accept-host-key <fingerprint...>', words['cli.check.accept-host-key'])
    .option('--ca <file>', words['cli.check.ca'])
    .addOption(
      new Option('--tls <mode>', words['cli.check.tls']).choices([
        'disable',
        'prefer',
        'require',
        'verify-ca',
        'verify-full',
      ]),
    )
    .option('--password-stdin', passwordStdin);
}

function limit(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 1000)
    throw new InvalidArgumentError(words['cli.operations.limit-invalid']);
  return number;
}
