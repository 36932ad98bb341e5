import { describe, expect, test } from 'vitest';
import type { ServerFacts } from '../../../main/checks/facts.ts';
import { contextWith, factsWith, run, settings, snippets, versions } from './known.ts';

const installed = (vector?: string, schema = 'public'): ServerFacts['installed'] => [
  ...factsWith().installed.filter((each) => each.name !== 'vector'),
  ...(vector === undefined ? [] : [{ name: 'vector', version: vector, schema, owned: false }]),
];
const available = (vector?: string): NonNullable<ServerFacts['available']> => [
  ...(factsWith().available ?? []).filter((each) => each.name !== 'vector'),
  ...(vector === undefined ? [] : [{ name: 'vector', version: vector, trusted: false }]),
];
const server = (version: string) => factsWith({ server: { version } as ServerFacts['server'] }).server;
const missingOn = (version: string, changes: Parameters<typeof contextWith>[0] = {}, host = 'db.lan') =>
  run(
    'extension-vector',
    contextWith(
      {
        server: server(version),
        installed: installed(),
        available: available(),
        settings: settings({ cluster_name: '' }),
        ...changes,
      },
      { address: { host, port: 5432 } },
    ),
  );

describe('extension-vector', () => {
  test.each([
    ['0.8.7', '0.8.7', 'pass', '0.8.7, enabled. Needs 0.7.0, 0.8.3 or newer recommended.'],
    ['0.8.0', '0.8.0', 'warn', '0.8.0, enabled. Works; 0.8.3 and newer have fixes for HNSW indexes.'],
    ['0.8.0', '0.8.7', 'warn', '0.8.0 is enabled; the server has 0.8.7.'],
    ['0.6.2', '0.8.0', 'fail', '0.6.2 is enabled. Needs 0.7.0 or newer; the server has 0.8.0.'],
    ['0.6.2', '0.6.2', 'fail', '0.6.2 is enabled. Needs 0.7.0 or newer, and the server has nothing newer.'],
    ['0.6.0', '0.6.2', 'fail', '0.6.0 is enabled. Needs 0.7.0 or newer, and the server has nothing newer.'],
    [
      undefined,
      '0.8.0',
      'fail',
      'Installed on the server (0.8.0), not enabled in aperture. Embeddings are stored in it.',
    ],
    [
      undefined,
      '0.6.0',
      'fail',
      'Installed on the server in version 0.6.0, not enabled in aperture. Needs 0.7.0 or newer.',
    ],
    [undefined, undefined, 'fail', 'Not on the server (Debian 13). Embeddings are stored in it.'],
  ] as const)('%s enabled, %s on the server: %s', (enabled, there, status, said) => {
    const result = run('extension-vector', contextWith({ installed: installed(enabled), available: available(there) }));
    expect(result).toMatchObject({ status, said });
    if (status !== 'pass') expect(result.fixes.length).toBeGreaterThan(0);
  });

  test('an update is run, a newer package is pasted', () => {
    const update = run(
      'extension-vector',
      contextWith({ installed: installed('0.8.0'), available: available('0.8.7') }),
    );
    expect(update.fixes[0]).toMatchObject({ kind: 'run', id: 'update-extension-vector', as: 'administrator' });
    const old = run('extension-vector', contextWith({ installed: installed('0.8.0'), available: available('0.8.0') }));
    expect(snippets(old)).toContain('apt install postgresql-17-pgvector');
  });

  test('in a schema that is not searched', () => {
    const result = run('extension-vector', contextWith({ installed: installed('0.8.7', 'extensions') }));
    expect(result).toMatchObject({
      status: 'fail',
      said: 'Enabled in schema extensions, which is not on the search path ("$user", public): it is not found from here.',
    });
    expect(snippets(result)).toContain(
      'ALTER ROLE "aperture" IN DATABASE "aperture" SET search_path = "public", "extensions";',
    );
  });

  test('when the list of the server could not be read', () => {
    const result = run('extension-vector', contextWith({ installed: installed(), available: null }));
    expect(result.said).toBe('Not enabled in aperture. Whether the server has it could not be read.');
  });
});

