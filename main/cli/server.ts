import { say, text } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { DockerPlace, ServerPlace } from '../../contract/server.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { redactDeep } from '../services/operations/journal.ts';
import type { ServerTarget } from '../services/servers.ts';
import type { Context } from './context.ts';
import { WrongUsage } from './failure.ts';
import { findInstance } from './findInstance.ts';
import { type ExitCode, exitCode, table } from './output.ts';
import { dockerText, logLineText, serverStatusText, stateText } from './serverText.ts';
import { sshHostNamed } from './sshRoute.ts';

/** Options that say where Docker is. */
export type DockerOptions = {
  docker?: string;
  socket?: string;
  sudo?: true;
  sshKey?: string;
};
export type ServerOptions = DockerOptions & { instance?: string; container?: string };
export type LogOptions = ServerOptions & { follow?: true; tail: number; since?: string };
export type AdoptOptions = DockerOptions & { instance?: string; container?: string; name?: string; session?: true };

const usualContainer = 'aperture';

/** `server docker`: what Docker is like there. Exits with 1 when it can't be used. */
export async function docker(options: DockerOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const found = await companion.dockerHosts.find(await placeOf(options, companion, false), context.signal);
  context.output.result({ docker: found }, () => dockerText(found, context.output));
  return found.engine === undefined ? exitCode.problemFound : exitCode.good;
}

/** `server status`: exits with 0 when the server is ready or was stopped by somebody, with 1 when something is wrong. */
export async function status(options: ServerOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const target = await targetOf(options, companion);
  const seen = await companion.servers.status(target, { signal: context.signal, resources: true });
  const shown = redactDeep(seen, companion.redactor.redact);
  context.output.result({ instance: named(target), server: shown }, () => serverStatusText(shown, context.output));
  return seen.started || seen.state.kind === 'stopped' ? exitCode.good : exitCode.problemFound;
}

/** `server start`, `server stop`, `server restart` */
export async function change(
  what: 'start' | 'stop' | 'restart',
  options: ServerOptions,
  context: Context,
): Promise<ExitCode> {
  const companion = await context.companion();
  const target = await targetOf(options, companion);
  const view: OperationView = await context.follow(() => companion.servers[what](target));
  const outcome = view.outcome === undefined ? '' : say(view.outcome);
  context.output.result({ instance: named(target), operation: view.id, outcome }, () => outcome);
  return exitCode.good;
}

/** `server logs`: with `--json` one document a line, so that a log without an end can be read as it comes. */
export async function logs(options: LogOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const target = await targetOf(options, companion);
  const { output, signal } = context;
  const { redact } = companion.redactor;
  const window = { tail: options.tail, ...(options.since === undefined ? {} : { since: options.since }) };
  try {
    for await (const lines of companion.servers.log(target, { ...window, follow: options.follow === true, signal })) {
      for (const line of lines) {
        const shown = { ...line, message: redact(line.message) };
        await output.line(output.json ? JSON.stringify(shown) : logLineText(shown, output));
      }
    }
  } catch (error) {
    // Ctrl+C is how following ends well.
    if (!(options.follow === true && signal.aborted)) throw error;
  }
  return exitCode.good;
}

/** `server find` */
export async function find(options: DockerOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const place = await placeOf(options, companion, false);
  const servers = await companion.servers.find(place, context.signal);
  context.output.result({ servers }, () =>
    servers.length === 0
      ? say(text('cli.server.none'))
      : table(servers.map(({ container, image, state, url }) => [container, image, stateText(state), url ?? ''])),
  );
  return exitCode.good;
}

