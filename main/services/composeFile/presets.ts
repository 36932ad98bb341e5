import type { HostPreset } from '../../../contract/hostPreset.ts';
import type { ServerSettings } from '../../../contract/serverSettings.ts';

/** Where the compose file goes, and what the settings are there unless somebody chooses otherwise. */
export type Preset = { folder: string; settings: ServerSettings };

const image = 'ghcr.io/dgruhin-hrizn/aperture:latest';

/** Where each system keeps containers' files and media; every one of Aperture's own compose files runs as root. */
const places: Record<HostPreset, { folder: string; media?: string }> = {
  linux: { folder: '/opt/aperture' },
  unraid: { folder: '/mnt/user/appdata/aperture', media: '/mnt/user/media' },
  synology: { folder: '/volume1/docker/aperture', media: '/volume1/media' },
  qnap: { folder: '/share/Container/aperture', media: '/share/Multimedia' },
  // Docker Desktop shares a Windows drive with its virtual machine; media is usually on a NAS, which it does not see.
  windows: { folder: 'C:/aperture' },
};

export function presetFor(preset: HostPreset): Preset {
  const { folder, media } = places[preset];
  // Compose v1 reads a drive letter as the name of a volume when it runs anywhere but on Windows.
  const base = preset === 'windows' ? '.' : folder;
  return {
    folder,
    settings: {
      project: 'aperture',
      image,
      containerName: 'aperture',
      user: 'root',
      url: 'http://localhost:3456',
      port: 3456,
      timeZone: 'Etc/UTC',
      folders: {
        libraries: `${base}/aperture-libraries`,
        backups: `${base}/backups`,
        ...(media === undefined ? {} : { media }),
      },
      runMigrations: true,
      // Docker Desktop has the name by itself; naming it again does no harm there.
      hostGateway: true,
      networks: [],
    },
  };
}

/** A database beside the server, with room to build its indexes in. */
export function databaseService(): NonNullable<ServerSettings['database']> {
  return {
    image: 'pgvector/pgvector:pg17',
    containerName: 'aperture-db',
    volume: 'pgdata',
    user: 'aperture',
    database: 'aperture',
    sharedMemoryMegabytes: 1024,
    publishedPort: 5432,
  };
}
