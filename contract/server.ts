import { z } from 'zod';
import type { Problem } from './problem.ts';

/** Which Docker engine. `context` and `socket` are there only where something else than the usual one was chosen. */
export const dockerPlaceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('local'),
    context: z.string().min(1).max(255).optional(),
    socket: z.string().min(1).max(4096).optional(),
  }),
  z.object({
    kind: z.literal('ssh'),
    sshHostId: z.string().min(1).max(64),
    /** Commands run as `sudo -n docker …`: the user is not in the docker group. */
    sudo: z.boolean(),
    socket: z.string().min(1).max(4096).optional(),
  }),
]);
export type DockerPlace = z.infer<typeof dockerPlaceSchema>;

/** Where the server's container is. Written to disk as it is: no secret in here. */
export const serverPlaceSchema = z.object({
  docker: dockerPlaceSchema,
  container: z.string().min(1).max(255),
  /** On the Docker host. */
  composeFile: z.string().max(4096).optional(),
  /** Under which people open it in a browser. */
  url: z.string().max(2048).optional(),
});
export type ServerPlace = z.infer<typeof serverPlaceSchema>;

export const dockerEndpointKinds = ['docker', 'rootless', 'desktop', 'podman', 'context'] as const;

/** One way to an engine that was found on a computer, tried or not. */
export type DockerEndpoint = {
  kind: (typeof dockerEndpointKinds)[number];
  /** `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`, `ssh://…`, `tcp://…`. */
  address: string;
  /** The CLI context that leads there. */
  context?: string;
  /** The CLI would use it by itself: it is the current context. */
  active: boolean;
  /** `used`: this one answers and is taken. `not-tried`: another one was taken before. */
  outcome: 'used' | 'not-tried' | 'elsewhere' | 'refused' | 'not-running' | 'failed';
  /** The engine's own words, when it was tried in vain. */
  detail?: string;
};

/** What Docker is like on a computer. `engine` is there when an engine answers. */
export type DockerFound = {
  /** "this computer", "nas.lan". */
  host: string;
  /** As the computer tells: "Debian GNU/Linux 12 (bookworm)". */
  system: string;
  user: string;
  inDockerGroup: boolean;
  /** The CLI program, where it was found. */
  program?: string;
  endpoints: DockerEndpoint[];
  /** `DOCKER_HOST` of the environment, which is never followed. */
  ignoredDockerHost?: string;
  engine?: {
    address: string;
    product: 'docker' | 'podman';
    version: string;
    operatingSystem: string;
    architecture: string;
    rootless: boolean;
    /** Answers only to `sudo -n docker`. */
    sudo: boolean;
  };
  compose?: { generation: 1 | 2; version: string; program: string };
  problem?: Problem;
};

export const containerHealths = ['starting', 'healthy', 'unhealthy', 'none'] as const;

/** The state of the server's container, told from what the engine knows. Times are ISO 8601. */
export type ContainerState =
  | { kind: 'created'; error?: string }
  | {
      kind: 'running';
      since: string;
      restarts: number;
      /** `none`: it has no health check. */
      health: (typeof containerHealths)[number];
      failingStreak?: number;
      /** What the last health check printed. */
      lastProbe?: string;
    }
  | { kind: 'paused'; since: string }
  | { kind: 'restarting'; restarts: number; exitCode: number; error?: string }
  /** It ends again and again, whether or not it is up at this moment. */
  | { kind: 'crash-loop'; restarts: number; exitCode?: number; error?: string }
  | { kind: 'exited'; exitCode: number; at: string; error?: string }
  /** Ended by the kernel; `restarts` above zero: again and again. */
  | { kind: 'out-of-memory'; restarts: number; at: string; limitBytes?: number }
  /** Somebody stopped it: no alarm. */
  | { kind: 'stopped'; exitCode: number; at: string }
  | { kind: 'missing' }
  | { kind: 'docker-unreachable'; problem: Problem };

/** What `/health` says. */
export type HealthAnswer =
  | { kind: 'ok'; version: string; databaseConnected: true }
  | { kind: 'database-down'; version: string }
  | { kind: 'other'; status: number; detail: string }
  | { kind: 'no-answer'; reason: 'refused' | 'timeout' | 'failed'; detail: string }
  | { kind: 'not-asked' };

/** Whether the database has what the server needs. `log`: as the server itself said at its start. */
export type SchemaState =
  | { kind: 'complete'; applied?: number; last?: string; by: 'ledger' | 'log' }
  | { kind: 'pending'; count?: number; applied?: number; by: 'ledger' | 'log' }
  | { kind: 'unknown'; problem?: Problem };

export const missingParts = ['container', 'log', 'health', 'database', 'schema'] as const;
export type MissingPart = (typeof missingParts)[number];

/** A line of the server's log, readable. `at` is missing where the engine did not tell. */
export type ServerLogLine = {
  at?: string;
  level: 'debug' | 'info' | 'warn' | 'error';
  module?: string;
  message: string;
};

export type ServerStatus = {
  container: { name: string; id?: string; image?: string; imageId?: string; createdAt?: string };
  state: ContainerState;
  /** Runs, its log says so, `/health` is ok with the database connected, and the schema is there. */
  started: boolean;
  missing: MissingPart[];
  health: HealthAnswer;
  schema: SchemaState;
  /** How far the log says that it got since its last start. */
  log: 'silent' | 'migrating' | 'migrated' | 'listening' | 'failed';
  migrationsOnStart: boolean;
  ports: { inside: number; host: string; port: number }[];
  /** It is in, by name. */
  networks: string[];
  resources?: ResourceUse;
  /** Why it is not started, where the log or the engine says. */
  problem?: Problem;
};

/** At one moment. CPU: 100 is one whole core. */
export type ResourceUse = {
  cpuPercent: number;
  memoryBytes: number;
  memoryLimitBytes: number;
  networkInBytes: number;
  networkOutBytes: number;
  diskReadBytes: number;
  diskWrittenBytes: number;
  processes: number;
};

/** A container that seems to be an Aperture server, and why. */
export type FoundServer = {
  container: string;
  id: string;
  image: string;
  state: ContainerState;
  evidence: ('image' | 'label' | 'compose' | 'name' | 'environment')[];
  composeFile?: string;
  url?: string;
  /** As the server reads it, without the password. */
  database?: { host: string; port: number; database: string; user: string };
};
