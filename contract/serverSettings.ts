import { z } from 'zod';
import type { Text } from './copy/text.ts';
import type { Fix } from './fix.ts';

/** On the Docker host: absolute, `C:/…`, or beginning with `./`. A colon would end it in a volume's short form. */
const folderSchema = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^(?:\/|\.\/|[A-Za-z]:[/\\])[^:\p{Cc}\p{Cs}]*$/u);

/** As Docker allows names of containers, volumes and networks. */
const nameSchema = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/);

/** As Compose allows names of projects. */
const projectSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/);

const imageSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._/:-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/);

const portSchema = z.int().min(1).max(65535);

/** A PostgreSQL container beside the server, made for it. */
const databaseServiceSchema = z.object({
  image: imageSchema,
  containerName: nameSchema,
  /** A named volume; its data outlives the container. */
  volume: nameSchema,
  user: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
  database: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
  /** /dev/shm in megabytes: Docker's own 64 are too few for building HNSW indexes. */
  sharedMemoryMegabytes: z.int().min(64).max(1_048_576),
  /** Reachable on the Docker host itself (127.0.0.1) at this port, for this app and backups. */
  publishedPort: portSchema.optional(),
});

/** How the Aperture container is to be run. No secret in here: those are in `.env`. */
export const serverSettingsSchema = z.object({
  project: projectSchema,
  image: imageSchema,
  containerName: nameSchema,
  /** Whom the container runs as: the image's own user can't write to folders of root. */
  user: z.string().regex(/^[a-z0-9_-]{1,32}(?::[a-z0-9_-]{1,32})?$/),
  /** What people open in the browser. */
  url: z.url({ protocol: /^https?$/, hostname: /.+/ }).max(2000),
  port: portSchema,
  /** The address of the Docker host to publish on; all of them without one. */
  bindAddress: z.ipv4().optional(),
  timeZone: z.string().regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/),
  folders: z.object({ libraries: folderSchema, backups: folderSchema, media: folderSchema.optional() }),
  runMigrations: z.boolean(),
  /** `host.docker.internal` leads to the Docker host on Linux too. */
  hostGateway: z.boolean(),
  /** Networks that exist already, e.g. the one of a database container. */
  networks: z.array(nameSchema).max(20),
  database: databaseServiceSchema.optional(),
});
export type ServerSettings = z.infer<typeof serverSettingsSchema>;

/** Names of the files on the Docker host. */
export const composeFileName = 'docker-compose.yml';
export const environmentFileName = '.env';

/** One thing about the Docker host that the settings need, in the manner of a check. */
export const hostFindingIds = [
  'compose-folder',
  'folder-libraries',
  'folder-backups',
  'folder-media',
  'server-port',
  'database-port',
  'compose',
  'container-name',
  'database-name',
  'network',
  'image',
  'project',
] as const;
export type HostFindingId = (typeof hostFindingIds)[number];
export type HostFinding = {
  id: HostFindingId;
  status: 'pass' | 'warn' | 'fail' | 'skipped';
  title: Text;
  evidence: Text;
  fixes: Fix[];
};

/** A change to a file on the Docker host, as shown: secrets are masked in both. */
export type FileChange = {
  path: string;
  state: 'new' | 'changed' | 'same';
  /** Unified diff. */
  diff: string;
};