describe('who may enable it', () => {
  const missing = { installed: installed(), available: available('0.8.7') };
  const vector = (changes: Parameters<typeof contextWith>[0], host = 'db.lan') =>
    run('extension-vector', contextWith({ ...missing, ...changes }, { address: { host, port: 5432 } }));
  const role = (changes: Partial<ServerFacts['role']>) => ({ ...factsWith().role, ...changes });

  test('a superuser, or the owner where it is trusted', () => {
    expect(vector({ role: role({ superuser: true }) }).fixes).toMatchObject([{ kind: 'run', as: 'app' }]);
    const trusted = available().concat({ name: 'vector', version: '0.8.7', trusted: true });
    expect(vector({ available: trusted }).fixes).toMatchObject([{ kind: 'run', as: 'app' }]);
    expect(
      vector({ available: trusted, database: { ...factsWith().database, mayCreate: false } }).fixes[0],
    ).toMatchObject({
      as: 'administrator',
    });
  });

  test('on an own server: a superuser of it, with the script to hand over', () => {
    const result = vector({});
    expect(result.fixes).toMatchObject([
      { kind: 'run', as: 'administrator', preview: 'CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;' },
      { kind: 'paste', where: { values: { host: 'db.lan', database: 'aperture', administrator: 'postgres' } } },
    ]);
  });

  test.each([
    ['mydb.abc123.us-east-1.rds.amazonaws.com', 'rds_superuser'],
    ['shop.postgres.database.azure.com', 'azure_pg_admin'],
    ['db.abcdefgh.supabase.co', 'postgres'],
    ['ep-cool-name-123.us-east-2.aws.neon.tech', 'neon_superuser'],
    ['db-1-do-user-1-0.c.db.ondigitalocean.com', 'doadmin'],
  ])('on %s: %s', (host, administrator) => {
    const other = vector({ settings: settings({ 'azure.extensions': 'vector,pgcrypto' }) }, host);
    const paste = other.fixes.find((fix) => fix.kind === 'paste');
    expect(paste).toMatchObject({ where: { values: { administrator } } });
    const member = vector({ role: role({ memberOf: [administrator], providerRoles: ['supabase_admin'] }) }, host);
    expect(member.fixes.find((fix) => fix.kind === 'run')).toMatchObject({ as: 'app' });
  });

  test('Azure and RDS refuse what is not on their list', () => {
    const azure = vector(
      { settings: settings({ 'azure.extensions': 'PGCRYPTO,PG_TRGM' }) },
      'x.postgres.database.azure.com',
    );
    expect(azure.fixes[0]).toMatchObject({ kind: 'portal', why: { values: { setting: 'azure.extensions' } } });
    const rds = vector(
      { settings: settings({ 'rds.allowed_extensions': 'pgcrypto' }) },
      'x.abc.eu-west-1.rds.amazonaws.com',
    );
    expect(rds.fixes[0]).toMatchObject({ kind: 'portal' });
    const all = vector({ settings: settings({ 'rds.allowed_extensions': '' }) }, 'x.abc.eu-west-1.rds.amazonaws.com');
    expect(all.fixes[0]).toMatchObject({ kind: 'run' });
  });
});

