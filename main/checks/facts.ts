import type { ReadableDatabase } from '../adapters/postgres/session.ts';
import { quoteIdentifier } from '../adapters/quoting.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { type Part, type PartName, parts } from './factsSchema.ts';
import { cautiousBatch, collation, firstBatch, hostFiles, ledger, secondBatch } from './factsSql.ts';

/**
 * What was found out about a server and a database. A part is missing when the server would not tell,
 * which is never the same as "there is none".
 */
export type ServerFacts = {
  server: Part<'server'>;
  schemas: Part<'schemas'>;
  role: Part<'role'>;
  database: Part<'database'>;
  publicSchema: Part<'publicSchema'>;
  settings: Part<'settings'>;
  installed: Part<'installed'>;
  available?: Part<'available'>;
  size?: Part<'size'>;
  connections?: Part<'connections'>;
  relations?: Part<'relations'>;
  /** Where `aperture_migrations` is; null when there is none. */
  ledgerPlace: Part<'ledgerPlace'>;
  ledger?: Part<'ledger'>;
  collation?: Part<'collation'>;
  host?: Part<'host'>;
  /** The second batch ran in another session of the server than the first: something pools by transaction. */
  sessionChanged: boolean;
};

const essential = [
  'server',
  'schemas',
  'role',
  'database',
  'publicSchema',
  'settings',
  'installed',
  'ledgerPlace',
] as const satisfies readonly PartName[];

/**
 * Reads everything that the checks look at, in at most three round trips and without writing (what it
 * is given can only read). Works for a role without rights and through a transaction pooler.
 * Raises what the session raises when the connection is lost or the essentials are refused.
 */
export async function gatherFacts(database: Pick<ReadableDatabase, 'readAll'>): Promise<ServerFacts> {
  let found: Found;
  let tripsLeft = 2;
  try {
    found = read(await database.readAll(firstBatch));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    found = read(await database.readAll(cautiousBatch));
    tripsLeft = 1;
  }
  const facts = complete(found);
  const plain = plainFollowUps(facts);
  const files = mayReadFiles(facts) ? [hostFiles] : [];
  let more: Found = {};
  for (const statements of [[...plain, ...files], plain]) {
    if (tripsLeft === 0 || statements.length === 0) break;
    tripsLeft -= 1;
    try {
      more = read(await database.readAll(secondBatch(statements)));
      break;
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  const { sessionPid, ...rest } = more;
  return { ...facts, ...rest, sessionChanged: sessionPid !== undefined && sessionPid !== facts.server.backendPid };
}

type Found = { [Name in PartName]?: Part<Name> } & { sessionPid?: number };

/** Sorts the rows of all statements by the part that they name. */
function read(results: Record<string, unknown>[][]): Found {
  const found: Record<string, unknown> = {};
  for (const row of results.flat()) {
    const { part, value } = row;
    if (typeof part !== 'string' || typeof value !== 'string') continue;
    const content: unknown = JSON.parse(value);
    if (part === 'sessionPid') found[part] = Number(content);
    else if (isPart(part)) found[part] = parts[part].parse(content);
  }
  return found as Found;
}

function isPart(name: string): name is PartName {
  return Object.hasOwn(parts, name);
}

function complete(found: Found): Omit<ServerFacts, 'sessionChanged'> {
  const missing = essential.filter((name) => found[name] === undefined);
  if (missing.length > 0) throw new Error(`the server told nothing about ${missing.join(', ')}`);
  return found as Omit<ServerFacts, 'sessionChanged'>;
}

function plainFollowUps(facts: Omit<ServerFacts, 'sessionChanged'>): string[] {
  const statements: string[] = [];
  if (facts.server.versionNum >= 150_000) statements.push(collation);
  if (facts.ledgerPlace?.readable) {
    statements.push(ledger(`${quoteIdentifier(facts.ledgerPlace.schema)}.aperture_migrations`));
  }
  return statements;
}

function mayReadFiles(facts: Omit<ServerFacts, 'sessionChanged'>): boolean {
  return facts.role.superuser && /-linux-/.test(facts.server.version);
}

/** The server understood and refused: something else can still be asked. A lost connection is not that. */
function isRefusal(error: unknown): boolean {
  if (error instanceof ProblemError) return refusals.has(error.problem.code);
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  // SQLSTATE classes 08 (connection), 57P (shutting down) and 53 (out of resources) would only come again.
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P|53)/.test(code);
}

const refusals: ReadonlySet<string> = new Set([
  'permission-denied',
  'sql-error',
  'statement-timeout',
  'lock-timeout',
  'extension-unavailable',
  'extension-not-permitted',
]);
