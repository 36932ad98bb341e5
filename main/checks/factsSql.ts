import type { PartName } from './factsSchema.ts';

/**
 * The statements that gather the facts. Valid on PostgreSQL 13 to 18 and PGlite, for a role without any rights.
 * Each answers one row of two text columns: the part's name, and its value as JSON.
 */
const part = (name: PartName, value: string, rest = '') =>
  `SELECT '${name}' AS part, (${value})::text AS value${rest === '' ? '' : ` ${rest}`}`;

/**
 * A lock held by a migration must not hold the checks up. Local to the transaction: through a transaction pooler,
 * a session setting would land on somebody else's session.
 */
const limits = ["SET LOCAL lock_timeout = '2s'", "SET LOCAL statement_timeout = '15s'"];

// Everything after this one runs with pg_catalog alone on the path, so that nobody's function can stand in for a built-in one.
const schemas = part(
  'schemas',
  `pg_catalog.json_build_object(
    'searchPath', pg_catalog.current_setting('search_path'),
    'searchPathSource', (SELECT source FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'search_path'),
    'current', pg_catalog.to_json(pg_catalog.current_schemas(true)),
    'creationSchema', pg_catalog.current_schema())`,
);
const builtInOnly = 'SET LOCAL search_path = pg_catalog';

const server = part(
  'server',
  `json_build_object(
    'version', version(),
    'versionNum', current_setting('server_version_num')::int,
    'serverVersion', current_setting('server_version'),
    'user', current_user,
    'database', current_database(),
    'inRecovery', pg_is_in_recovery(),
    'backendPid', pg_backend_pid(),
    'serverAddress', host(inet_server_addr()),
    'timeZone', current_setting('TimeZone'),
    'hasAuroraFunction', EXISTS (SELECT FROM pg_proc WHERE proname = 'aurora_version'))`,
);

/** Roles with which the providers let their customers do what a superuser does elsewhere. */
export const providerRoles = [
  'rds_superuser',
  'cloudsqlsuperuser',
  'azure_pg_admin',
  'neon_superuser',
  'supabase_admin',
  'doadmin',
] as const;

const providerRoleList = providerRoles.map((name) => `'${name}'`).join(', ');

const role = part(
  'role',
  `SELECT json_build_object(
    'superuser', r.rolsuper,
    'createDatabase', r.rolcreatedb,
    'createRole', r.rolcreaterole,
    'connectionLimit', r.rolconnlimit,
    'memberOf', (SELECT coalesce(json_agg(g.rolname ORDER BY g.rolname), '[]')
      FROM pg_roles g WHERE g.rolname <> r.rolname AND NOT r.rolsuper AND pg_has_role(r.oid, g.oid, 'MEMBER')),
    'superusers', (SELECT coalesce(json_agg(s.rolname ORDER BY s.oid), '[]')
      FROM (SELECT oid, rolname FROM pg_roles WHERE rolsuper AND rolcanlogin ORDER BY oid LIMIT 10) s),
    'providerRoles', (SELECT coalesce(json_agg(p.rolname ORDER BY p.rolname), '[]')
      FROM pg_roles p WHERE p.rolname IN (${providerRoleList})))
  FROM pg_roles r WHERE r.rolname = current_user`,
);

const database = part(
  'database',
  `SELECT json_build_object(
    'owner', pg_get_userbyid(d.datdba),
    'owned', pg_has_role(current_user, d.datdba, 'USAGE'),
    'encoding', pg_encoding_to_char(d.encoding),
    'collate', d.datcollate,
    'connectionLimit', d.datconnlimit,
    'mayCreate', has_database_privilege(d.oid, 'CREATE'))
  FROM pg_database d WHERE d.datname = current_database()`,
);

const publicSchema = part(
  'publicSchema',
  `SELECT json_build_object(
    'exists', n.oid IS NOT NULL,
    'owner', pg_get_userbyid(n.nspowner),
    'mayCreate', coalesce(has_schema_privilege(n.oid, 'CREATE'), false),
    'mayUse', coalesce(has_schema_privilege(n.oid, 'USAGE'), false))
  FROM (SELECT 1) one LEFT JOIN pg_namespace n ON n.nspname = 'public'`,
);

/** Read by the checks or shown. Those that only a superuser sees are missing for others. */
const settingNames = [
  'default_transaction_read_only',
  'max_connections',
  'superuser_reserved_connections',
  'reserved_connections',
  'shared_buffers',
  'work_mem',
  'maintenance_work_mem',
  'effective_cache_size',
  'max_parallel_maintenance_workers',
  'dynamic_shared_memory_type',
  'data_directory',
  'hba_file',
  'config_file',
  'cluster_name',
  'ssl',
  'password_encryption',
  'autovacuum',
];

const settings = part(
  'settings',
  `SELECT coalesce(json_agg(json_build_object('name', name, 'value', coalesce(setting, ''), 'unit', unit, 'source', source)
    ORDER BY name), '[]')
  FROM pg_settings
  WHERE name IN (${settingNames.map((name) => `'${name}'`).join(', ')})
     OR name IN ('azure.extensions', 'rds.extensions', 'rds.allowed_extensions')
     OR name LIKE 'cloudsql.%' OR name LIKE 'neon.%' OR name LIKE 'azure.%' OR name LIKE 'rds.%'`,
);

