import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import SSHConfig from 'ssh-config';
import { ProblemError } from '../../problems/ProblemError.ts';
import { matchesPattern } from './knownHosts.ts';
import { messageOf } from './problems.ts';

/** What OpenSSH's configuration says about a host. Lists are in the order in which OpenSSH uses them. */
export type ConfiguredHost = {
  host: string;
  port?: number;
  user?: string;
  identityFiles: string[];
  /** `undefined`: nothing said; `none`: no agent. */
  identityAgent?: string;
  identitiesOnly: boolean;
  /** Destinations as ProxyJump takes them, `[user@]host[:port]`, first hop first. */
  proxyJump: string[];
  proxyCommand?: string;
  userKnownHostsFiles?: string[];
  globalKnownHostsFiles?: string[];
  hostKeyAlias?: string;
};

export type ConfigEnvironment = {
  home: string;
  /** Path of OpenSSH's client; undefined where there is none. */
  sshProgram: string | undefined;
  env: NodeJS.ProcessEnv;
  /** Instead of ~/.ssh/config. */
  file?: string;
};

/**
 * What the user's configuration says about a host or alias: by `ssh -G` where OpenSSH is installed (it knows Match, Include and
 * tokens), else by reading the file. Raises `ssh-config-invalid`.
 */
export async function configuredHost(alias: string, environment: ConfigEnvironment): Promise<ConfiguredHost> {
  // A host that starts with a dash would be an option to ssh.
  if (!/^[^\s-][^\s]*$/.test(alias))
    throw new ProblemError('ssh-config-invalid', { path: configFile(environment), host: alias });
  const settings =
    environment.sshProgram === undefined
      ? await readWithoutOpenSsh(alias, environment)
      : await askOpenSsh(alias, environment.sshProgram, environment);
  return interpret(alias, settings, environment.home);
}

/** Lower-case option to its values, in order. */
type Settings = Map<string, string[]>;

async function askOpenSsh(alias: string, program: string, environment: ConfigEnvironment): Promise<Settings> {
  const file = environment.file === undefined ? [] : ['-F', environment.file];
  try {
    const { stdout } = await promisify(execFile)(program, ['-G', ...file, '--', alias], {
      env: { ...environment.env, HOME: environment.home },
      timeout: 10_000,
      windowsHide: true,
    });
    const settings: Settings = new Map();
    for (const line of stdout.split(/\r?\n/)) {
      const at = line.indexOf(' ');
      if (at > 0) append(settings, line.slice(0, at).toLowerCase(), line.slice(at + 1).trim());
    }
    return settings;
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim();
    throw new ProblemError(
      'ssh-config-invalid',
      { path: configFile(environment), host: alias },
      { cause, detail: said || messageOf(cause) },
    );
  }
}

async function readWithoutOpenSsh(alias: string, environment: ConfigEnvironment): Promise<Settings> {
  const settings: Settings = new Map();
  const text = await readWithIncludes(configFile(environment), environment, 0);
  try {
    const computed = SSHConfig.parse(text).compute(alias, { ignoreCase: true });
    for (const [name, value] of Object.entries(computed)) {
      for (const one of Array.isArray(value) ? value : [value]) append(settings, name.toLowerCase(), String(one));
    }
  } catch (cause) {
    throw new ProblemError(
      'ssh-config-invalid',
      { path: configFile(environment), host: alias },
      { cause, detail: messageOf(cause) },
    );
  }
  return settings;
}

