import type { TextKey } from '../../contract/copy/text.ts';
import { type Installation, installationSchema } from '../../contract/install.ts';
import type { DatabaseSource, ServerDraft } from '../../contract/instance.ts';
import type { DockerPlace } from '../../contract/server.ts';

/** The fields of the server's form that can be wrong; those of the database beside it begin with `database-`. */
const fields = [
  'folder',
  'project',
  'image',
  'containerName',
  'user',
  'url',
  'port',
  'bindAddress',
  'timeZone',
  'libraries',
  'backups',
  'media',
  'networks',
  'database-image',
  'database-containerName',
  'database-volume',
  'database-user',
  'database-database',
  'database-sharedMemoryMegabytes',
  'database-publishedPort',
] as const;
export type ServerField = (typeof fields)[number];
export type ServerErrors = Partial<Record<ServerField, TextKey>>;

const absolute = /^(?:\/|[A-Za-z]:[/\\])[^:\p{Cc}]*$/u;

/** The form filled with an installation. */
export function draftOfInstallation({ preset, folder, settings }: Installation): ServerDraft {
  const { folders, database, bindAddress, port, ...rest } = settings;
  return {
    preset,
    folder,
    project: rest.project,
    image: rest.image,
    containerName: rest.containerName,
    user: rest.user,
    url: rest.url,
    port: String(port),
    bindAddress: bindAddress ?? '',
    timeZone: rest.timeZone,
    libraries: folders.libraries,
    backups: folders.backups,
    media: folders.media ?? '',
    runMigrations: rest.runMigrations,
    hostGateway: rest.hostGateway,
    networks: rest.networks,
    ...(database === undefined
      ? {}
      : {
          database: {
            ...database,
            sharedMemoryMegabytes: String(database.sharedMemoryMegabytes),
            publishedPort: database.publishedPort === undefined ? '' : String(database.publishedPort),
          },
        }),
  };
}

/** The form as an installation, or what is wrong with it. A database beside the server belongs to the choice to have one made. */
export function installationOf(
  draft: ServerDraft,
  docker: DockerPlace,
  source: DatabaseSource | undefined,
): { installation: Installation; errors?: undefined } | { installation?: undefined; errors: ServerErrors } {
  const { database } = draft;
  const made = source === 'new' ? database : undefined;
  const parsed = installationSchema.safeParse({
    docker,
    preset: draft.preset,
    folder: draft.folder.trim(),
    settings: {
      project: draft.project.trim(),
      image: draft.image.trim(),
      containerName: draft.containerName.trim(),
      user: draft.user.trim(),
      url: draft.url.trim(),
      port: wholeNumber(draft.port),
      timeZone: draft.timeZone.trim(),
      folders: {
        libraries: draft.libraries.trim(),
        backups: draft.backups.trim(),
        ...filled('media', draft.media.trim()),
      },
      ...filled('bindAddress', draft.bindAddress.trim()),
      runMigrations: draft.runMigrations,
      hostGateway: draft.hostGateway,
      networks: draft.networks.map((name) => name.trim()).filter((name) => name !== ''),
      ...(made === undefined
        ? {}
        : {
            database: {
              image: made.image.trim(),
              containerName: made.containerName.trim(),
              volume: made.volume.trim(),
              user: made.user.trim(),
              database: made.database.trim(),
              sharedMemoryMegabytes: wholeNumber(made.sharedMemoryMegabytes),
              ...(made.publishedPort.trim() === '' ? {} : { publishedPort: wholeNumber(made.publishedPort) }),
            },
          }),
    },
  });
  const errors: ServerErrors = {};
  // Compose reads everything else in it as relative to this one.
  if (!absolute.test(draft.folder.trim())) errors.folder = 'screen.server-form.wrong.folder';
  if (parsed.success && errors.folder === undefined) return { installation: parsed.data };
  for (const { path } of parsed.error?.issues ?? []) {
    const field = fieldAt(path);
    if (field !== undefined) errors[field] = `screen.server-form.wrong.${field}`;
  }
  return { errors };
}

/** Which field of the form a path of the schema is about. */
function fieldAt(path: readonly PropertyKey[]): ServerField | undefined {
  const [first, second, third] = path;
  if (first !== 'settings') return fields.find((field) => field === first);
  if (second === 'folders') return fields.find((field) => field === third);
  if (second === 'database') return fields.find((field) => field === `database-${String(third)}`);
  return fields.find((field) => field === second);
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,7}$/.test(text.trim()) ? Number(text.trim()) : undefined;
}

function filled<Key extends string>(key: Key, value: string): { [K in Key]?: string } {
  return (value === '' ? {} : { [key]: value }) as { [K in Key]?: string };
}
