import { isDeepStrictEqual } from 'node:util';
import { parseDocument } from 'yaml';
import { type ServerSettings, serverSettingsSchema } from '../../../contract/serverSettings.ts';
import { interpolate } from '../imports/interpolate.ts';
import { readEnvFile } from '../imports/variables.ts';
import { findService } from './changeCompose.ts';
import { databaseServiceName } from './composeFor.ts';

/** What a compose file says of the server, as Compose itself would take it. */
export type ReadCompose = {
  /** The name of the server's service. */
  service: string;
  /** Missing where something of it is of a kind that the settings have no place for, such as a volume in place of a folder. */
  settings?: ServerSettings;
  /** The name of its container, as Compose 2 makes it where the file doesn't say. */
  container: string;
  /** The environment of the server's service, filled in with `.env`. Holds secrets. */
  environment: Record<string, string>;
  /** Every service's published ports by the names under which the server finds it. */
  services: { names: string[]; ports: { inside: number; host: number }[] }[];
};

type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const tree = (value: unknown): Tree => (isTree(value) ? value : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Reads a compose file with the `.env` beside it. Undefined where no service of it can be told to be the server. */
export function readCompose(content: string, env: string, folder: string): ReadCompose | undefined {
  const document = parseDocument(content, { merge: true, logLevel: 'error' });
  if (document.errors.length > 0) return undefined;
  const found = findService(document, undefined);
  if (found === undefined) return undefined;
  const variables = readEnvFile(env);
  const whole = filled(JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 200 }))), variables);
  const services = tree(tree(whole).services);
  const server = tree(services[found.name]);
  const environment = environmentOf(server.environment, variables);
  const project = projectOf(tree(whole), variables, folder);
  return {
    service: found.name,
    container: String(server.container_name ?? `${project}-${found.name}-1`),
    ...settingsOf(tree(whole), server, environment, project),
    environment,
    services: Object.entries(services).flatMap(([name, value]) => {
      const { container_name: container, ports } = tree(value);
      if (name === found.name) return [];
      const names = [name, ...(typeof container === 'string' ? [container] : [])];
      return [{ names, ports: list(ports).flatMap((port) => portOf(port) ?? []) }];
    }),
  };
}

/** Names of the settings that a file that was edited in place has otherwise: what is not changed there. */
export function notApplied(content: string, env: string, folder: string, wanted: ServerSettings): string[] {
  const { settings } = readCompose(content, env, folder) ?? {};
  if (settings === undefined) return [];
  const parts = (given: ServerSettings): Record<string, unknown> => ({
    networks: [...given.networks].sort(),
    hostGateway: given.hostGateway,
    media: given.folders.media,
    database: given.database === undefined ? undefined : { ...given.database, publishedPort: undefined },
    project: given.project,
  });
  const [has, wants] = [parts(settings), parts(wanted)];
  return Object.keys(has).filter((name) => !isDeepStrictEqual(has[name], wants[name]));
}

/** Every text with the variables of `.env` in it; those that are nowhere are empty, as for Compose. */
function filled(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return interpolate(value, variables).value;
  if (Array.isArray(value)) return value.map((item) => filled(item, variables));
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, variables)]));
}

function environmentOf(given: unknown, variables: Readonly<Record<string, string>>): Record<string, string> {
  const pairs: [string, unknown][] = Array.isArray(given)
    ? given.map((line) => {
        const equals = String(line).indexOf('=');
        return equals < 0 ? [String(line), null] : [String(line).slice(0, equals), String(line).slice(equals + 1)];
      })
    : Object.entries(tree(given));
  // A name without a value is taken over from outside, so from the .env here.
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, value === null ? (variables[name] ?? '') : String(value)]),
  );
}

