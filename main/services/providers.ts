import type { DatabaseAddress, ProviderId, ServerView } from '../../contract/connection.ts';
import { type Text, text } from '../../contract/copy/text.ts';
import { containerHint } from '../checks/containers.ts';
import type { ServerFacts } from '../checks/facts.ts';

/** What a login and one question tell; what the facts know beyond that makes the answer surer. */
export type ServerIdentity = {
  /** As `version()` tells. */
  version: string;
  versionNum: number;
  user: string;
  database: string;
  inRecovery: boolean;
  /** As `pg_backend_pid()` tells. */
  backendPid?: number;
};

export type ServerEvidence = {
  /** As in the settings; through a tunnel, the name behind it. */
  address: DatabaseAddress;
  /** The process id that came with the login: a pooler invents one. */
  loginPid?: number;
  kind?: 'external' | 'practice';
} & ({ identity: ServerIdentity; facts?: undefined } | { facts: ServerFacts; identity?: undefined });

/** Who answered: version, provider, platform and a pooler in between, from the address and what the server told. */
export function describeServer(evidence: ServerEvidence): ServerView {
  const { address, facts } = evidence;
  const identity = evidence.identity ?? evidence.facts.server;
  const { version, versionNum, user, database, inRecovery } = identity;
  const musl = /-linux-musl/.test(version);
  const found = evidence.kind === 'practice' ? 'practice' : providerOf(address.host, version, facts);
  const contained = facts !== undefined && !musl && ownLinux.has(found) && containerHint(facts) === 'yes';
  const pooler = poolerOf(evidence, found, identity.backendPid);
  return {
    version: shortVersion(version),
    versionNum,
    provider: contained ? 'container' : found,
    platform: platformOf(found, version),
    ...(pooler === undefined ? {} : { pooler }),
    user,
    database,
    inRecovery,
  };
}

const ownLinux: ReadonlySet<ProviderId> = new Set(['debian', 'rhel', 'unknown']);

function shortVersion(version: string): string {
  return /^PostgreSQL ([^\s,]+)/.exec(version)?.[1] ?? version;
}

/** Host names that providers give to their customers' databases. */
const hosts: readonly [RegExp, ProviderId][] = [
  [/\.supabase\.(co|com|in|net)$/, 'supabase'],
  [/\.neon\.(tech|build)$/, 'neon'],
  [/\.cluster-(ro-|custom-)?[^.]+\.[^.]+\.rds\.amazonaws\.com(\.cn)?$/, 'aurora'],
  [/\.rds\.amazonaws\.com(\.cn)?$/, 'rds'],
  [/\.postgres(\.cosmos)?\.database\.(azure\.com|chinacloudapi\.cn|usgovcloudapi\.net)$/, 'azure'],
  [/\.db\.ondigitalocean\.com$/, 'digitalocean'],
];

function providerOf(host: string, version: string, facts: ServerFacts | undefined): ProviderId {
  const name = host.toLowerCase().replace(/\.$/, '');
  const byHost = hosts.find(([pattern]) => pattern.test(name))?.[1];
  const bySettings = facts === undefined ? undefined : providerBySettings(facts);
  // Aurora's instances have addresses that look like RDS; only the server tells.
  if (bySettings === 'aurora') return 'aurora';
  return byHost ?? bySettings ?? platformProvider(version);
}

/** For a provider behind a name of one's own, an address or a tunnel. */
function providerBySettings(facts: ServerFacts): ProviderId | undefined {
  const has = (prefix: string) => facts.settings.some((each) => each.name.startsWith(prefix));
  const roles = facts.role.providerRoles;
  if (facts.server.hasAuroraFunction) return 'aurora';
  if (has('rds.') || roles.includes('rds_superuser')) return 'rds';
  if (has('azure.') || roles.includes('azure_pg_admin')) return 'azure';
  if (has('cloudsql.') || roles.includes('cloudsqlsuperuser')) return 'cloud-sql';
  if (has('neon.') || roles.includes('neon_superuser')) return 'neon';
  if (roles.includes('supabase_admin')) return 'supabase';
  if (roles.includes('doadmin')) return 'digitalocean';
  return undefined;
}

