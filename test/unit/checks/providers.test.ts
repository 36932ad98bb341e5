import { describe, expect, test } from 'vitest';
import { type ProviderId, providerIds } from '../../../contract/connection.ts';
import { say } from '../../../contract/copy/text.ts';
import { containerHint } from '../../../main/checks/containers.ts';
import { describeServer, providerAdvice } from '../../../main/services/providers.ts';
import { factsWith, settings, versions } from './known.ts';

const facts = (version: string, changes: Parameters<typeof factsWith>[0] = {}) =>
  factsWith({ server: { version }, settings: settings({ cluster_name: '' }), ...changes });

const seen = (version: string, changes: Parameters<typeof factsWith>[0] = {}, host = 'db.lan', port = 5432) =>
  describeServer({ address: { host, port }, facts: facts(version, changes) });

describe('platform', () => {
  test.each([
    [versions.debian13, 'debian', 'Debian 13', '17.11'],
    [versions.debian12, 'debian', 'Debian 12', '15.18'],
    [versions.sid, 'debian', 'Debian', '18.6'],
    [versions.image, 'debian', 'Debian 12', '16.4'],
    [versions.newerImage, 'debian', 'Debian 13', '18.0'],
    [versions.ubuntu, 'debian', 'Ubuntu 24.04', '16.10'],
    [versions.ubuntuPgdg, 'debian', 'Ubuntu 22.04', '16.4'],
    [versions.redHat9, 'rhel', 'Red Hat Enterprise Linux 9', '16.4'],
    [versions.alpine, 'alpine', 'Alpine Linux', '16.4'],
    [versions.windows, 'windows', 'Windows', '16.4,'],
    [versions.windows17, 'windows', 'Windows', '17.2'],
    [versions.homebrew, 'macos', 'macOS (Homebrew)', '17.2'],
    [versions.postgresApp, 'macos', 'macOS (Postgres.app)', '16.4'],
    [versions.practice, 'practice', 'PGlite', '18.6'],
  ] as const)('%s', (version, provider, platform, short) => {
    expect(seen(version)).toMatchObject({ provider, platform, version: short.replace(',', '') });
  });
});

describe('provider', () => {
  test.each<[string, ProviderId]>([
    ['db.abcdefghijklmnop.supabase.co', 'supabase'],
    ['aws-0-eu-central-1.pooler.supabase.com', 'supabase'],
    ['ep-cool-darkness-123456.us-east-2.aws.neon.tech', 'neon'],
    ['mydb.abc123.us-east-1.rds.amazonaws.com', 'rds'],
    ['shop.cluster-abc123.eu-west-1.rds.amazonaws.com', 'aurora'],
    ['shop.cluster-ro-abc123.eu-west-1.rds.amazonaws.com', 'aurora'],
    ['shop.postgres.database.azure.com', 'azure'],
    ['db-postgresql-fra1-1-do-user-1-0.c.db.ondigitalocean.com', 'digitalocean'],
    ['DB.ABC.Supabase.CO.', 'supabase'],
    ['supabase.co.example.org', 'debian'],
    ['notneon.tech', 'debian'],
  ])('by its host name: %s', (host, provider) => {
    expect(seen(versions.debian13, {}, host).provider).toBe(provider);
  });

  test('by what the server tells, behind another name or a tunnel', () => {
    const role = (providerRoles: string[]) => ({ role: { providerRoles } });
    const withSetting = (name: string) => ({ settings: settings({ [name]: 'x' }) });
    expect(seen(versions.rds, withSetting('rds.extensions')).provider).toBe('rds');
    expect(seen(versions.rds, { server: { hasAuroraFunction: true, version: versions.rds } as never }).provider).toBe(
      'aurora',
    );
    expect(seen(versions.rds, role(['azure_pg_admin'])).provider).toBe('azure');
    expect(seen(versions.cloudSql, withSetting('cloudsql.iam_authentication')).provider).toBe('cloud-sql');
    expect(seen(versions.image, role(['neon_superuser'])).provider).toBe('neon');
    expect(seen(versions.image, role(['supabase_admin'])).provider).toBe('supabase');
    expect(seen(versions.image, role(['doadmin'])).provider).toBe('digitalocean');
    const aurora = seen(
      versions.rds,
      { server: { hasAuroraFunction: true, version: versions.rds } as never },
      'x.y.eu-west-1.rds.amazonaws.com',
    );
    expect(aurora.provider).toBe('aurora');
  });

  test('without the facts, from what the login told', () => {
    const identity = {
      version: versions.debian13,
      versionNum: 170_011,
      user: 'u',
      database: 'd',
      inRecovery: true,
      backendPid: 5,
    };
    expect(describeServer({ address: { host: 'db.lan', port: 5432 }, identity, loginPid: 5 })).toEqual({
      version: '17.11',
      versionNum: 170_011,
      provider: 'debian',
      platform: 'Debian 13',
      user: 'u',
      database: 'd',
      inRecovery: true,
    });
    expect(describeServer({ address: { host: 'db.lan', port: 6432 }, identity, loginPid: 6 }).pooler).toBe('pgbouncer');
    expect(
      describeServer({ address: { host: '127.0.0.1', port: 1 }, identity, kind: 'practice', loginPid: 6 }),
    ).toMatchObject({
      provider: 'practice',
      platform: 'PGlite',
    });
  });

  test('each has advice that can be said, in neutral words', () => {
    for (const provider of providerIds) {
      for (const advice of providerAdvice(provider)) expect(say(advice)).toMatch(/^[^!]+\.$/);
    }
    expect(providerAdvice('supabase').length).toBeGreaterThan(1);
    expect(providerAdvice('debian')).toEqual([]);
  });
});

