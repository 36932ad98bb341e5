import { text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const inCompose = text('docker.where.compose');
const inEnvironment = text('docker.where.env');

export const extraHostsFix: Fix = {
  kind: 'paste',
  title: text('server.fix.extra-hosts'),
  language: 'yaml',
  where: inCompose,
  snippet: "    extra_hosts:\n      - 'host.docker.internal:host-gateway'",
};

export const sessionSecretFix: Fix = {
  kind: 'paste',
  title: text('server.fix.session-secret'),
  language: 'shell',
  where: inEnvironment,
  snippet: 'echo "SESSION_SECRET=$(openssl rand -hex 32)" >> .env',
  why: text('server.fix.session-secret.why'),
};

export const runMigrationsFix: Fix = {
  kind: 'paste',
  title: text('server.fix.run-migrations'),
  language: 'yaml',
  where: inCompose,
  snippet: "    environment:\n      RUN_MIGRATIONS_ON_START: 'true'",
  why: text('server.fix.run-migrations.why'),
};

export const tlsDisableFix: Fix = {
  kind: 'paste',
  title: text('server.fix.tls-disable'),
  language: 'config',
  where: inEnvironment,
  snippet: 'sslmode=disable',
};

export const tlsNoVerifyFix: Fix = {
  kind: 'paste',
  title: text('server.fix.tls-no-verify'),
  language: 'config',
  where: inEnvironment,
  snippet: 'uselibpqcompat=true&sslmode=require',
  why: text('server.fix.tls-no-verify.why'),
};

/** As the administrator of the database, in it. */
export function createExtensionFix(extension: string, database: string): Fix {
  return {
    kind: 'paste',
    title: text('server.fix.create-extension', { extension }),
    language: 'sql',
    where: text('connecting.where.superuser'),
    snippet: `\\c ${quote(database)}\nCREATE EXTENSION IF NOT EXISTS ${quote(extension)};`,
  };
}

/** Since PostgreSQL 15 only the owner of a database may create anything in its schema public. */
export function grantFix(database: string, user: string): Fix {
  return {
    kind: 'paste',
    title: text('server.fix.grant', { user, database }),
    language: 'sql',
    where: text('connecting.where.superuser'),
    snippet: [
      `GRANT ALL PRIVILEGES ON DATABASE ${quote(database)} TO ${quote(user)};`,
      `\\c ${quote(database)}`,
      `GRANT ALL ON SCHEMA public TO ${quote(user)};`,
    ].join('\n'),
  };
}