function platformProvider(version: string): ProviderId {
  if (/PGlite|emscripten|wasm/i.test(version)) return 'practice';
  if (/-linux-musl/.test(version)) return 'alpine';
  if (/\((Debian|Ubuntu) /.test(version)) return 'debian';
  if (/\(Red Hat /.test(version)) return 'rhel';
  if (/Visual C\+\+|msvc|-windows|mingw/i.test(version)) return 'windows';
  if (/apple-darwin|Apple (LLVM|clang)|Homebrew|Postgres\.app/.test(version)) return 'macos';
  return 'unknown';
}

const names: Partial<Record<ProviderId, string>> = {
  supabase: 'Supabase',
  neon: 'Neon',
  rds: 'Amazon RDS',
  aurora: 'Amazon Aurora',
  azure: 'Azure Database for PostgreSQL',
  'cloud-sql': 'Google Cloud SQL',
  digitalocean: 'DigitalOcean',
  practice: 'PGlite',
  alpine: 'Alpine Linux',
  windows: 'Windows',
};

/** Which gcc built it tells the release: 8 is Red Hat Enterprise Linux 8, 11 is 9, 14 is 10. */
const redHatByCompiler: Readonly<Record<string, string>> = { 8: ' 8', 11: ' 9', 14: ' 10' };

function platformOf(provider: ProviderId, version: string): string {
  const known = names[provider];
  if (known !== undefined) return known;
  const distribution = /\((Debian|Ubuntu) ([^)]+)\)/.exec(version);
  if (distribution !== null) {
    const [, name = '', revision = ''] = distribution;
    const release = debianRelease(revision);
    return release === undefined ? name : `${name} ${release}`;
  }
  if (provider === 'rhel') {
    const compiler = /gcc \(GCC\) (\d+)/.exec(version)?.[1] ?? '';
    return `Red Hat Enterprise Linux or Fedora${redHatByCompiler[compiler] ?? ''}`.replace(/ or Fedora (\d+)$/, ' $1');
  }
  if (provider === 'macos') {
    if (/Homebrew/.test(version)) return 'macOS (Homebrew)';
    return /Postgres\.app/.test(version) ? 'macOS (Postgres.app)' : 'macOS';
  }
  return /-linux/.test(version) ? 'Linux' : (/ on (\S+?),/.exec(version)?.[1] ?? 'an unknown system');
}

/**
 * Of a package's revision: `17.11-0+deb13u1`, `16.4-1.pgdg120+2` (older) and `18.0-1.pgdg13+3` (newer) of PostgreSQL's own
 * repository, `16.10-0ubuntu0.24.04.1`, `16.4-1.pgdg22.04+1`. Unstable's have none.
 */
function debianRelease(revision: string): string | undefined {
  const ubuntu = /(?:ubuntu[\d.]*?|pgdg)(\d\d\.(?:04|10))/.exec(revision)?.[1];
  if (ubuntu !== undefined) return ubuntu;
  const stable = /\+deb(\d+)u/.exec(revision)?.[1];
  if (stable !== undefined) return stable;
  const pgdg = /\.pgdg(\d+)\+/.exec(revision)?.[1];
  if (pgdg === undefined) return undefined;
  return pgdg.length === 3 ? pgdg.slice(0, 2) : pgdg;
}

function poolerOf(
  { address, facts, loginPid }: ServerEvidence,
  provider: ProviderId,
  backendPid: number | undefined,
): ServerView['pooler'] {
  const host = address.host.toLowerCase();
  if (/\.pooler\.supabase\.(com|co)$/.test(host) || (provider === 'supabase' && address.port === 6543)) {
    return 'supavisor';
  }
  if (provider === 'neon' && /^[^.]+-pooler\./.test(host)) return 'neon';
  // PGlite's socket hands out ids of its own, too.
  if (provider === 'practice') return undefined;
  const anotherProcess = loginPid !== undefined && backendPid !== undefined && loginPid !== backendPid;
  if (!anotherProcess && facts?.sessionChanged !== true) return undefined;
  // PgBouncer's own port, DigitalOcean's for its pools (PgBouncer as well), Azure's built-in one.
  const usual = [6432, 25061].includes(address.port) || /pgbouncer/.test(host);
  return usual || looksLikePgBouncer(loginPid) ? 'pgbouncer' : 'unknown';
}

/** PgBouncer makes eight random bytes up for the key of a login; a process id of Linux fits into 22 bits. */
function looksLikePgBouncer(loginPid: number | undefined): boolean {
  return loginPid !== undefined && (loginPid < 0 || loginPid > 4_194_304);
}

/** What is particular about a provider and worth knowing before something is tried. */
export function providerAdvice(provider: ProviderId): Text[] {
  switch (provider) {
    case 'supabase':
      return [
        text('check.provider.supabase.pooler'),
        text('check.provider.supabase.ipv6'),
        text('check.provider.supabase.user'),
      ];
    case 'neon':
      return [
        text('check.provider.neon.pooler'),
        text('check.provider.neon.binding'),
        text('check.provider.neon.sleep'),
      ];
    case 'rds':
      return [text('check.provider.rds.tls'), text('check.provider.rds.rights')];
    case 'aurora':
      return [text('check.provider.aurora.writer'), text('check.provider.rds.tls'), text('check.provider.rds.rights')];
    case 'azure':
      return [text('check.provider.azure.extensions'), text('check.provider.azure.firewall')];
    case 'cloud-sql':
      return [text('check.provider.cloud-sql.address'), text('check.provider.cloud-sql.rights')];
    case 'digitalocean':
      return [text('check.provider.digitalocean.sources'), text('check.provider.digitalocean.pool')];
    case 'container':
      return [text('check.provider.container.network'), text('check.provider.container.memory')];
    case 'alpine':
      return [text('check.provider.alpine.collation')];
    case 'practice':
      return [text('check.provider.practice')];
    case 'debian':
    case 'rhel':
    case 'windows':
    case 'macos':
    case 'unknown':
      return [];
  }
}
