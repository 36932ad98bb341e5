import { z } from 'zod';
import type { Text } from './copy/text.ts';
import type { Problem } from './problem.ts';
import { dockerPlaceSchema } from './server.ts';

/**
 * Where pg_dump runs and how it gets to the database.
 * - `this-computer`: directly, or through a tunnel of the app's when the instance is behind SSH.
 * - `container`: by exec in a container that is there, the database's own or the server's.
 * - `one-off-container`: in a container that is made for it and removed afterwards.
 * - `ssh-host`: on the SSH host that the instance is behind.
 */
export const backupRouteSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('this-computer'), path: z.string().min(1).max(4096) }),
  z.object({ kind: z.literal('container'), docker: dockerPlaceSchema, container: z.string().min(1).max(255) }),
  z.object({ kind: z.literal('one-off-container'), docker: dockerPlaceSchema, image: z.string().min(1).max(512) }),
  z.object({
    kind: z.literal('ssh-host'),
    sshHostId: z.string().min(1).max(64),
    path: z.string().min(1).max(4096),
  }),
]);
export type BackupRoute = z.infer<typeof backupRouteSchema>;

const isoTime = z.iso.datetime();
const versionedExtensionSchema = z.object({ name: z.string(), version: z.string() });

/** What a backup holds, written beside it. Times are ISO 8601, UTC; sizes are bytes. No secret in here. */
export const backupManifestSchema = z.object({
  version: z.literal(1),
  id: z.uuid(),
  instance: z.object({ id: z.string().min(1).max(64), name: z.string() }),
  createdAt: isoTime,
  /** From the first byte to the last. */
  seconds: z.number().min(0),
  database: z.object({ name: z.string(), bytes: z.int().min(0), encoding: z.string() }),
  server: z.object({ version: z.string(), major: z.int().min(9) }),
  tool: z.object({ version: z.string(), major: z.int().min(9), route: backupRouteSchema }),
  /** Names of the applied migrations in their order; null without a ledger. */
  ledger: z.array(z.string()).nullable(),
  extensions: z.array(versionedExtensionSchema),
  /** Every table with its exact rows, counted in the snapshot that was dumped. */
  tables: z.array(z.object({ schema: z.string(), name: z.string(), rows: z.int().min(0) })),
  file: z.object({
    name: z.string().min(1).max(255),
    bytes: z.int().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    format: z.literal('custom'),
    compression: z.enum(['zstd', 'gzip']),
  }),
  /** Missing: it is not encrypted, and plain `pg_restore` opens it. */
  encryption: z
    .object({
      format: z.literal('age'),
      /** None: a passphrase. */
      recipients: z.array(z.string()),
      /** What comes out when it is decrypted. */
      plain: z
        .object({ name: z.string().min(1).max(255), bytes: z.int().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) })
        .optional(),
    })
    .optional(),
  /** PostgreSQL of at least this major version, with these extensions in at least these versions. */
  restorableTo: z.object({ major: z.int().min(9), extensions: z.array(versionedExtensionSchema) }),
  /** What pg_dump said that somebody should read. */
  warnings: z.array(z.string()),
});
export type BackupManifest = z.infer<typeof backupManifestSchema>;

const backupDamages = [
  'missing',
  'empty',
  'size',
  'checksum',
  'archive',
  'manifest-missing',
  'manifest-unreadable',
] as const;

/**
 * `verified`: checksum and the whole archive were read at that time, and the size is still the same. `damaged`: it can't be relied
 * on; `detail` has the tool's own words. `unverified`: nothing is known about it.
 */
export const backupVerificationSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('verified'), at: isoTime }),
  z.object({
    state: z.literal('damaged'),
    at: isoTime,
    why: z.enum(backupDamages),
    detail: z.string().optional(),
  }),
  z.object({ state: z.literal('unverified') }),
]);
export type BackupVerification = z.infer<typeof backupVerificationSchema>;

/** A backup as it is listed. A file without a readable manifest is listed without one, and never as good. */
export type BackupView = {
  /** The manifest's; `file-…` where there is none. */
  id: string;
  manifest?: BackupManifest;
  where: { kind: 'folder'; folder: string; path: string };
  bytes: number;
  modifiedAt: string;
  verification: BackupVerification;
  label?: string;
};

/** One pg_dump that could be used. Of those that can't, `unusable` says why. */
export type BackupToolChoice = {
  route: BackupRoute;
  /** For people: "this computer", "nas.lan", "aperture-db on nas.lan". */
  place: string;
  version: string;
  major: number;
  compression: 'zstd' | 'gzip';
  unusable?: 'older-than-server';
  warnings: Text[];
};

export const planBackupSchema = z.object({
  instanceId: z.string().min(1).max(64),
  /** Remembered for the instance; the app's own folder unless told. */
  folder: z.string().min(1).max(4096).optional(),
  /** Wished instead of the best; remembered, and dropped when it is no longer there. */
  route: backupRouteSchema.optional(),
});
export type PlanBackup = z.infer<typeof planBackupSchema>;

export const runBackupSchema = planBackupSchema.extend({ label: z.string().trim().min(1).max(200).optional() });
export type RunBackup = z.infer<typeof runBackupSchema>;

/** What a backup would do. Nothing of it is kept. */
export type BackupPlan = {
  instanceId: string;
  tool: BackupToolChoice;
  /** Best first; the one that is used is among them. */
  choices: BackupToolChoice[];
  folder: string;
  server: { version: string; major: number };
  databaseBytes: number;
  tables: number;
  /** By the last backup where there is one, else by the size of the tables. */
  estimatedBytes: number;
  estimatedSeconds: number;
  freeBytes: number;
  /** Why it would fail, as far as can be known. */
  problem?: Problem;
  warnings: Text[];
};

/** A dump that somebody else made, read as far as its table of contents goes. */
export type ArchiveInspection = {
  path: string;
  bytes: number;
  format: 'custom' | 'tar' | 'sql' | 'sql-gzip' | 'not-an-archive' | 'empty';
  /** Of the server and of pg_dump, where the archive tells. */
  serverVersion?: string;
  toolVersion?: string;
  createdAt?: string;
  database?: string;
  compression?: string;
  tables: { schema: string; name: string; owner: string }[];
  extensions: string[];
  /** Has Aperture's ledger of migrations. */
  aperture: boolean;
  /** Whether all of it was read, to its end. */
  verification: BackupVerification;
  restorableTo?: { major: number; extensions: string[] };
  warnings: Text[];
};

/** A dump that the Aperture server made by itself. `faults` are empty when it was read to its end. */
export type ServerBackup = {
  name: string;
  /** As the server's container sees it. */
  path: string;
  bytes: number;
  modifiedAt: string;
  format: ArchiveInspection['format'];
  state: 'readable' | 'empty' | 'truncated' | 'not-an-archive' | 'unread';
  detail?: string;
};

export type ServerBackups = { container: string; folder: string; backups: ServerBackup[]; warnings: Text[] };
