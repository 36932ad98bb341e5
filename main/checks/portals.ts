import { type Text, text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import { settingOf } from './amounts.ts';
import type { CheckContext } from './check.ts';

/**
 * The step in the provider's console that has to come before CREATE EXTENSION, where a list of allowed extensions is kept:
 * Azure refuses what `azure.extensions` doesn't name, RDS what `rds.allowed_extensions` doesn't name once it is set.
 */
export function allowList(extension: string, { facts, server }: CheckContext): Fix | undefined {
  if (server.provider === 'azure') {
    const allowed = settingOf(facts, 'azure.extensions');
    if (allowed === undefined || listed(allowed, extension)) return undefined;
    return {
      kind: 'portal',
      title: text('fix.allow-list.azure.title', { extension }),
      steps: [
        text('fix.allow-list.azure.open'),
        text('fix.allow-list.azure.parameters'),
        text('fix.allow-list.azure.choose', { extension: extension.toUpperCase() }),
      ],
      link: 'https://portal.azure.com/#browse/Microsoft.DBforPostgreSQL%2FflexibleServers',
      why: text('fix.allow-list.why', {
        setting: 'azure.extensions',
        value: allowed === '' ? '-' : allowed,
        extension,
      }),
    };
  }
  if (server.provider === 'rds' || server.provider === 'aurora') {
    const allowed = settingOf(facts, 'rds.allowed_extensions');
    // Unset, it allows all that the service has.
    if (allowed === undefined || allowed === '' || listed(allowed, extension)) return undefined;
    return {
      kind: 'portal',
      title: text('fix.allow-list.rds.title', { extension }),
      steps: [
        text('fix.allow-list.rds.open'),
        text('fix.allow-list.rds.edit', { extension }),
        text('fix.allow-list.rds.reboot'),
      ],
      link: 'https://console.aws.amazon.com/rds/home#parameter-groups:',
      why: text('fix.allow-list.why', { setting: 'rds.allowed_extensions', value: allowed, extension }),
    };
  }
  return undefined;
}

function listed(setting: string, extension: string): boolean {
  const names = setting
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  return names.includes('*') || names.includes(extension);
}

const consoles: Partial<Record<string, string>> = {
  supabase: 'https://supabase.com/dashboard/project/_/database/extensions',
  neon: 'https://console.neon.tech/',
  rds: 'https://console.aws.amazon.com/rds/home',
  aurora: 'https://console.aws.amazon.com/rds/home',
  azure: 'https://portal.azure.com/',
  'cloud-sql': 'https://console.cloud.google.com/sql/instances',
  digitalocean: 'https://cloud.digitalocean.com/databases',
};

/** Where in the provider's console an extension is enabled, or what to do there when its version of PostgreSQL has none. */
export function portalFor(extension: string, { server }: CheckContext, reason: 'enable' | 'unavailable'): Fix {
  const steps: Text[] =
    reason === 'unavailable'
      ? [text('fix.portal.upgrade', { version: server.version, extension }), text('fix.portal.check-again')]
      : server.provider === 'supabase'
        ? [text('fix.portal.supabase.open'), text('fix.portal.supabase.enable', { extension })]
        : [text('fix.portal.sql-editor'), text('fix.portal.run-statement')];
  return {
    kind: 'portal',
    title: text(reason === 'enable' ? 'fix.portal.enable.title' : 'fix.portal.unavailable.title', { extension }),
    steps,
    link: consoles[server.provider],
  };
}

/** Providers with an SQL editor in their console, where nobody has to find an administrator's password. */
export function hasSqlEditor({ server }: CheckContext): boolean {
  return ['supabase', 'neon', 'cloud-sql'].includes(server.provider);
}

/** A change that only the provider's console can make. */
export function settingInPortal(setting: string, value: string, { server }: CheckContext): Fix {
  return {
    kind: 'portal',
    title: text('fix.portal.setting.title', { setting }),
    steps: [text('fix.portal.setting.step', { setting, value })],
    link: consoles[server.provider],
  };
}
