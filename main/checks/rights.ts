import type { ProviderId } from '../../contract/connection.ts';
import type { RunnableFixId } from '../../contract/fix.ts';
import type { ServerFacts } from './facts.ts';
import { providerRoles } from './factsSql.ts';

export type Doer = 'app' | 'administrator';

/**
 * Whether the app's own role can do what a superuser can where it matters here: it is one, or it has the role by which
 * the provider lets its customers enable extensions.
 */
export function isAdministrator(facts: ServerFacts): boolean {
  const { role, server } = facts;
  if (role.superuser) return true;
  const own = [server.user, ...role.memberOf];
  if (providerRoles.some((name) => own.includes(name))) return true;
  // Supabase's customers get `postgres`, which its own extension lets create others although it is no superuser.
  return role.providerRoles.includes('supabase_admin') && own.includes('postgres');
}

/** Who may run a fix: the app's role where its rights suffice, else somebody with more. */
export function doerOf(id: RunnableFixId, facts: ServerFacts): Doer {
  return may(id, facts) ? 'app' : 'administrator';
}

function may(id: RunnableFixId, facts: ServerFacts): boolean {
  const { database, publicSchema, role, server } = facts;
  const administrator = isAdministrator(facts);
  switch (id) {
    case 'create-extension-vector':
      return administrator || mayCreateTrusted(facts, 'vector');
    case 'create-extension-pgcrypto':
      return administrator || mayCreateTrusted(facts, 'pgcrypto');
    case 'create-extension-pg_trgm':
      return administrator || mayCreateTrusted(facts, 'pg_trgm');
    case 'update-extension-vector': {
      const owned = facts.installed.some((each) => each.name === 'vector' && each.owned);
      return role.superuser || (owned && (administrator || isTrusted(facts, 'vector')));
    }
    case 'grant-create-on-database':
    case 'refresh-collation-version':
      return role.superuser || database.owned;
    case 'grant-create-on-schema':
      if (role.superuser || publicSchema.owner === server.user) return true;
      // Since PostgreSQL 15 public belongs to whoever owns the database.
      return publicSchema.owner === 'pg_database_owner' && database.owned;
    case 'make-owner':
      return role.superuser;
    case 'set-search-path':
    case 'set-read-write':
    case 'set-maintenance-memory':
      // Every role may set its own defaults.
      return true;
  }
}

function isTrusted(facts: ServerFacts, name: string): boolean {
  return facts.available?.some((each) => each.name === name && each.trusted) ?? false;
}

/** Trusted extensions need CREATE on the database and no more (PostgreSQL 13 and newer). */
function mayCreateTrusted(facts: ServerFacts, name: string): boolean {
  return isTrusted(facts, name) && facts.database.mayCreate;
}

/** The role that a person logs in with to do what the app's may not: the name to expect on this server. */
export function administratorRole(provider: ProviderId, facts: ServerFacts): string {
  switch (provider) {
    case 'rds':
    case 'aurora':
      return 'rds_superuser';
    case 'azure':
      return 'azure_pg_admin';
    case 'neon':
      return 'neon_superuser';
    case 'digitalocean':
      return 'doadmin';
    case 'supabase':
    case 'cloud-sql':
      return 'postgres';
    default:
      return facts.role.superusers[0] ?? 'postgres';
  }
}
