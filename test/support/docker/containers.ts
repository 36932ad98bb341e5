import { randomBytes } from 'node:crypto';
import { freePort } from '../ports.ts';
import { mustRun, until } from '../processes.ts';
import type { Docker } from './engine.ts';
import { postgresImages, serverRepository } from './images.ts';

/** A name that no other test has. */
export function uniqueName(what: string): string {
  return `${what}-${randomBytes(4).toString('hex')}`;
}

/** A container of a test. */
export interface Container {
  readonly name: string;
  /** All that it has written so far, both outputs. */
  logs(): Promise<string>;
  /** Resolves with its exit code once it has ended. */
  exited(milliseconds?: number): Promise<number>;
  /** What Docker says of it: `starting`, `healthy`, `unhealthy`, `none` without a health check, or `over`. */
  health(): Promise<string>;
  /** Runs a program in it and gives its standard output; raises when it fails. */
  exec(...command: readonly string[]): Promise<string>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Removes it with its anonymous volumes. */
  remove(): Promise<void>;
}

/** Starts a container with the arguments that `docker run` takes. */
export async function runContainer(docker: Docker, args: readonly string[], name: string): Promise<Container> {
  await docker.docker('run', '--detach', '--name', name, ...args);
  const state = async (format: string) => (await docker.docker('inspect', '--format', format, name)).trim();
  const container: Container = {
    name,
    logs: async () => {
      const { stdout, stderr } = await docker.run(['logs', name]);
      return stdout + stderr;
    },
    exited: async (milliseconds = 30_000) => {
      await until(
        async () => (await state('{{.State.Running}}')) === 'false',
        milliseconds,
        () => `${name} still runs`,
      );
      return Number(await state('{{.State.ExitCode}}'));
    },
    health: () =>
      state('{{if not .State.Running}}over{{else if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}'),
    exec: (...command) => docker.docker('exec', name, ...command),
    stop: async () => {
      await docker.docker('stop', name);
    },
    start: async () => {
      await docker.docker('start', name);
    },
    remove: async () => {
      await docker.run(['rm', '--force', '--volumes', name]);
    },
  };
  return container;
}

/** Makes a network and gives its name. */
export async function makeNetwork(docker: Docker, name = uniqueName('network')): Promise<string> {
  await docker.docker('network', 'create', name);
  return name;
}

/** A PostgreSQL in a container. */
export interface PostgresContainer extends Container {
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Port on 127.0.0.1 of this machine. */
  readonly port: number;
  /** `DATABASE_URL` as a container on the same network needs it, for another login or database too. */
  url(other?: { user?: string; password?: string; database?: string; host?: string; port?: number }): string;
  /** Runs a statement as the superuser through psql and gives its output, without headings. */
  sql(text: string, database?: string): Promise<string>;
}

/** Starts PostgreSQL 17 and waits until it takes connections over TCP. */
export async function runPostgres(
  docker: Docker,
  options: {
    network?: string;
    name?: string;
    pgvector?: boolean;
    env?: Record<string, string>;
    args?: readonly string[];
  } = {},
): Promise<PostgresContainer> {
  const name = options.name ?? uniqueName('postgres');
  const login = { POSTGRES_USER: 'app', POSTGRES_PASSWORD: randomBytes(9).toString('hex'), POSTGRES_DB: 'aperture' };
  const env: Record<string, string> = { ...login, ...options.env };
  const { POSTGRES_USER: user = '', POSTGRES_PASSWORD: password = '', POSTGRES_DB: database = '' } = env;
  const port = await freePort();
  const container = await runContainer(
    docker,
    [
      ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      ...(options.network === undefined ? [] : ['--network', options.network]),
      ...['--publish', `127.0.0.1:${port}:5432`, '--shm-size', '128m'],
      ...['--health-cmd', 'pg_isready -h 127.0.0.1', '--health-interval', '1s'],
      options.pgvector === false ? postgresImages.plain : postgresImages.pgvector,
      ...(options.args ?? []),
    ],
    name,
  );
  await waitHealthy(container);
  return {
    ...container,
    user,
    password,
    database,
    port,
    url: (other = {}) => {
      const login = `${encodeURIComponent(other.user ?? user)}:${encodeURIComponent(other.password ?? password)}`;
      return `postgres://${login}@${other.host ?? name}:${other.port ?? 5432}/${other.database ?? database}`;
    },
    sql: (text, where = database) =>
      container.exec('psql', '-XqAtU', user, '-d', where, '-v', 'ON_ERROR_STOP=1', '-c', text),
  };
}

/** Waits until Docker calls the container healthy; raises with its logs when it ends or takes too long. */
async function waitHealthy(container: Container, milliseconds = 240_000): Promise<void> {
  let last = '';
  try {
    await until(
      async () => {
        last = await container.health();
        if (last === 'over') throw new Error(`${container.name} has ended`);
        return last === 'healthy';
      },
      milliseconds,
      () => `${container.name} is ${last}`,
    );
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${await container.logs()}`);
  }
}

/** The stand-in server in a container. */
export interface ServerContainer extends Container {
  readonly port: number;
  /** Asks one of its routes; undefined while it does not listen or does not answer in two seconds. */
  get(route: string): Promise<{ status: number; body: Record<string, unknown> } | undefined>;
  /** Waits for a text in its logs. */
  says(text: string, milliseconds?: number): Promise<void>;
}

/** Starts the stand-in server; environment and arguments as in `docker run`. */
export async function runServer(
  docker: Docker,
  options: {
    network?: string;
    version?: string;
    env?: Record<string, string>;
    args?: readonly string[];
    name?: string;
  },
): Promise<ServerContainer> {
  const port = await freePort();
  const container = await runContainer(
    docker,
    [
      ...Object.entries(options.env ?? {}).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      ...(options.network === undefined ? [] : ['--network', options.network]),
      ...['--publish', `127.0.0.1:${port}:3456`, '--health-interval', '1s', ...(options.args ?? [])],
      `${serverRepository}:${options.version ?? '0.7.8'}`,
    ],
    options.name ?? uniqueName('aperture'),
  );
  return {
    ...container,
    port,
    get: async (route) => {
      try {
        const response = await fetch(`http://127.0.0.1:${port}${route}`, { signal: AbortSignal.timeout(2000) });
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      } catch {
        return undefined;
      }
    },
    says: async (text, milliseconds = 60_000) => {
      let logs = '';
      await until(
        async () => {
          logs = await container.logs();
          return logs.includes(text);
        },
        milliseconds,
        () => `"${text}" was not said:\n${logs}`,
      );
    },
  };
}

/** Runs Compose in either version in a project folder and raises when it fails. */
export async function compose(
  docker: Docker,
  version: 'v1' | 'v2',
  folder: string,
  ...args: readonly string[]
): Promise<string> {
  const command = docker.compose[version];
  const { stdout } = await mustRun([...command, ...args], { env: docker.env(version), cwd: folder, timeout: 300_000 });
  return stdout;
}
