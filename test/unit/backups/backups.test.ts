import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { readArchiveList } from '../../../main/services/backups/archiveList.ts';
import { chosenTool, type FoundTool, hasRestrictFix, rankTools } from '../../../main/services/backups/chooseTool.ts';
import { createDumpProgress, estimateDump } from '../../../main/services/backups/estimate.ts';
import { formatOf } from '../../../main/services/backups/inspect.ts';
import { backupName } from '../../../main/services/backups/names.ts';
import { readSearch } from '../../../main/services/backups/places.ts';
import { installation } from '../../../main/services/backups/toolMissing.ts';
import { readToolLine, toolProblem } from '../../../main/services/backups/toolWords.ts';

const tool = (version: string, path = `/${version}`): FoundTool => ({
  route: { kind: 'this-computer', path },
  place: 'this computer',
  version,
  major: Number.parseInt(version, 10),
  compression: 'zstd',
});

describe('which pg_dump', () => {
  const server = { version: '16.4', major: 16 };

  test('the same major version, then the nearest newer one; the fix before no fix; never an older one', () => {
    const found = ['18.6', '15.19', '17.12', '16.9', '16.15'].map((version) => tool(version));
    const ranked = rankTools(found, server, 'direct');
    expect(ranked.map(({ version }) => version)).toEqual(['16.15', '16.9', '17.12', '18.6', '15.19']);
    expect(ranked.at(-1)?.unusable).toBe('older-than-server');
    expect(ranked[1]?.warnings.map(({ key }) => key)).toEqual(['backup.warning.minor']);
    expect(ranked[2]?.warnings.map(({ key }) => key)).toEqual(['backup.warning.newer-major']);
    expect(chosenTool(rankTools([tool('15.19')], server, 'direct'), undefined)).toBeUndefined();
  });

  test('a wish is followed as long as it is there and new enough', () => {
    const ranked = rankTools([tool('16.15'), tool('18.6'), tool('15.19')], server, 'direct');
    expect(chosenTool(ranked, { kind: 'this-computer', path: '/18.6' })?.version).toBe('18.6');
    expect(chosenTool(ranked, { kind: 'this-computer', path: '/gone' })?.version).toBe('16.15');
    expect(chosenTool(ranked, { kind: 'this-computer', path: '/15.19' })?.version).toBe('16.15');
  });

  test('behind SSH what is dumped there comes first, since it travels compressed', () => {
    const there: FoundTool = {
      ...tool('16.15'),
      route: { kind: 'ssh-host', sshHostId: 'nas', path: '/usr/bin/pg_dump' },
    };
    expect(rankTools([tool('16.15'), there], server, 'ssh')[0]?.route.kind).toBe('ssh-host');
    expect(rankTools([there, tool('16.15')], server, 'direct')[0]?.route.kind).toBe('this-computer');
  });

  test.each([
    ['14.23', false],
    ['14.24', true],
    ['15.18', false],
    ['15.19', true],
    ['16.14', false],
    ['17.10', false],
    ['17.11', true],
    ['18.5', false],
    ['18.6', true],
    ['13.23', false],
    ['19.0', true],
  ])('%s has the fix: %s', (version, fixed) => expect(hasRestrictFix(version)).toBe(fixed));

  test('every system is told how to get one', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) expect(installation(platform, 17)).toContain('17');
  });

  test('what a search on another computer prints', () => {
    const output = [
      '/usr/bin/pg_dump\tpg_dump (PostgreSQL) 17.5 (Debian 17.5-1)\tpg_dump: error: connection to server on socket',
      '/usr/lib/postgresql/15/bin/pg_dump\tpg_dump (PostgreSQL) 15.18\tpg_dump: error: invalid value "zstd:3" for option -Z/--compress',
      'nonsense',
    ].join('\n');
    expect(readSearch(output)).toEqual([
      { file: '/usr/bin/pg_dump', version: '17.5', major: 17, compression: 'zstd' },
      { file: '/usr/lib/postgresql/15/bin/pg_dump', version: '15.18', major: 15, compression: 'gzip' },
    ]);
  });
});

