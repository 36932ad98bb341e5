import { companionSchemaName } from '../../checks/aperturesTables.ts';
import { quoteLiteral } from '../../sql/quoting.ts';

/**
 * Who owns what is Aperture's: the role of the login, and the owner of the ledger. Object ids, as SQL of an array; to be used where names
 * are looked up in pg_catalog alone.
 */
export const ownersSql = `(SELECT array_agg(DISTINCT o) FROM (
    SELECT oid AS o FROM pg_roles WHERE rolname = session_user
    UNION ALL SELECT c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relname = 'aperture_migrations' AND c.relkind = 'r' AND n.nspname = 'public') owners)::oid[]`;

/** Schemas that are neither PostgreSQL's nor made by an extension. */
export const ordinarySchema = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')`;

/**
 * Every object that is directly in an ordinary schema and no member of an extension: class, id, schema, owner. What hangs on another
 * object (row types, indexes, triggers, constraints) is not one of its own. Objects of the first superuser have no recorded owner.
 */
export const objectsSql = `SELECT d.classid, d.objid, n.oid AS schema_oid, n.nspname AS schema, coalesce(s.refobjid, 10::oid) AS owner
  FROM pg_depend d
    JOIN pg_namespace n ON d.refclassid = 'pg_namespace'::regclass AND n.oid = d.refobjid
    LEFT JOIN pg_shdepend s ON s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND s.classid = d.classid AND s.objid = d.objid AND s.objsubid = 0 AND s.deptype = 'o'
  WHERE d.deptype = 'n' AND d.objsubid = 0 AND ${ordinarySchema}
    AND d.classid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_operator'::regclass,
      'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_collation'::regclass, 'pg_conversion'::regclass,
      'pg_statistic_ext'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass, 'pg_ts_parser'::regclass,
      'pg_ts_template'::regclass)
    AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid AND e.objsubid = 0
      AND e.deptype IN ('e', 'i', 'P'))
    AND NOT EXISTS (SELECT FROM pg_class t WHERE d.classid = 'pg_class'::regclass AND t.oid = d.objid AND t.relpersistence = 't')`;

/** The schemas that are emptied, as SQL of a condition on pg_namespace `n`. */
export function appSchema(mentioned: readonly string[]): string {
  const names = mentioned.map((name) => quoteLiteral(name)).join(', ');
  const known = names === '' ? '' : `OR n.nspname IN (${names})`;
  return `(n.nspname = 'public' ${known} OR (n.nspname <> '${companionSchemaName}' AND n.nspowner = ANY (${ownersSql})))`;
}
