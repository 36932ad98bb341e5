import { say, text } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { ServerSettings } from '../../contract/serverSettings.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode, table } from './output.ts';
import { installPlanText, plainInstallPlan } from './serverFilesText.ts';
import { validSettings, withPort } from './settingOptions.ts';

export type SettingsOptions = { instance?: string };
export type SetOptions = SettingsOptions & { plan?: true; yes?: true };

/** The names under which settings are shown and set, and where they are. */
const names: Readonly<Record<string, (settings: ServerSettings) => string | number | boolean | undefined>> = {
  image: ({ image }) => image,
  container: ({ containerName }) => containerName,
  user: ({ user }) => user,
  url: ({ url }) => url,
  port: ({ port }) => port,
  bind: ({ bindAddress }) => bindAddress,
  'time-zone': ({ timeZone }) => timeZone,
  libraries: ({ folders }) => folders.libraries,
  backups: ({ folders }) => folders.backups,
  media: ({ folders }) => folders.media,
  migrations: ({ runMigrations }) => runMigrations,
};

/** `server settings show`: as the files on the Docker host have them. */
export async function showSettings(options: SettingsOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = await installed(options, companion);
  const files = await companion.installs.read(instance.id, context.signal);
  if (files === null) throw new ProblemError('server-not-installed', { name: instance.name });
  const { compose, env, path, installation } = files;
  context.output.result({ path, installation: installation ?? null, compose, env }, () =>
    installation === undefined
      ? `# ${path}\n${compose}`
      : table(Object.entries(names).map(([name, value]) => [name, String(value(installation.settings) ?? '')])),
  );
  return exitCode.good;
}

/** `server settings set`: shows the change, or makes it and puts everything back when the server does not become ready. */
export async function setSettings(pairs: readonly string[], options: SetOptions, context: Context): Promise<ExitCode> {
  const { plan: planOnly, yes } = options;
  if (planOnly === true && yes === true) throw new WrongUsage(say(text('cli.provision.one-of')));
  const companion = await context.companion();
  const instance = await installed(options, companion);
  const files = await companion.installs.read(instance.id, context.signal);
  const before = files?.installation?.settings ?? instance.installation?.settings;
  if (before === undefined) throw new ProblemError('server-not-installed', { name: instance.name });
  const made = await companion.installs.planChange(
    { instanceId: instance.id, settings: changed(before, pairs) },
    context.signal,
  );
  const { output } = context;
  const document = { plan: plainInstallPlan(made) };
  if (yes !== true) {
    output.result({ ...document, changed: false }, () => installPlanText(made, output));
    if (planOnly !== true) output.progress(say(text('cli.settings.confirm')));
    return made.blocked.length > 0 ? exitCode.problemFound : exitCode.good;
  }
  if (!output.json) output.progress(installPlanText(made, output));
  const view = await context.follow(async () => {
    const { operationId: id, ended } = await companion.installs.applyChange(made.plan.id);
    return { id, ended };
  });
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  output.result({ ...document, changed: true, operation: view.id, outcome }, () => outcome);
  return exitCode.good;
}

async function installed({ instance }: SettingsOptions, companion: Companion): Promise<InstanceView> {
  if (instance !== undefined) return findInstance(companion, instance);
  const { instances } = await companion.instances.list();
  const ours = instances.filter(({ installation }) => installation !== undefined);
  const [only] = ours;
  if (only !== undefined && ours.length === 1) return only;
  throw new WrongUsage(say(text('cli.settings.which', { names: ours.map(({ name }) => name).join(', ') || 'none' })));
}

function changed(before: ServerSettings, pairs: readonly string[]): ServerSettings {
  const given = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals);
    if (equals < 1 || names[name] === undefined) {
      throw new WrongUsage(say(text('cli.settings.unknown', { name: pair, known: Object.keys(names).join(', ') })));
    }
    given.set(name, pair.slice(equals + 1));
  }
  const { bindAddress, ...rest } = before;
  const { media } = before.folders;
  const bind = given.get('bind') ?? bindAddress;
  const mediaNow = given.get('media') ?? media;
  const port = given.has('port') ? Number(given.get('port')) : before.port;
  const migrations = given.get('migrations');
  return validSettings({
    ...rest,
    image: given.get('image') ?? before.image,
    containerName: given.get('container') ?? before.containerName,
    user: given.get('user') ?? before.user,
    url: given.get('url') ?? withPort(before, port),
    port,
    ...(bind === undefined || bind === '' ? {} : { bindAddress: bind }),
    timeZone: given.get('time-zone') ?? before.timeZone,
    runMigrations: migrations === undefined ? before.runMigrations : asBoolean(migrations),
    folders: {
      libraries: given.get('libraries') ?? before.folders.libraries,
      backups: given.get('backups') ?? before.folders.backups,
      ...(mediaNow === undefined ? {} : { media: mediaNow }),
    },
  });
}

/** As it is where it is neither: the schema says so. */
const asBoolean = (value: string): boolean | string =>
  value === 'true' || value === 'false' ? value === 'true' : value;
