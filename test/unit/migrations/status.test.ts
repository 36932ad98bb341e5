import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Ledger } from '../../../main/services/migrations/ledger.ts';
import { type MigrationsRead, migrationsOf, readMigrations } from '../../../main/services/migrations/source.ts';
import { pendingFiles, statusOf } from '../../../main/services/migrations/status.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const now = new Date('2026-05-30T12:00:00Z');
const source = (...names: string[]): MigrationsRead =>
  migrationsOf(
    { kind: 'folder', name: '/x' },
    names.map((name) => ({ name, content: Buffer.from('SELECT 1;') })),
    '/x',
  );
const ledger = (...names: string[]): Ledger => ({
  there: true,
  rows: names.map((name, at) => ({ id: at + 1, name, appliedAt: `2026-05-0${at + 1}T00:00:00.000Z` })),
});

describe('status', () => {
  test('applied, pending and unknown ones by name, with times and sizes', () => {
    const read = source('0003_c.sql', '0001_a.sql', '0002_b.sql');
    const status = statusOf(ledger('0001_a.sql', '0001_hand.sql'), read, true, now);
    expect(status).toEqual({
      at: '2026-05-30T12:00:00.000Z',
      source: { kind: 'folder', name: '/x', files: 3 },
      ledger: 'there',
      entries: [
        { name: '0001_a.sql', state: 'applied', id: 1, appliedAt: '2026-05-01T00:00:00.000Z', bytes: 9 },
        { name: '0001_hand.sql', state: 'unknown', id: 2, appliedAt: '2026-05-02T00:00:00.000Z' },
        { name: '0002_b.sql', state: 'pending', bytes: 9 },
        { name: '0003_c.sql', state: 'pending', bytes: 9 },
      ],
      applied: 1,
      pending: 2,
      unknown: 1,
      outOfOrder: [],
      onStart: true,
    });
  });

  test('pending ones before an applied one are out of order; unknown ones make nothing late', () => {
    const read = source('0001_a.sql', '0002_b.sql', '0003_c.sql', '0004_d.sql');
    const status = statusOf(ledger('0001_a.sql', '0003_c.sql', '0009_later.sql'), read, undefined, now);
    expect(status).toMatchObject({ outOfOrder: ['0002_b.sql'], pending: 2, unknown: 1 });
    expect(status).not.toHaveProperty('onStart');
    expect(pendingFiles(read.files, ledger('0001_a.sql')).map(({ name }) => name)).toEqual([
      '0002_b.sql',
      '0003_c.sql',
      '0004_d.sql',
    ]);
  });

  test('without a ledger all are pending, without a source nothing is said to be unknown', () => {
    expect(statusOf({ there: false, rows: [] }, source('0001_a.sql'), undefined, now)).toMatchObject({
      ledger: 'missing',
      pending: 1,
    });
    const problem = { code: 'migrations-no-server', values: {} } as const;
    expect(statusOf(ledger('0001_a.sql'), { problem }, undefined, now)).toMatchObject({
      source: null,
      sourceProblem: problem,
      applied: 1,
      pending: 0,
      unknown: 0,
    });
  });
});

describe('a folder as the source', () => {
  const signal = new AbortController().signal;
  const dockerHosts = {
    engine: () => {
      throw new Error('nobody asks for Docker');
    },
  };
  const read = (folder: string) => readMigrations({ kind: 'folder', path: folder }, { dockerHosts, signal });
  const write = (folder: string, name: string, content: string | Buffer) =>
    writeFileSync(path.join(folder, name), content);

  test('its *.sql files in plain order of characters, with their checksums', async () => {
    const folder = await temporaryFolder();
    for (const name of [
      '0010_b.sql',
      '0002_a.sql',
      '10_c.sql',
      'B.sql',
      'a.sql',
      'README.md',
      'old.sql.bak',
      'X.SQL',
    ]) {
      write(folder, name, `-- ${name}\r\n`);
    }
    mkdirSync(path.join(folder, 'folder.sql'));
    const { found, files } = await read(folder);
    expect(found).toEqual({ kind: 'folder', name: folder, files: 5 });
    expect(files.map(({ name }) => name)).toEqual(['0002_a.sql', '0010_b.sql', '10_c.sql', 'B.sql', 'a.sql']);
    expect(files[0]).toEqual({
      name: '0002_a.sql',
      sql: '-- 0002_a.sql\r\n',
      bytes: 15,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test.each([
    [Buffer.from([0x53, 0xe9, 0x3b]), 'encoding'],
    [Buffer.from('\uFEFFSELECT 1;'), 'byte-order-mark'],
    [Buffer.from('SELECT 1;\0'), 'zero'],
    [Buffer.from('SELECT 1;', 'utf16le'), 'zero'],
  ])('%j is told by the fault of its file', async (content, fault) => {
    const folder = await temporaryFolder();
    write(folder, '0001_a.sql', content);
    const { files } = await read(folder);
    expect(files[0]?.problem).toEqual({ code: 'migration-file-invalid', values: { name: '0001_a.sql', fault } });
  });

  test('no folder, no migrations, a file beyond measure, links that lead nowhere', async () => {
    const folder = await temporaryFolder();
    const code = (promise: Promise<unknown>) => promise.catch((error: { problem: unknown }) => error.problem);
    expect(await code(read(path.join(folder, 'none')))).toMatchObject({
      code: 'file-unreadable',
      values: { reason: 'ENOENT' },
    });
    write(folder, 'notes.txt', '');
    expect(await code(read(folder))).toEqual({
      code: 'migrations-missing',
      values: { source: folder, path: folder },
    });
    symlinkSync(path.join(folder, 'gone'), path.join(folder, '0001_a.sql'));
    expect(await code(read(folder))).toMatchObject({ code: 'file-unreadable' });
    const other = await temporaryFolder();
    write(other, '0001_a.sql', Buffer.alloc(4 * 1024 * 1024 + 1, 0x20));
    expect(await code(read(other))).toMatchObject({ code: 'migrations-unreadable' });
  });

  test('two files of one name are refused', () => {
    expect(() => source('0001_a.sql', '0001_a.sql')).toThrow('migrations-unreadable');
  });

  test('an instance without a server has nothing installed', async () => {
    await expect(readMigrations({ kind: 'installed' }, { dockerHosts, signal })).rejects.toMatchObject({
      problem: { code: 'migrations-no-server' },
    });
  });
});
