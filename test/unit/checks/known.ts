import type { CheckId, CheckResult } from '../../../contract/check.ts';
import { say, type Text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import type { CheckContext } from '../../../main/checks/check.ts';
import type { ServerFacts } from '../../../main/checks/facts.ts';
import type { Relation } from '../../../main/checks/factsSchema.ts';
import { runChecks } from '../../../main/checks/registry.ts';
import { describeServer } from '../../../main/services/providers.ts';

/** What `version()` said on real servers. */
export const versions = {
  debian13:
    'PostgreSQL 17.11 (Debian 17.11-0+deb13u1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit',
  debian12:
    'PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14+deb12u1) 12.2.0, 64-bit',
  sid: 'PostgreSQL 18.6 (Debian 18.6-3) on x86_64-pc-linux-gnu, compiled by x86_64-linux-gnu-gcc (Debian 16.2.0-1) 16.2.0, 64-bit',
  image:
    'PostgreSQL 16.4 (Debian 16.4-1.pgdg120+2) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit',
  newerImage:
    'PostgreSQL 18.0 (Debian 18.0-1.pgdg13+3) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit',
  ubuntu:
    'PostgreSQL 16.10 (Ubuntu 16.10-0ubuntu0.24.04.1) on x86_64-pc-linux-gnu, compiled by gcc (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0, 64-bit',
  ubuntuPgdg:
    'PostgreSQL 16.4 (Ubuntu 16.4-1.pgdg22.04+1) on x86_64-pc-linux-gnu, compiled by gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0, 64-bit',
  redHat9: 'PostgreSQL 16.4 on x86_64-pc-linux-gnu, compiled by gcc (GCC) 11.4.1 20231218 (Red Hat 11.4.1-3), 64-bit',
  alpine:
    'PostgreSQL 16.4 on x86_64-pc-linux-musl, compiled by gcc (Alpine 13.2.1_git20240309) 13.2.1 20240309, 64-bit',
  windows: 'PostgreSQL 16.4, compiled by Visual C++ build 1940, 64-bit',
  windows17: 'PostgreSQL 17.2 on x86_64-windows, compiled by msvc-19.42.34435, 64-bit',
  homebrew:
    'PostgreSQL 17.2 (Homebrew) on aarch64-apple-darwin24.1.0, compiled by Apple clang version 16.0.0 (clang-1600.0.26.4), 64-bit',
  postgresApp:
    'PostgreSQL 16.4 (Postgres.app) on aarch64-apple-darwin21.6.0, compiled by Apple clang version 14.0.0 (clang-1400.0.29.102), 64-bit',
  rds: 'PostgreSQL 16.4 on x86_64-pc-linux-gnu, compiled by gcc (GCC) 7.3.1 20180712 (Red Hat 7.3.1-12), 64-bit',
  cloudSql: 'PostgreSQL 15.4 on x86_64-pc-linux-gnu, compiled by Debian clang version 12.0.1, 64-bit',
  practice:
    'PostgreSQL 18.6 (PGlite 0.5.14) on wasm32-unknown-emscripten, compiled by emcc (Emscripten gcc/clang-like replacement + linker emulating GNU ld) 6.0.5 (1db513782be24469589d7cb8a1f1834e9a33f271), 32-bit',
} as const;

type Changes = {
  [Name in keyof ServerFacts]?: ServerFacts[Name] extends object | undefined
    ? Partial<ServerFacts[Name]> | null
    : ServerFacts[Name];
};

const defaults: Record<string, [string, string | null]> = {
  default_transaction_read_only: ['off', null],
  max_connections: ['100', null],
  superuser_reserved_connections: ['3', null],
  reserved_connections: ['0', null],
  shared_buffers: ['16384', '8kB'],
  work_mem: ['4096', 'kB'],
  maintenance_work_mem: ['262144', 'kB'],
  max_parallel_maintenance_workers: ['2', null],
  dynamic_shared_memory_type: ['posix', null],
  cluster_name: ['17/main', null],
};

/** Settings as the facts hold them, some changed; an undefined value takes one away. */
export function settings(changes: Record<string, string | undefined> = {}): ServerFacts['settings'] {
  const all = { ...Object.fromEntries(Object.entries(defaults).map(([name, [value]]) => [name, value])), ...changes };
  return Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value, unit: defaults[name]?.[1] ?? null, source: 'configuration file' }],
  );
}

