import type { TextKey } from '../../contract/copy/text.ts';
import { type ServerSettings, serverSettingsSchema } from '../../contract/serverSettings.ts';

/** The settings that can be changed here, as typed. */
export type SettingsDraft = {
  image: string;
  port: string;
  bindAddress: string;
  url: string;
  timeZone: string;
  libraries: string;
  backups: string;
  media: string;
  runMigrations: boolean;
};
export type SettingsErrors = Partial<Record<keyof SettingsDraft, TextKey>>;

export function draftOf({
  image,
  port,
  bindAddress,
  url,
  timeZone,
  folders,
  runMigrations,
}: ServerSettings): SettingsDraft {
  return {
    image,
    port: String(port),
    bindAddress: bindAddress ?? '',
    url,
    timeZone,
    libraries: folders.libraries,
    backups: folders.backups,
    media: folders.media ?? '',
    runMigrations,
  };
}

const keys: Record<string, { field: keyof SettingsDraft; error: TextKey }> = {
  image: { field: 'image', error: 'screen.server.settings.invalid.image' },
  port: { field: 'port', error: 'screen.server.settings.invalid.port' },
  bindAddress: { field: 'bindAddress', error: 'screen.server.settings.invalid.bind' },
  url: { field: 'url', error: 'screen.server.settings.invalid.url' },
  timeZone: { field: 'timeZone', error: 'screen.server.settings.invalid.time-zone' },
  'folders.libraries': { field: 'libraries', error: 'screen.server.settings.invalid.folder' },
  'folders.backups': { field: 'backups', error: 'screen.server.settings.invalid.folder' },
  'folders.media': { field: 'media', error: 'screen.server.settings.invalid.folder' },
};

/** The settings as they would be with what was typed; what isn't fit to be one is named by its field. */
export function settingsOf(
  before: ServerSettings,
  draft: SettingsDraft,
): { settings?: ServerSettings; errors: SettingsErrors } {
  const { bindAddress: _bind, folders: _folders, ...rest } = before;
  const parsed = serverSettingsSchema.safeParse({
    ...rest,
    image: draft.image.trim(),
    port: /^\d+$/.test(draft.port.trim()) ? Number(draft.port) : Number.NaN,
    ...(draft.bindAddress.trim() === '' ? {} : { bindAddress: draft.bindAddress.trim() }),
    url: draft.url.trim(),
    timeZone: draft.timeZone.trim(),
    folders: {
      libraries: draft.libraries.trim(),
      backups: draft.backups.trim(),
      ...(draft.media.trim() === '' ? {} : { media: draft.media.trim() }),
    },
    runMigrations: draft.runMigrations,
  });
  if (parsed.success) return { settings: parsed.data, errors: {} };
  const errors: SettingsErrors = {};
  for (const { path } of parsed.error.issues) {
    const known = keys[path.join('.')];
    if (known !== undefined) errors[known.field] = known.error;
  }
  return { errors };
}
