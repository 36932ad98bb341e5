import { quoteIdentifier, quoteLiteral } from '../../sql/quoting.ts';

/** Extensions that Aperture's migrations need; the one that most often fails comes last, so that the others are there by then. */
export const neededExtensions = ['pgcrypto', 'pg_trgm', 'vector'] as const;
export type NeededExtension = (typeof neededExtensions)[number];

/** How Aperture's role is to be. A missing field is left as it is. `password` is what stands between the quotes. */
export type RoleAttributes = {
  login?: boolean;
  password?: string;
  neverExpires?: boolean;
  unlimitedConnections?: boolean;
};

/*
 * The only place where these statements are made: what is planned, shown, run and handed over as a script is the same text.
 * None has a final semicolon.
 */

export const createRole = (role: string, attributes: RoleAttributes) =>
  `CREATE ROLE ${withAttributes(role, attributes)}`;

export const alterRole = (role: string, attributes: RoleAttributes) => `ALTER ROLE ${withAttributes(role, attributes)}`;

/** Which PostgreSQL asks for before a role that is no superuser may make a database for another one, and work in it. */
export function grantMembership(role: string, administrator: string, versionNum: number): string {
  // Since 16, being allowed to hand a role out is neither acting as it (SET) nor having its rights (INHERIT).
  const options = versionNum >= 160000 ? ' WITH INHERIT TRUE, SET TRUE' : '';
  return `GRANT ${quoteIdentifier(role)} TO ${quoteIdentifier(administrator)}${options}`;
}

export function createDatabase(database: string, owner: string, { forceUtf8 }: { forceUtf8: boolean }): string {
  // Locale C is the only one that goes with every encoding; template0 the only template that may be copied into another.
  const encoding = forceUtf8 ? ` TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'` : '';
  return `CREATE DATABASE ${quoteIdentifier(database)} OWNER ${quoteIdentifier(owner)}${encoding}`;
}

export const changeOwner = (database: string, owner: string) =>
  `ALTER DATABASE ${quoteIdentifier(database)} OWNER TO ${quoteIdentifier(owner)}`;

export const grantOnDatabase = (database: string, role: string) =>
  `GRANT ALL PRIVILEGES ON DATABASE ${quoteIdentifier(database)} TO ${quoteIdentifier(role)}`;

export const grantOnSchema = (role: string) => `GRANT ALL ON SCHEMA public TO ${quoteIdentifier(role)}`;

export const createExtension = (name: NeededExtension) => `CREATE EXTENSION IF NOT EXISTS ${name} WITH SCHEMA public`;

function withAttributes(role: string, attributes: RoleAttributes): string {
  const words = [quoteIdentifier(role)];
  if (attributes.login === true) words.push('LOGIN');
  if (attributes.unlimitedConnections === true) words.push('CONNECTION LIMIT -1');
  if (attributes.password !== undefined) words.push(`PASSWORD ${quoteLiteral(attributes.password).trim()}`);
  if (attributes.neverExpires === true) words.push(`VALID UNTIL 'infinity'`);
  return words.join(' ');
}
