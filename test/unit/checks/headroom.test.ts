import { describe, expect, test } from 'vitest';
import { checkIds } from '../../../contract/check.ts';
import type { TlsVerdict } from '../../../contract/connection.ts';
import { sizeText } from '../../../main/checks/amounts.ts';
import { registry, verdictOf } from '../../../main/checks/registry.ts';
import { summaryOf } from '../../../main/checks/summary.ts';
import { applies, contextWith, factsWith, run, settings, snippets, versions } from './known.ts';

describe('connections', () => {
  test('enough, few, and not told', () => {
    expect(run('connections', contextWith())).toMatchObject({
      status: 'pass',
      said: '7 of 100 in use, 3 reserved for administrators. Aperture uses up to 20.',
    });
    const few = run('connections', contextWith({ settings: settings({ max_connections: '25' }) }));
    expect(few).toMatchObject({
      status: 'warn',
      said: '7 of 25 in use, 3 reserved for administrators: 16 free. Aperture uses up to 20.',
    });
    expect(snippets(few)).toBe('ALTER SYSTEM SET max_connections = 100;');
    expect(run('connections', contextWith({ connections: null })).status).toBe('skipped');
    expect(run('connections', contextWith({ settings: settings({ max_connections: undefined }) })).status).toBe(
      'skipped',
    );
  });

  test('exactly enough is enough: this check’s own connection ends', () => {
    const exact = { connections: { all: 78, role: 1, database: 1 } };
    expect(run('connections', contextWith(exact)).status).toBe('pass');
    expect(run('connections', contextWith({ connections: { all: 79, role: 1, database: 1 } })).status).toBe('warn');
  });

  test('limits of the role and of the database', () => {
    const role = run('connections', contextWith({ role: { connectionLimit: 5 } }));
    expect(role.said).toBe('aperture may have 5 connections. Aperture uses up to 20.');
    expect(snippets(role)).toBe('ALTER ROLE "aperture" CONNECTION LIMIT 30;');
    const database = run('connections', contextWith({ database: { connectionLimit: 1 } }));
    expect(database.said).toBe('aperture may have 1 connection. Aperture uses up to 20.');
    expect(run('connections', contextWith({ role: { superuser: true, connectionLimit: 1 } })).status).toBe('pass');
  });

  test('a provider changes it in its console', () => {
    const few = contextWith(
      { settings: settings({ max_connections: '25' }) },
      { address: { host: 'x.neon.tech', port: 5432 } },
    );
    expect(run('connections', few).fixes).toMatchObject([{ kind: 'portal', link: 'https://console.neon.tech/' }]);
  });
});

