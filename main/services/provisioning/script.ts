import type { ProvisionWish } from '../../../contract/provisioning.ts';
import { quoteLiteral } from '../../sql/quoting.ts';
import {
  alterRole,
  createDatabase,
  createExtension,
  createRole,
  grantMembership,
  grantOnSchema,
  neededExtensions,
} from './statements.ts';

/** Only where the condition holds; psql runs what the query answers. */
const runWhere = (statement: string, condition: string) =>
  `SELECT ${quoteLiteral(statement).trim()} WHERE ${condition} \\gexec`;

/**
 * The same as the plan, for somebody with an administrator's login and psql (9.6 or newer). It looks by itself at what there
 * is, may run again, and stops at the first error. Holds the verifier of the password, never the password.
 */
export function provisionScript({ role, database }: ProvisionWish, verifier: string): string {
  const name = quoteLiteral(role).trim();
  const base = quoteLiteral(database).trim();
  const noSuperuser = 'NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)';
  const marker = '\u0001';
  // The administrator's name is known to the server only, so that it is put in there.
  const membership = (versionNum: number) =>
    grantMembership(role, marker, versionNum)
      .split(`"${marker}"`)
      .map((part) => quoteLiteral(part).trim())
      .join(' || quote_ident(current_user) || ');
  const actsAs = (right: string) =>
    `pg_has_role(current_user, ${name}, '${right}') AND pg_has_role(current_user, ${name}, 'USAGE')`;
  const grantWhere = (versionNum: number, right: string) =>
    `SELECT ${membership(versionNum)} WHERE ${noSuperuser} AND NOT (${actsAs(right)}) \\gexec`;
  const roleExists = `EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${name})`;
  const databaseWhere = (condition: string) =>
    `NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = ${base}) AND
    (SELECT pg_encoding_to_char(encoding) FROM pg_catalog.pg_database WHERE datname = 'template1') ${condition} 'UTF8'`;
  // A connection string, because a name may look like one; in double quotes, because \connect takes those off as SQL does.
  const target = `"${`dbname='${database.replace(/[\\']/g, '\\$&')}'`.replaceAll('"', '""')}"`;

  return `-- Prepares this PostgreSQL server for Aperture: role, database, rights and extensions.
-- Run it with psql as an administrator, connected to any database of the server, e.g.
--   psql -h HOST -U postgres -d postgres -f this-file.sql
-- It may run again. The password itself is not in here, only what PostgreSQL stores of it (its SCRAM verifier).
\\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

-- The role
${runWhere(createRole(role, { login: true, password: verifier }), `NOT ${roleExists}`)}
${alterRole(role, { login: true, password: verifier })};

-- PostgreSQL asks for this before somebody who is no superuser may make a database for another role
SELECT current_setting('server_version_num')::int >= 160000 AS aperture_16 \\gset
\\if :aperture_16
${grantWhere(160000, 'SET')}
\\else
${grantWhere(0, 'MEMBER')}
\\endif

-- The database
${runWhere(createDatabase(database, role, { forceUtf8: false }), databaseWhere('='))}
${runWhere(createDatabase(database, role, { forceUtf8: true }), databaseWhere('<>'))}
SELECT ${quoteLiteral(target).trim()} AS aperture_database \\gset
\\connect -reuse-previous=on :aperture_database
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

-- Rights and extensions in it
${grantOnSchema(role)};
${neededExtensions.map(extensionLines).join('\n')}
`;
}

/** Enabled where the server has it; else it is said and the rest goes on. */
function extensionLines(name: (typeof neededExtensions)[number]): string {
  const condition = `EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = '${name}')`;
  return `SELECT ${condition} AS aperture_available \\gset
\\if :aperture_available
${createExtension(name)};
\\else
\\echo 'The extension ${name} is not installed on this server. Install it, then run this again.'
\\endif`;
}
