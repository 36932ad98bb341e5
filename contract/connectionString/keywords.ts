/**
 * Every keyword of libpq 14 to 18 and whether the app uses its value.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 */
const keywords: Record<string, 'used' | 'known' | 'secret'> = {
  host: 'used',
  hostaddr: 'used',
  port: 'used',
  dbname: 'used',
  user: 'used',
  password: 'secret',
  service: 'used',
  sslmode: 'used',
  requiressl: 'used',
  sslrootcert: 'used',
  sslcert: 'used',
  sslkey: 'used',
  sslpassword: 'secret',
  channel_binding: 'used',
  target_session_attrs: 'used',
  connect_timeout: 'used',
  options: 'used',
  application_name: 'known',
  client_encoding: 'known',
  fallback_application_name: 'known',
  gssdelegation: 'known',
  gssencmode: 'known',
  gsslib: 'known',
  keepalives: 'known',
  keepalives_count: 'known',
  keepalives_idle: 'known',
  keepalives_interval: 'known',
  krbsrvname: 'known',
  load_balance_hosts: 'known',
  max_protocol_version: 'known',
  min_protocol_version: 'known',
  oauth_client_id: 'known',
  oauth_client_secret: 'secret',
  oauth_issuer: 'known',
  oauth_scope: 'known',
  passfile: 'known',
  replication: 'known',
  require_auth: 'known',
  requirepeer: 'known',
  scram_client_key: 'secret',
  scram_server_key: 'secret',
  servicefile: 'known',
  ssl_max_protocol_version: 'known',
  ssl_min_protocol_version: 'known',
  sslcertmode: 'known',
  sslcompression: 'known',
  sslcrl: 'known',
  sslcrldir: 'known',
  sslkeylogfile: 'known',
  sslnegotiation: 'known',
  sslsni: 'known',
  tcp_user_timeout: 'known',
  tty: 'known',
};

/** Parameters of other drivers and tools (node-postgres, Prisma, JDBC, asyncpg, Npgsql) that mean nothing to libpq. */
const elsewhere = new Set([
  'uselibpqcompat',
  'statement_timeout',
  'query_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'connectiontimeoutmillis',
  'idletimeoutmillis',
  'encoding',
  'max',
  'min',
  'schema',
  'search_path',
  'currentschema',
  'connection_limit',
  'pool_timeout',
  'pool_size',
  'pool_mode',
  'pool_max_conns',
  'socket_timeout',
  'pgbouncer',
  'supa',
  'sslaccept',
  'sslidentity',
  'sslfactory',
  'applicationname',
  'logintimeout',
  'sockettimeout',
  'preparethreshold',
  'prepared_statements',
  'statement_cache_size',
  'prepared_statement_cache_size',
  'charset',
  'serverversion',
  'timezone',
]);

export function keywordKind(keyword: string): 'used' | 'known' | 'secret' | 'elsewhere' | 'unknown' {
  if (Object.hasOwn(keywords, keyword)) return keywords[keyword] ?? 'unknown';
  return elsewhere.has(keyword.toLowerCase()) ? 'elsewhere' : 'unknown';
}

/** Other programs' names for libpq's keywords. */
const synonyms: Record<string, string> = {
  database: 'dbname',
  db: 'dbname',
  username: 'user',
  userid: 'user',
  uid: 'user',
  login: 'user',
  pass: 'password',
  pwd: 'password',
  passwd: 'password',
  server: 'host',
  hostname: 'host',
  ssl_mode: 'sslmode',
  timeout: 'connect_timeout',
};

/** The keyword that was probably meant: another program's name for it, other case, or at most two letters off. */
export function nearestKeyword(keyword: string): string | undefined {
  const wanted = keyword.toLowerCase().replace(/[\s-]/g, '_');
  if (Object.hasOwn(keywords, wanted)) return wanted;
  const plain = wanted.replaceAll('_', '');
  if (Object.hasOwn(synonyms, wanted)) return synonyms[wanted];
  if (Object.hasOwn(synonyms, plain)) return synonyms[plain];
  if (wanted.length < 3 || wanted.length > 40) return undefined;
  let best: { name: string; distance: number } | undefined;
  for (const name of Object.keys(keywords)) {
    const distance = editDistance(wanted, name);
    if (distance <= Math.min(2, Math.floor(name.length / 3)) && distance < (best?.distance ?? 3))
      best = { name, distance };
  }
  return best?.name;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
