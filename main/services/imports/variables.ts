import { parse } from 'dotenv';
import { type Found, foundInKeywords, foundInString } from './found.ts';

const urlName = /(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|SQL)_?(?:URL|URI|DSN|CONNECTION(?:_STRING)?)$/i;
const urlValue = /^["']?(?:postgres(?:ql)?(?:\+\w+)?|jdbc:postgresql):\/\//i;

/** Names that programs use for one setting each; the first that is there counts. */
const families: readonly Readonly<Record<string, readonly string[]>>[] = [
  {
    host: ['PGHOST'],
    port: ['PGPORT'],
    user: ['PGUSER'],
    password: ['PGPASSWORD'],
    dbname: ['PGDATABASE'],
    sslmode: ['PGSSLMODE'],
  },
  {
    host: ['POSTGRES_HOST', 'POSTGRES_HOSTNAME', 'POSTGRES_SERVER'],
    port: ['POSTGRES_PORT'],
    user: ['POSTGRES_USER', 'POSTGRES_USERNAME'],
    password: ['POSTGRES_PASSWORD'],
    dbname: ['POSTGRES_DB', 'POSTGRES_DATABASE'],
    sslmode: ['POSTGRES_SSLMODE'],
  },
  {
    host: ['DB_HOST', 'DB_HOSTNAME', 'DATABASE_HOST'],
    port: ['DB_PORT', 'DATABASE_PORT'],
    user: ['DB_USER', 'DB_USERNAME', 'DATABASE_USER', 'DATABASE_USERNAME'],
    password: ['DB_PASSWORD', 'DB_PASS', 'DATABASE_PASSWORD'],
    dbname: ['DB_NAME', 'DB_DATABASE', 'DB_DATABASE_NAME', 'DATABASE_NAME', 'DATABASE_DB'],
    sslmode: ['DB_SSLMODE', 'DB_SSL_MODE', 'DATABASE_SSLMODE'],
  },
];

export type Variables = Readonly<Record<string, string>>;

/** The connections that a set of environment variables describes: URLs first, then the well-known groups of names. */
export function foundInVariables(variables: Variables, sourcePrefix: string): Found[] {
  const found: Found[] = [];
  for (const [name, value] of Object.entries(variables)) {
    if (!urlValue.test(value) && !(urlName.test(name) && value.includes('://'))) continue;
    const one = foundInString(value, `${sourcePrefix}${name}`);
    if (one !== undefined) found.push(one);
  }
  for (const family of families) {
    const pairs: [string, string][] = [];
    const names: string[] = [];
    for (const [keyword, candidates] of Object.entries(family)) {
      const name = candidates.find((candidate) => (variables[candidate] ?? '') !== '');
      const value = name === undefined ? undefined : variables[name];
      if (name === undefined || value === undefined) continue;
      pairs.push([keyword, value]);
      names.push(name);
    }
    // A port or a mode alone is no connection.
    const given = new Set(pairs.map(([keyword]) => keyword));
    if (!given.has('host') && !given.has('password') && !(given.has('user') && given.has('dbname'))) continue;
    found.push(foundInKeywords(pairs, sourcePrefix + names.join(', ')));
  }
  return found;
}

/**
 * Variables of an .env file. dotenv takes `$` as it is and Compose replaces `${NAME}`: here only names that the same file defines are
 * replaced, so that a password with a dollar sign stays whole.
 */
export function readEnvFile(text: string): Record<string, string> {
  const variables: Record<string, string> = parse(text);
  const expand = (value: string, depth: number): string =>
    depth > 10
      ? value
      : value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) =>
          Object.hasOwn(variables, name) ? expand(variables[name] ?? '', depth + 1) : whole,
        );
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, expand(value, 0)]));
}
