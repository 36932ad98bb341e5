import { say, text } from '../../contract/copy/text.ts';
import { type ServerSettings, serverSettingsSchema } from '../../contract/serverSettings.ts';
import { WrongUsage } from './failure.ts';

/** Options that say how the server is to be run. */
export type SettingOptions = {
  image?: string;
  port?: string;
  bind?: string;
  appUrl?: string;
  timeZone?: string;
  libraries?: string;
  backups?: string;
  media?: string;
  network?: string[];
};

/** These settings with what was told otherwise. Raises WrongUsage. */
export function settingsFrom(options: SettingOptions, base: ServerSettings): ServerSettings {
  const { libraries, backups, media } = options;
  const port = options.port === undefined ? base.port : Number(options.port);
  return validSettings({
    ...base,
    port,
    url: options.appUrl ?? withPort(base, port),
    image: options.image ?? base.image,
    timeZone: options.timeZone ?? base.timeZone,
    networks: options.network ?? base.networks,
    folders: {
      ...base.folders,
      ...(libraries === undefined ? {} : { libraries }),
      ...(backups === undefined ? {} : { backups }),
      ...(media === undefined ? {} : { media }),
    },
    ...(options.bind === undefined ? {} : { bindAddress: options.bind }),
  });
}

/** The address that people open follows the port, where it named the port before. */
export function withPort({ url, port: before }: Pick<ServerSettings, 'url' | 'port'>, port: number): string {
  if (!Number.isInteger(port) || port === before || !url.includes(`:${before}`)) return url;
  return url.replace(`:${before}`, `:${port}`);
}

/** Raises WrongUsage that names the setting. */
export function validSettings(wanted: unknown): ServerSettings {
  const parsed = serverSettingsSchema.safeParse(wanted);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.map(String) ?? [];
  const value = field.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], wanted);
  throw new WrongUsage(say(text('cli.compose.setting', { field: field.join('.'), value: String(value) })));
}