describe('memory', () => {
  const kilobytes = (name: string, value: string | undefined, more = {}) =>
    contextWith({ settings: settings({ [name]: value }), ...more });

  test('shared_buffers', () => {
    expect(run('memory-shared-buffers', contextWith())).toMatchObject({
      status: 'pass',
      said: 'shared_buffers is 128 MB.',
    });
    expect(run('memory-shared-buffers', kilobytes('shared_buffers', '4096'))).toMatchObject({
      status: 'warn',
      fixes: [{ language: 'sql' }],
    });
    const host = { container: false, sharedMemoryKilobytes: null, memoryKilobytes: 8 * 1024 ** 2 };
    expect(run('memory-shared-buffers', contextWith({ host })).said).toBe(
      'shared_buffers is 128 MB; the computer has 8 GB.',
    );
    expect(run('memory-shared-buffers', kilobytes('shared_buffers', undefined)).status).toBe('skipped');
  });

  test('work_mem', () => {
    expect(run('memory-work-mem', contextWith()).said).toBe('work_mem is 4 MB.');
    expect(run('memory-work-mem', kilobytes('work_mem', '1024')).status).toBe('warn');
    expect(run('memory-work-mem', kilobytes('work_mem', '262144'))).toMatchObject({
      status: 'warn',
      said: 'work_mem is 256 MB. It counts for each sort of each connection: 20 connections may take 5 GB or more.',
    });
    const host = { container: false, sharedMemoryKilobytes: null, memoryKilobytes: 64 * 1024 ** 2 };
    expect(run('memory-work-mem', kilobytes('work_mem', '262144', { host })).status).toBe('pass');
    expect(run('memory-work-mem', kilobytes('work_mem', undefined)).status).toBe('skipped');
  });

  test('maintenance_work_mem', () => {
    expect(run('memory-maintenance', contextWith()).status).toBe('pass');
    const small = run('memory-maintenance', kilobytes('maintenance_work_mem', '65536'));
    expect(small.said).toBe('maintenance_work_mem is 64 MB. 256 MB makes a restore about twice as fast.');
    expect(snippets(small)).toContain(`SET maintenance_work_mem = '256MB'`);
    expect(snippets(small)).toContain('SET max_parallel_maintenance_workers = 0');
    const host = { container: false, sharedMemoryKilobytes: 8 * 1024 ** 2, memoryKilobytes: null };
    expect(snippets(run('memory-maintenance', kilobytes('maintenance_work_mem', '65536', { host })))).not.toContain(
      'workers',
    );
    expect(run('memory-maintenance', kilobytes('maintenance_work_mem', undefined)).status).toBe('skipped');
  });

  test('amounts are written as PostgreSQL writes them', () => {
    expect([0, 512, 1536, 64 * 1024 ** 2, 1.5 * 1024 ** 3, 788 * 1024 ** 2].map(sizeText)).toEqual([
      '0 B',
      '512 B',
      '1.5 kB',
      '64 MB',
      '1.5 GB',
      '788 MB',
    ]);
  });
});

describe('shared-memory', () => {
  const inContainer = (sharedMemoryKilobytes: number | null, changes: Record<string, string> = {}) =>
    contextWith({
      host: { container: true, sharedMemoryKilobytes, memoryKilobytes: 8 * 1024 ** 2 },
      settings: settings({ cluster_name: '', ...changes }),
    });

  test('only in a container', () => {
    expect(applies('shared-memory', contextWith())).toBe(false);
    expect(applies('shared-memory', inContainer(65_536))).toBe(true);
    expect(applies('shared-memory', inContainer(65_536, { dynamic_shared_memory_type: 'mmap' }))).toBe(false);
  });

  test('enough, too little, not needed, not visible', () => {
    expect(run('shared-memory', inContainer(1024 ** 2)).said).toBe('/dev/shm has 1 GB; an index build needs 256 MB.');
    const small = run('shared-memory', inContainer(65_536));
    expect(small).toMatchObject({
      status: 'warn',
      said: '/dev/shm has 64 MB; an index build with 2 workers needs more than 256 MB of it.',
      fixes: [{ language: 'yaml' }, { kind: 'run', id: 'set-maintenance-memory' }],
    });
    expect(run('shared-memory', inContainer(65_536, { max_parallel_maintenance_workers: '0' })).status).toBe('pass');
    const seenFromOutside = contextWith({
      server: { ...factsWith({ server: { version: versions.image } }).server, serverAddress: '172.17.0.2' },
      settings: settings({ cluster_name: '' }),
    });
    expect(run('shared-memory', seenFromOutside)).toMatchObject({ status: 'warn' });
    expect(run('shared-memory', seenFromOutside).said).toContain('seems to run in a container');
  });
});

test('free-disk says what will be needed', () => {
  expect(run('free-disk', contextWith())).toMatchObject({
    status: 'skipped',
    said: 'PostgreSQL does not tell. The database has 788 MB: a backup takes up to 788 MB where it is stored, an index rebuild up to 788 MB beside the data.',
  });
  expect(applies('free-disk', contextWith({ size: null }))).toBe(false);
});

