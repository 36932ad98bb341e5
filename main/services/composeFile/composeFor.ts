import { randomBytes } from 'node:crypto';
import type { ServerSettings } from '../../../contract/serverSettings.ts';
import { environmentLine } from './environmentFile.ts';

/** What is in `.env` and nowhere else. */
export type ServerSecrets = {
  databaseUrl: string;
  sessionSecret: string;
  /** Of the database service, where there is one. */
  databasePassword?: string;
};

/** 64 hexadecimal digits; the server refuses fewer than 32 characters. */
export const newSessionSecret = (): string => randomBytes(32).toString('hex');

/** The name of the database's service: what the server finds it by. */
export const databaseServiceName = 'database';

/** What stands in the compose file for the address of the database. */
export const databaseUrlReference = '${DATABASE_URL:?Put DATABASE_URL into the file .env beside this one}';

/** The DATABASE_URL for a database service: both are on one network, which nobody else is on. */
export function databaseServiceUrl(
  { user, database }: NonNullable<ServerSettings['database']>,
  password: string,
): string {
  return `postgresql://${user}:${password}@${databaseServiceName}:5432/${database}?sslmode=disable`;
}

/**
 * The compose file and the `.env` beside it. Both are read alike by Compose v2 and by v1 (1.27 and newer: without a `version`, without
 * a `name`, which v1 does not know). Secrets are in `.env` only.
 */
export function composeFor(settings: ServerSettings, secrets: ServerSecrets): { compose: string; env: string } {
  return { compose: composeText(settings), env: environmentText(settings, secrets) };
}

/** A scalar in single quotes, where YAML reads nothing into it; a dollar sign would begin a variable of Compose's. */
export const scalar = (value: string): string => `'${value.replaceAll("'", "''").replaceAll('$', '$$$$')}'`;

function composeText(settings: ServerSettings): string {
  const { database, networks, folders } = settings;
  const lines = [
    '# Aperture, as written by Aperture Companion. It works without the companion: docker compose up -d',
    '# Secrets are in the file .env beside this one. What is added here by hand stays.',
    'services:',
    '  aperture:',
    `    image: ${scalar(settings.image)}`,
    `    container_name: ${scalar(settings.containerName)}`,
    '    restart: unless-stopped',
    '    # The image’s own user can’t write to folders that belong to root.',
    `    user: ${scalar(settings.user)}`,
    '    ports:',
    `      - ${scalar(publishedPort(settings.port, 3456, settings.bindAddress))}`,
    '    environment:',
    `      DATABASE_URL: ${databaseUrlReference}`,
    '      SESSION_SECRET: ${SESSION_SECRET:?Put SESSION_SECRET (32 characters or more) into the file .env beside this one}',
    `      APP_BASE_URL: ${scalar(settings.url)}`,
    '      # Only the lower-case word true runs migrations at start.',
    `      RUN_MIGRATIONS_ON_START: ${scalar(String(settings.runMigrations))}`,
    '      NODE_ENV: production',
    `      PORT: '3456'`,
    `      TZ: ${scalar(settings.timeZone)}`,
  ];
  if (settings.hostGateway) {
    lines.push(
      '    extra_hosts:',
      '      # Makes host.docker.internal lead to the Docker host on Linux too.',
      `      - 'host.docker.internal:host-gateway'`,
    );
  }
  lines.push('    volumes:');
  lines.push(`      - ${scalar(`${folders.libraries}:/aperture-libraries`)}`);
  lines.push(`      - ${scalar(`${folders.backups}:/backups`)}`);
  if (folders.media !== undefined) lines.push(`      - ${scalar(`${folders.media}:/media:ro`)}`);
  lines.push(
    '    healthcheck:',
    `      test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:3456/health']`,
    '      interval: 30s',
    '      timeout: 10s',
    '      retries: 3',
    '      start_period: 60s',
  );
  if (database !== undefined) {
    lines.push('    depends_on:', `      ${databaseServiceName}:`, '        condition: service_healthy');
  }
  if (networks.length > 0) {
    lines.push('    networks:', '      - default', ...networks.map((name) => `      - ${scalar(name)}`));
  }
  if (database !== undefined) lines.push(...databaseLines(database));
  if (networks.length > 0) {
    lines.push('networks:');
    for (const name of networks) {
      lines.push(
        `  ${scalar(name)}:`,
        '    # Made elsewhere; has to be there.',
        '    external: true',
        `    name: ${scalar(name)}`,
      );
    }
  }
  if (database !== undefined) lines.push('volumes:', `  ${scalar(database.volume)}:`);
  return `${lines.join('\n')}\n`;
}

function databaseLines(database: NonNullable<ServerSettings['database']>): string[] {
  const { image, containerName, user, volume, publishedPort: port } = database;
  const major = Number(/pg(\d+)/.exec(image)?.[1] ?? 17);
  // Images from 18 on keep each major version in a folder of its own below this one.
  const data = major >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data';
  return [
    `  ${databaseServiceName}:`,
    `    image: ${scalar(image)}`,
    `    container_name: ${scalar(containerName)}`,
    '    restart: unless-stopped',
    '    # Docker’s own 64 MB of shared memory are too few for building vector indexes.',
    `    shm_size: ${scalar(`${database.sharedMemoryMegabytes}m`)}`,
    '    environment:',
    `      POSTGRES_USER: ${scalar(user)}`,
    '      POSTGRES_PASSWORD: ${DATABASE_PASSWORD:?Put DATABASE_PASSWORD into the file .env beside this one}',
    `      POSTGRES_DB: ${scalar(database.database)}`,
    ...(port === undefined
      ? []
      : [
          '    ports:',
          '      # For backups and the companion, from this computer only.',
          `      - ${scalar(publishedPort(port, 5432, '127.0.0.1'))}`,
        ]),
    '    volumes:',
    `      - ${scalar(`${volume}:${data}`)}`,
    '    healthcheck:',
    '      # Over TCP: while it is being set up, the database answers on its socket only.',
    `      test: ['CMD', 'pg_isready', '-h', '127.0.0.1', '-U', ${scalar(user)}, '-d', ${scalar(database.database)}]`,
    '      interval: 10s',
    '      timeout: 5s',
    '      retries: 12',
    '      start_period: 60s',
  ];
}

export function publishedPort(host: number, container: number, address: string | undefined): string {
  return `${address === undefined ? '' : `${address}:`}${host}:${container}`;
}

function environmentText({ project }: ServerSettings, secrets: ServerSecrets): string {
  const values = environmentValues(secrets);
  return [
    '# Secrets of the compose file beside this one. Keep it readable by its owner only (chmod 600).',
    // v1 has no other place for it.
    environmentLine('COMPOSE_PROJECT_NAME', project),
    ...Object.entries(values).map(([name, value]) => environmentLine(name, value)),
    '',
  ].join('\n');
}

/** The secrets by the names that the compose file uses. */
export function environmentValues({
  databaseUrl,
  sessionSecret,
  databasePassword,
}: ServerSecrets): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    SESSION_SECRET: sessionSecret,
    ...(databasePassword === undefined ? {} : { DATABASE_PASSWORD: databasePassword }),
  };
}
