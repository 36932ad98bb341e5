import type { HostPreset } from '../../../contract/hostPreset.ts';
import type { Installation } from '../../../contract/install.ts';
import type { DockerPlace } from '../../../contract/server.ts';
import { type Inspected, nameOf, wantedPortsOf } from '../../adapters/docker/inspect.ts';
import type { Host } from '../../adapters/host.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { databaseService, presetFor } from '../composeFile/presets.ts';

export type DefaultsNeed = {
  host: Host;
  docker: DockerPlace;
  systemId: string;
  withDatabase: boolean;
  /** Every container of the engine. */
  all: readonly Inspected[];
  /** Folders that other instances have there. */
  taken: readonly string[];
  /** Under which the SSH host is known: "nas.lan". */
  sshName?: string;
  signal: AbortSignal;
};

/** Tabulated, so that one command tells all of it; BusyBox has every program in it. */
const askScript = `say() { printf '%s\\t%s\\n' "$1" "$2"; }
if [ -r /etc/timezone ]; then say zone "$(head -n 1 /etc/timezone)"; fi
say link "$(readlink -f /etc/localtime 2>/dev/null || readlink /etc/localtime 2>/dev/null)"
say ssh "$SSH_CONNECTION"
say home "$HOME"
d=$1; p=$d
while [ ! -e "$p" ]; do n=$(dirname "$p"); [ "$n" = "$p" ] && break; p=$n; done
if [ -d "$p" ] && [ -w "$p" ]; then say writable yes; fi`;

/** What suits a Docker host. Whatever it doesn't tell is as the preset has it. */
export async function defaultInstallation(need: DefaultsNeed): Promise<Installation> {
  const { docker, all, systemId } = need;
  const preset = presetOf(systemId);
  const { folder: usual, settings } = presetFor(preset);
  const told = await ask(need, usual);
  // Where this user may not write, as on a computer without an administrator's login: at home.
  const place = told.writable === 'yes' || !told.home ? usual : `${told.home.replace(/\/$/, '')}/aperture`;
  const folder = unusedOf(place, new Set(need.taken));
  const names = new Set(all.map(nameOf));
  const ports = new Set(all.flatMap(wantedPortsOf));
  const free = async (from: number) => {
    for (let port = from; port < from + 200 && port < 65536; port += 1) {
      if (!ports.has(port) && !(await listens(need, port))) return port;
    }
    return from;
  };
  const port = await free(settings.port);
  const unused = (name: string) => unusedOf(name, names);
  // Two projects of one name would take each other's containers for their own.
  const projects = new Set(all.flatMap(({ Config }) => Config.Labels?.['com.docker.compose.project'] ?? []));
  const database = databaseService();
  const inside = (path: string) => (path.startsWith(`${usual}/`) ? folder + path.slice(usual.length) : path);
  const { libraries, backups } = settings.folders;
  return {
    docker,
    preset,
    folder,
    settings: {
      ...settings,
      project: unusedOf(settings.project, projects),
      containerName: unused(settings.containerName),
      port,
      url: `http://${addressOf(need, told)}:${port}`,
      timeZone: zoneOf(told) ?? ownZone() ?? settings.timeZone,
      folders: { ...settings.folders, libraries: inside(libraries), backups: inside(backups) },
      ...(need.withDatabase
        ? {
            database: {
              ...database,
              containerName: unused(database.containerName),
              publishedPort: await free(database.publishedPort ?? 5432),
            },
          }
        : {}),
    },
  };
}

function unusedOf(name: string, taken: ReadonlySet<string>): string {
  let number = 2;
  let candidate = name;
  while (taken.has(candidate)) candidate = `${name}-${number++}`;
  return candidate;
}

export function presetOf(systemId: string): HostPreset {
  switch (systemId) {
    case 'unraid':
    case 'synology':
    case 'qnap':
    case 'windows':
      return systemId;
    default:
      return 'linux';
  }
}

async function ask({ host, signal }: DefaultsNeed, folder: string): Promise<Record<string, string>> {
  try {
    const { stdout } = await host.run(['sh', '-c', askScript, 'sh', folder], { signal, timeout: 20_000 });
    const pairs = stdout.split(/\r?\n/).flatMap((line) => {
      const tab = line.indexOf('\t');
      return tab < 0 ? [] : [[line.slice(0, tab), line.slice(tab + 1).trim()] as const];
    });
    return Object.fromEntries(pairs);
  } catch (error) {
    // Windows has no sh.
    if (!(error instanceof ProblemError) || error.problem.code !== 'command-missing') throw error;
    return {};
  }
}

async function listens({ host, signal }: DefaultsNeed, port: number): Promise<boolean> {
  try {
    const stream = await host.dial({ host: '127.0.0.1', port }, AbortSignal.any([signal, AbortSignal.timeout(5_000)]));
    stream.on('error', () => undefined);
    stream.destroy();
    return true;
  } catch (error) {
    if (signal.aborted || !(error instanceof ProblemError)) throw error;
    return false;
  }
}

/** "Europe/Berlin"; Debian writes it down, others link to it. */
function zoneOf({ zone, link }: Record<string, string>): string | undefined {
  const linked = /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(link ?? '')?.[1];
  return [zone, linked].find((name) => name !== undefined && isZone(name));
}

/** Whoever installs it is nearly always where the server is. */
function ownZone(): string | undefined {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isZone(timeZone) ? timeZone : undefined;
}

function isZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Where people find the Docker host: as it is known here, else as SSH got there. */
function addressOf({ host, sshName }: DefaultsNeed, { ssh }: Record<string, string>): string {
  if (host.kind === 'local') return 'localhost';
  const [, , address] = (ssh ?? '').split(' ');
  const name = sshName ?? (address === undefined || address === '' ? 'localhost' : address);
  return name.includes(':') ? `[${name}]` : name;
}