describe('tls-agreement', () => {
  const verdict = (reader: TlsVerdict['reader'], outcome: TlsVerdict['outcome']): TlsVerdict => ({
    reader,
    outcome,
    rendered: '',
  });
  const tls = (app: TlsVerdict['outcome'], tools: TlsVerdict['outcome'], server: TlsVerdict['outcome']) =>
    contextWith(
      {},
      {
        tls: {
          offered: true,
          chain: [],
          verdicts: [verdict('app', app), verdict('tools', tools), verdict('server', server)],
        },
      },
    );

  test('only after a connection test', () => {
    expect(applies('tls-agreement', contextWith())).toBe(false);
  });

  test('the same, different, refused', () => {
    expect(run('tls-agreement', tls('encrypted-verified', 'encrypted-verified', 'encrypted-verified'))).toMatchObject({
      status: 'pass',
      said: 'Encrypted, certificate verified, for this app, PostgreSQL’s tools and Aperture alike.',
    });
    expect(run('tls-agreement', tls('plain', 'plain', 'plain')).said).toContain('Not encrypted');
    expect(
      run('tls-agreement', tls('encrypted-unverified', 'encrypted-unverified', 'encrypted-verified')),
    ).toMatchObject({
      status: 'warn',
      said: 'This app: encrypted, not verified. PostgreSQL’s tools: encrypted, not verified. Aperture: verified.',
    });
    expect(run('tls-agreement', tls('encrypted-unverified', 'encrypted-unverified', 'refused'))).toMatchObject({
      status: 'fail',
      said: 'Aperture’s driver refuses these TLS settings against this server.',
    });
    expect(run('tls-agreement', tls('plain', 'refused', 'plain')).status).toBe('warn');
    expect(run('tls-agreement', tls('plain', 'refused', 'refused')).said).toContain(
      'driver and PostgreSQL’s tools refuse',
    );
  });
});

test('password-backup', () => {
  expect(applies('password-backup', contextWith())).toBe(false);
  expect(run('password-backup', contextWith({}, { passwordNeedsEncoding: false })).status).toBe('pass');
  const encoded = run('password-backup', contextWith({}, { passwordNeedsEncoding: true }));
  expect(encoded).toMatchObject({
    status: 'warn',
    fixes: [{ kind: 'paste' }, { kind: 'setting', id: 'enter-password' }],
  });
  expect(snippets(encoded)).toContain('\\password "aperture"');
});

test('the summary shows memory as one writes it, and says nothing where nothing was told', () => {
  const summary = summaryOf(factsWith({ size: null, connections: null, relations: null }));
  expect(summary.settings).toContainEqual({ name: 'shared_buffers', value: '128 MB', source: 'configuration file' });
  expect(summary.settings).toContainEqual({
    name: 'max_connections',
    value: '100',
    unit: undefined,
    source: 'configuration file',
  });
  expect(summary).toMatchObject({
    databaseBytes: 0,
    connectionsUsed: 0,
    connectionsMax: 100,
    migrationsApplied: undefined,
  });
  expect(summary.extensions).toContainEqual({
    name: 'vector',
    installed: '0.8.7',
    available: '0.8.7',
    schema: 'public',
  });
});

describe('the registry', () => {
  test('has each check once, in the order of the contract', () => {
    expect(registry.map((each) => each.id)).toEqual([...checkIds]);
  });

  test('a database that has everything is ready; the practice database skips what has no meaning there', () => {
    const results = checkIds.filter((id) => applies(id, contextWith())).map((id) => run(id, contextWith()));
    expect(verdictOf(results)).toBe('ready');
    const practice = contextWith(
      { server: factsWith({ server: { version: versions.practice } }).server },
      { kind: 'practice' },
    );
    expect(checkIds.filter((id) => applies(id, practice))).toEqual([
      'server-version',
      'server-writable',
      'encoding',
      'extension-vector',
      'extension-pgcrypto',
      'extension-pg_trgm',
      'database-dedicated',
      'database-owner',
      'create-on-database',
      'create-on-schema',
      'search-path',
    ]);
    expect(practice.server.platform).toBe('PGlite');
  });

  test('one failure outweighs all, what was skipped nothing', () => {
    expect(verdictOf([{ status: 'pass' }, { status: 'skipped' }])).toBe('ready');
    expect(verdictOf([{ status: 'pass' }, { status: 'warn' }])).toBe('ready-with-warnings');
    expect(verdictOf([{ status: 'warn' }, { status: 'fail' }])).toBe('not-ready');
  });
});
