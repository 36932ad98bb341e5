import { quoteLiteral } from '../../../sql/quoting.ts';
import type { Dropped } from './actions.ts';

/** A name with the key that the answer has it under. The schema is null where the search path decides. */
export type Asked = { asked: string; schema: string | null; name: string };

/** The names that are asked about. */
export type Wish = {
  relations: Asked[];
  types: Asked[];
  extensions: string[];
  functions: string[];
  schemas: string[];
  cascades: (Asked & { kind: Dropped })[];
};

/** `to_regclass` refuses a schema that the role may not use, and everything with it; the catalogue doesn't. */
const relationId = `CASE WHEN x.schema IS NULL THEN to_regclass(quote_ident(x.name))::oid ELSE (
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = x.schema AND c.relname = x.name
  ) END`;
const typeId = `CASE WHEN x.schema IS NULL THEN to_regtype(quote_ident(x.name))::oid ELSE (
    SELECT t.oid FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = x.schema AND t.typname = x.name
  ) END`;

/** One statement that answers one value of JSON, `facts`. */
export function factsSql(wish: Wish): string {
  return `WITH wish AS (SELECT ${quoteLiteral(JSON.stringify(wish))}::jsonb AS w),
me AS (SELECT r.rolsuper AS superuser FROM pg_roles r WHERE r.rolname = current_user),
asked AS (
  SELECT x.asked, ${relationId} AS id FROM wish, jsonb_to_recordset(w -> 'relations') x (asked text, schema text, name text)
),
leaves AS (
  SELECT DISTINCT a.id, leaf.relid AS part FROM asked a JOIN pg_class c ON c.oid = a.id
  CROSS JOIN LATERAL (
    SELECT relid FROM pg_partition_tree(a.id) WHERE c.relkind = 'p' AND isleaf UNION ALL SELECT a.id WHERE c.relkind <> 'p'
  ) leaf
),
sizes AS (
  SELECT l.id,
    sum(CASE WHEN p.relkind IN ('r', 'm', 't', 'p') THEN pg_table_size(p.oid) ELSE 0 END) AS bytes,
    sum(CASE WHEN p.relkind IN ('r', 'm', 'p') THEN pg_indexes_size(p.oid) ELSE pg_relation_size(p.oid) END) AS index_bytes,
    sum(CASE WHEN p.relkind NOT IN ('r', 'm') OR pg_relation_size(p.oid) = 0 THEN 0
      ELSE greatest(p.reltuples, pg_stat_get_live_tuples(p.oid), 1) END) AS rows
  FROM leaves l JOIN pg_class p ON p.oid = l.part GROUP BY l.id
),
followers AS (
  WITH RECURSIVE step AS (
    SELECT id AS top, id, true AS deletes FROM asked WHERE id IS NOT NULL
    UNION
    SELECT s.top, k.conrelid, s.deletes AND k.confdeltype = 'c' FROM step s
    JOIN pg_constraint k ON k.contype = 'f' AND k.confrelid = s.id AND k.conparentid = 0
  )
  SELECT s.top, s.id, bool_or(s.deletes) AS deletes FROM step s WHERE s.id <> s.top GROUP BY s.top, s.id
),
${dependentsSql}
SELECT json_build_object(
  'user', current_user,
  'superuser', (SELECT superuser FROM me),
  'version', current_setting('server_version_num')::int,
  'schema', current_schema(),
  'schemas', (SELECT coalesce(json_agg(json_build_object('name', n.nspname, 'mayCreate', has_schema_privilege(n.oid, 'CREATE'))), '[]')
    FROM pg_namespace n, wish WHERE n.nspname = current_schema() OR w -> 'schemas' ? n.nspname),
  'mayCreateSchemas', has_database_privilege(current_database(), 'CREATE'),
  'relations', (SELECT coalesce(json_agg(json_build_object(
      'asked', a.asked, 'name', format('%I.%I', n.nspname, c.relname), 'kind', c.relkind, 'rows', s.rows, 'bytes', s.bytes,
      'indexBytes', s.index_bytes, 'owned', pg_has_role(c.relowner, 'USAGE'),
      'rights', (SELECT coalesce(json_agg(p), '[]') FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_table_privilege(c.oid, p)),
      'followers', (SELECT coalesce(json_agg(json_build_object('name', format('%I.%I', fn.nspname, fc.relname), 'deletes', f.deletes,
          'rows', CASE WHEN fc.relkind = 'r' AND pg_relation_size(fc.oid) = 0 THEN 0
            ELSE greatest(fc.reltuples, pg_stat_get_live_tuples(fc.oid), 1) END,
          'bytes', pg_table_size(fc.oid)) ORDER BY fc.relname), '[]')
        FROM followers f JOIN pg_class fc ON fc.oid = f.id JOIN pg_namespace fn ON fn.oid = fc.relnamespace WHERE f.top = c.oid),
      'columns', (SELECT coalesce(json_agg(json_build_object('name', t.attname, 'type', format_type(t.atttypid, NULL),
          'modifier', t.atttypmod, 'base', CASE WHEN y.typtype = 'd' THEN format_type(y.typbasetype, NULL) END) ORDER BY t.attnum), '[]')
        FROM pg_attribute t JOIN pg_type y ON y.oid = t.atttypid
        WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped)
    )), '[]')
    FROM asked a JOIN pg_class c ON c.oid = a.id JOIN pg_namespace n ON n.oid = c.relnamespace JOIN sizes s ON s.id = a.id),
  'types', (SELECT coalesce(json_agg(json_build_object('asked', x.asked, 'name', format_type(to_regtype(x.asked), NULL))), '[]')
    FROM wish, jsonb_to_recordset(w -> 'types') x (asked text, schema text)
    WHERE CASE WHEN x.schema IS NULL OR EXISTS (SELECT FROM pg_namespace u WHERE u.nspname = x.schema AND has_schema_privilege(u.oid, 'USAGE'))
      THEN to_regtype(x.asked) IS NOT NULL ELSE false END),
  'extensions', (SELECT coalesce(json_agg(json_build_object('name', x.wanted,
      'installed', EXISTS (SELECT FROM pg_extension WHERE extname = x.wanted),
      'available', v.version IS NOT NULL,
      'trusted', coalesce(v.trusted OR NOT v.superuser, false))), '[]')
    FROM wish CROSS JOIN jsonb_array_elements_text(w -> 'extensions') x (wanted)
    LEFT JOIN LATERAL (
      SELECT e.version, e.trusted, e.superuser FROM pg_available_extensions a
      JOIN pg_available_extension_versions e ON e.name = a.name AND e.version = a.default_version WHERE a.name = x.wanted
    ) v ON true),
  'alike', (SELECT coalesce(json_agg(json_build_array(format_type(castsource, NULL), format_type(casttarget, NULL))), '[]')
    FROM pg_cast WHERE castmethod = 'b'),
  'ownFunctions', (SELECT coalesce(json_agg(name), '[]') FROM wish, jsonb_array_elements_text(w -> 'functions') name
    WHERE NOT EXISTS (SELECT FROM pg_proc WHERE proname = name AND pronamespace = 'pg_catalog'::regnamespace)
      AND (NOT EXISTS (SELECT FROM pg_proc WHERE proname = name)
        OR EXISTS (SELECT FROM pg_proc p WHERE proname = name AND provolatile = 'v'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')))),
  'volatileFunctions', (SELECT coalesce(json_agg(name), '[]') FROM wish, jsonb_array_elements_text(w -> 'functions') name
    WHERE NOT EXISTS (SELECT FROM pg_proc WHERE proname = name)
      OR EXISTS (SELECT FROM pg_proc WHERE proname = name AND provolatile = 'v')),
  'dependents', (SELECT coalesce(json_agg(d), '[]') FROM dependents d)
) AS facts`;
}