/** Where Compose takes the project's name from, in its order. */
function projectOf({ name }: Tree, { COMPOSE_PROJECT_NAME: given }: Record<string, string>, folder: string): string {
  if (given !== undefined && given !== '') return given;
  if (typeof name === 'string' && name !== '') return name;
  const last = folder.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  return last
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

function settingsOf(
  whole: Tree,
  server: Tree,
  environment: Record<string, string>,
  project: string,
): { settings?: ServerSettings } {
  const ports = list(server.ports).flatMap((port) => portOf(port) ?? []);
  const inside = Number(environment.PORT ?? 3456);
  const port = ports.find((one) => one.inside === inside);
  const folderAt = (target: string) => list(server.volumes).flatMap((volume) => folderOf(volume, target) ?? [])[0];
  const media = folderAt('/media');
  const { DATABASE_URL: url = '' } = environment;
  const database = new RegExp(`@${databaseServiceName}(?::|/)`).test(url) ? databaseOf(whole) : undefined;
  const declared = tree(whole.networks);
  const networks = (Array.isArray(server.networks) ? server.networks.map(String) : Object.keys(tree(server.networks)))
    .filter((name) => tree(declared[name]).external !== undefined && tree(declared[name]).external !== false)
    .map((name) => String(tree(declared[name]).name ?? name));
  const parsed = serverSettingsSchema.safeParse({
    project,
    image: server.image,
    containerName: server.container_name ?? `${project}-aperture-1`,
    user: server.user === undefined ? 'root' : String(server.user),
    url: environment.APP_BASE_URL ?? `http://localhost:${port?.host ?? 3456}`,
    port: port?.host,
    ...(port?.address === undefined || port.address === '0.0.0.0' ? {} : { bindAddress: port.address }),
    // What the server itself takes without one.
    timeZone: environment.TZ || 'America/New_York',
    folders: {
      libraries: folderAt('/aperture-libraries'),
      backups: folderAt('/backups'),
      ...(media === undefined ? {} : { media }),
    },
    runMigrations: (environment.RUN_MIGRATIONS_ON_START ?? 'true') === 'true',
    hostGateway: JSON.stringify(server.extra_hosts ?? '').includes('host.docker.internal'),
    networks,
    ...(database === undefined ? {} : { database }),
  });
  return parsed.success ? { settings: parsed.data } : {};
}

function databaseOf(whole: Tree): unknown {
  const service = tree(tree(whole.services)[databaseServiceName]);
  const environment = environmentOf(service.environment, {});
  const port = list(service.ports)
    .flatMap((one) => portOf(one) ?? [])
    .find(({ inside }) => inside === 5432);
  const [volume] = list(service.volumes).flatMap(
    (one) => /^([^:/.]+):\/var\/lib\/postgresql/.exec(String(one))?.[1] ?? [],
  );
  return {
    image: service.image,
    containerName: service.container_name ?? databaseServiceName,
    volume,
    user: environment.POSTGRES_USER ?? 'postgres',
    database: environment.POSTGRES_DB ?? environment.POSTGRES_USER ?? 'postgres',
    sharedMemoryMegabytes: megabytesOf(service.shm_size),
    ...(port === undefined ? {} : { publishedPort: port.host }),
  };
}

function megabytesOf(size: unknown): number {
  const [, number = '64', unit = 'm'] = /^([\d.]+) *([bkmg]?)b?$/i.exec(String(size ?? '')) ?? [];
  const powers: Record<string, number> = { '': -2, b: -2, k: -1, m: 0, g: 1 };
  return Math.max(64, Math.round(Number(number) * 1024 ** (powers[unit.toLowerCase()] ?? 0)));
}

/** `3456:3456`, `127.0.0.1:3456:3456/tcp`, or the long form. */
function portOf(port: unknown): { inside: number; host: number; address?: string } | undefined {
  if (isTree(port)) {
    const address = typeof port.host_ip === 'string' ? { address: port.host_ip } : {};
    return { inside: Number(port.target), host: Number(port.published ?? port.target), ...address };
  }
  const match = /^(?:(?<address>[\d.]+):)?(?<host>\d+):(?<inside>\d+)(?:\/tcp)?$/.exec(String(port))?.groups;
  if (match === undefined) return undefined;
  const address = match.address === undefined ? {} : { address: match.address };
  return { inside: Number(match.inside), host: Number(match.host), ...address };
}

/** The folder of the Docker host that is at this place of the container. */
function folderOf(volume: unknown, target: string): string | undefined {
  if (isTree(volume)) return volume.target === target && volume.type !== 'volume' ? String(volume.source) : undefined;
  const match = /^(.*?):(\/[^:]*?)\/?(?::[\w,]+)?$/.exec(String(volume));
  return match?.[2] === target ? match[1] : undefined;
}
