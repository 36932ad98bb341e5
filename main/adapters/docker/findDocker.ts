import { z } from 'zod';
import type { DockerEndpoint, DockerFound } from '../../../contract/server.ts';
import { installFix, startFix } from '../../problems/dockerFixes.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Host } from '../host.ts';
import { DockerCli } from './dockerCli.ts';
import { type Probe, probeScript, readProbe, windowsProbe } from './probe.ts';

/** Milliseconds for the computer to describe itself, and for an engine to say its version. */
const patience = { probe: 30_000, version: 20_000 };

export type Wanted = { context?: string | undefined; socket?: string | undefined; sudo?: boolean | undefined };

export type FoundEngine = { found: DockerFound; cli?: DockerCli };

const versionSchema = z.object({
  Client: z.object({ Version: z.string() }).nullish(),
  Server: z
    .object({
      Version: z.string(),
      Os: z.string().optional(),
      Arch: z.string().optional(),
      Components: z.array(z.object({ Name: z.string() })).nullish(),
    })
    .nullish(),
});

/**
 * Looks for Docker on a computer: programs, sockets, contexts; takes the chosen engine, else the one of the current context where that
 * is on this very computer, else the first that answers. `DOCKER_HOST` is shown and never followed. What stands in the way ends up in
 * `found.problem`; rejects only when the computer itself can't be asked, or with `cancelled`.
 */
export async function findDocker(
  host: Host,
  wanted: Wanted,
  signal: AbortSignal,
  platform: NodeJS.Platform = process.platform,
): Promise<FoundEngine> {
  const probe = host.kind === 'local' && platform === 'win32' ? windowsProbe(process.env) : await ask(host, signal);
  const endpoints = endpointsOf(probe, wanted);
  const found: DockerFound = {
    host: host.label,
    system: probe.system,
    user: probe.user,
    inDockerGroup: probe.groups.includes('docker'),
    endpoints,
    ...(probe.dockerHost === undefined ? {} : { ignoredDockerHost: probe.dockerHost }),
  };
  const facts = { host: host.label, user: probe.user, systemId: probe.systemId, system: probe.system };
  const program = probe.programs.docker ?? probe.programs.podman;
  if (program === undefined) {
    found.problem = { code: 'docker-not-found', values: { ...facts }, fixes: installFix(facts) };
    return { found };
  }
  found.program = program;
  const chosen = chooseContext(endpoints, wanted, facts);
  if ('code' in chosen) {
    found.problem = chosen;
    return { found };
  }
  const product = probe.programs.docker === undefined ? 'podman' : 'docker';
  const tries = chosen.endpoints.length > 0 ? chosen.endpoints : product === 'podman' ? [podmanItself(endpoints)] : [];
  for (const endpoint of tries) {
    const cli = (sudo: boolean) =>
      new DockerCli({
        host,
        program,
        product,
        address: endpoint.address,
        sudo,
        user: probe.user,
        systemId: probe.systemId,
      });
    const mayUseSudo = probe.programs.sudo !== undefined && wanted.sudo !== false;
    const attempts = wanted.sudo === true ? [cli(true)] : [cli(false), ...(mayUseSudo ? [cli(true)] : [])];
    for (const attempt of attempts) {
      const engine = await tryEngine(attempt, endpoint, found, signal);
      if (engine === undefined) {
        // Only a refusal is something that sudo changes.
        if (endpoint.outcome !== 'refused') break;
        continue;
      }
      endpoint.outcome = 'used';
      delete endpoint.detail;
      delete found.problem;
      found.engine = engine;
      const compose = await findCompose(attempt, probe, signal);
      if (compose !== undefined) found.compose = compose;
      return { found, cli: attempt };
    }
  }
  found.problem ??= {
    code: 'docker-not-running',
    values: { ...facts, address: '/var/run/docker.sock' },
    fixes: startFix(facts),
  };
  return { found };
}

async function ask(host: Host, signal: AbortSignal): Promise<Probe> {
  const { stdout } = await host.run(['sh', '-c', probeScript], { signal, timeout: patience.probe });
  return readProbe(stdout);
}

function isHere(address: string): boolean {
  return address.startsWith('unix://') || address.startsWith('npipe://');
}

/** In the order in which they are tried. */
function endpointsOf(probe: Probe, { context, socket }: Wanted): DockerEndpoint[] {
  const all: DockerEndpoint[] = [];
  const add = (endpoint: DockerEndpoint) => {
    const known = all.find(({ address }) => address === endpoint.address);
    if (known === undefined) all.push(endpoint);
    else if (endpoint.context !== undefined) known.context ??= endpoint.context;
  };
  if (socket !== undefined) {
    const address = socket.includes('://') ? socket : `unix://${socket}`;
    add({ kind: 'docker', address, active: false, outcome: 'not-tried' });
  }
  const byName = [...probe.contexts].sort(
    (a, b) => Number(b.name === probe.currentContext) - Number(a.name === probe.currentContext),
  );
  for (const { name, address } of byName) {
    const active = name === probe.currentContext;
    if (active || name === context)
      add({ kind: 'context', address, context: name, active, outcome: outcomeOf(address) });
  }
  for (const { kind, path } of probe.sockets) {
    const current = probe.currentContext === undefined || probe.currentContext === 'default';
    add({ kind, address: `unix://${path}`, active: current && kind === 'docker', outcome: 'not-tried' });
  }
  for (const { name, address } of byName) {
    add({ kind: 'context', address, context: name, active: false, outcome: outcomeOf(address) });
  }
  return all;
}

