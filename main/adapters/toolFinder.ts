import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ToolFound } from '../../contract/settings.ts';

type ToolName = ToolFound['tool'];
type Surroundings = { env: NodeJS.ProcessEnv; platform: NodeJS.Platform; home: string };

const run = promisify(execFile);
export const postgresTools: readonly ToolName[] = ['pg_dump', 'pg_restore', 'psql'];
const allTools: readonly ToolName[] = [...postgresTools, 'ssh', 'ssh-keygen', 'ssh-agent', 'docker', 'docker-compose'];

/** Milliseconds for a program to say its version. */
const versionTimeout = 5_000;
/** Programs started at the same time. */
const parallel = 4;

/**
 * Looks for the programs that the app can use, on PATH and in the usual places. Every version of PostgreSQL's tools is listed, of the
 * others the first that works; what was not found is listed without a path. Never rejects for a program that misbehaves.
 */
export async function findTools(
  surroundings: Surroundings,
  signal: AbortSignal,
  wanted: readonly ToolName[] = allTools,
): Promise<ToolFound[]> {
  const tasks = wanted.map((tool) => () => findTool(tool, surroundings, signal));
  const results: ToolFound[][] = wanted.map(() => []);
  let next = 0;
  const work = async () => {
    for (let index = next++; index < tasks.length; index = next++) results[index] = (await tasks[index]?.()) ?? [];
  };
  await Promise.all(Array.from({ length: parallel }, work));
  signal.throwIfAborted();
  return results.flat();
}

async function findTool(tool: ToolName, surroundings: Surroundings, signal: AbortSignal): Promise<ToolFound[]> {
  const found: ToolFound[] = [];
  for (const file of await candidates(tool, surroundings)) {
    const seen = await inspect(tool, file, signal);
    if (seen === undefined) continue;
    found.push(seen);
    if (!postgresTools.includes(tool)) break;
  }
  if (tool === 'docker-compose') {
    // Version 2 is a plugin of the docker program and goes first.
    for (const docker of await candidates('docker', surroundings)) {
      const version = await versionOf(docker, ['compose', 'version', '--short'], signal);
      if (version !== undefined) return [{ tool, path: docker, version }];
    }
  }
  return found.length === 0 ? [{ tool }] : found;
}

async function inspect(tool: ToolName, file: string, signal: AbortSignal): Promise<ToolFound | undefined> {
  switch (tool) {
    case 'ssh-keygen':
    case 'ssh-agent':
      // Neither has a way to say its version.
      return { tool, path: file };
    case 'ssh': {
      const version = await versionOf(file, ['-V'], signal);
      return version === undefined ? undefined : { tool, path: file, version };
    }
    case 'docker':
    case 'docker-compose': {
      const version = await versionOf(file, ['--version'], signal);
      return version === undefined ? undefined : { tool, path: file, version };
    }
    case 'pg_dump':
    case 'pg_restore':
    case 'psql': {
      const version = await versionOf(file, ['--version'], signal);
      if (version === undefined) return undefined;
      const major = majorOf(version);
      return { tool, path: file, version, ...(major === undefined ? {} : { major }) };
    }
    default:
      return tool satisfies never;
  }
}

async function versionOf(file: string, args: string[], signal: AbortSignal): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(file, args, {
      timeout: versionTimeout,
      signal,
      windowsHide: true,
      maxBuffer: 64 * 1024,
    });
    return parseVersion(stdout) ?? parseVersion(stderr);
  } catch {
    // Not runnable here, or not what its name says.
    return undefined;
  }
}

/**
 * The version in what a program says about itself: `pg_dump (PostgreSQL) 17.5 (Debian 17.5-1)`, `OpenSSH_9.2p1 Debian-2`,
 * `OpenSSH_for_Windows_9.5p1`, `Docker version 20.10.24+dfsg1, build 297e128`, `2.26.1-4`, `v2.29.7`.
 */
export function parseVersion(output: string): string | undefined {
  const match =
    /\(PostgreSQL\)\s+(\S+)/.exec(output) ??
    /OpenSSH_(?:for_Windows_)?([\w.]+)/.exec(output) ??
    /version\s+v?(\d[\w.+~-]*)/i.exec(output) ??
    /^v?(\d+\.[\w.+~-]*)\s*$/m.exec(output);
  return match?.[1];
}

