import { ProblemError } from '../problems/ProblemError.ts';
import { quoteIdentifier } from '../sql/quoting.ts';
import { type Part, type PartName, parts } from './factsSchema.ts';
import { cautiousBatch, collation, firstBatch, hostFiles, ledger, secondBatch } from './factsSql.ts';

/** What the facts are read through: statements in one read-only transaction and one round trip. */
export type FactsDatabase = { readAll(statements: readonly string[]): Promise<Record<string, unknown>[][]> };

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
 * Reads everything that the checks look at, in at most three round trips and without writing. Works for a role without
 * rights and through a transaction pooler. Raises what the database raises when the connection is lost or the
 * essentials are refused.
 */
export async function gatherFacts(database: FactsDatabase): Promise<ServerFacts> {
  let found: Found;
  try {
    found = read(await database.readAll(firstBatch));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // The refused batch cost two round trips, its own and the rollback: this one is the third and last.
    return { ...complete(read(await database.readAll(cautiousBatch))), sessionChanged: false };
  }
  const facts = complete(found);
  const { sessionPid, ...more } = await followUp(facts, database);
  return { ...facts, ...more, sessionChanged: sessionPid !== undefined && sessionPid !== facts.server.backendPid };
}

type Found = { [Name in PartName]?: Part<Name> } & { sessionPid?: number };

/** What depends on the first answer; nothing of it is essential, so a refusal leaves it unknown. */
async function followUp(facts: Essentials, database: FactsDatabase): Promise<Found> {
  const statements: string[] = [];
  if (facts.server.versionNum >= 150_000) statements.push(collation);
  if (facts.ledgerPlace?.readable) {
    statements.push(ledger(`${quoteIdentifier(facts.ledgerPlace.schema)}.aperture_migrations`));
  }
  if (facts.role.superuser && /-linux-/.test(facts.server.version)) statements.push(hostFiles);
  try {
    return read(await database.readAll(secondBatch(statements)));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return {};
  }
}

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

type Essentials = Omit<ServerFacts, 'sessionChanged'>;

function complete(found: Found): Essentials {
  const missing = essential.filter((name) => found[name] === undefined);
  if (missing.length > 0) throw new Error(`the server told nothing about ${missing.join(', ')}`);
  return found as Essentials;
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
