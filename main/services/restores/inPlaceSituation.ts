import type { PostgresSession } from '../../adapters/postgres/session.ts';
import type { OpenArchive } from './archive.ts';
import type { ArchiveEntry } from './entries.ts';
import { appSchema, objectsSql, ordinarySchema, ownersSql } from './inPlaceObjects.ts';

/** An object that is there now. */
export type ObjectFound = {
  kind: string;
  schema: string;
  name: string;
  owner: string;
  /** It is in a schema of Aperture and one of Aperture's roles owns it. */
  ours: boolean;
  /** The role may remove it. */
  mine: boolean;
};

export type Situation = {
  user: string;
  /** The owner of the ledger, where that is another role that the login may act as. */
  role?: string;
  superuser: boolean;
  databaseBytes: number;
  /** Ordinary schemas. `app`: it is emptied. `stays`: it can't be removed, so the backup must not make it. */
  schemas: { name: string; app: boolean; stays: boolean; mayCreate: boolean }[];
  objects: ObjectFound[];
  /** Of others, and depending on what is removed. */
  dependents: string[];
  /** Tables on which others have rights. */
  granted: string[];
  extensions: { name: string; mine: boolean }[];
  /** Extensions that the role could make. */
  available: string[];
};

/** What there is, and what of it a restore would remove. Reads only; one round trip. */
export async function readSituation(
  { readable }: Pick<PostgresSession, 'readable'>,
  archive: Pick<OpenArchive, 'entries' | 'manifest'>,
): Promise<Situation> {
  const [listed] = await readable.readAll([`SELECT n.nspname AS name FROM pg_namespace n WHERE ${ordinarySchema}`]);
  const mentioned = (listed ?? []).map(({ name }) => String(name)).filter((name) => mentions(archive, name));
  const app = appSchema(mentioned);
  const [[about], schemas, objects, dependents, granted, extensions, available] = (await readable.readAll([
    `SELECT session_user AS "user", (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) AS superuser,
       pg_database_size(current_database())::float8 AS bytes,
       (SELECT pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = 'aperture_migrations' AND c.relkind = 'r' AND n.nspname = 'public'
          AND pg_get_userbyid(c.relowner) <> session_user AND pg_has_role(session_user, c.relowner, 'MEMBER')) AS role`,
    `SELECT n.nspname AS name, ${app} AS app, has_schema_privilege(n.oid, 'CREATE') AS "mayCreate",
       n.nspname = 'public' OR NOT pg_has_role(n.nspowner, 'USAGE')
         OR EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid AND d.deptype = 'n'
              AND NOT EXISTS (SELECT FROM (${objectsSql}) o WHERE o.classid = d.classid AND o.objid = d.objid
                AND o.owner = ANY (${ownersSql}))) AS stays
     FROM pg_namespace n WHERE ${ordinarySchema} ORDER BY 1`,
    `SELECT i.type AS kind, o.schema, coalesce(c.relname, y.typname, p.proname, i.identity) AS name, pg_get_userbyid(o.owner) AS owner,
       o.owner = ANY (${ownersSql}) AND EXISTS (SELECT FROM pg_namespace n WHERE n.oid = o.schema_oid AND ${app}) AS ours,
       pg_has_role(o.owner, 'USAGE') AS mine
     FROM (${objectsSql}) o CROSS JOIN LATERAL pg_identify_object(o.classid, o.objid, 0) i
       LEFT JOIN pg_class c ON o.classid = 'pg_class'::regclass AND c.oid = o.objid
       LEFT JOIN pg_type y ON o.classid = 'pg_type'::regclass AND y.oid = o.objid
       LEFT JOIN pg_proc p ON o.classid = 'pg_proc'::regclass AND p.oid = o.objid
     ORDER BY 2, 1, 3`,
    // Views and foreign keys of others on tables that go.
    `WITH going AS (SELECT objid FROM (${objectsSql}) o WHERE o.classid = 'pg_class'::regclass AND o.owner = ANY (${ownersSql})
       AND EXISTS (SELECT FROM pg_namespace n WHERE n.oid = o.schema_oid AND ${app}))
     SELECT DISTINCT format('%I.%I', n.nspname, c.relname) AS name
     FROM (SELECT r.ev_class AS oid, d.refobjid FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
             WHERE d.refclassid = 'pg_class'::regclass AND r.ev_class <> d.refobjid
           UNION ALL SELECT k.conrelid, k.confrelid FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid <> k.confrelid
           UNION ALL SELECT h.inhrelid, h.inhparent FROM pg_inherits h) uses
       JOIN going ON going.objid = uses.refobjid JOIN pg_class c ON c.oid = uses.oid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind <> 'i' AND c.oid NOT IN (SELECT objid FROM going)`,
    `SELECT DISTINCT format('%I.%I', n.nspname, c.relname) AS name
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL aclexplode(c.relacl) a
     WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.grantee <> c.relowner AND c.relowner = ANY (${ownersSql}) AND ${app} ORDER BY 1`,
    `SELECT extname AS name, pg_has_role(extowner, 'USAGE') AS mine FROM pg_extension ORDER BY 1`,
    `SELECT v.name FROM pg_available_extension_versions v JOIN pg_available_extensions e ON e.name = v.name AND e.default_version = v.version
     WHERE coalesce(v.trusted OR NOT v.superuser, false) OR (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)`,
  ])) as [
    [{ user: string; superuser: boolean; bytes: number; role: string | null }],
    Situation['schemas'],
    ObjectFound[],
    { name: string }[],
    { name: string }[],
    Situation['extensions'],
    { name: string }[],
  ];
  const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);
  return {
    user: about.user,
    ...(about.role === null ? {} : { role: about.role }),
    superuser: about.superuser,
    databaseBytes: about.bytes,
    schemas,
    objects,
    dependents: names(dependents),
    granted: names(granted),
    extensions,
    available: names(available),
  };
}

