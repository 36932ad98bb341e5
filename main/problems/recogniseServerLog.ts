import type { Fix } from '../../contract/fix.ts';
import type { Problem, ProblemCode } from '../../contract/problem.ts';
import { recogniseNetwork } from './recogniseNetwork.ts';
import { recognisePostgres } from './recognisePostgres.ts';
import { recogniseTls } from './recogniseTls.ts';
import {
  createExtensionFix,
  extraHostsFix,
  grantFix,
  runMigrationsFix,
  sessionSecretFix,
  tlsDisableFix,
  tlsNoVerifyFix,
} from './serverLogFixes.ts';

/** The database that the server was told to use, without its password. */
export type ServerDatabase = { host: string; port: number; user: string; database: string };

/** Words of a message that has lost its code on the way into the log, and the code that belongs to them. */
const codes: readonly [pattern: RegExp, code: string][] = [
  [/extension "[^"]+" is not available/, '0A000'],
  [/could not open extension control file/, '58P01'],
  [
    /permission denied to create extension|permission denied for (?:schema|database|table|sequence)|must be owner of/,
    '42501',
  ],
  [/password authentication failed for user/, '28P01'],
  [/database "[^"]+" does not exist/, '3D000'],
  [/role "[^"]+" does not exist|is not permitted to log in|no pg_hba\.conf entry|pg_hba\.conf rejects/, '28000'],
  [/too many clients already|remaining connection slots|too many connections for/, '53300'],
  [/the database system is starting up|the database system is not yet accepting/, '57P03'],
  [/the database system is shutting down/, '57P01'],
  [/cannot execute .* in a read-only transaction/, '25006'],
  [/could not resize shared memory segment/, '53200'],
  [/could not extend file|No space left on device/, '53100'],
  [/duplicate key value violates unique constraint/, '23505'],
  [/(?:relation|column|constraint|type|trigger|function) "[^"]+"(?: of relation "[^"]+")? already exists/, '42P07'],
  [/self-signed certificate in certificate chain/, 'SELF_SIGNED_CERT_IN_CHAIN'],
  [/self-signed certificate/, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [/unable to verify the first certificate/, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [/unable to get local issuer certificate/, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  [/certificate has expired/, 'CERT_HAS_EXPIRED'],
  [/certificate is not yet valid/, 'CERT_NOT_YET_VALID'],
  [/does not match certificate's altnames/, 'ERR_TLS_CERT_ALTNAME_INVALID'],
];

const starts = /^(?:❌ Invalid environment variables|Failed to run migrations:|Failed to validate environment:)/;

/** These say what is wrong by themselves; anything else that PostgreSQL refuses in a migration is that migration's failure. */
const clear = new Set<ProblemCode>([
  'extension-unavailable',
  'extension-not-permitted',
  'permission-denied',
  'server-disk-full',
  'server-out-of-memory',
  'read-only-transaction',
  'server-in-recovery',
]);

/**
 * Why the server did not start, from the lines of its last start: the last failure that it names. `migration` is the one that it was at.
 * Undefined when the log names none.
 */
export function recogniseServerLog(
  lines: readonly string[],
  database: ServerDatabase,
  migration?: string,
): Problem | undefined {
  const block = failureIn(lines);
  if (block === undefined) return undefined;
  const detail = block.join('\n').slice(0, 4000);
  if (/^(?:❌ Invalid environment|Failed to validate environment)/.test(block[0] ?? ''))
    return environmentProblem(block, detail);
  const error = errorIn(block);
  const context = { ...database, ...addressIn(detail, database) };
  const values = { ...context, message: error.message };
  if (/does not support SSL connections/.test(error.message)) {
    return { code: 'server-tls-unavailable', values, detail, fixes: [tlsDisableFix] };
  }
  if (/aperture_migrations_name_key/.test(detail)) return { code: 'migrations-raced', values, detail };
  // The guide's words for it; PostgreSQL itself says that it is not available.
  if (/extension "vector" does not exist|type "(?:vector|halfvec)" does not exist/.test(error.message)) {
    return {
      code: 'extension-unavailable',
      values: { ...values, extension: 'vector' },
      detail,
      fixes: [createExtensionFix('vector', database.database)],
    };
  }
  if (/client password must be a string/.test(error.message)) return { code: 'password-required', values, detail };
  const network = networkProblem(error, context, values, detail);
  if (network !== undefined) return network;
  const found =
    recognisePostgres(error, { ...context, authenticated: migration !== undefined }) ?? recogniseTls(error, context);
  if (found === undefined || (migration !== undefined && isServerRefusal(error) && !clear.has(found.code))) {
    return {
      code: migration === undefined ? 'server-not-ready' : 'migration-failed',
      values: { ...values, migration: migration ?? '', seconds: 0, missing: error.message },
      detail,
    };
  }
  // The log has no dates of the certificate.
  const dates = { validTo: 'an earlier day', validFrom: 'a later day' };
  return { ...found, values: { ...dates, ...found.values }, detail, ...fixesFor(found, database) };
}

/** What to do about migrations that the server was told not to run. */
export function pendingProblem(count: number | undefined): Problem {
  return { code: 'migrations-pending', values: { count: count ?? 0 }, fixes: [runMigrationsFix] };
}

function isServerRefusal(error: Error): boolean {
  return 'severity' in error;
}

/** From the last line that names a failure to the next line that is something else. */
function failureIn(lines: readonly string[]): string[] | undefined {
  let at = -1;
  for (const [index, line] of lines.entries()) {
    // "Failed to validate" only repeats what the line with the fields said.
    if (starts.test(line) && !(line.startsWith('Failed to validate') && at >= 0)) at = index;
  }
  if (at < 0) return undefined;
  const rest = lines.slice(at, at + 80);
  const end = rest.findIndex((line, index) => index > 0 && (line.startsWith('{"level"') || starts.test(line)));
  return end < 0 ? rest : rest.slice(0, end);
}

/** The error as node printed it: its message, and the fields of PostgreSQL below. */
function errorIn(block: readonly string[]): Error {
  const first = (block[0] ?? '').replace(/^Failed to run migrations:\s*/, '');
  const nested = block.find((line) => /^\s*(?:\[?errors\]?: \[)?\s*Error: connect /.test(line));
  const source = /^AggregateError/.test(first) && nested !== undefined ? nested.replace(/^.*?Error: /, '') : first;
  const message = source.replace(/^(?:[A-Za-z]*[eE]rror)(?: \[\w+\])?: /, '').trim();
  const field = (name: string) => {
    const pattern = new RegExp(`^\\s+${name}: (?:'((?:[^'\\\\]|\\\\.)*)'|"((?:[^"\\\\]|\\\\.)*)"),?$`);
    for (const line of block) {
      const match = pattern.exec(line);
      if (match !== null) return (match[1] ?? match[2])?.replaceAll("\\'", "'");
    }
    return undefined;
  };
  const code = field('code') ?? codeOfWords(message);
  const more: Record<string, string> = {};
  if (code !== undefined) more.code = code;
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) more.severity = field('severity') ?? 'ERROR';
  for (const name of ['detail', 'hint', 'routine']) {
    const value = field(name);
    if (value !== undefined) more[name] = value;
  }
  return Object.assign(new Error(message), more);
}

/** The SQLSTATE, OpenSSL code or errno that belongs to words which came without one. */
export function codeOfWords(message: string): string | undefined {
  return codes.find(([pattern]) => pattern.test(message))?.[1] ?? errnoIn(message);
}

function errnoIn(message: string): string | undefined {
  return /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ECONNRESET)\b/.exec(message)?.[1];
}

/** The address that the driver really tried, which may be one of several of a name. */
function addressIn(detail: string, { host, port }: ServerDatabase): { host: string; port: number } {
  const tried = /connect E[A-Z]+ (\S+):(\d+)/.exec(detail);
  if (tried !== null) return { host: tried[1] ?? host, port: Number(tried[2]) };
  const name = /getaddrinfo E\w+ (\S+)/.exec(detail)?.[1];
  return { host: name ?? host, port };
}

function networkProblem(
  error: Error,
  context: ServerDatabase,
  values: Problem['values'],
  detail: string,
): Problem | undefined {
  const problem = recogniseNetwork(error, context);
  if (problem === undefined) return undefined;
  const { host } = context;
  if (problem.code === 'connection-refused' && /^(?:127\.|::1$|localhost$|0\.0\.0\.0$)/.test(host)) {
    return { code: 'server-database-is-localhost', values, detail, fixes: [extraHostsFix] };
  }
  if (
    problem.code === 'dns-not-found' &&
    /^(?:host\.docker\.internal|host-gateway|gateway\.docker\.internal)$/.test(host)
  ) {
    return { code: 'server-host-gateway-missing', values, detail, fixes: [extraHostsFix] };
  }
  return { ...problem, values: { ...problem.values, message: error.message }, detail };
}

/** zod's error as node prints it: each field with its `_errors`, or on one line each. */
function environmentProblem(block: readonly string[], detail: string): Problem {
  const whole = block.join('\n');
  const found = [...whole.matchAll(/\b([A-Z][A-Z0-9_]+): \{ _errors: \[ *(?:'([^']*)'|"([^"]*)"|`([^`]*)`)/g)];
  const spread = [...whole.matchAll(/\b([A-Z][A-Z0-9_]+): \[ *(?:'([^']*)'|"([^"]*)")/g)];
  const all = (found.length > 0 ? found : spread).map(([, name = '', a, b, c]) => ({
    name,
    message: a ?? b ?? c ?? '',
  }));
  const field = all.map(({ name }) => name).join(', ');
  const message = all.map(({ name, message: words }) => `${name}: ${words}`).join('; ');
  return {
    code: 'server-environment-invalid',
    values: { field: field || '…', message: message || (block[1] ?? block[0] ?? '') },
    detail,
    ...(/SESSION_SECRET/.test(field) ? { fixes: [sessionSecretFix] } : {}),
  };
}

function fixesFor(found: Problem, { database, user }: ServerDatabase): { fixes?: Fix[] } {
  switch (found.code) {
    case 'extension-not-permitted':
      return { fixes: [createExtensionFix(String(found.values.extension ?? 'vector'), database)] };
    case 'permission-denied':
      return { fixes: [grantFix(database, user)] };
    case 'tls-self-signed':
    case 'tls-untrusted':
    case 'tls-wrong-name':
    case 'tls-expired':
      // What the app offers for its own connection does not reach into the server's container.
      return { fixes: [tlsNoVerifyFix] };
    default:
      return found.fixes === undefined ? {} : { fixes: found.fixes.filter((fix) => fix.kind !== 'setting') };
  }
}

/** The server began and has said nothing since: something accepts its connection and never answers. */
export function silentProblem(database: ServerDatabase, seconds: number): Problem {
  return { code: 'server-database-silent', values: { ...database, seconds } };
}

export const unknownDatabase: ServerDatabase = { host: '', port: 5432, user: '', database: '' };
