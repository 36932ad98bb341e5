import { say, text } from '../../contract/copy/text.ts';
import type { HostPreset } from '../../contract/hostPreset.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { ServerSettings } from '../../contract/serverSettings.ts';
import type { Host } from '../adapters/host.ts';
import { LocalHost } from '../adapters/localHost.ts';
import type { Companion } from '../compose.ts';
import { inspectHost } from '../services/composeFile/inspectHost.ts';
import { databaseService, presetFor } from '../services/composeFile/presets.ts';
import { databaseUrlFor } from '../services/databaseUrl.ts';
import { passwordAccount } from '../services/instances.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode } from './output.ts';
import { changesText, findingsText, plainFinding } from './serverFilesText.ts';
import { type SettingOptions, settingsFrom } from './settingOptions.ts';
import { sshHostNamed } from './sshRoute.ts';

export type ComposeOptions = SettingOptions & {
  instance: string;
  preset: HostPreset;
  withDatabase?: true;
  ssh?: string;
  sshKey?: string;
  out?: string;
  plan?: true;
  yes?: true;
};

/** `compose show`: the files as they would be; with `--out` what would change in that folder, or writes it. */
export async function showCompose(options: ComposeOptions, context: Context): Promise<ExitCode> {
  const { out, plan: planOnly, yes } = options;
  if (out === undefined && (planOnly === true || yes === true)) {
    throw new WrongUsage(say(text('cli.compose.out-missing')));
  }
  if (planOnly === true && yes === true) throw new WrongUsage(say(text('cli.provision.one-of')));
  const companion = await context.companion();
  const instance = await findInstance(companion, options.instance);
  const settings = settingsOf(options);
  const { output, signal } = context;
  const databaseUrl = settings.database === undefined ? await urlOf(instance, companion, context) : undefined;
  if (out === undefined) {
    const files = companion.serverFiles.preview({ settings, databaseUrl });
    output.result({ settings, ...files }, () => `${files.compose}\n# .env\n${files.env}`);
    return exitCode.good;
  }
  const host = await hostOf(options, companion);
  const findings = await inspectHost(host, { folder: out, settings }, signal);
  const subject = { instanceId: instance.id, name: instance.name };
  const request = { subject, host, folder: out, settings, databaseUrl };
  const { plan, changes } = await companion.serverFiles.plan(request, signal);
  const document = { title: say(plan.title), host: host.label, changes, findings: findings.map(plainFinding) };
  const shown = () => [changesText(changes, plan.notes.map(say)), findingsText(findings, output)].join('\n\n');
  if (yes !== true) {
    output.result({ ...document, written: false }, shown);
    if (planOnly !== true) output.progress(say(text('cli.compose.confirm')));
    return exitCode.good;
  }
  if (!output.json) output.progress(shown());
  const view = await context.follow(async () => {
    const { operationId: id, ended } = await companion.serverFiles.write(plan.id);
    return { id, ended };
  });
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  output.result({ ...document, written: true, operation: view.id, outcome }, () => outcome);
  return exitCode.good;
}

/** `host.docker.internal`, folders and the rest as the preset has them, unless told. */
const settingsOf = (options: ComposeOptions): ServerSettings =>
  settingsFrom(options, {
    ...presetFor(options.preset).settings,
    ...(options.withDatabase === true ? { database: databaseService() } : {}),
  });

/** The DATABASE_URL of the instance, with its password. */
async function urlOf(instance: InstanceView, { credentials, redactor }: Companion, context: Context): Promise<string> {
  const { connection, id, name } = instance;
  if (connection === undefined) throw new WrongUsage(say(text('cli.compose.no-connection', { name })));
  const password = await credentials.get(passwordAccount(id), context.signal);
  if (password === undefined) throw new WrongUsage(say(text('cli.compose.no-password', { name })));
  const { url, note, limits } = databaseUrlFor(connection, password);
  redactor.add(url);
  for (const words of [...(note === undefined ? [] : [note]), ...limits]) context.output.progress(say(words));
  return url;
}

async function hostOf({ ssh, sshKey }: ComposeOptions, { sshHosts }: Companion): Promise<Host> {
  if (ssh === undefined) {
    if (sshKey !== undefined) throw new WrongUsage(say(text('cli.ssh.key-alone')));
    return new LocalHost('this computer');
  }
  const { host, known } = sshHostNamed(ssh, sshKey, await sshHosts.list());
  if (!known) sshHosts.borrow(host);
  return sshHosts.hostFor(host.id);
}