/** What CASCADE would take along: each object that hangs on what is dropped, step by step, at most a thousand. */
const dependentsSql = `walk AS (
  WITH RECURSIVE roots AS (
    SELECT x.kind, x.asked, o.class, o.id
    FROM wish CROSS JOIN jsonb_to_recordset(w -> 'cascades') x (kind text, asked text, schema text, name text)
    CROSS JOIN LATERAL (
      SELECT 'pg_class'::regclass::oid AS class, ${relationId} AS id
        WHERE x.kind IN ('table', 'view', 'materialized-view', 'sequence')
      UNION ALL SELECT 'pg_type'::regclass, ${typeId} WHERE x.kind = 'type'
      UNION ALL SELECT 'pg_namespace'::regclass, oid FROM pg_namespace WHERE x.kind = 'schema' AND nspname = x.name
      UNION ALL SELECT 'pg_extension'::regclass, oid FROM pg_extension WHERE x.kind = 'extension' AND extname = x.name
    ) o WHERE o.id IS NOT NULL
  ), step AS (
    SELECT kind, asked, class, id, 0 AS sub, class AS root_class, id AS root FROM roots
    UNION
    SELECT s.kind, s.asked, n.class, n.id, n.sub, s.root_class, s.root FROM step s CROSS JOIN LATERAL (
      SELECT d.classid AS class, d.objid AS id, d.objsubid AS sub FROM pg_depend d
        WHERE s.sub = 0 AND d.refclassid = s.class AND d.refobjid = s.id AND d.deptype IN ('n', 'a', 'i', 'e', 'P', 'S')
      UNION ALL
      SELECT 'pg_class'::regclass, w.ev_class, 0 FROM pg_rewrite w WHERE s.class = 'pg_rewrite'::regclass AND w.oid = s.id
      UNION ALL
      SELECT 'pg_type'::regclass, c.reltype, 0 FROM pg_class c WHERE s.class = 'pg_class'::regclass AND s.sub = 0 AND c.oid = s.id AND c.reltype <> 0
    ) n
  ) SELECT * FROM step LIMIT 1000
),
dependents AS (
  SELECT DISTINCT k.kind, k.asked,
    CASE WHEN k.sub > 0 THEN 'column' WHEN c.relkind IN ('r', 'p', 'm') THEN 'table' WHEN c.relkind = 'v' THEN 'view' ELSE 'other' END AS what,
    format('%I.%I', n.nspname, c.relname) || CASE WHEN k.sub > 0 THEN format('.%I', t.attname) ELSE '' END AS name,
    CASE WHEN pg_relation_size(c.oid) = 0 THEN 0 ELSE greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 1) END AS rows,
    CASE WHEN c.relkind IN ('r', 'm', 'p') THEN pg_table_size(c.oid) ELSE 0 END AS bytes
  FROM walk k JOIN pg_class c ON k.class = 'pg_class'::regclass AND c.oid = k.id JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum = k.sub
  WHERE NOT (k.root_class = k.class AND k.root = k.id)
    AND (c.relkind IN ('r', 'p', 'm') OR (c.relkind = 'v' AND k.sub = 0))
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = k.class AND e.objid = k.id AND e.deptype = 'e' AND k.kind = 'extension')
)`;
