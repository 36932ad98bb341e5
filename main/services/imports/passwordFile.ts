import { type Found, foundInKeywords } from './found.ts';

const keywords = ['host', 'port', 'dbname', 'user', 'password'] as const;

/**
 * Entries of a .pgpass file (`host:port:database:user:password`, backslash before `:` and `\`), as libpq reads them. A `*` matches
 * anything: that part is missing in the candidate, and said to be.
 * https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export function foundInPasswordFile(content: string): Found[] {
  const found: Found[] = [];
  for (const [index, line] of content.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const fields = splitFields(line);
    const port = fields[1] ?? '';
    if (fields.length < 5 || !(port === '*' || /^\d{1,5}$/.test(port))) continue;
    const pairs = keywords
      .map((keyword, at) => [keyword, fields[at] ?? ''] as const)
      .filter(([keyword, value]) => keyword === 'password' || value !== '*');
    const [host, , database, user] = fields;
    const name = `${user}@${host} ${database}`;
    found.push(foundInKeywords(pairs, `line ${index + 1}`, name));
  }
  return found;
}

/** What follows a fifth unescaped colon is not part of the password, for libpq neither. */
function splitFields(line: string): string[] {
  const fields = [''];
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    if (character === ':') fields.push('');
    else if (character === '\\' && at + 1 < line.length) {
      at++;
      fields[fields.length - 1] += line[at] ?? '';
    } else fields[fields.length - 1] += character;
  }
  return fields;
}
