import { z } from 'zod';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quoting.ts';
import type { DatabaseNote } from './note.ts';
import { writeNote } from './note.ts';

const modelSchema = z.object({
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  provider: z.enum(['libc', 'icu', 'builtin']),
  locale: z.string().nullable(),
  rules: z.string().nullable(),
  tablespace: z.string(),
  connectionLimit: z.number(),
  acl: z.array(z.object({ grantee: z.string().nullable(), privilege: z.string(), grantable: z.boolean() })).nullable(),
  settings: z.array(z.object({ role: z.string().nullable(), name: z.string(), value: z.string() })),
});
type Model = z.infer<typeof modelSchema>;

/**
 * Makes an empty database that can take the place of another one: the same owner, encoding, collation, tablespace, rights, limit and
 * settings. Answers the statements for which the role has no right: rights and settings that others had made. From another database of
 * the server. Raises `permission-denied`, `object-exists`, `server-disk-full`, `database-missing`.
 */
export async function createBeside(
  session: Pick<PostgresSession, 'readable' | 'writable' | 'parameters' | 'address'>,
  database: string,
  name: string,
  note: DatabaseNote,
  template: 'template0' | 'template1' = 'template0',
): Promise<string[]> {
  const model = await readModel(session, database);
  const { writable } = session;
  await writable.run(createStatement(name, model, template));
  // From here on it is known by its note; before, by its name.
  await writable.run(`COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${quoteLiteral(writeNote(note))}`);
  const refused: string[] = [];
  for (const statement of settingStatements(name, model)) {
    try {
      await writable.run(statement);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'permission-denied') throw error;
      refused.push(statement);
    }
  }
  return refused;
}

async function readModel(
  { readable, parameters, address }: Pick<PostgresSession, 'readable' | 'parameters' | 'address'>,
  database: string,
): Promise<Model> {
  const major = Number.parseInt(parameters.get('server_version') ?? '0', 10);
  const provider =
    major >= 15 ? `CASE d.datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END` : `'libc'`;
  const locale = major >= 17 ? 'd.datlocale' : major >= 15 ? 'd.daticulocale' : 'NULL::text';
  const rules = major >= 16 ? 'd.daticurules' : 'NULL::text';
  const [row] = await readable.read(
    `SELECT pg_get_userbyid(d.datdba) AS owner, pg_encoding_to_char(d.encoding) AS encoding, d.datcollate AS collate,
            d.datctype AS ctype, ${provider} AS provider, ${locale} AS locale, ${rules} AS rules, t.spcname AS tablespace,
            d.datconnlimit AS "connectionLimit",
            CASE WHEN d.datacl IS NOT NULL THEN (SELECT coalesce(json_agg(json_build_object(
                'grantee', CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END,
                'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]')
              FROM aclexplode(d.datacl) a) END AS acl,
            (SELECT coalesce(json_agg(json_build_object(
                'role', CASE WHEN s.setrole <> 0 THEN pg_get_userbyid(s.setrole) END,
                'name', split_part(c, '=', 1), 'value', substr(c, strpos(c, '=') + 1))), '[]')
              FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setdatabase = d.oid) AS settings
     FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace
     WHERE d.datname = ${quoteLiteral(database)}`,
  );
  if (row === undefined) throw new ProblemError('database-missing', { ...address, database });
  return modelSchema.parse(row);
}

/** From template0: only that one lets encoding and collation be chosen, and holds nothing of anybody's. The other must have the same. */
function createStatement(name: string, model: Model, template: 'template0' | 'template1'): string {
  const { owner, encoding, collate, ctype, provider, locale, rules, tablespace, connectionLimit } = model;
  const parts = [
    `CREATE DATABASE ${quoteIdentifier(name)} OWNER ${quoteIdentifier(owner)} TEMPLATE ${template}`,
    `ENCODING ${quoteLiteral(encoding)} LC_COLLATE ${quoteLiteral(collate)} LC_CTYPE ${quoteLiteral(ctype)}`,
    `CONNECTION LIMIT ${connectionLimit}`,
  ];
  // The usual one needs no right to it when it is not named.
  if (tablespace !== 'pg_default') parts.push(`TABLESPACE ${quoteIdentifier(tablespace)}`);
  if (provider !== 'libc') {
    parts.push(
      `LOCALE_PROVIDER ${provider} ${provider === 'icu' ? 'ICU_LOCALE' : 'BUILTIN_LOCALE'} ${quoteLiteral(locale ?? '')}`,
    );
    if (rules !== null) parts.push(`ICU_RULES ${quoteLiteral(rules)}`);
  }
  return parts.join('\n  ');
}

/** Settings that PostgreSQL keeps as lists of names, quoted where need be (GUC_LIST_QUOTE). */
const lists = new Set(['search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries']);

/** `public, "$user", "a ""b"""` as names. An empty list is one empty name: that is how PostgreSQL is told of it. */
export function splitNames(list: string): string[] {
  const names = [...list.matchAll(/"((?:[^"]|"")*)"|[^\s,"]+/g)].map(
    ([whole, quoted]) => quoted?.replaceAll('""', '"') ?? whole,
  );
  return names.length === 0 ? [''] : names;
}

function settingStatements(name: string, { owner, acl, settings }: Model): string[] {
  const database = quoteIdentifier(name);
  const statements: string[] = [];
  if (acl !== null) {
    statements.push(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    for (const { grantee, privilege, grantable } of acl) {
      // The owner has all of them in a new database.
      if (grantee === owner) continue;
      const to = grantee === null ? 'PUBLIC' : quoteIdentifier(grantee);
      statements.push(`GRANT ${privilege} ON DATABASE ${database} TO ${to}${grantable ? ' WITH GRANT OPTION' : ''}`);
    }
  }
  for (const { role, name: setting, value } of settings) {
    const of =
      role === null ? `ALTER DATABASE ${database}` : `ALTER ROLE ${quoteIdentifier(role)} IN DATABASE ${database}`;
    const values = lists.has(setting) ? splitNames(value) : [value];
    statements.push(`${of} SET ${quoteIdentifier(setting)} TO ${values.map(quoteLiteral).join(', ')}`);
  }
  return statements;
}