function interpret(alias: string, settings: Settings, home: string): ConfiguredHost {
  const one = (name: string) => settings.get(name)?.[0];
  const said = (name: string) => {
    const value = one(name);
    return value === undefined || value === 'none' ? undefined : value;
  };
  const files = (name: string) => {
    const values = (settings.get(name) ?? [])
      .flatMap((value) => value.split(/\s+/))
      .filter((value) => value !== '' && value !== 'none');
    return values.length === 0 ? undefined : values.map((value) => expandHome(value, home));
  };
  const host = (one('hostname') ?? alias).replaceAll('%h', alias).replaceAll('%%', '%');
  const port = Number(one('port'));
  const user = one('user');
  const agent = one('identityagent');
  const hostKeyAlias = said('hostkeyalias');
  const command = said('proxycommand');
  return {
    host,
    ...(Number.isInteger(port) && port > 0 ? { port } : {}),
    ...(user === undefined ? {} : { user }),
    identityFiles: (settings.get('identityfile') ?? [])
      .filter((file) => file !== 'none')
      .map((file) => expandHome(unquote(file), home)),
    ...(agent === undefined
      ? {}
      : { identityAgent: agent === 'none' || agent === 'SSH_AUTH_SOCK' ? agent : expandHome(unquote(agent), home) }),
    identitiesOnly: one('identitiesonly') === 'yes',
    proxyJump: (said('proxyjump') ?? '')
      .split(',')
      .map((hop) => hop.trim())
      .filter((hop) => hop !== ''),
    ...(command === undefined ? {} : { proxyCommand: command }),
    ...(files('userknownhostsfile') === undefined ? {} : { userKnownHostsFiles: files('userknownhostsfile') ?? [] }),
    ...(files('globalknownhostsfile') === undefined
      ? {}
      : { globalKnownHostsFiles: files('globalknownhostsfile') ?? [] }),
    ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }),
  };
}

/** Names after `Host` that name one host: no patterns, no negations. Files that Include names are read too; a missing file has none. */
export async function configuredAliases(environment: ConfigEnvironment): Promise<string[]> {
  const text = await readWithIncludes(configFile(environment), environment, 0).catch(() => '');
  const aliases = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    const names = /^\s*Host(?:\s+|\s*=\s*)(.+)$/i.exec(line)?.[1];
    for (const name of names?.match(/"[^"]*"|\S+/g) ?? []) {
      const plain = unquote(name);
      if (plain !== '' && !/[*?!]/.test(plain)) aliases.add(plain);
    }
  }
  return [...aliases];
}

/** The file with the ones that it includes put in their places (ssh_config(5): relative to ~/.ssh, at most 16 deep). */
async function readWithIncludes(file: string, environment: ConfigEnvironment, depth: number): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new ProblemError('ssh-config-invalid', { path: file, host: '' }, { cause, detail: messageOf(cause) });
  }
  const lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const patterns = /^\s*Include(?:\s+|\s*=\s*)(.+)$/i.exec(line)?.[1];
    if (patterns === undefined || depth >= 16) {
      lines.push(line);
      continue;
    }
    for (const pattern of patterns.match(/"[^"]*"|\S+/g) ?? []) {
      const expanded = expandHome(unquote(pattern), environment.home);
      const absolute = path.isAbsolute(expanded) ? expanded : path.join(environment.home, '.ssh', expanded);
      for (const included of await matchingFiles(absolute))
        lines.push(await readWithIncludes(included, environment, depth + 1));
    }
  }
  return lines.join('\n');
}

/** Files of one folder that a pattern in the last part of the path matches, by name. */
async function matchingFiles(pattern: string): Promise<string[]> {
  if (!/[*?]/.test(pattern)) return [pattern];
  const folder = path.dirname(pattern);
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => !name.startsWith('.') && matchesPattern(path.basename(pattern), name))
    .sort()
    .map((name) => path.join(folder, name));
}

function configFile({ file, home }: ConfigEnvironment): string {
  return file ?? path.join(home, '.ssh', 'config');
}

function append(settings: Settings, name: string, value: string): void {
  settings.set(name, [...(settings.get(name) ?? []), value]);
}

function unquote(value: string): string {
  return value.replace(/^"(.*)"$/, '$1');
}

function expandHome(value: string, home: string): string {
  return value.replace(/^~(?=$|[\\/])/, home).replaceAll('%d', home);
}