describe('pooler', () => {
  const pooler = (host: string, port: number, loginPid?: number) =>
    describeServer({ address: { host, port }, facts: facts(versions.debian13), loginPid }).pooler;

  test('by address and by the process id', () => {
    expect(pooler('aws-0-eu-central-1.pooler.supabase.com', 5432)).toBe('supavisor');
    expect(pooler('db.abc.supabase.co', 6543)).toBe('supavisor');
    expect(pooler('db.abc.supabase.co', 5432)).toBeUndefined();
    expect(pooler('ep-a-pooler.eu-central-1.aws.neon.tech', 5432)).toBe('neon');
    expect(pooler('ep-a.eu-central-1.aws.neon.tech', 5432)).toBeUndefined();
    expect(pooler('db.lan', 5432, 4711)).toBeUndefined();
    expect(pooler('db.lan', 5432, 1)).toBe('unknown');
    expect(pooler('db.lan', 5432, 2_000_000_000)).toBe('pgbouncer');
    expect(pooler('x.db.ondigitalocean.com', 25061, 1)).toBe('pgbouncer');
  });
});

describe('container', () => {
  const host = (container: boolean) => ({ host: { container, sharedMemoryKilobytes: null, memoryKilobytes: null } });
  test('certain where the server shows its files, otherwise likely or not', () => {
    expect(containerHint(facts(versions.image, host(true)))).toBe('yes');
    expect(containerHint(facts(versions.image, host(false)))).toBe('no');
    const folder = (data_directory: string) =>
      facts(versions.image, { settings: settings({ cluster_name: '', data_directory }) });
    expect(containerHint(folder('/var/lib/postgresql/data'))).toBe('yes');
    expect(containerHint(folder('/var/lib/postgresql/data/pgdata'))).toBe('yes');
    expect(containerHint(folder('/var/lib/postgresql/18/docker'))).toBe('yes');
    expect(containerHint(folder('/var/lib/postgresql/17/main'))).toBe('no');
    expect(containerHint(facts(versions.image))).toBe('likely');
    expect(containerHint(facts(versions.image, { settings: settings({ cluster_name: '16/main' }) }))).toBe('no');
    expect(containerHint(facts(versions.debian13))).toBe('no');
    expect(containerHint(facts(versions.alpine))).toBe('likely');
    const address = (serverAddress: string) =>
      facts(versions.cloudSql, { server: { version: versions.cloudSql, serverAddress } as never });
    expect(containerHint(address('172.18.0.5'))).toBe('likely');
    expect(containerHint(address('172.32.0.5'))).toBe('no');
    expect(containerHint(address('192.168.1.5'))).toBe('no');
  });

  test('is a provider of its own, except on Alpine, which keeps its package names', () => {
    expect(seen(versions.image, host(true))).toMatchObject({ provider: 'container', platform: 'Debian 12' });
    expect(seen(versions.alpine, host(true)).provider).toBe('alpine');
  });
});
