import { z } from 'zod';
import type { Problem } from './problem.ts';

const id = z.string().min(1).max(64);
const name = z.string().trim().min(1).max(200);
/** A segment of a path or a key, or several; never one that leads upwards. */
const prefix = z
  .string()
  .max(500)
  .regex(/^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[\w\-./ ]*$/, 'letters, digits, spaces, . - _ / and no leading slash');

const folderDestination = z.object({ kind: z.literal('folder'), id, name, path: z.string().min(1).max(4096) });
const sshDestination = z.object({
  kind: z.literal('ssh'),
  id,
  name,
  sshHostId: id,
  path: z.string().min(1).max(4096),
});
const s3Destination = z.object({
  kind: z.literal('s3'),
  id,
  name,
  /** Of the service, without the bucket. */
  endpoint: z.url({ protocol: /^https?$/ }).max(2048),
  region: z.string().min(1).max(64),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.\-_]{1,61}[a-z0-9]$/i, 'from 3 to 63 letters, digits, dots and hyphens'),
  prefix,
  accessKeyId: z.string().min(1).max(256),
  /** `path`: https://endpoint/bucket/key, as self-hosted storages want it. `host`: https://bucket.endpoint/key, as Amazon does. */
  addressing: z.enum(['path', 'host']),
});

/**
 * Where copies of backups go. No secret in here: the secret key of an S3 storage is in the keychain, the login of an SSH host belongs
 * to the host.
 */
export const destinationSchema = z.discriminatedUnion('kind', [folderDestination, sshDestination, s3Destination]);
export type DestinationSettings = z.infer<typeof destinationSchema>;
/** As somebody gives it: it has no id yet. */
export const newDestinationSchema = z.discriminatedUnion('kind', [
  folderDestination.omit({ id: true }),
  sshDestination.omit({ id: true }),
  s3Destination.omit({ id: true }),
]);
export type NewDestination = z.infer<typeof newDestinationSchema>;

/**
 * `key`: to a key pair whose secret half is in the keychain, and to further recipients who can open it with theirs. `passphrase`: the
 * passphrase is in the keychain.
 */
export const encryptionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({
    kind: z.literal('key'),
    recipient: z.string().max(4096),
    others: z.array(z.string().max(4096)).max(16),
  }),
  z.object({ kind: z.literal('passphrase') }),
]);
export type EncryptionSettings = z.infer<typeof encryptionSchema>;

const count = z.int().min(0).max(10_000);
/**
 * How many backups are kept: the newest `last`, and the newest of each of the last so many days, weeks (Monday to Sunday) and months
 * that have one. All zero keeps everything.
 */
export const retentionSchema = z.object({ last: count, daily: count, weekly: count, monthly: count });
export type Retention = z.infer<typeof retentionSchema>;

/** Why a backup stays. */
export type RetentionReason = 'last' | 'daily' | 'weekly' | 'monthly' | 'newest-good' | 'not-verified' | 'no-rule';
export type PruneVerdict = {
  id: string;
  name: string;
  createdAt: string;
  bytes: number;
  keep: boolean;
  /** Empty for what goes. */
  reasons: RetentionReason[];
};
/** One place with its backups, newest first. `destination` is missing for this computer. `problem`: it could not be looked at. */
export type PrunePlace = { destination?: DestinationSettings; verdicts: PruneVerdict[]; problem?: Problem };
export type PrunePlan = { retention: Retention; timeZone: string; places: PrunePlace[] };

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export const scheduleRuleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('daily'), at: time }),
  z.object({ kind: z.literal('weekly'), on: z.enum(weekdays), at: time }),
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  z.object({ kind: z.literal('cron'), expression: z.string().min(9).max(200) }),
]);
export type ScheduleRule = z.infer<typeof scheduleRuleSchema>;

/** In the local time of `timeZone` (IANA), so that 02:00 stays 02:00 all year. */
export const scheduleSchema = z.object({
  rule: scheduleRuleSchema,
  timeZone: z.string().min(1).max(64),
  setAt: z.iso.datetime(),
  /** Somebody cancelled a run at this time: it is not made up for. */
  passedAt: z.iso.datetime().optional(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** What is wished for the backups of one instance. */
export const backupSettingsSchema = z.object({
  destinations: z.array(destinationSchema).max(16),
  encryption: encryptionSchema,
  /** Recipients whose secret half is in the keychain: copies that were encrypted for an earlier key are opened with it. */
  keys: z.array(z.string()),
  retention: retentionSchema,
  schedule: scheduleSchema.optional(),
});
export type BackupSettings = z.infer<typeof backupSettingsSchema>;

export const notificationKinds = ['ntfy', 'gotify', 'webhook', 'push'] as const;
/**
 * Who is told. The address, which is a secret by itself or holds one, is in the keychain, with the token where there is one. `push`:
 * a URL that is called after a success (healthchecks, Uptime Kuma), and its failing form after a failure.
 */
export const notificationTargetSchema = z.object({
  id,
  name,
  kind: z.enum(notificationKinds),
  on: z.enum(['failure', 'always']),
});
export type NotificationTarget = z.infer<typeof notificationTargetSchema>;