describe('pgvector is not on the server', () => {
  test('Debian with its own package, with the repository of PostgreSQL, without either', () => {
    expect(snippets(missingOn(versions.debian13, { settings: settings() }))).toMatch(
      /^sudo apt update\nsudo apt install postgresql-17-pgvector\n---\n/,
    );
    const old = snippets(missingOn(versions.debian12, { settings: settings() }));
    expect(old).toMatch(/pgdg\/apt\.postgresql\.org\.sh -y\nsudo apt install postgresql-15-pgvector/);
    expect(old).toContain('make -C /tmp/pgvector PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config');
    expect(snippets(missingOn(versions.ubuntu, { settings: settings() }))).toContain('apt.postgresql.org.sh');
    const pgdg = snippets(missingOn(versions.ubuntuPgdg, { settings: settings() }));
    expect(pgdg).not.toContain('apt.postgresql.org.sh');
    expect(pgdg).toContain('postgresql-16-pgvector');
  });

  test('a container: the image of the same major version', () => {
    const seen = { host: { container: true, sharedMemoryKilobytes: 65_536, memoryKilobytes: 8_000_000 } };
    const certain = missingOn(versions.image, seen);
    expect(certain.said).toContain('Debian 12');
    expect(snippets(certain)).toBe('services:\n  db:\n    image: pgvector/pgvector:pg16\n    shm_size: 1g');
    const likely = missingOn(versions.image, { server: { ...server(versions.image), serverAddress: '172.18.0.3' } });
    expect(likely.fixes[0]).toMatchObject({ language: 'yaml' });
    expect(likely.fixes.length).toBe(3);
  });

  test('Alpine in a container stays on Alpine', () => {
    const result = snippets(missingOn(versions.alpine));
    expect(result).toContain('FROM postgres:16-alpine');
    expect(result).toContain('apk add postgresql-pgvector');
    expect(result).not.toContain('pgvector/pgvector:');
  });

  test('Red Hat, Windows, macOS, and what is not known', () => {
    expect(snippets(missingOn(versions.redHat9))).toContain('sudo dnf install pgvector_16');
    expect(snippets(missingOn(versions.redHat9))).toContain('/usr/pgsql-16/bin/pg_config');
    expect(snippets(missingOn(versions.windows))).toContain('nmake /F Makefile.win install');
    expect(snippets(missingOn(versions.homebrew))).toContain('brew install pgvector');
    expect(missingOn(versions.postgresApp).fixes[0]).toMatchObject({
      kind: 'portal',
      link: 'https://postgresapp.com/',
    });
    expect(snippets(missingOn(versions.cloudSql))).toContain('pgvector/pgvector:pg15');
  });

  test('a provider has to offer it', () => {
    const result = missingOn(versions.rds, {}, 'x.abc.eu-west-1.rds.amazonaws.com');
    expect(result.fixes).toMatchObject([{ kind: 'portal', link: 'https://console.aws.amazon.com/rds/home' }]);
    const azure = missingOn(
      versions.redHat9,
      { settings: settings({ 'azure.extensions': '' }) },
      'x.postgres.database.azure.com',
    );
    expect(azure.fixes[0]).toMatchObject({ kind: 'portal', title: { values: { extension: 'vector' } } });
  });
});

describe.each(['pgcrypto', 'pg_trgm'] as const)('extension-%s', (name) => {
  const id = `extension-${name}` as const;
  const without = factsWith().installed.filter((each) => each.name !== name);

  test('enabled, only on the server, not there, not told', () => {
    expect(run(id, contextWith())).toMatchObject({
      status: 'pass',
      said: expect.stringContaining('enabled in aperture.'),
    });
    const there = run(id, contextWith({ installed: without }));
    expect(there).toMatchObject({
      status: 'fail',
      fixes: [{ kind: 'run', id: `create-extension-${name}`, as: 'app' }],
    });
    expect(there.said).toContain('not enabled in aperture.');
    if (name === 'pg_trgm') expect(there.said).toContain('the guide does not mention it');
    const missing = contextWith({ installed: without, available: [] });
    expect(run(id, missing)).toMatchObject({ status: 'fail', fixes: [{ kind: 'paste', language: 'shell' }] });
    expect(run(id, contextWith({ installed: without, available: null })).said).toContain('could not be read');
  });

  test('in a schema that is not searched', () => {
    const hidden = [...without, { name, version: '1.0', schema: 'extensions', owned: true }];
    expect(run(id, contextWith({ installed: hidden }))).toMatchObject({
      status: 'fail',
      fixes: [{ id: 'set-search-path' }],
    });
  });
});
