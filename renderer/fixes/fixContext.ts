import type { SettingFixId } from '../../contract/fix.ts';

/** What a fix acts on, and what happens after it was done. */
export type FixContext = {
  instanceId: string;
  /** Where the statements run, for the comment line above them. */
  host: string;
  database: string;
  user: string;
  /** Whether somebody with more rights than `user` can log in there; not so in the practice database. */
  administratorExists: boolean;
  /** Called when a statement has run: the check runs again. */
  onDone(): void;
  /** Carries out a change to the connection settings; missing where they cannot be changed from. */
  onSetting?(id: SettingFixId): void | Promise<void>;
};
