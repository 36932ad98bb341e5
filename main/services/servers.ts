import { parseConnectionString } from '../../contract/connectionString/parse.ts';
import type { Instance, InstanceView } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { DockerPlace, FoundServer, ServerLogLine, ServerPlace, ServerStatus } from '../../contract/server.ts';
import { environmentOf, type Inspected, inspectAll, nameOf } from '../adapters/docker/inspect.ts';
import { type LogWindow, streamLog } from '../adapters/docker/logs.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { Connections } from './connections.ts';
import type { DockerHosts } from './dockerHosts.ts';
import type { Instances } from './instances.ts';
import type { Op, Operations } from './ports.ts';
import { adoptedDatabase } from './server/adoptedDatabase.ts';
import { remember, type Seen } from './server/containerState.ts';
import { type ControlNeed, restartServer, startServer, stopServer, untilReady } from './server/control.ts';
import { composeFileOf, foundServers, urlOf } from './server/findServers.ts';
import { rawLine, readLogLine } from './server/logLine.ts';
import { type Look, lookAtServer } from './server/status.ts';

/** A server's container, and the instance that it belongs to where it does. */
export type ServerTarget = { place: ServerPlace; instance?: Instance };

type Begun = Promise<{ id: string; ended: Promise<OperationView> }>;

export interface Servers {
  /** What the server is like now. Never rejects for an engine that can't be reached: that is a state. */
  status(target: ServerTarget, options: { signal: AbortSignal; resources: boolean }): Promise<ServerStatus>;
  /** Operations, exclusive for the instance; they end well once the server is ready, or is stopped. */
  start(target: ServerTarget): Begun;
  restart(target: ServerTarget): Begun;
  stop(target: ServerTarget): Begun;
  /**
   * Ends once the server is ready, for operations of others. Its log goes into theirs and to `onLines`. Raises why it won't be ready, as
   * `start` does.
   */
  waitUntilReady(
    target: ServerTarget,
    op: Pick<Op, 'signal' | 'log'>,
    onLines?: (lines: ServerLogLine[]) => void,
  ): Promise<{ container: string; version: string; seconds: number }>;
  /** Readable lines in batches: those that there are, and with `follow` those that come. Leaving the loop ends it on the Docker host. */
  log(
    target: ServerTarget,
    options: LogWindow & { follow: boolean; signal: AbortSignal },
  ): AsyncGenerator<ServerLogLine[], void, void>;
  /** Containers that seem to be Aperture servers. */
  find(docker: DockerPlace, signal: AbortSignal): Promise<FoundServer[]>;
  /**
   * Links a container to an instance; without one a new instance is made from the container's DATABASE_URL, its password into the
   * keychain. An instance that has a database keeps it. Raises `container-missing`, `connection-string-invalid`, `keychain-…`.
   */
  adopt(wish: Adoption, signal: AbortSignal): Promise<Adopted>;
}

export type Adoption = {
  docker: DockerPlace;
  container: string;
  instance?: Instance;
  /** Of a new instance. */
  name: string;
  /** Where the password goes. */
  keep: 'keychain' | 'session';
};

export type Adopted = {
  instance: InstanceView;
  /** The address of the database inside of Docker, where the app takes another way. */
  seenByServer?: string;
  /** The instance kept its own database although the server uses another one. */
  otherDatabase?: string;
};

