import { z } from 'zod';

/** Seconds that a try from inside a container may take, whatever the database does. */
export const probeSeconds = 15;

const marker = 'aperture-companion:';

const query =
  'SELECT current_user AS "user", current_database() AS database, current_setting(\'server_version\') AS version, host(inet_client_addr()) AS client';

/**
 * For node inside the server's image: logs in once with the server's own driver, wherever /app keeps it, with the DATABASE_URL that comes on
 * standard input, or with the container's own when nothing comes. Ends by itself after the seconds of its argument.
 */
export const driverScript = `
const fs = require('fs'), dns = require('dns').promises;
const began = Date.now(), seconds = Number(process.argv[1]);
let connected = false, resolved = [], over = false;
function end(answer) {
  if (over) return;
  over = true;
  const all = { resolved, connected, milliseconds: Date.now() - began, ...answer };
  process.stdout.write('\\n${marker}' + JSON.stringify(all) + '\\n', () => process.exit(0));
}
const plain = (e) => {
  const { message, code, severity, detail, hint, routine, path } = e;
  return { message: String(message), code, severity, detail, hint, routine, path };
};
const failed = (e) => end({ ok: false, error: plain(e), errors: (e.errors || []).map(plain) });
setTimeout(() => end({ ok: false, timeout: true }), seconds * 1000);
function driver() {
  const folders = (folder, pattern) => {
    try { return fs.readdirSync(folder).filter((name) => pattern.test(name)).map((name) => folder + '/' + name); } catch { return []; }
  };
  const roots = ['/app', ...folders('/app/packages', /./), ...folders('/app/apps', /./), process.cwd()];
  for (const root of roots) { try { return require(require.resolve('pg', { paths: [root] })); } catch {} }
  for (const store of folders('/app/node_modules/.pnpm', /^pg@/)) { try { return require(store + '/node_modules/pg'); } catch {} }
}
async function main(input) {
  const connectionString = input === '' ? process.env.DATABASE_URL : input;
  const pg = driver();
  if (pg === undefined) return end({ ok: false, noDriver: true });
  try {
    const client = new pg.Client({ connectionString });
    client.on('error', () => {});
    const { host } = client;
    if (host && !host.startsWith('/')) {
      resolved = await dns.lookup(host, { all: true }).then((all) => all.map((one) => one.address), () => []);
    }
    const stream = client.connection && client.connection.stream;
    if (stream && stream.once) stream.once('connect', () => { connected = true; });
    await client.connect();
    const { rows } = await client.query(${JSON.stringify(query)});
    const now = client.connection && client.connection.stream;
    end({ ok: true, ...rows[0], encrypted: Boolean(now && now.encrypted) });
  } catch (e) { failed(e); }
}
let input = '';
process.stdin.setEncoding('utf8').on('data', (part) => { input += part; }).on('end', () => main(input.trim()));
`;

/**
 * For sh inside an image of PostgreSQL: logs in once with psql. On standard input come lines of a variable's name and its value in base64;
 * \`CA\` is written to a file of the container.
 */
export const libpqScript = `
while IFS=' ' read -r n v; do export "$n=$(printf %s "$v" | base64 -d)"; done
if [ -n "$CA" ]; then printf '%s\\n' "$CA" >/tmp/ca.pem; export PGSSLROOTCERT=/tmp/ca.pem; unset CA; fi
exec psql -XAtqw -v ON_ERROR_STOP=1 -c "SELECT '${marker}' || json_build_object('ok', true, 'user', current_user, 'database', current_database(),
 'version', current_setting('server_version'), 'client', host(inet_client_addr()),
 'encrypted', coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false), 'resolved', '[]'::json, 'connected', true)"
`;

const errorSchema = z.object({
  message: z.string(),
  code: z.string().optional(),
  severity: z.string().optional(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  routine: z.string().optional(),
  path: z.string().optional(),
});
export type ProbeFault = z.infer<typeof errorSchema>;

const common = {
  /** Addresses that the name has inside of the container. */
  resolved: z.array(z.string()).default([]),
  /** Something took the connection. */
  connected: z.boolean().default(false),
  milliseconds: z.number().optional(),
};

const answerSchema = z.discriminatedUnion('ok', [
  z.object({
    ...common,
    ok: z.literal(true),
    user: z.string(),
    database: z.string(),
    version: z.string(),
    client: z.string().nullish(),
    encrypted: z.boolean(),
  }),
  z.object({
    ...common,
    ok: z.literal(false),
    timeout: z.boolean().optional(),
    noDriver: z.boolean().optional(),
    error: errorSchema.optional(),
    /** Of several addresses, each its own. */
    errors: z.array(errorSchema).optional(),
  }),
]);
export type ProbeAnswer = z.infer<typeof answerSchema>;

/** What a script printed; undefined when it printed no answer. */
export function readAnswer(stdout: string): ProbeAnswer | undefined {
  const line = stdout.split(/\r?\n/).find((one) => one.startsWith(marker));
  if (line === undefined) return undefined;
  try {
    return answerSchema.parse(JSON.parse(line.slice(marker.length)));
  } catch {
    return undefined;
  }
}

/** What psql complained about on standard error, as the same kind of answer. Its exit code is 2 for a failed connection. */
export function readComplaint(stderr: string): ProbeAnswer {
  const message = stderr
    .replace(/^psql: (?:error: )?/, '')
    .replace(/^connection to server at "[^"]*"(?: \([^)]*\))?, port \d+ failed: /, '')
    .replace(/^(?:FATAL|ERROR):\s*/, '')
    .trim();
  const server = /(?:FATAL|ERROR):/.test(stderr);
  const resolved = [...stderr.matchAll(/connection to server at "[^"]*" \(([^)]*)\)/g)].map(
    ([, address]) => address ?? '',
  );
  return {
    ok: false,
    resolved: [...new Set(resolved)],
    connected: server || /SSL/.test(stderr),
    timeout: /timeout expired/.test(message),
    error: { message, ...(server ? { severity: 'FATAL' } : {}) },
  };
}