/** Whether the backup has the schema or anything in it, as far as its table of contents lets blanks be told apart. */
function mentions({ entries, manifest }: Pick<OpenArchive, 'entries' | 'manifest'>, schema: string): boolean {
  if (manifest?.tables.some((table) => table.schema === schema) === true) return true;
  // A list has one line for each entry, whatever is in a name.
  const listed = schema.replaceAll(/[\r\n]/g, ' ');
  return entries.some(({ rest, kind }) => rest.startsWith(kind === 'SCHEMA' ? `- ${listed} ` : `${listed} `));
}

/** Kinds that are in no schema: others may use them, and there is only one of each. */
const global: ReadonlySet<string> = new Set([
  'ACCESS METHOD',
  'CAST',
  'DATABASE',
  'DATABASE PROPERTIES',
  'EVENT TRIGGER',
  'FOREIGN DATA WRAPPER',
  'FOREIGN SERVER',
  'SERVER',
  'PROCEDURAL LANGUAGE',
  'PUBLICATION',
  'PUBLICATION TABLE',
  'PUBLICATION TABLES IN SCHEMA',
  'SUBSCRIPTION',
  'SUBSCRIPTION TABLE',
  'TRANSFORM',
  'USER MAPPING',
]);

/** What of an archive is restored: not what is there already and only its owner may touch. */
export function chooseInPlace(
  entries: readonly ArchiveEntry[],
  { schemas }: Pick<Situation, 'schemas'>,
): { chosen: ArchiveEntry[]; leftOut: ArchiveEntry[] } {
  const staying = schemas.filter(({ stays }) => stays).map(({ name }) => name.replaceAll(/[\r\n]/g, ' '));
  const quiet = ({ kind, rest }: ArchiveEntry) =>
    (kind === 'COMMENT' && /^- (?:EXTENSION|LANGUAGE|DATABASE|CAST|EVENT TRIGGER|PUBLICATION) /.test(rest)) ||
    (kind === 'SCHEMA' && staying.some((name) => rest.startsWith(`- ${name} `))) ||
    (kind === 'COMMENT' && staying.some((name) => rest.startsWith(`- SCHEMA ${name} `)));
  const leftOut = entries.filter(({ kind }) => global.has(kind));
  return { chosen: entries.filter((entry) => !quiet(entry) && !leftOut.includes(entry)), leftOut };
}

/** Objects of others that have the name of something in the backup. */
export function inTheWay(
  { objects, schemas }: Pick<Situation, 'objects' | 'schemas'>,
  { entries, manifest }: Pick<OpenArchive, 'entries' | 'manifest'>,
): ObjectFound[] {
  const app = new Set(schemas.filter((schema) => schema.app).map(({ name }) => name));
  const kinds = new Set(['TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE', 'FOREIGN TABLE', 'TYPE', 'DOMAIN']);
  const known = entries.filter(({ kind }) => kinds.has(kind));
  return objects.filter(
    ({ schema, name, ours, mine }) =>
      app.has(schema) &&
      !(ours && mine) &&
      (ours ||
        manifest?.tables.some((table) => table.schema === schema && table.name === name) === true ||
        known.some(({ rest }) => rest.startsWith(`${schema} ${name} `))),
  );
}
