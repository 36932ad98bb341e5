import type { RunnableFixId } from '../../contract/fix.ts';
import { quoteIdentifier } from '../sql/quoting.ts';
import { settingOf } from './amounts.ts';
import type { ServerFacts } from './facts.ts';

/**
 * The statements of a fix, in order, without a final semicolon. Each may run again without harm. This is the only place
 * where they are made: what a check previews, what a plan shows, what runs and what is handed over is the same text.
 */
export function statementsOf(id: RunnableFixId, facts: ServerFacts): string[] {
  const role = quoteIdentifier(facts.server.user);
  const database = quoteIdentifier(facts.server.database);
  const ownDefaults = `ALTER ROLE ${role} IN DATABASE ${database}`;
  switch (id) {
    case 'create-extension-vector':
      return [createExtension('vector', facts)];
    case 'create-extension-pgcrypto':
      return [createExtension('pgcrypto', facts)];
    case 'create-extension-pg_trgm':
      return [createExtension('pg_trgm', facts)];
    case 'update-extension-vector':
      return ['ALTER EXTENSION vector UPDATE'];
    case 'grant-create-on-database':
      return [`GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${database} TO ${role}`];
    case 'grant-create-on-schema':
      return [`GRANT USAGE, CREATE ON SCHEMA public TO ${role}`];
    case 'make-owner':
      return [`ALTER DATABASE ${database} OWNER TO ${role}`];
    case 'set-search-path':
      return [`${ownDefaults} SET search_path = ${searchPath(facts)}`];
    case 'refresh-collation-version':
      return [`REINDEX DATABASE ${database}`, `ALTER DATABASE ${database} REFRESH COLLATION VERSION`];
    case 'set-read-write':
      // Changing a default is itself a write, so that this transaction has to be made writable first.
      return [`BEGIN READ WRITE;\n${ownDefaults} SET default_transaction_read_only = off;\nCOMMIT`];
    case 'set-maintenance-memory':
      return [
        `${ownDefaults} SET maintenance_work_mem = '256MB'`,
        // Without workers an index build stays out of /dev/shm, which a container has little of.
        ...(settingOf(facts, 'dynamic_shared_memory_type') === 'posix' && mayBeSmall(facts)
          ? [`${ownDefaults} SET max_parallel_maintenance_workers = 0`]
          : []),
      ];
  }
}

/** As a script for psql that somebody else can run: the same statements, on the right database. */
export function scriptOf(statements: readonly string[], database: string): string {
  return [`\\connect ${quoteIdentifier(database)}`, ...statements.map((each) => `${each};`)].join('\n');
}

/** As shown in a preview: statements with their semicolons. */
export function previewOf(statements: readonly string[]): string {
  return statements.map((each) => `${each};`).join('\n');
}

function createExtension(name: string, facts: ServerFacts): string {
  // Named, because an administrator's own search_path may lead elsewhere.
  const schema = facts.publicSchema.exists ? ' WITH SCHEMA public' : '';
  return `CREATE EXTENSION IF NOT EXISTS ${name}${schema}`;
}

function searchPath(facts: ServerFacts): string {
  const schemas = ['public', ...facts.installed.map((each) => each.schema).filter((name) => name !== 'pg_catalog')];
  return [...new Set(schemas)].map(quoteIdentifier).join(', ');
}

/** Unknown counts as small: a build without workers is slower, one that runs out of shared memory fails. */
function mayBeSmall(facts: ServerFacts): boolean {
  const kilobytes = facts.host?.sharedMemoryKilobytes;
  return kilobytes === undefined || kilobytes === null || kilobytes < 512 * 1024;
}
