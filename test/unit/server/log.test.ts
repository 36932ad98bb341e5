import { describe, expect, test } from 'vitest';
import { problemText } from '../../../contract/copy/problemText.ts';
import type { Problem } from '../../../contract/problem.ts';
import { recogniseServerLog } from '../../../main/problems/recogniseServerLog.ts';
import { rawLine, readLogLine } from '../../../main/services/server/logLine.ts';
import { logProgress } from '../../../main/services/server/logProgress.ts';
import { schemaByLedger, schemaByLog } from '../../../main/services/server/schema.ts';

const database = { host: 'db.lan', port: 5432, user: 'aperture', database: 'films' };
const at = '2026-05-30T12:00:00.123456789Z';
const raw = (...lines: string[]) => lines.map((line) => rawLine(`${at} ${line}`, 'stdout'));
const pino = (fields: object) => JSON.stringify({ level: 30, time: 1780142400000, pid: 1, hostname: 'c', ...fields });

describe('lines made readable', () => {
  test.each([
    [
      '🔮 Running database migrations...',
      'stdout',
      { at, level: 'info', message: '🔮 Running database migrations...' },
    ],
    ['⚠ 114 pending migration(s). Run …', 'stderr', { level: 'warn' }],
    ['❌ Invalid environment variables:', 'stderr', { level: 'error' }],
    ['Failed to run migrations: error: x', 'stderr', { level: 'error' }],
    ['    at Parser.parse (/app/node_modules/pg-protocol)', 'stderr', { level: 'error' }],
    [
      pino({ module: 'migrations', total: 114, applied: 3, msg: 'Starting migrations' }),
      'stdout',
      { level: 'info', module: 'migrations', message: 'Starting migrations: 3 of 114 applied' },
    ],
    [
      pino({ migration: '0001_init.sql', msg: 'Applying migration' }),
      'stdout',
      { message: 'Applying migration: 0001_init.sql' },
    ],
    [
      pino({ level: 50, err: { message: 'boom' }, msg: 'Migration failed' }),
      'stdout',
      { level: 'error', message: 'Migration failed: boom' },
    ],
    [pino({ level: 40, name: 'api', msg: 'slow' }), 'stdout', { level: 'warn', module: 'api' }],
    [
      pino({ res: { statusCode: 200 }, responseTime: 2.6, msg: 'request completed' }),
      'stdout',
      { message: 'request completed: 200, 3 ms' },
    ],
    [
      pino({ req: { method: 'GET', url: '/health' }, msg: 'incoming request' }),
      'stdout',
      { message: 'incoming request: GET /health' },
    ],
    ['{"level":"not pino"}', 'stdout', { level: 'info', message: '{"level":"not pino"}' }],
    ['{broken', 'stdout', { message: '{broken' }],
    ['', 'stdout', { message: '' }],
  ] as const)('%s', (line, from, expected) => {
    expect(readLogLine(rawLine(`${at} ${line}`, from))).toMatchObject(expected);
  });

  test('a line without the engine’s time keeps pino’s', () => {
    expect(readLogLine(rawLine(pino({ msg: 'x' }), 'stdout')).at).toBe('2026-05-30T12:00:00.000Z');
  });
});

describe('how far a start got', () => {
  const migrating = [
    '🔮 Running database migrations...',
    pino({ module: 'migrations', total: 114, applied: 0, msg: 'Starting migrations' }),
  ];
  test.each([
    ['nothing yet', [], { stage: 'silent' }],
    [
      'migrating',
      [...migrating, pino({ migration: '0001_init.sql', msg: 'Applying migration' })],
      { stage: 'migrating', total: 114, migration: '0001_init.sql' },
    ],
    [
      'one applied',
      [
        ...migrating,
        pino({ migration: '0001_init.sql', msg: 'Applying migration' }),
        pino({ migration: '0001_init.sql', msg: 'Migration applied successfully' }),
      ],
      { stage: 'migrating', applied: 1 },
    ],
    ['up to date', [...migrating, '✓ Database is up to date'], { stage: 'migrated', pending: 0 }],
    ['applied', ['✓ Applied 114 migration(s)'], { stage: 'migrated', pending: 0 }],
    [
      'listening, JSON first',
      [pino({ name: 'api', msg: 'Server listening at http://127.0.0.1:3456' }), ...migrating],
      { stage: 'listening' },
    ],
    ['listening', ['🚀 Aperture API server running at http://127.0.0.1:3456'], { stage: 'listening' }],
    [
      'off',
      ['⚠ 114 pending migration(s). …', '🚀 Aperture API server running at http://0.0.0.0:3456'],
      { stage: 'listening', pending: 114 },
    ],
    ['failed', [...migrating, 'Failed to run migrations: error: x'], { stage: 'failed' }],
  ] as const)('%s', (_, lines, expected) => {
    expect(logProgress(raw(...lines))).toMatchObject(expected);
  });
});

