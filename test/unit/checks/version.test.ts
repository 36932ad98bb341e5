import { describe, expect, test } from 'vitest';
import { compareVersions, endOfLife } from '../../../main/checks/versions.ts';
import { contextWith, factsWith, run, snippets, versions } from './known.ts';

const on = (version: string, now = '2026-06-01') =>
  contextWith(
    { server: { ...factsWith().server, version, versionNum: Number(/PostgreSQL (\d+)/.exec(version)?.[1]) * 10_000 } },
    { now: new Date(now) },
  );

describe('server-version', () => {
  test('passes from 16 on', () => {
    expect(run('server-version', on(versions.debian13))).toMatchObject({
      status: 'pass',
      said: '17.11 on Debian 13. Needs 14, 16 or newer recommended.',
      fixes: [],
    });
    expect(run('server-version', on(versions.debian13.replace('17.11 ', '19beta1 ')))).toMatchObject({
      status: 'pass',
    });
  });

  test('advises for 14 and 15, and from the day after the last release on', () => {
    expect(run('server-version', on(versions.debian12))).toMatchObject({
      status: 'warn',
      said: '15.18 on Debian 12. Works; 16 or newer is recommended.',
    });
    const fourteen = versions.debian12.replaceAll('15.18', '14.20');
    expect(run('server-version', on(fourteen, '2026-11-12')).said).toContain('Works');
    expect(run('server-version', on(fourteen, '2026-11-13'))).toMatchObject({
      status: 'warn',
      said: '14.20 on Debian 12. PostgreSQL 14 had its last release on 2026-11-12 and gets no more security fixes.',
    });
  });

  test('fails below 14, with the upgrade for this kind of server', () => {
    const thirteen = run('server-version', on(versions.debian12.replaceAll('15.18', '13.20')));
    expect(thirteen).toMatchObject({ status: 'fail', said: '13.20 on Debian 12. Needs 14 or newer.' });
    expect(snippets(thirteen)).toContain('pg_upgradecluster -v 17 13 main');
    for (const version of [versions.alpine, versions.windows, versions.redHat9, versions.rds]) {
      const old = run('server-version', on(version.replace(/PostgreSQL \d+/, 'PostgreSQL 13')));
      expect(old.status).toBe('fail');
      expect(old.fixes.length).toBe(1);
    }
  });

  test('versions are compared by their numbers', () => {
    expect(compareVersions('0.10.0', '0.8.3')).toBeGreaterThan(0);
    expect(compareVersions('0.7', '0.7.0')).toBe(0);
    expect(compareVersions('0.6.2', '0.7.0')).toBeLessThan(0);
    expect(endOfLife(12)).toBe('2024-11-21');
    expect(endOfLife(25)).toBeUndefined();
  });
});
