import { dirname } from 'node:path/posix';
import { say, text } from '../../contract/copy/text.ts';
import type { HostPreset } from '../../contract/hostPreset.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { DockerPlace } from '../../contract/server.ts';
import type { ServerSettings } from '../../contract/serverSettings.ts';
import { inspectAll } from '../adapters/docker/inspect.ts';
import type { Host } from '../adapters/host.ts';
import { LocalHost } from '../adapters/localHost.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { inspectHost } from '../services/composeFile/inspectHost.ts';
import { databaseService, presetFor } from '../services/composeFile/presets.ts';
import { databaseUrlFor } from '../services/databaseUrl.ts';
import { ownPortsOf } from '../services/install/findings.ts';
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
  const docker = await dockerOf(options, companion);
  const host = await hostOf(docker, companion);
  const ownPorts = await ownPortsOn(docker, out, companion, signal);
  const findings = await inspectHost(host, { folder: out, settings, ownPorts }, signal);
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
  const { connection, id, name, seenByServer } = instance;
  if (connection === undefined) throw new WrongUsage(say(text('cli.compose.no-connection', { name })));
  const password = await credentials.get(passwordAccount(id), context.signal);
  if (password === undefined) throw new WrongUsage(say(text('cli.compose.no-password', { name })));
  const { url, note, limits } = databaseUrlFor(
    seenByServer === undefined ? connection : { ...connection, hosts: [seenByServer] },
    password,
  );
  redactor.add(url);
  for (const words of [...(note === undefined ? [] : [note]), ...limits]) context.output.progress(say(words));
  return url;
}

async function dockerOf(
  { ssh, sshKey }: ComposeOptions | AdoptFilesOptions,
  { sshHosts }: Companion,
  keep = false,
): Promise<DockerPlace> {
  if (ssh === undefined) {
    if (sshKey !== undefined) throw new WrongUsage(say(text('cli.ssh.key-alone')));
    return { kind: 'local' };
  }
  const { host, known } = sshHostNamed(ssh, sshKey, await sshHosts.list());
  if (!known) await (keep ? sshHosts.save(host) : sshHosts.borrow(host));
  return { kind: 'ssh', sshHostId: host.id, sudo: false };
}

async function hostOf(docker: DockerPlace, { sshHosts }: Companion): Promise<Host> {
  return docker.kind === 'local'
    ? new LocalHost(say(text('server.this-computer')))
    : sshHosts.hostFor(docker.sshHostId);
}

/** What the server itself listens on is not taken. The files can be written where there is no Docker yet. */
async function ownPortsOn(
  docker: DockerPlace,
  folder: string,
  { dockerHosts }: Companion,
  signal: AbortSignal,
): Promise<number[]> {
  try {
    const { cli } = await dockerHosts.engine(docker, signal);
    return ownPortsOf(await inspectAll(cli, { signal }), folder);
  } catch (error) {
    if (!(error instanceof ProblemError) || signal.aborted) throw error;
    return [];
  }
}

export type AdoptFilesOptions = {
  folder?: string;
  file?: string;
  instance?: string;
  name?: string;
  session?: true;
  ssh?: string;
  sshKey?: string;
  socket?: string;
  sudo?: true;
};

/** `compose adopt`: a compose file that is there becomes an instance's, with its settings and its database. */
export async function adoptCompose(options: AdoptFilesOptions, context: Context): Promise<ExitCode> {
  const { file, socket, sudo } = options;
  const folder = options.folder ?? (file === undefined ? undefined : dirname(file));
  if (folder === undefined || (options.folder !== undefined && file !== undefined)) {
    throw new WrongUsage(say(text('cli.compose.adopt-which')));
  }
  const companion = await context.companion();
  const instance = options.instance === undefined ? undefined : await findInstance(companion, options.instance);
  const name = options.name ?? instance?.name ?? 'Aperture';
  const { instances } = await companion.instances.list();
  if (instance === undefined && instances.some((one) => one.name === name)) {
    throw new WrongUsage(say(text('cli.instances.name-taken', { name })));
  }
  const place = await dockerOf(options, companion, true);
  const docker = {
    ...place,
    ...(socket === undefined ? {} : { socket }),
    ...(place.kind === 'ssh' && sudo === true ? { sudo } : {}),
  };
  const adopted = await companion.installs.adopt(
    {
      docker,
      folder,
      name,
      keep: options.session === true ? 'session' : 'keychain',
      ...(instance === undefined ? {} : { instance }),
    },
    context.signal,
  );
  const { instance: view, path, installation } = adopted;
  context.output.result(adopted, () =>
    [
      say(text('cli.compose.adopted', { path, name: view.name, id: view.id })),
      ...(installation === undefined ? [say(text('cli.compose.adopted-unread'))] : []),
    ].join('\n'),
  );
  return exitCode.good;
}
