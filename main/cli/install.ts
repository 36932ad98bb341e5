import { say, text } from '../../contract/copy/text.ts';
import type { HostPreset } from '../../contract/hostPreset.ts';
import type { Installation } from '../../contract/install.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { DockerPlace } from '../../contract/server.ts';
import type { Companion } from '../compose.ts';
import { presetFor } from '../services/composeFile/presets.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode } from './output.ts';
import { installPlanText, plainInstallPlan } from './serverFilesText.ts';
import { type SettingOptions, settingsFrom } from './settingOptions.ts';
import { sshHostNamed } from './sshRoute.ts';

export type InstallOptions = SettingOptions & {
  instance?: string;
  withDatabase?: true;
  name?: string;
  preset?: HostPreset;
  folder?: string;
  ssh?: string;
  sshKey?: string;
  socket?: string;
  sudo?: true;
  pull?: true;
  plan?: true;
  yes?: true;
};

/** `install`: shows what would be done, or does it. A run that was ended half-way is taken up again by the same command. */
export async function install(options: InstallOptions, context: Context): Promise<ExitCode> {
  const { plan: planOnly, yes, pull, name, withDatabase } = options;
  if (planOnly === true && yes === true) throw new WrongUsage(say(text('cli.provision.one-of')));
  if (options.instance === undefined && (withDatabase !== true || name === undefined)) {
    throw new WrongUsage(say(text('cli.install.which')));
  }
  const companion = await context.companion();
  const instance = await instanceOf(options, companion);
  const docker = await dockerOf(options, instance, companion, yes === true);
  const installation = await installationFor(options, instance, docker, companion, context.signal);
  const whose = instance === undefined ? { name: name ?? '' } : { instanceId: instance.id };
  const made = await companion.installs.plan(
    { ...whose, installation, ...(pull === true ? { pullAnyway: true } : {}) },
    context.signal,
  );
  const { output } = context;
  const document = { installation, plan: plainInstallPlan(made) };
  if (yes !== true) {
    output.result({ ...document, installed: false }, () => installPlanText(made, output));
    if (planOnly !== true) output.progress(say(text('cli.install.confirm')));
    return made.blocked.length > 0 ? exitCode.problemFound : exitCode.good;
  }
  if (!output.json) output.progress(installPlanText(made, output));
  const view = await context.follow(async () => {
    const { operationId: id, ended } = await companion.installs.run(made.plan.id);
    return { id, ended };
  });
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  const { instanceId = '' } = view.subject;
  output.result(
    { ...document, installed: true, instance: instanceId, operation: view.id, outcome, url: installation.settings.url },
    () => say(text('cli.install.done', { outcome, url: installation.settings.url })),
  );
  return exitCode.good;
}

/** An instance of the name that was told is the one that an earlier try has made. */
async function instanceOf({ instance, name }: InstallOptions, companion: Companion): Promise<InstanceView | undefined> {
  if (instance !== undefined) return findInstance(companion, instance);
  const { instances } = await companion.instances.list();
  const found = instances.find((one) => one.name === name);
  const ours = found === undefined || found.connection === undefined || found.seenByServer !== undefined;
  if (!ours) throw new WrongUsage(say(text('cli.instances.name-taken', { name: name ?? '' })));
  return found;
}

async function dockerOf(
  { ssh, sshKey, socket, sudo }: InstallOptions,
  instance: InstanceView | undefined,
  { sshHosts }: Companion,
  keepHost: boolean,
): Promise<DockerPlace> {
  const at = socket === undefined ? {} : { socket };
  if (ssh === undefined) {
    if (sshKey !== undefined) throw new WrongUsage(say(text('cli.ssh.key-alone')));
    const own = instance?.installation?.docker;
    return own !== undefined && socket === undefined ? own : { kind: 'local', ...at };
  }
  const { host, known } = sshHostNamed(ssh, sshKey, await sshHosts.list());
  // The way to the server is needed from now on.
  if (!known) await (keepHost ? sshHosts.save(host) : sshHosts.borrow(host));
  return { kind: 'ssh', sshHostId: host.id, sudo: sudo === true, ...at };
}

/** What the folder has already, else what suits the Docker host, with what was told otherwise. */
async function installationFor(
  options: InstallOptions,
  instance: InstanceView | undefined,
  docker: DockerPlace,
  { installs }: Companion,
  signal: AbortSignal,
): Promise<Installation> {
  const own = instance?.installation;
  const withDatabase = options.withDatabase === true || own?.settings.database !== undefined;
  const usual = own ?? (await installs.defaults({ docker, withDatabase }, signal));
  const preset = options.preset ?? usual.preset;
  const folder = options.folder ?? (options.preset === undefined ? usual.folder : presetFor(preset).folder);
  const there = await installs.found({ docker, folder }, signal);
  const base = there?.settings ?? moved(usual, options.preset, folder);
  const { database: _, ...alone } = base;
  const database = withDatabase ? (base.database ?? usual.settings.database) : undefined;
  const settings = settingsFrom(options, { ...alone, ...(database === undefined ? {} : { database }) });
  return { docker, preset, folder, settings };
}

/** The folders of the server go where the compose file goes. */
function moved(
  { folder: before, settings }: Installation,
  preset: HostPreset | undefined,
  folder: string,
): Installation['settings'] {
  const own = preset === undefined ? undefined : presetFor(preset);
  const from = own?.folder ?? before;
  const move = (path: string) => (path.startsWith(`${from}/`) ? folder + path.slice(from.length) : path);
  const { libraries, backups, media } = own?.settings.folders ?? settings.folders;
  return {
    ...settings,
    folders: { libraries: move(libraries), backups: move(backups), ...(media === undefined ? {} : { media }) },
  };
}