const installed = part(
  'installed',
  `SELECT coalesce(json_agg(json_build_object('name', e.extname, 'version', e.extversion, 'schema', n.nspname,
    'owned', pg_has_role(current_user, e.extowner, 'USAGE')) ORDER BY e.extname), '[]')
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace`,
);

const available = part(
  'available',
  `SELECT coalesce(json_agg(json_build_object('name', a.name, 'version', a.default_version,
    'trusted', coalesce(v.trusted, false)) ORDER BY a.name), '[]')
  FROM pg_available_extensions a
  LEFT JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
  WHERE a.name IN ('vector', 'pgcrypto', 'pg_trgm') AND a.default_version IS NOT NULL`,
);

const size = part(
  'size',
  `json_build_object('bytes', pg_database_size(current_database()),
    'uptimeSeconds', extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8)`,
);

// Whoever may not see the sessions of others still sees that they are there, and as whom.
const connections = part(
  'connections',
  `SELECT json_build_object('all', count(*), 'role', count(*) FILTER (WHERE usename = current_user),
    'database', count(*) FILTER (WHERE datname = current_database()))
  FROM pg_stat_activity WHERE usesysid IS NOT NULL AND datid IS NOT NULL`,
);

/** More relations than this are counted, but not looked at one by one. */
const relationLimit = 1000;

const relations = `WITH relation AS (
    SELECT c.oid, n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner) AS owner, c.reltuples
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND c.relpersistence <> 't'
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ), listed AS (
    SELECT nspname, relname, relkind, owner,
      CASE WHEN relkind IN ('r', 'm') THEN coalesce(pg_total_relation_size(oid), 0) ELSE 0 END AS bytes,
      CASE WHEN reltuples > 0 THEN reltuples::float8 ELSE pg_stat_get_live_tuples(oid)::float8 END AS rows
    FROM (SELECT * FROM relation ORDER BY nspname, relname LIMIT ${relationLimit}) capped
  ), told AS (
    SELECT nspname, relname, bytes, json_build_object('schema', nspname, 'name', relname, 'kind', relkind,
      'owner', owner, 'bytes', bytes, 'rows', rows) AS value FROM listed
  ) ${part(
    'relations',
    `json_build_object('count', (SELECT count(*) FROM relation),
    'listed', (SELECT coalesce(json_agg(value ORDER BY nspname, relname), '[]') FROM told),
    'largest', (SELECT coalesce(json_agg(value ORDER BY bytes DESC), '[]')
      FROM (SELECT value, bytes FROM told WHERE bytes > 0 ORDER BY bytes DESC LIMIT 10) big))`,
  )}`;

// Coalesced to the text null: a part that answers no row would count as missing.
const ledgerPlace = part(
  'ledgerPlace',
  `SELECT coalesce((SELECT json_build_object('schema', n.nspname, 'owner', pg_get_userbyid(c.relowner),
    'readable', has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relname = 'aperture_migrations' AND c.relkind = 'r' AND c.relpersistence <> 't'
  ORDER BY (n.nspname = 'public') DESC, n.nspname LIMIT 1)::text, 'null')`,
);

const essentials = [
  ...limits,
  schemas,
  builtInOnly,
  server,
  role,
  database,
  publicSchema,
  settings,
  installed,
  ledgerPlace,
];

/** Everything that needs nothing known beforehand. */
export const firstBatch = [...essentials, available, size, connections, relations];

/** Only what a server has no reason to refuse, for when it refused the first. */
export const cautiousBatch = essentials;

/** The default collation's version, recorded and actual: PostgreSQL 15 and newer keep it for the database. */
export const collation = part(
  'collation',
  `SELECT json_build_object('recorded', datcollversion, 'actual', pg_database_collation_actual_version(oid))
  FROM pg_database WHERE datname = current_database()`,
);

/** `table` is quoted already. Read by way of jsonb, so that a table of another shape doesn't end the batch. */
export const ledger = (table: string) =>
  part('ledger', `SELECT json_build_object('applied', count(*), 'last', max(to_jsonb(m)->>'name')) FROM ${table} m`);

/** For roles that may read the server's files: how much shared memory it has, and whether it runs in a container. */
export const hostFiles = part(
  'host',
  `json_build_object(
    'sharedMemoryKilobytes', substring(pg_read_file('/proc/mounts', 0, 65536, true)
      FROM ' /dev/shm tmpfs [^ ]*size=([0-9]+)k')::float8,
    'memoryKilobytes', substring(pg_read_file('/proc/meminfo', 0, 4096, true) FROM 'MemTotal: +([0-9]+) kB')::float8,
    'container', (pg_stat_file('/.dockerenv', true)).size IS NOT NULL
      OR (pg_stat_file('/run/.containerenv', true)).size IS NOT NULL)`,
);

/** What depends on the first answer. Says again which session of the server it runs in. */
export const secondBatch = (statements: readonly string[]) => [
  ...limits,
  builtInOnly,
  "SELECT 'sessionPid' AS part, pg_backend_pid()::text AS value",
  ...statements,
];