/** `server adopt`: the password of DATABASE_URL goes into the keychain, or with --session nowhere. */
export async function adopt(options: AdoptOptions, context: Context): Promise<ExitCode> {
  const companion = await context.companion();
  const instance = options.instance === undefined ? undefined : await findInstance(companion, options.instance);
  const place = await placeOf(options, companion, true);
  const container = options.container ?? (await onlyServer(companion, place, context));
  const name = options.name ?? instance?.name ?? container;
  const { instances } = await companion.instances.list();
  if (instance === undefined && instances.some((one) => one.name === name)) {
    throw new WrongUsage(say(text('cli.instances.name-taken', { name })));
  }
  const adopted = await companion.servers.adopt(
    {
      docker: place,
      container,
      name,
      keep: options.session === true ? 'session' : 'keychain',
      ...(instance === undefined ? {} : { instance }),
    },
    context.signal,
  );
  const { instance: view, seenByServer, otherDatabase } = adopted;
  context.output.result(adopted, () =>
    [
      say(text('cli.server.adopted', { container: view.server?.container ?? container, name: view.name, id: view.id })),
      ...(seenByServer === undefined ? [] : [say(text('cli.server.adopted-way', { address: seenByServer }))]),
      ...(otherDatabase === undefined ? [] : [say(text('cli.server.adopted-other', { database: otherDatabase }))]),
    ].join('\n'),
  );
  return otherDatabase === undefined ? exitCode.good : exitCode.problemFound;
}

async function onlyServer({ servers }: Companion, place: DockerPlace, { signal }: Context): Promise<string> {
  const found = await servers.find(place, signal);
  const [first] = found;
  if (first === undefined) throw new ProblemError('server-not-found', { host: await hostName(place) });
  if (found.length > 1) {
    throw new WrongUsage(
      say(text('cli.server.several', { names: found.map(({ container }) => container).join(', ') })),
    );
  }
  return first.container;
}

async function hostName(place: DockerPlace): Promise<string> {
  return place.kind === 'local' ? say(text('server.this-computer')) : place.sshHostId;
}

function named({ instance }: ServerTarget): { id: string; name: string } | null {
  return instance === undefined ? null : { id: instance.id, name: instance.name };
}

/** The server of an instance, or the one that the options name; without any, the only instance that has one, else this computer's. */
async function targetOf(options: ServerOptions, companion: Companion): Promise<ServerTarget> {
  const instance = await instanceOf(options, companion);
  const own = instance?.server;
  if (own === undefined && instance !== undefined && options.docker === undefined && options.container === undefined) {
    throw new WrongUsage(say(text('cli.server.not-linked', { name: instance.name })));
  }
  const chosen = [options.docker, options.socket, options.sudo, options.sshKey].some((option) => option !== undefined);
  const place: ServerPlace = {
    ...own,
    docker: own !== undefined && !chosen ? own.docker : await placeOf(options, companion, false),
    container: options.container ?? own?.container ?? usualContainer,
  };
  return { place, ...(instance === undefined ? {} : { instance }) };
}

async function instanceOf(options: ServerOptions, companion: Companion): Promise<InstanceView | undefined> {
  if (options.instance !== undefined) return findInstance(companion, options.instance);
  if (options.docker !== undefined || options.container !== undefined || options.socket !== undefined) return undefined;
  const linked = (await companion.instances.list()).instances.filter(({ server }) => server !== undefined);
  if (linked.length > 1) {
    throw new WrongUsage(say(text('cli.server.which', { names: linked.map(({ name }) => name).join(', ') })));
  }
  return linked[0];
}

/** `local`, `local:<context>` or `ssh:<host>`. `keepHost`: an SSH host that the app doesn't know is saved. */
export async function placeOf(
  { docker: given = 'local', socket, sudo, sshKey }: DockerOptions,
  { sshHosts }: Companion,
  keepHost: boolean,
): Promise<DockerPlace> {
  const at = socket === undefined ? {} : { socket };
  const [kind, rest] = [given.split(':', 1)[0], given.slice(given.indexOf(':') + 1)];
  if (kind === 'local' && sshKey === undefined && sudo === undefined) {
    return { kind: 'local', ...at, ...(given === 'local' || rest === '' ? {} : { context: rest }) };
  }
  if (kind !== 'ssh' || rest === '' || rest === given)
    throw new WrongUsage(say(text('cli.server.docker-invalid', { given })));
  const { host, known } = sshHostNamed(rest, sshKey, await sshHosts.list());
  if (!known) await (keepHost ? sshHosts.save(host) : sshHosts.borrow(host));
  return { kind: 'ssh', sshHostId: host.id, sudo: sudo === true, ...at };
}
