import path from 'node:path';
import type { SshAuthentication, SshHost } from '../../../contract/sshHost.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { defaultKnownHostsFiles } from '../hostKeys.ts';
import { type AgentEnvironment, defaultAgent } from './agent.ts';
import { type ConfiguredHost, configuredHost } from './config.ts';
import type { SshLogin, SshTarget } from './target.ts';

export type ResolveEnvironment = AgentEnvironment & {
  /** Name of the user of this computer, which OpenSSH logs in as when no other is named. */
  userName: string;
  sshProgram: string | undefined;
  /** Instead of ~/.ssh/config. */
  configFile?: string;
};

/** OpenSSH's own names, tried when nothing is chosen. */
const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const maxHops = 8;

/**
 * Everything that is needed to reach a saved SSH host: its own fields, what ~/.ssh/config says where `useConfig` is on, and the
 * hosts to go through. Raises `ssh-host-missing` for an unknown jump host, `ssh-config-invalid`.
 *
 * @param hosts all saved hosts, for the jumps
 */
export async function resolveTarget(
  host: SshHost,
  hosts: readonly SshHost[],
  environment: ResolveEnvironment,
): Promise<SshTarget> {
  return resolveSaved(host, hosts, environment, []);
}

async function resolveSaved(
  host: SshHost,
  hosts: readonly SshHost[],
  environment: ResolveEnvironment,
  seen: readonly string[],
): Promise<SshTarget> {
  if (seen.includes(host.id) || seen.length >= maxHops) {
    throw new ProblemError(
      'ssh-config-invalid',
      { path: host.name, host: host.host },
      { detail: 'the way to this host leads through itself' },
    );
  }
  const configured = host.useConfig ? await configuredHost(host.host, configEnvironment(environment)) : undefined;
  const via = await wayTo(host, configured, hosts, environment, [...seen, host.id]);
  const port = host.port ?? configured?.port ?? 22;
  const user = host.user ?? configured?.user ?? environment.userName;
  return assemble({
    label: host.name,
    host: configured?.host ?? host.host,
    port,
    user,
    login:
      host.authentication === undefined
        ? loginFrom(configured, environment)
        : chosenLogin(host.authentication, environment),
    configured,
    via,
    environment,
  });
}

async function wayTo(
  host: SshHost,
  configured: ConfiguredHost | undefined,
  hosts: readonly SshHost[],
  environment: ResolveEnvironment,
  seen: readonly string[],
): Promise<SshTarget['via']> {
  const ids = [...host.jumps];
  const last = ids.pop();
  if (last !== undefined) {
    const jump = hosts.find(({ id }) => id === last);
    if (jump === undefined) throw new ProblemError('ssh-host-missing', { id: last, name: host.name });
    // The hops before the last one are the way to the last one.
    const target = await resolveSaved(ids.length === 0 ? jump : { ...jump, jumps: [...ids] }, hosts, environment, seen);
    return { kind: 'jump', target };
  }
  return configured === undefined ? { kind: 'direct' } : wayOf(configured, environment, seen.length);
}

/** ProxyJump wins over ProxyCommand where both are set (`ssh -G` prints only the one in force). */
async function wayOf(
  configured: ConfiguredHost,
  environment: ResolveEnvironment,
  depth: number,
): Promise<SshTarget['via']> {
  const hops = [...configured.proxyJump];
  const last = hops.pop();
  if (last !== undefined) return { kind: 'jump', target: await resolveHop(last, hops, environment, depth + 1) };
  return configured.proxyCommand === undefined
    ? { kind: 'direct' }
    : { kind: 'command', command: configured.proxyCommand };
}

/** A hop is configured by the same file; hops named before it replace its own ProxyJump. */
async function resolveHop(
  hop: string,
  before: string[],
  environment: ResolveEnvironment,
  depth: number,
): Promise<SshTarget> {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(hop);
  const name = match?.[2] ?? match?.[3];
  if (match === null || name === undefined || depth > maxHops) {
    throw new ProblemError('ssh-config-invalid', { path: 'ProxyJump', host: hop });
  }
  const configured = await configuredHost(name, configEnvironment(environment));
  const last = before.at(-1);
  const via: SshTarget['via'] =
    last === undefined
      ? await wayOf(configured, environment, depth)
      : { kind: 'jump', target: await resolveHop(last, before.slice(0, -1), environment, depth + 1) };
  return assemble({
    label: hop,
    host: configured.host,
    port: match[4] === undefined ? (configured.port ?? 22) : Number(match[4]),
    user: match[1] ?? configured.user ?? environment.userName,
    login: loginFrom(configured, environment),
    configured,
    via,
    environment,
  });
}

function assemble(parts: {
  label: string;
  host: string;
  port: number;
  user: string;
  login: SshLogin;
  configured: ConfiguredHost | undefined;
  via: SshTarget['via'];
  environment: ResolveEnvironment;
}): SshTarget {
  const { configured, via, environment, host, port, user } = parts;
  const standard = defaultKnownHostsFiles(environment.home, environment.platform);
  const way = via.kind === 'jump' ? ` via ${via.target.key}` : via.kind === 'command' ? ` via ${via.command}` : '';
  return {
    key: `${user}@${host}:${port} ${JSON.stringify(parts.login)}${way}`,
    label: parts.label,
    host,
    port,
    user,
    login: parts.login,
    via,
    ...(configured?.hostKeyAlias === undefined ? {} : { hostKeyAlias: configured.hostKeyAlias }),
    knownHostsFiles: [
      ...(configured?.userKnownHostsFiles ?? standard.slice(0, 2)),
      ...(configured?.globalKnownHostsFiles ?? standard.slice(2)),
    ],
  };
}

/** What the user chose is used and nothing else. */
function chosenLogin(authentication: SshAuthentication, environment: ResolveEnvironment): SshLogin {
  const nothing: SshLogin = {
    keys: [],
    keysOptional: false,
    agentOnlyNamed: false,
    agentOptional: false,
    password: false,
  };
  switch (authentication.method) {
    case 'password':
      return { ...nothing, password: true };
    case 'key':
      return { ...nothing, keys: [authentication.path.replace(/^~(?=$|[\\/])/, environment.home)] };
    case 'agent': {
      const socket = authentication.socket ?? defaultAgent(environment);
      if (socket === undefined) throw new ProblemError('ssh-agent-unreachable', { socket: 'SSH_AUTH_SOCK' });
      return { ...nothing, agent: socket };
    }
  }
}

/** Nothing chosen: as OpenSSH does it, by its configuration or its defaults; a password last. */
function loginFrom(configured: ConfiguredHost | undefined, environment: ResolveEnvironment): SshLogin {
  const named = configured?.identityFiles ?? [];
  const keys = named.length > 0 ? named : defaultKeys.map((name) => path.join(environment.home, '.ssh', name));
  const wanted = configured?.identityAgent;
  const agent =
    wanted === 'none'
      ? undefined
      : wanted === undefined || wanted === 'SSH_AUTH_SOCK'
        ? defaultAgent(environment)
        : wanted;
  return {
    keys,
    // OpenSSH too skips files that are not there, its default names among them.
    keysOptional: true,
    ...(agent === undefined ? {} : { agent }),
    agentOnlyNamed: configured?.identitiesOnly ?? false,
    agentOptional: true,
    password: true,
  };
}

function configEnvironment({ home, env, sshProgram, configFile }: ResolveEnvironment) {
  return { home, env, sshProgram, ...(configFile === undefined ? {} : { file: configFile }) };
}
