/** A name as SQL: quoted whatever it holds. PostgreSQL names can't hold the zero character, so that one raises. */
export function quoteIdentifier(name: string): string {
  return `"${withoutZero(name).replaceAll('"', '""')}"`;
}

/** A text as SQL. With a backslash in it, the escape form is used, which means the same whatever standard_conforming_strings says. */
export function quoteLiteral(text: string): string {
  const quoted = `'${withoutZero(text).replaceAll("'", "''")}'`;
  return quoted.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

function withoutZero(text: string): string {
  if (text.includes('\0')) throw new Error('PostgreSQL has no zero characters in names and texts');
  return text;
}