/** A database on Debian 13 that is ready for Aperture, seen by its owner, with parts replaced or (null) taken away. */
export function factsWith(changes: Changes = {}): ServerFacts {
  const version = changes.server?.version ?? versions.debian13;
  const major = Number(/PostgreSQL (\d+)/.exec(version)?.[1]);
  const base: ServerFacts = {
    server: {
      version,
      versionNum: major * 10_000 + Number(/PostgreSQL \d+\.(\d+)/.exec(version)?.[1] ?? 0),
      serverVersion: /PostgreSQL (\S+)/.exec(version)?.[1] ?? '',
      user: 'aperture',
      database: 'aperture',
      inRecovery: false,
      backendPid: 4711,
      serverAddress: '192.168.1.50',
      timeZone: 'Etc/UTC',
      hasAuroraFunction: false,
    },
    schemas: {
      searchPath: '"$user", public',
      searchPathSource: 'default',
      current: ['pg_catalog', 'public'],
      creationSchema: 'public',
    },
    role: {
      superuser: false,
      createDatabase: false,
      createRole: false,
      connectionLimit: -1,
      memberOf: [],
      superusers: ['postgres'],
      providerRoles: [],
    },
    database: {
      owner: 'aperture',
      owned: true,
      encoding: 'UTF8',
      collate: 'en_US.utf8',
      connectionLimit: -1,
      mayCreate: true,
    },
    publicSchema: { exists: true, owner: 'pg_database_owner', mayCreate: true, mayUse: true },
    settings: settings(),
    installed: [
      { name: 'plpgsql', version: '1.0', schema: 'pg_catalog', owned: false },
      { name: 'vector', version: '0.8.7', schema: 'public', owned: false },
      { name: 'pgcrypto', version: '1.3', schema: 'public', owned: true },
      { name: 'pg_trgm', version: '1.6', schema: 'public', owned: true },
    ],
    available: [
      { name: 'vector', version: '0.8.7', trusted: false },
      { name: 'pgcrypto', version: '1.3', trusted: true },
      { name: 'pg_trgm', version: '1.6', trusted: true },
    ],
    size: { bytes: 788 * 1024 ** 2, uptimeSeconds: 86_400 },
    connections: { all: 7, role: 1, database: 1 },
    relations: { count: 0, listed: [], largest: [] },
    ledgerPlace: null,
    collation: { recorded: '2.41', actual: '2.41' },
    sessionChanged: false,
  };
  const merged: Record<string, unknown> = { ...base };
  for (const [name, change] of Object.entries(changes)) {
    const before = merged[name];
    if (change === null) merged[name] = name === 'ledgerPlace' ? null : undefined;
    else if (Array.isArray(change) || typeof change !== 'object' || before === null || before === undefined)
      merged[name] = change;
    else merged[name] = { ...before, ...change };
  }
  return merged as ServerFacts;
}

export function contextWith(
  changes: Changes = {},
  more: Partial<CheckContext> & { loginPid?: number } = {},
): CheckContext {
  const facts = factsWith(changes);
  const { address = { host: 'db.lan', port: 5432 }, kind = 'external', loginPid, ...rest } = more;
  return {
    facts,
    address,
    kind,
    server: describeServer({ address, facts, kind, loginPid }),
    now: new Date('2026-06-01T00:00:00Z'),
    ...rest,
  };
}

/** The result of one check; every text of it is said, so that a missing value fails the test. */
export function run(id: CheckId, context: CheckContext): CheckResult & { said: string } {
  const [result] = [...runChecks(context, [id])];
  if (result === undefined) throw new Error(`${id} does not apply`);
  for (const statement of [result.title, result.why, ...result.fixes.flatMap(textsOf)]) {
    if (statement !== undefined) checkSaid(say(statement));
  }
  const said = say(result.evidence);
  checkSaid(said);
  return { ...result, said };
}

export function applies(id: CheckId, context: CheckContext): boolean {
  return [...runChecks(context, [id])].length > 0;
}

function textsOf(fix: Fix): (Text | undefined)[] {
  switch (fix.kind) {
    case 'run':
    case 'setting':
    case 'network':
      return [fix.title, fix.why];
    case 'paste':
      return [fix.title, fix.where, fix.why];
    case 'portal':
      return [fix.title, ...fix.steps, fix.why];
  }
}

function checkSaid(words: string): void {
  if (/[{}]|undefined|\bnull\b|NaN/.test(words) || words.trim() === '') throw new Error(`not a sentence: ${words}`);
  if (words.includes('!')) throw new Error(`an exclamation mark: ${words}`);
}

export function snippets(result: CheckResult): string {
  return result.fixes
    .map((fix) => (fix.kind === 'paste' ? fix.snippet : fix.kind === 'run' ? fix.preview : ''))
    .join('\n---\n');
}

export const table = (name: string, more: Partial<Relation> = {}): Relation => ({
  schema: 'public',
  name,
  kind: 'r',
  owner: 'aperture',
  bytes: 8192,
  rows: 0,
  ...more,
});
