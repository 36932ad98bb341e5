import type { StateCreator } from 'zustand';
import type { BackupPlan, PlanBackup } from '../../contract/backup.ts';
import type { BackupSettingsView, CopiesAt, ListedBackup } from '../../contract/backupChannels.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import type { Store } from './store.ts';

/** The backups of one instance as they were last listed, what the next one would do, and what is wished for them. */
export type BackupsView = {
  list?: ListedBackup[];
  /** The list could not be read: `list` is from before. */
  failure?: Failure;
  /** Missing until the destinations have answered. */
  copies?: CopiesAt[];
  plan?: BackupPlan;
  planning: boolean;
  planFailure?: Failure;
  starting: boolean;
  /** The last one could not even begin. */
  startFailure?: Failure;
  settings?: BackupSettingsView;
  settingsFailure?: Failure;
};

export const backupSections = ['list', 'settings', 'others'] as const;
export type BackupSection = (typeof backupSections)[number];

export type BackupsSlice = {
  backups: Record<string, BackupsView>;
  /** Which part of the Backups screen is open. */
  backupSection: BackupSection;
  openBackupSection(section: BackupSection): void;
  /** What was typed for the next backup; of no instance in particular, gone when one has begun. */
  backupLabel: string;
  labelBackup(label: string): void;
  loadBackups(instanceId: string): Promise<void>;
  /** Asks each destination what it has. */
  loadCopies(instanceId: string): Promise<void>;
  loadBackupSettings(instanceId: string): Promise<void>;
  /** Looks what a backup would do. A look that is under way is not asked for again. */
  planBackup(instanceId: string): Promise<void>;
  /** Another folder or another tool, for this and the backups to come. */
  rememberForBackups(wish: PlanBackup): Promise<void>;
  /** Begins one; it is told of as an operation. */
  startBackup(instanceId: string): Promise<void>;
  removeBackup(instanceId: string, backupId: string): Promise<void>;
};

const nothingYet: BackupsView = { planning: false, starting: false };

/** The backups of an instance, a stable value when nothing is known. */
export function backupsOf(state: Store, instanceId: string | undefined): BackupsView {
  return (instanceId === undefined ? undefined : state.backups[instanceId]) ?? nothingYet;
}

export const backupsSlice: StateCreator<Store, [], [], BackupsSlice> = (set, get) => {
  const change = (instanceId: string, with_: Partial<BackupsView>) =>
    set((state) => ({ backups: { ...state.backups, [instanceId]: { ...backupsOf(state, instanceId), ...with_ } } }));

  return {
    backups: {},
    backupSection: 'list',
    openBackupSection(section) {
      set({ backupSection: section });
    },
    backupLabel: '',
    labelBackup(label) {
      set({ backupLabel: label });
    },
    async loadBackups(instanceId) {
      try {
        change(instanceId, { list: await ask('backups.list', { instanceId }), failure: undefined });
      } catch (error) {
        change(instanceId, { failure: failureOf(error) });
      }
    },
    async loadCopies(instanceId) {
      // A destination that can't be reached says so in the answer; nothing else is known of the copies then.
      const copies = await ask('backups.copies', { instanceId }).catch(() => undefined);
      change(instanceId, { copies });
    },
    async loadBackupSettings(instanceId) {
      try {
        const settings = await ask('backupSettings.get', { instanceId });
        change(instanceId, { settings, settingsFailure: undefined });
      } catch (error) {
        change(instanceId, { settingsFailure: failureOf(error) });
      }
    },
    async planBackup(instanceId) {
      if (backupsOf(get(), instanceId).planning) return;
      change(instanceId, { planning: true, planFailure: undefined });
      try {
        change(instanceId, { plan: await ask('backups.plan', { instanceId }), planning: false });
      } catch (error) {
        change(instanceId, { plan: undefined, planning: false, planFailure: failureOf(error) });
      }
    },
    async rememberForBackups(wish) {
      await ask('backupSettings.remember', wish);
      await Promise.all([get().loadBackupSettings(wish.instanceId), get().planBackup(wish.instanceId)]);
      await get().loadBackups(wish.instanceId);
    },
    async startBackup(instanceId) {
      const label = get().backupLabel.trim();
      change(instanceId, { starting: true, startFailure: undefined });
      try {
        await ask('backups.run', label === '' ? { instanceId } : { instanceId, label });
        change(instanceId, { starting: false });
        set({ backupLabel: '' });
      } catch (error) {
        change(instanceId, { starting: false, startFailure: failureOf(error) });
      }
    },
    async removeBackup(instanceId, backupId) {
      await ask('backups.remove', { backupId });
      await get().loadBackups(instanceId);
    },
  };
};