describe('what the tools say', () => {
  test.each([
    ['pg_dump: dumping contents of table "public.a "b" c"', 'table'],
    ['pg_dump: reading extensions', 'progress'],
    ['pg_dump: error: query failed: ERROR:  permission denied for table x', 'fatal'],
    ['pg_dump: warning: there are circular foreign-key constraints on this table:', 'harmless'],
    ['pg_dump: warning: typtype of data type "x" appears to be invalid', 'read'],
    ['WARNING:  database "x" has a collation version mismatch', 'read'],
    ['bash: warning: setlocale: LC_ALL: cannot change locale', 'harmless'],
  ])('%s: %s', (line, kind) => expect(readToolLine(line).kind).toBe(kind));

  const at = { tool: 'pg_dump', host: 'h', port: 1, user: 'u', database: 'd', server: '17', found: '17.1' };
  test.each([
    [['pg_dump: error: aborting because of server version mismatch'], 1, null, 'backup-tool-missing'],
    [['pg_dump: error: query failed: ERROR:  permission denied for table x'], 1, null, 'permission-denied'],
    [['pg_dump: error: query failed: server closed the connection unexpectedly'], 1, null, 'connection-lost'],
    [['pg_dump: error: query failed: ERROR:  canceling statement due to lock timeout'], 1, null, 'lock-timeout'],
    [['pg_dump: error: something else'], 1, null, 'backup-tool-failed'],
    [[], null, 'SIGKILL', 'backup-tool-killed'],
    [[], 137, null, 'backup-tool-killed'],
  ] as const)('%j: %s', (said, exitCode, signal, code) => {
    expect(toolProblem([...said], { exitCode, signal }, at).code).toBe(code);
  });
});

describe('names, formats, lists', () => {
  test('a name says instance, time and schema', () => {
    const at = new Date('2026-11-23T21:45:00.123Z');
    expect(backupName('Films & Séries', at, ['0001_a.sql', '0114_b.sql'])).toBe(
      'aperture_films-series_20261123T214500Z_0114.dump',
    );
    expect(backupName('映画', at, null)).toBe('aperture_instance_20261123T214500Z_empty.dump');
  });

  property.prop([fc.string({ unit: 'binary' }), fc.option(fc.array(fc.string({ unit: 'binary' })))])(
    'a name is one that every file system takes',
    (instance, ledger) => {
      expect(backupName(instance, new Date(0), ledger)).toMatch(
        /^aperture_[a-z0-9-]{1,40}_19700101T000000Z_[a-z0-9-]+\.dump$/,
      );
    },
  );

  test('what a file is, by its first bytes', () => {
    expect(formatOf(Buffer.alloc(0))).toBe('empty');
    expect(formatOf(Buffer.from('PGDMP\x01\x0f'))).toBe('custom');
    expect(formatOf(Buffer.from([0x1f, 0x8b, 8]))).toBe('sql-gzip');
    expect(formatOf(Buffer.from('--\n-- PostgreSQL database dump\n--\n'))).toBe('sql');
    expect(formatOf(Buffer.from('<html>'))).toBe('not-an-archive');
  });

  test('what pg_restore lists', () => {
    const list = `;
; Archive created at 2026-11-23 21:00:00 UTC
;     dbname: aperture
;     Compression: zstd
;     Dumped from database version: 17.12 (Debian 17.12-1)
;     Dumped by pg_dump version: 18.6
;
2; 3079 16385 EXTENSION - vector
217; 1259 16403 TABLE public movies owner
218; 1259 16404 TABLE ATTACH public part owner
3456; 0 16403 TABLE DATA public movies owner
`;
    expect(readArchiveList(list)).toEqual({
      createdAt: '2026-11-23 21:00:00 UTC',
      database: 'aperture',
      compression: 'zstd',
      serverVersion: '17.12',
      toolVersion: '18.6',
      tables: [{ schema: 'public', name: 'movies', owner: 'owner' }],
      extensions: ['vector'],
    });
  });
});

describe('how far a dump is', () => {
  const table = fc.record({ name: fc.uuid(), bytes: fc.nat(1e9) });
  property.prop([fc.array(table, { minLength: 1, maxLength: 20 }), fc.double({ min: 0.01, max: 2, noNaN: true })])(
    'never beyond its total, and at its end where the tables’ sizes are in proportion',
    (tables, share) => {
      const found = tables.map(({ name, bytes }) => ({ schema: 'public', name, bytes }));
      const progress = createDumpProgress(found, 1e9);
      let bytes = 0;
      for (const { schema, name, bytes: size } of found) {
        progress.table(`${schema}.${name}`, bytes);
        bytes += Math.round(size * share);
        const { bytes: done, total } = progress.at(bytes);
        expect(done).toBeLessThanOrEqual(total);
      }
      expect(progress.at(bytes).tables).toMatchObject({ done: found.length - 1, total: found.length });
    },
  );

  test('an earlier backup tells more than a guess', () => {
    const earlier = { bytes: 100, databaseBytes: 1000, seconds: 10 };
    expect(estimateDump(500, 2000, 'zstd', earlier)).toEqual({ bytes: 200, seconds: 20 });
    expect(estimateDump(1e9, 2e9, 'zstd', undefined).bytes).toBeGreaterThan(1e8);
  });
});