describe('why a start failed', () => {
  const cases: [line: string, code: Problem['code'], values?: Record<string, unknown>, migration?: string][] = [
    ['error: extension "vector" is not available', 'extension-unavailable', { extension: 'vector' }, '0002_vector.sql'],
    ['error: extension "vector" does not exist', 'extension-unavailable', { extension: 'vector' }],
    ['error: type "halfvec" does not exist', 'extension-unavailable', { extension: 'vector' }, '0099_x.sql'],
    [
      'error: could not open extension control file "/usr/share/postgresql/14/extension/vector.control": No such file or directory',
      'extension-unavailable',
      { extension: 'vector' },
    ],
    [
      'error: permission denied to create extension "vector"',
      'extension-not-permitted',
      { extension: 'vector' },
      '0002_vector.sql',
    ],
    ['error: permission denied for schema public', 'permission-denied', { user: 'aperture' }],
    ['error: password authentication failed for user "aperture"', 'password-wrong'],
    ['error: database "films" does not exist', 'database-missing'],
    ['error: role "aperture" does not exist', 'role-missing'],
    [
      'error: no pg_hba.conf entry for host "172.18.0.5", user "aperture", database "films", no encryption',
      'pg-hba-refused',
      { subnet: '172.18.0.0/16', line: 'host films aperture 172.18.0.0/16 scram-sha-256' },
    ],
    ['error: sorry, too many clients already', 'server-connection-limit'],
    ['error: the database system is starting up', 'server-starting'],
    ['error: cannot execute CREATE TABLE in a read-only transaction', 'read-only-transaction'],
    ['Error: getaddrinfo ENOTFOUND postgres', 'dns-not-found', { host: 'postgres' }],
    ['Error: getaddrinfo EAI_AGAIN db.lan', 'dns-not-found', { host: 'db.lan' }],
    ['Error: getaddrinfo ENOTFOUND host.docker.internal', 'server-host-gateway-missing'],
    ['Error: connect ECONNREFUSED 192.168.1.5:5433', 'connection-refused', { host: '192.168.1.5', port: 5433 }],
    ['Error: connect ECONNREFUSED 127.0.0.1:5432', 'server-database-is-localhost'],
    [
      'AggregateError [ECONNREFUSED]: \n  [errors]: [\n    Error: connect ECONNREFUSED ::1:5432',
      'server-database-is-localhost',
    ],
    ['Error: connect EHOSTUNREACH 10.0.0.9:5432', 'host-unreachable', { host: '10.0.0.9' }],
    ['Error: connect ETIMEDOUT 10.0.0.9:5432', 'connection-timeout'],
    ['Error: The server does not support SSL connections', 'server-tls-unavailable'],
    ["Error: self-signed certificate\n  code: 'DEPTH_ZERO_SELF_SIGNED_CERT'", 'tls-self-signed'],
    ['Error: self-signed certificate in certificate chain', 'tls-untrusted'],
    ['Error: certificate has expired', 'tls-expired'],
    [
      "Error: Hostname/IP does not match certificate's altnames: Host: db.lan. is not in the cert's altnames: DNS:other",
      'tls-wrong-name',
    ],
    ['Error: SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'password-required'],
    [
      'error: duplicate key value violates unique constraint "aperture_migrations_name_key"',
      'migrations-raced',
      {},
      '0001_init.sql',
    ],
    [
      'error: relation "movies" already exists',
      'migration-failed',
      { migration: '0003_movies.sql', message: 'relation "movies" already exists' },
      '0003_movies.sql',
    ],
    [
      "error: syntax error at or near \"CREAT\"\n  code: '42601',\n  severity: 'ERROR',",
      'migration-failed',
      { migration: '0003_movies.sql' },
      '0003_movies.sql',
    ],
    [
      'error: could not resize shared memory segment "/PostgreSQL.1" to 67128672 bytes: No space left on device',
      'server-out-of-memory',
      {},
      '0050_hnsw.sql',
    ],
  ];
  test.each(cases)('%s', (line, code, values = {}, migration = undefined) => {
    const lines = ['🔮 Running database migrations...', ...`Failed to run migrations: ${line}`.split('\n')];
    const problem = recogniseServerLog(lines, database, migration);
    expect(problem).toMatchObject({ code, values });
    // It can be said, and what the app would change on its own side does not reach the server.
    if (problem !== undefined) expect(Object.values(problemText(problem)).join()).not.toContain('…');
    expect(problem?.fixes?.some((fix) => fix.kind === 'setting') ?? false).toBe(false);
  });

  test('PostgreSQL’s fields below the error count, in any language', () => {
    const lines = [
      'Failed to run migrations: error: Passwort-Authentifizierung für Benutzer »aperture« fehlgeschlagen',
      '    at Parser.parseErrorMessage (/app/node_modules/pg-protocol/dist/parser.js:285:98) {',
      '  length: 114,',
      "  severity: 'FATAL',",
      "  code: '28P01',",
      '  detail: undefined,',
      "  routine: 'auth_failed'",
      '}',
    ];
    expect(recogniseServerLog(lines, database)).toMatchObject({ code: 'password-wrong' });
  });

  test('an environment that is refused names its fields, in both of node’s layouts', () => {
    const wide = [
      '❌ Invalid environment variables:',
      '{',
      '  _errors: [],',
      "  SESSION_SECRET: { _errors: [ 'String must contain at least 32 character(s)' ] },",
      "  APP_BASE_URL: { _errors: [ 'Invalid url' ] }",
      '}',
      'Failed to validate environment: Error: Invalid environment variables',
    ];
    expect(recogniseServerLog(wide, database)).toMatchObject({
      code: 'server-environment-invalid',
      values: {
        field: 'SESSION_SECRET, APP_BASE_URL',
        message: 'SESSION_SECRET: String must contain at least 32 character(s); APP_BASE_URL: Invalid url',
      },
      fixes: [{ kind: 'paste' }],
    });
    const flat = ['❌ Invalid environment variables:', "{ DATABASE_URL: [ 'Required' ] }"];
    expect(recogniseServerLog(flat, database)).toMatchObject({ values: { field: 'DATABASE_URL' } });
  });

  test('a log without a failure has none; the last one counts', () => {
    expect(recogniseServerLog(['✓ Database is up to date'], database)).toBeUndefined();
    const lines = [
      'Failed to run migrations: Error: connect ECONNREFUSED 10.0.0.1:5432',
      'Failed to run migrations: error: database "films" does not exist',
    ];
    expect(recogniseServerLog(lines, database)?.code).toBe('database-missing');
  });
});

describe('the schema', () => {
  const image = ['0001_a.sql', '0002_b.sql', '0003_c.sql'];
  test.each([
    [undefined, image, {}, { kind: 'pending', count: 3, applied: 0 }],
    [[], undefined, {}, { kind: 'pending', applied: 0 }],
    [['0001_a.sql'], image, {}, { kind: 'pending', count: 2 }],
    [image, image, { pending: 3 }, { kind: 'complete', applied: 3, last: '0003_c.sql' }],
    // Applied outside of the list, or by a newer server.
    [[...image, '0004_d.sql'], image, {}, { kind: 'complete', applied: 4 }],
    [['0001_a.sql'], undefined, { pending: 2 }, { kind: 'pending', count: 2, by: 'log' }],
  ])('ledger %j, image %j', (ledger, of, progress, expected) => {
    expect(schemaByLedger(ledger, of, progress)).toMatchObject(expected);
  });

  test('by the log alone', () => {
    expect(schemaByLog({ stage: 'listening', total: 3 }, true)).toEqual({ kind: 'complete', by: 'log', applied: 3 });
    expect(schemaByLog({ stage: 'listening' }, false)).toEqual({ kind: 'unknown' });
    expect(schemaByLog({ stage: 'listening', pending: 2 }, false)).toMatchObject({ kind: 'pending', count: 2 });
    expect(schemaByLog({ stage: 'migrating' }, true)).toEqual({ kind: 'unknown' });
  });
});