function outcomeOf(address: string): DockerEndpoint['outcome'] {
  return isHere(address) ? 'not-tried' : 'elsewhere';
}

type Facts = { host: string; user: string; systemId: string };

function chooseContext(
  endpoints: DockerEndpoint[],
  { context, socket }: Wanted,
  facts: Facts,
): { endpoints: DockerEndpoint[] } | NonNullable<DockerFound['problem']> {
  if (socket !== undefined) return { endpoints: endpoints.slice(0, 1) };
  if (context !== undefined && context !== 'default') {
    const endpoint = endpoints.find((one) => one.context === context);
    if (endpoint === undefined) {
      const known = endpoints.flatMap((one) => one.context ?? []).join(', ') || 'default';
      return { code: 'docker-context-missing', values: { ...facts, context, known } };
    }
    if (!isHere(endpoint.address)) {
      return { code: 'docker-elsewhere', values: { ...facts, context, address: endpoint.address } };
    }
    return { endpoints: [endpoint] };
  }
  const here = endpoints.filter(({ address }) => isHere(address));
  return { endpoints: context === 'default' ? here.filter(({ kind }) => kind === 'docker') : here };
}

/** Without a socket Podman works all the same: its program needs no engine. */
function podmanItself(endpoints: DockerEndpoint[]): DockerEndpoint {
  const endpoint: DockerEndpoint = { kind: 'podman', address: 'podman', active: true, outcome: 'not-tried' };
  endpoints.push(endpoint);
  return endpoint;
}

async function tryEngine(
  cli: DockerCli,
  endpoint: DockerEndpoint,
  found: DockerFound,
  signal: AbortSignal,
): Promise<DockerFound['engine']> {
  const args = ['version', '--format', '{{json .}}'];
  try {
    const result = await cli.run(args, { signal, timeout: patience.version });
    const version = versionSchema.safeParse(jsonOf(result.stdout));
    const server = version.data?.Server;
    const podman = endpoint.kind === 'podman' || cli.options.product === 'podman';
    const number = server?.Version ?? (cli.options.product === 'podman' ? version.data?.Client?.Version : undefined);
    if (result.exitCode !== 0 || number === undefined) throw cli.failure(args, result);
    return {
      address: endpoint.address,
      product: podman || server?.Components?.some(({ Name }) => /podman/i.test(Name)) === true ? 'podman' : 'docker',
      version: number,
      operatingSystem: server?.Os ?? '',
      architecture: server?.Arch ?? '',
      rootless: endpoint.kind === 'rootless' || /^unix:\/\/\/run\/user\//.test(endpoint.address),
      sudo: cli.options.sudo,
    };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
    const { code, detail } = error.problem;
    if (code === 'command-missing') {
      // Windows' place of the program is a guess; elsewhere it has gone since it was found.
      const { user, systemId } = cli.options;
      const facts = { host: cli.host.label, user, systemId, system: found.system };
      found.problem = { code: 'docker-not-found', values: facts, fixes: installFix(facts) };
      endpoint.outcome = 'failed';
      return undefined;
    }
    const refused = code === 'docker-permission-denied' || code === 'docker-sudo-refused';
    endpoint.outcome = refused ? 'refused' : code === 'docker-not-running' ? 'not-running' : 'failed';
    if (detail !== undefined) endpoint.detail = detail;
    // What is said is what is wrong without sudo, unless sudo was asked for; the first engine that was tried counts.
    found.problem ??= error.problem;
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Compose 2 is part of the docker program; 1 is a program of its own, and 2 can be. */
async function findCompose(cli: DockerCli, probe: Probe, signal: AbortSignal): Promise<DockerFound['compose']> {
  const plugin = await cli.run(['compose', 'version', '--short'], { signal, timeout: patience.version });
  const number = /^v?(\d+\.\d+\.\d+\S*)\s*$/.exec(plugin.stdout)?.[1];
  if (plugin.exitCode === 0 && number !== undefined) {
    return { generation: number.startsWith('1.') ? 1 : 2, version: number, program: cli.options.program };
  }
  const program = probe.programs['docker-compose'];
  if (program === undefined) return undefined;
  const alone = await cli.host.run([program, 'version', '--short'], { signal, timeout: patience.version });
  const version = /^v?(\d+\.\d+\.\d+\S*)\s*$/.exec(alone.stdout)?.[1];
  if (alone.exitCode !== 0 || version === undefined) return undefined;
  return { generation: version.startsWith('1.') ? 1 : 2, version, program };
}
