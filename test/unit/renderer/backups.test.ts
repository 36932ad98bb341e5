import { describe, expect, it } from 'vitest';
import type { CopiesAt, ListedBackup } from '../../../contract/backupChannels.ts';
import {
  copiesOf,
  fileName,
  matches,
  newestGood,
  restoresTo,
  rulesLine,
  stateOf,
} from '../../../renderer/backups/backupLine.ts';
import { destinationOf, emptyDestination, isComplete } from '../../../renderer/backups/settings/destinationDraft.ts';

const at = '2026-11-23T02:00:00.000Z';

function listed(id: string, more: Partial<ListedBackup> = {}): ListedBackup {
  return {
    id,
    where: { kind: 'folder', folder: '/b', path: `/b/aperture_home_${id}.dump` },
    bytes: 1,
    modifiedAt: at,
    verification: { state: 'verified', at },
    manifest: { server: { version: '17.5', major: 17 } } as ListedBackup['manifest'],
    removable: true,
    ...more,
  };
}

describe('a backup in words', () => {
  it('says what it restores to, with the extensions it needs', () => {
    const extensions = [
      { name: 'vector', version: '0.8.0' },
      { name: 'pg_trgm', version: '1.6' },
    ];
    expect(restoresTo({ major: 17, extensions })).toBe('PostgreSQL 17+, vector 0.8.0, pg_trgm 1.6');
    expect(restoresTo({ major: 15, extensions: ['vector'] })).toBe('PostgreSQL 15+, vector');
  });

  it('marks each state by a tone of its own', () => {
    expect(stateOf({ state: 'verified', at }).tone).toBe('ok');
    expect(stateOf({ state: 'unverified' }).tone).toBe('warn');
    expect(stateOf({ state: 'damaged', at, why: 'checksum' }).tone).toBe('bad');
  });

  it('says which rules there are, and that there are none', () => {
    expect(rulesLine({ last: 3, daily: 7, weekly: 0, monthly: 6 })).toBe('Keeps the newest 3, 7 daily, 6 monthly.');
    expect(rulesLine({ last: 0, daily: 0, weekly: 0, monthly: 0 })).toBe('All of them are kept.');
  });

  it('names a file of any system', () => {
    expect(fileName('/srv/backups/a.dump')).toBe('a.dump');
    expect(fileName('C:\\Users\\ada\\b.dump')).toBe('b.dump');
  });
});

describe('the list', () => {
  const damaged = listed('1', { verification: { state: 'damaged', at, why: 'archive' }, label: 'Before the update' });
  const stranger = listed('2', { manifest: undefined });
  const good = listed('3');

  it('takes for good only what is verified and has a manifest', () => {
    expect(newestGood([damaged, stranger, good])).toBe(good);
    expect(newestGood([damaged, stranger])).toBeUndefined();
    expect(newestGood(undefined)).toBeUndefined();
  });

  it('is searched by label, name, state, time and version, each word for itself', () => {
    const found = (search: string) =>
      [damaged, stranger, good].filter((one) => matches(one, search, 'Today, 02:00')).map(({ id }) => id);
    expect(found('update BEFORE')).toEqual(['1']);
    expect(found('damaged')).toEqual(['1']);
    expect(found('17.5 verified')).toEqual(['3']);
    expect(found('today')).toEqual(['1', '2', '3']);
    expect(found('')).toEqual(['1', '2', '3']);
    expect(found('nothing like it')).toEqual([]);
  });

  it('knows the copies of those destinations that have answered', () => {
    const destination = { kind: 'folder', id: 'd', name: 'Disk', path: '/mnt' } as const;
    const copies: CopiesAt[] = [
      { destination, backups: [{ id: '3', encrypted: true }] },
      {
        destination: { ...destination, name: 'NAS' },
        backups: [],
        problem: { code: 'destination-unreachable', values: {} },
      },
    ];
    expect(copiesOf(good, copies)).toEqual([{ name: 'Disk', encrypted: true }]);
    expect(copiesOf(damaged, copies)).toEqual([]);
    expect(copiesOf(good, undefined)).toEqual([]);
  });
});

describe('a destination that is typed', () => {
  it('is complete with what its kind needs', () => {
    expect(isComplete(emptyDestination)).toBe(false);
    expect(isComplete({ ...emptyDestination, name: 'Disk', path: '/mnt' })).toBe(true);
    expect(isComplete({ ...emptyDestination, kind: 'ssh', name: 'NAS', path: '/b' })).toBe(false);
    expect(isComplete({ ...emptyDestination, kind: 's3', name: 'B2', path: '/mnt' })).toBe(false);
  });

  it('has no secret among its settings', () => {
    const draft = {
      ...emptyDestination,
      kind: 's3' as const,
      name: ' B2 ',
      bucket: 'films',
      secret: 'K0034x',
      byHost: true,
    };
    const settings = destinationOf(draft);
    expect(settings).toMatchObject({ kind: 's3', name: 'B2', bucket: 'films', addressing: 'host' });
    expect(JSON.stringify(settings)).not.toContain('K0034x');
  });
});