export function createServers({
  dockerHosts,
  instances,
  connections,
  operations,
  addToRedactor,
}: {
  dockerHosts: DockerHosts;
  instances: Instances;
  connections: Pick<Connections, 'open'>;
  operations: Operations;
  addToRedactor: (secret: string) => void;
}): Servers {
  const seen = new Map<string, Seen>();

  const look = async (
    { place, instance }: ServerTarget,
    { signal, resources }: { signal: AbortSignal; resources: boolean },
  ): Promise<Look> => {
    const { cli } = await dockerHosts.engine(place.docker, signal);
    const key = JSON.stringify([place.docker, place.container]);
    const before = seen.get(key);
    const result = await lookAtServer({
      cli,
      container: place.container,
      signal,
      resources,
      ...(before === undefined ? {} : { before }),
      ...(instance?.connection === undefined
        ? {}
        : { openDatabase: (inner: AbortSignal) => connections.open(instance, { signal: inner, purpose: 'read' }) }),
    });
    const { inspected } = result;
    if (inspected !== undefined) {
      seen.set(key, remember(inspected, Date.now(), before));
      // Its log may say them: from now on nothing that the app writes does.
      for (const secret of secretsIn(inspected)) addToRedactor(secret);
    }
    return result;
  };

  const control = (target: ServerTarget): ControlNeed => ({
    operations,
    engine: async (signal) => (await dockerHosts.engine(target.place.docker, signal)).cli,
    look: (options) => look(target, options),
    container: target.place.container,
    subject: {
      name: target.instance?.name ?? target.place.container,
      ...(target.instance === undefined ? {} : { instanceId: target.instance.id }),
    },
  });

  return {
    async status(target, options) {
      try {
        return (await look(target, options)).status;
      } catch (error) {
        if (options.signal.aborted || !(error instanceof ProblemError)) throw error;
        return unreachable(target.place.container, error);
      }
    },
    start: (target) => startServer(control(target)),
    restart: (target) => restartServer(control(target)),
    stop: (target) => stopServer(control(target)),
    waitUntilReady: (target, op, onLines) =>
      untilReady({ look: (options) => look(target, options), ...(onLines === undefined ? {} : { onLines }) }, op),

    async *log({ place }, { signal, ...window }) {
      const { cli } = await dockerHosts.engine(place.docker, signal);
      for await (const lines of streamLog(cli, place.container, window, signal)) {
        yield lines.map(({ line, from }) => readLogLine(rawLine(line, from)));
      }
    },

    async find(docker, signal) {
      const { cli } = await dockerHosts.engine(docker, signal);
      return foundServers(await inspectAll(cli, { signal }), Date.now());
    },

    async adopt({ docker, container, instance, name, keep }, signal) {
      const { cli, found } = await dockerHosts.engine(docker, signal);
      const all = await inspectAll(cli, { signal });
      const server = all.find(
        (one) => nameOf(one) === container || one.Id === container || one.Id.startsWith(container),
      );
      if (server === undefined) throw new ProblemError('container-missing', { container, host: cli.host.label });
      const composeFile = composeFileOf(server);
      const url = urlOf(server);
      const place: ServerPlace = {
        // What answered is what is kept: whether it took sudo is known now.
        docker: docker.kind === 'ssh' ? { ...docker, sudo: found.engine?.sudo === true } : docker,
        container: nameOf(server),
        ...(composeFile === undefined ? {} : { composeFile }),
        ...(url === undefined ? {} : { url }),
      };
      const { connection, route, password, seenByServer } = adoptedDatabase(server, all, docker);
      if (password !== undefined) addToRedactor(password);
      const more = seenByServer === undefined ? {} : { seenByServer };
      if (instance?.connection !== undefined) {
        const same = sameDatabase(instance.connection, connection);
        const view = await instances.update(instance.id, { server: place });
        const [address] = connection.hosts;
        const other = `${connection.user}@${address?.host}:${address?.port}/${connection.database}`;
        return { instance: view, ...more, ...(same ? {} : { otherDatabase: other }) };
      }
      const kept = password === undefined || password === '' ? undefined : password;
      if (instance !== undefined) {
        if (kept !== undefined) await instances.setPassword(instance.id, kept, keep);
        return { instance: await instances.update(instance.id, { server: place, connection, route }), ...more };
      }
      const made = await instances.create({
        name,
        kind: 'external',
        route,
        connection,
        server: place,
        ...(kept === undefined || keep === 'session' ? {} : { password: kept }),
      });
      if (kept === undefined || keep === 'keychain') return { instance: made, ...more };
      return { instance: { ...made, password: await instances.setPassword(made.id, kept, 'session') }, ...more };
    },
  };
}

function unreachable(container: string, { problem }: ProblemError): ServerStatus {
  return {
    container: { name: container },
    state: { kind: 'docker-unreachable', problem },
    started: false,
    missing: ['container', 'log', 'health', 'database', 'schema'],
    health: { kind: 'not-asked' },
    schema: { kind: 'unknown' },
    log: 'silent',
    migrationsOnStart: true,
    ports: [],
    networks: [],
    problem,
  };
}

/** The values of the container's environment that nobody else may see. */
function secretsIn(server: Inspected): string[] {
  const environment = environmentOf(server);
  const named = Object.entries(environment).flatMap(([name, value]) =>
    /(?:SECRET|PASSWORD|TOKEN|_KEY)$/.test(name) && value !== '' ? [value] : [],
  );
  const { password } = parseConnectionString(environment.DATABASE_URL ?? '');
  return password === undefined ? named : [...named, password];
}

/** One database has several addresses; its name and role say whether it can be the same. */
function sameDatabase(a: NonNullable<Instance['connection']>, b: NonNullable<Instance['connection']>): boolean {
  return a.database === b.database && a.user === b.user;
}
