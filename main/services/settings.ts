import type { Settings } from '../../contract/settings.ts';
import { settingsSchema } from '../../contract/settings.ts';
import type { DocumentDefinition, StoredDocument } from './documents.ts';

/** settings.json */
export const settingsDocument: DocumentDefinition<Settings> = {
  name: 'settings',
  version: 1,
  schema: settingsSchema,
  empty: () => ({ theme: 'system' }),
};

export interface SettingsService {
  get(): Promise<Settings>;
  /** Missing fields stay as they are. Answers all of them. Raises `disk-full`, `store-unwritable`. */
  set(changes: Partial<Settings>): Promise<Settings>;
}

/** The user's choices about the app itself. */
export function createSettings(document: StoredDocument<Settings>): SettingsService {
  return {
    get: async () => (await document.read()).value,
    set: (changes) =>
      document.update((current) => ({
        ...current,
        ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)),
      })),
  };
}
