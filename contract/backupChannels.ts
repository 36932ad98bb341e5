import { z } from 'zod';
import {
  type ArchiveInspection,
  type BackupPlan,
  type BackupView,
  planBackupSchema,
  runBackupSchema,
  type ServerBackups,
} from './backup.ts';
import type { SchedulePlan, ScheduleView } from './backupSchedule.ts';
import {
  type BackupSettings,
  type DestinationSettings,
  type EncryptionSettings,
  type NotificationTarget,
  newDestinationSchema,
  notificationTargetSchema,
  type PrunePlan,
  retentionSchema,
  scheduleRuleSchema,
} from './backupSettings.ts';
import type { Problem } from './problem.ts';
import { request } from './request.ts';

const id = z.string().min(1).max(64);
const ofInstance = z.object({ instanceId: id });
const ofBackup = z.object({ backupId: z.string().min(1).max(64) });
const ofDestination = z.object({ instanceId: id, destinationId: id });
const secret = z.string().min(1).max(2048);
const begun = request<{ operationId: string }>();

/** A backup as the window lists it. The newest good one of an instance is never removable. */
export type ListedBackup = BackupView & { removable: boolean };

/** What a destination has: backups by their ids. `problem`: it could not be looked at. */
export type CopiesAt = {
  destination: DestinationSettings;
  backups: { id: string; encrypted: boolean }[];
  problem?: Problem;
};

/** `folder`: where the next backup goes. */
export type BackupSettingsView = BackupSettings & { folder: string };

/** How copies are to be encrypted. What is typed goes into the keychain and is never answered. */
const encryptSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  /** `identity`: an existing key; without it the one that there is, or a new one. */
  z.object({ kind: z.literal('key'), identity: secret.optional(), others: z.array(z.string().max(4096)).max(16) }),
  z.object({ kind: z.literal('passphrase'), passphrase: secret }),
]);

/** What the window asks about backups. */
export const backupChannels = {
  'backups.list': request<ListedBackup[]>()(ofInstance),
  /** What a backup would do now. Asks for the password where none is kept. */
  'backups.plan': request<BackupPlan>()(planBackupSchema),
  /** Makes it, copies it, removes old ones, tells people: the operation is the first of these, the others follow as events. */
  'backups.run': begun(runBackupSchema),
  'backups.verify': begun(ofBackup),
  /** Raises `backup-last-good` for one that has to stay. */
  'backups.remove': request<void>()(ofBackup),
  /** Shows the file in the system's file manager. */
  'backups.showInFolder': request<void>()(ofBackup),
  /** Which backups the destinations have, each asked now. */
  'backups.copies': request<CopiesAt[]>()(ofInstance),
  /** A dump of anybody's, chosen in the system's dialog, read to its end. Null when none was chosen. */
  'backups.inspect': request<ArchiveInspection | null>()(z.undefined()),
  /** What the server's own backup made. Raises `server-not-found`. */
  'backups.ofServer': request<ServerBackups>()(ofInstance),
  /** Null when no folder was chosen. */
  'backups.chooseFolder': request<{ folder: string } | null>()(z.object({ purpose: z.enum(['backups', 'copies']) })),

  'backupSettings.get': request<BackupSettingsView>()(ofInstance),
  /** Where backups go from now on, and which tool makes them. */
  'backupSettings.remember': request<void>()(planBackupSchema),
  /** Tried before it is kept. */
  'backupSettings.addDestination': request<DestinationSettings>()(
    z.object({ instanceId: id, destination: newDestinationSchema, secret: secret.optional() }),
  ),
  'backupSettings.testDestination': request<{ freeBytes: number | null }>()(ofDestination),
  'backupSettings.removeDestination': request<void>()(ofDestination),
  'backupSettings.encrypt': request<EncryptionSettings>()(z.object({ instanceId: id, how: encryptSchema })),
  /** Asks where to, and writes the page there. Null when nobody said where to. */
  'backupSettings.saveKit': request<{ file: string } | null>()(ofInstance),
  /** False when it was not printed. */
  'backupSettings.printKit': request<boolean>()(ofInstance),
  'backupSchedule.view': request<ScheduleView>()(ofInstance),
  /** What setting this rule would write and run; nothing of it is done. */
  'backupSchedule.plan': request<SchedulePlan>()(z.object({ instanceId: id, rule: scheduleRuleSchema })),
  'backupSchedule.set': request<ScheduleView>()(z.object({ instanceId: id, rule: scheduleRuleSchema })),
  'backupSchedule.remove': request<void>()(ofInstance),
  'backupSettings.setRetention': request<void>()(z.object({ instanceId: id, retention: retentionSchema })),
  /** What would go now by these rules, or by those that are kept. */
  'backupSettings.planPrune': request<PrunePlan>()(z.object({ instanceId: id, retention: retentionSchema.optional() })),
  'backupSettings.prune': begun(ofInstance),

  'notifications.list': request<NotificationTarget[]>()(z.undefined()),
  /** The address and the token go into the keychain. */
  'notifications.add': request<NotificationTarget>()(
    z.object({
      target: notificationTargetSchema.omit({ id: true }),
      url: z.string().min(1).max(2048),
      token: secret.optional(),
    }),
  ),
  'notifications.remove': request<void>()(z.object({ id })),
  'notifications.test': request<void>()(z.object({ id })),
} as const;