/** 9.6 and 17 are major versions: before 10 the first two numbers counted. */
export function majorOf(version: string): number | undefined {
  const major = Number.parseInt(version, 10);
  return Number.isNaN(major) ? undefined : major;
}

async function candidates(tool: ToolName, { env, platform, home }: Surroundings): Promise<string[]> {
  const { join, delimiter } = platform === 'win32' ? path.win32 : path.posix;
  const variable = Object.keys(env).find((name) => (platform === 'win32' ? name.toUpperCase() : name) === 'PATH');
  const onPath = (variable === undefined ? '' : (env[variable] ?? ''))
    .split(delimiter)
    .filter((folder) => folder !== '');
  const usual = (await Promise.all(usualPlaces(tool, { env, platform, home }).map(expand))).flat();
  const name = platform === 'win32' ? `${tool}.exe` : tool;
  const files: string[] = [];
  const real = new Set<string>();
  for (const folder of [...onPath, ...usual]) {
    const file = join(folder, name);
    const target = await runnable(file);
    if (target === undefined || real.has(target)) continue;
    real.add(target);
    files.push(file);
  }
  return files;
}

async function runnable(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.X_OK);
    return await realpath(file);
  } catch {
    return undefined;
  }
}

/** Programs that are started from a desktop often have a shorter PATH than a terminal. */
function usualPlaces(tool: ToolName, { env, platform, home }: Surroundings): string[] {
  const kind = postgresTools.includes(tool) ? 'postgres' : tool.startsWith('docker') ? 'docker' : 'ssh';
  switch (platform) {
    case 'win32': {
      const programs = [env.ProgramFiles, env['ProgramFiles(x86)']].filter((folder) => folder !== undefined);
      const system = env.SystemRoot ?? 'C:\\Windows';
      if (kind === 'postgres') {
        return programs.flatMap((folder) => [`${folder}\\PostgreSQL\\*\\bin`, `${folder}\\pgAdmin 4\\runtime`]);
      }
      if (kind === 'docker') return programs.map((folder) => `${folder}\\Docker\\Docker\\resources\\bin`);
      return [`${system}\\System32\\OpenSSH`, ...programs.map((folder) => `${folder}\\Git\\usr\\bin`)];
    }
    case 'darwin': {
      const brew = ['/opt/homebrew', '/usr/local'];
      if (kind === 'postgres') {
        return [
          ...brew.flatMap((root) => [`${root}/bin`, `${root}/opt/libpq/bin`, `${root}/opt/postgresql@*/bin`]),
          '/Applications/Postgres.app/Contents/Versions/*/bin',
          '/Library/PostgreSQL/*/bin',
          '/opt/local/lib/postgresql*/bin',
        ];
      }
      if (kind === 'docker') {
        const own = [`${home}/.docker/bin`, `${home}/.orbstack/bin`, `${home}/.rd/bin`];
        return [...brew.map((root) => `${root}/bin`), '/Applications/Docker.app/Contents/Resources/bin', ...own];
      }
      return ['/usr/bin', ...brew.map((root) => `${root}/bin`)];
    }
    default:
      if (kind === 'postgres')
        return ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/usr/local/pgsql/bin', '/usr/bin'];
      return ['/usr/bin', '/usr/local/bin', '/snap/bin', `${home}/bin`];
  }
}

/** Folders that fit a pattern with a `*` in at most one part of the path; the highest number first. */
async function expand(pattern: string): Promise<string[]> {
  const star = pattern.indexOf('*');
  if (star < 0) return [pattern];
  const separator = pattern.includes('\\') ? '\\' : '/';
  const from = pattern.lastIndexOf(separator, star);
  const to = pattern.indexOf(separator, star);
  const root = pattern.slice(0, from);
  const prefix = pattern.slice(from + 1, star);
  const rest = to < 0 ? '' : pattern.slice(to);
  try {
    const names = (await readdir(root)).filter((name) => name.startsWith(prefix));
    names.sort((a, b) => Number.parseFloat(b.slice(prefix.length)) - Number.parseFloat(a.slice(prefix.length)));
    return names.map((name) => `${root}${separator}${name}${rest}`);
  } catch {
    return [];
  }
}
