import { parseDocument } from 'yaml';
import { type Text, text } from '../../../contract/copy/text.ts';
import { type Found, foundInKeywords } from './found.ts';
import { interpolate } from './interpolate.ts';
import { foundInVariables, readEnvFile } from './variables.ts';

/** The text of another file in the folder of the compose file (`.env`, an `env_file`), or undefined when there is none to be had. */
export type ReadCompanion = (relativePath: string) => Promise<string | undefined>;

type Tree = string | Tree[] | { [key: string]: Tree };
type Service = { name: string; container: string; image: string; environment: Record<string, string>; ports: string[] };

const databaseImage = /(?:^|\/)(?:[\w.-]*(?:postgres|pgvector|postgis|timescale)[\w.-]*)(?:[:@]|$)/i;

/**
 * The databases of a compose file: every PostgreSQL service, and every service that is given the address of one. Values are
 * interpolated with the `.env` beside the file, as Compose does it; nothing of this process's environment takes part.
 */
export async function foundInComposeFile(content: string, readCompanion: ReadCompanion): Promise<Found[]> {
  const tree = readTree(content);
  const services = property(tree, 'services');
  if (!isObject(services)) return [];
  const variables = readEnvFile((await readCompanion('.env')) ?? '');
  const unset = new Set<string>();
  const fill = (value: string) => {
    const filled = interpolate(value, variables);
    for (const variable of filled.unset) unset.add(variable);
    return filled.value;
  };
  const found: Found[] = [];
  const read: Service[] = [];
  for (const [name, definition] of Object.entries(services)) {
    if (isObject(definition)) read.push(await readService(name, definition, variables, fill, readCompanion));
  }
  for (const service of read) {
    const prefix = `services.${service.name}.environment.`;
    if (isDatabase(service)) found.push(databaseOf(service));
    else found.push(...foundInVariables(service.environment, prefix).map((one) => explainHost(one, read)));
  }
  const missing: Text[] = [...unset].map((variable) => text('connecting.import.unset', { variable }));
  return found.map((one) => ({ ...one, notes: [...one.notes, ...missing] }));
}

/** Every scalar as it is written (`0123` stays `0123`), anchors and merge keys resolved. Anything that is not YAML is an empty text. */
function readTree(content: string): Tree {
  try {
    const document = parseDocument(content, { schema: 'failsafe', merge: true, uniqueKeys: false, logLevel: 'silent' });
    return toTree(document.toJS({ maxAliasCount: 200 }), 0);
  } catch {
    return '';
  }
}

function toTree(value: unknown, depth: number): Tree {
  if (depth > 20) return '';
  if (Array.isArray(value)) return value.map((item) => toTree(item, depth + 1));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toTree(item, depth + 1)]));
  }
  return value === null || value === undefined ? '' : String(value);
}

function isObject(tree: Tree | undefined): tree is { [key: string]: Tree } {
  return typeof tree === 'object' && !Array.isArray(tree);
}

function property(tree: Tree | undefined, key: string): Tree | undefined {
  return isObject(tree) && Object.hasOwn(tree, key) ? tree[key] : undefined;
}

function words(tree: Tree | undefined): string[] {
  if (typeof tree === 'string') return tree === '' ? [] : [tree];
  return Array.isArray(tree) ? tree.filter((item): item is string => typeof item === 'string') : [];
}

async function readService(
  name: string,
  definition: { [key: string]: Tree },
  variables: Readonly<Record<string, string>>,
  fill: (value: string) => string,
  readCompanion: ReadCompanion,
): Promise<Service> {
  const environment: Record<string, string> = {};
  const files = property(definition, 'env_file');
  const paths = Array.isArray(files)
    ? files.map((file) => (typeof file === 'string' ? file : property(file, 'path')))
    : [files];
  for (const path of paths) {
    if (typeof path === 'string' && path !== '') {
      Object.assign(environment, readEnvFile((await readCompanion(fill(path))) ?? ''));
    }
  }
  const given = property(definition, 'environment');
  const pairs: [string, string | undefined][] = isObject(given)
    ? Object.entries(given).map(([key, value]) => [key, typeof value === 'string' && value !== '' ? value : undefined])
    : words(given).map((line) => {
        const equals = line.indexOf('=');
        return equals < 0 ? [line, undefined] : [line.slice(0, equals), line.slice(equals + 1)];
      });
  // A name without a value is taken over from outside, so from the .env here.
  for (const [key, value] of pairs) environment[key] = value === undefined ? (variables[key] ?? '') : fill(value);
  const container = property(definition, 'container_name');
  const image = property(definition, 'image');
  const ports = property(definition, 'ports');
  return {
    name,
    container: typeof container === 'string' && container !== '' ? fill(container) : name,
    image: typeof image === 'string' ? fill(image) : '',
    environment,
    ports: (Array.isArray(ports) ? ports : []).map((port) => fill(typeof port === 'string' ? port : longPort(port))),
  };
}

/** The long form of a published port in the short one's words. */
function longPort(port: Tree): string {
  const part = (key: string) => {
    const value = property(port, key);
    return typeof value === 'string' ? value : '';
  };
  return `${part('published')}:${part('target')}`;
}

function isDatabase({ image, environment }: Service): boolean {
  const server = ['POSTGRES_PASSWORD', 'POSTGRES_PASSWORD_FILE', 'POSTGRES_HOST_AUTH_METHOD'].some(
    (key) => key in environment,
  );
  return databaseImage.test(image) || (server && !('POSTGRES_HOST' in environment) && !('DATABASE_URL' in environment));
}

/** The port of the Docker host that leads to port 5432 of the container, if one is published. */
function publishedPort({ ports, environment }: Service): number | undefined {
  const inside = environment.PGPORT ?? '5432';
  for (const port of ports) {
    const match = /^(?:.*:)?(\d+):(\d+)(?:\/tcp)?$/.exec(port);
    if (match?.[2] === inside) return Number(match[1]);
  }
  return undefined;
}

/** What the PostgreSQL image makes of its variables: user `postgres`, and a database with the user's name, unless told otherwise. */
function databaseOf(service: Service): Found {
  const { environment } = service;
  const port = publishedPort(service);
  const user = environment.POSTGRES_USER || 'postgres';
  const found = foundInKeywords(
    [
      ['host', port === undefined ? service.container : 'localhost'],
      ['port', String(port ?? 5432)],
      ['user', user],
      ['dbname', environment.POSTGRES_DB || user],
      ...(environment.POSTGRES_PASSWORD ? [['password', environment.POSTGRES_PASSWORD] as [string, string]] : []),
    ],
    `services.${service.name}`,
    `${environment.POSTGRES_DB || user} (${service.container})`,
  );
  const file = environment.POSTGRES_PASSWORD_FILE;
  return {
    ...found,
    notes: [
      ...found.notes,
      port === undefined
        ? text('connecting.import.inside-network', { host: service.container, published: 'none' })
        : text('connecting.import.published', { port: String(port), container: service.container }),
      ...(file ? [text('connecting.import.password-file', { path: file })] : []),
    ],
  };
}

/** A host that is a service of the same file exists inside of the container network only. */
function explainHost(found: Found, services: readonly Service[]): Found {
  const host = found.settings.hosts[0]?.host;
  const service = services.find(({ name, container }) => name === host || container === host);
  if (host === undefined || service === undefined) return found;
  const published = publishedPort(service);
  const values = { host, published: published === undefined ? 'none' : String(published) };
  return { ...found, notes: [...found.notes, text('connecting.import.inside-network', values)] };
}
