import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { OperationView } from '../../../contract/operation.ts';
import { sourceOf } from '../../../main/cli/migrateRuns.ts';
import { companionMigrations } from '../../../main/services/companionSchema/files.ts';
import { merged } from '../../../main/services/companionSchema/history.ts';
import { copyName } from '../../../main/services/migrations/copies.ts';
import { changedRows } from '../../../main/services/migrations/rowCounts.ts';

describe('sources on the command line', () => {
  test.each([
    ['installed', { kind: 'installed' }],
    ['image:0.7.8', { kind: 'image', image: 'ghcr.io/dgruhin-hrizn/aperture:0.7.8' }],
    ['image:registry.lan:5000/me/aperture:mine', { kind: 'image', image: 'registry.lan:5000/me/aperture:mine' }],
    ['folder:C:\\files with spaces', { kind: 'folder', path: 'C:\\files with spaces' }],
  ])('%s', (given, expected) => {
    expect(sourceOf(given)).toEqual(expected);
  });
  test.each(['', 'image', 'image:', 'folder:', 'elsewhere', 'Installed'])('%j is none', (given) => {
    expect(() => sourceOf(given)).toThrow();
  });
});

describe('histories of two computers', () => {
  const view = (id: number, at: number, host?: string): OperationView => ({
    id: String(id),
    kind: 'migrate',
    subject: { instanceId: 'i', name: 'Home' },
    state: 'succeeded',
    startedAt: new Date(at).toISOString(),
    steps: [],
    stepIndex: 0,
    overall: 1,
    startedBy: 'window',
    ...(host === undefined ? {} : { host }),
  });
  const views = fc.uniqueArray(fc.tuple(fc.nat(40), fc.nat(1_000_000)), { selector: ([id]) => id });

  property.prop([views, views, fc.integer({ min: 1, max: 50 })])(
    'each once, newest first, own ones first',
    (own, others, limit) => {
      const mine = own.map(([id, at]) => view(id, at));
      const all = merged(
        mine,
        others.map(([id, at]) => view(id, at, 'nas')),
        limit,
      );
      const ids = new Set([...own, ...others].map(([id]) => String(id)));
      expect(all).toHaveLength(Math.min(limit, ids.size));
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      expect(all.map(({ startedAt }) => startedAt)).toEqual(
        all
          .map(({ startedAt }) => startedAt)
          .sort()
          .reverse(),
      );
      for (const each of all) if (mine.some(({ id }) => id === each.id)) expect(each.host).toBeUndefined();
    },
  );
});

test('tables that are new or gone count as empty, and the same number is no change', () => {
  const before = new Map([
    ['a', 1],
    ['b', 2],
    ['gone', 3],
  ]);
  const after = new Map([
    ['a', 1],
    ['b', 0],
    ['new', 4],
    ['empty', 0],
  ]);
  expect(changedRows(before, after)).toEqual([
    { table: 'b', before: 2, after: 0 },
    { table: 'gone', before: 3, after: 0 },
    { table: 'new', before: 0, after: 4 },
  ]);
});

test('the companion’s own migrations are numbered without a gap, from whichever folder of the package they are looked for', async () => {
  const files = await companionMigrations();
  expect(files.map(({ name }) => Number(name.slice(0, 4)))).toEqual(files.map((_, index) => index + 1));
  expect(files.every(({ name }) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name))).toBe(true);
  expect(await companionMigrations(`${import.meta.dirname}/../../../out/main/chunks`)).toEqual(files);
  await expect(companionMigrations('/')).rejects.toThrow('no migrations');
});

test('names of copies tell when they were made, and fit', () => {
  const at = new Date('2026-11-23T22:00:00Z');
  const name = copyName(at);
  expect(name.length).toBeLessThan(63);
  expect(Number.parseInt(name.split('_')[2] ?? '', 36)).toBe(at.getTime());
  expect(copyName(at)).not.toBe(name);
});
