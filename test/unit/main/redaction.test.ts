import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test, vi } from 'vitest';
import { createRedactor } from '../../../main/redaction.ts';

// Thousands of generated cases on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

describe('what looks like a secret', () => {
  test.each([
    ['a URL', 'dial postgresql://app:s3cr/et@x@db.lan:5432/aperture failed', 's3cr/et@x', 'db.lan:5432/aperture'],
    ['SQL', "CREATE ROLE app LOGIN PASSWORD 's3cr''et' VALID UNTIL 'infinity'", "s3cr''et", 'VALID UNTIL'],
    ['SQL with escapes', "alter role app password E's3cr\\'et'; SELECT 1", "s3cr\\'et", 'SELECT 1'],
    ['SQL in dollars', 'ALTER ROLE app PASSWORD $x$s3cret$x$; SELECT 1', 's3cret', 'SELECT 1'],
    ['cut-off SQL', "ALTER ROLE app PASSWORD 's3cret", 's3cret', 'ALTER ROLE app'],
    ['the environment', 'PGPASSWORD=s3cret pg_dump -Fc', 's3cret', 'pg_dump -Fc'],
    ['a key=value string', "host=db password='s3 cr\\'et' user=app", "s3 cr\\'et", 'user=app'],
    ['a key=value string without quotes', 'host=db password=s3,c\\ r&et user=app', 's3,c\\ r&et', 'user=app'],
    ['JSON', '{"user":"app","password":"s3c\\"ret","port":5432}', 's3c\\"ret', '"port":5432'],
    ['JSON in JSON', '{"line":"{\\"password\\":\\"s3cret\\"}"}', 's3cret', 'line'],
    ['a compose file', '  POSTGRES_PASSWORD: s3cret\n  POSTGRES_USER: app', 's3cret', 'POSTGRES_USER: app'],
    ['a query', 'POST https://push.lan/message?token=AbC.def&priority=5', 'AbC.def', 'priority=5'],
    ['an ntfy login', 'https://ntfy.lan/topic?auth=QmFzaWMg&x=1', 'QmFzaWMg', 'x=1'],
    ['a header', 'Authorization: Basic dTpw, Accept: */*', 'dTpw', 'Accept'],
    ['an ntfy token', 'using tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2'.toLowerCase(), 'agqdq7', 'using'],
    ['an uptime push', 'GET https://kuma.lan/api/push/Ab12Cd34Ef?status=up', 'Ab12Cd34Ef', 'status=up'],
    [
      'a private key',
      'read -----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY----- ok',
      'b3BlbnNzaC1rZXk',
      ' ok',
    ],
  ])('%s', (_name, line, hidden, kept) => {
    const result = createRedactor().redact(line);
    expect(result).not.toContain(hidden);
    expect(result).toContain('***');
    expect(result).toContain(kept);
  });

  test.each([
    'FATAL:  password authentication failed for user "app"',
    'connection to server at "db.lan" (10.0.0.5), port 5432 failed',
    'http://127.0.0.1:3456/health answered 200',
    'wrong password: the server said no',
    '{"level":30,"module":"migrations","applied":114}',
  ])('leaves as it is: %s', (line) => {
    expect(createRedactor().redact(line)).toBe(line);
  });

  test('a registered short secret is hidden where it stands alone', () => {
    const redactor = createRedactor();
    redactor.add('ab');
    expect(redactor.redact('ab, cabin (ab)')).toBe('***, cabin (***)');
  });

  test('a long line stays cheap', () => {
    const started = performance.now();
    createRedactor().redact(`${'://a:b'.repeat(20_000)} ${'password='.repeat(20_000)} ${'A'.repeat(200_000)}`);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

/** Every way in which another part of the app or a server might print it. */
const printed: Record<string, (secret: string) => string> = {
  raw: (s) => `it is ${s}!`,
  percent: (s) => `postgresql://u:${encodeURIComponent(s)}@h/d`,
  percentLower: (s) => encodeURIComponent(s).replace(/%../g, (escaped) => escaped.toLowerCase()),
  form: (s) => `p=${new URLSearchParams({ p: s }).toString().slice(2)}`,
  json: (s) => JSON.stringify({ note: s }),
  jsonTwice: (s) => JSON.stringify({ line: JSON.stringify({ note: s }) }),
  base64: (s) => Buffer.from(s).toString('base64'),
  base64url: (s) => Buffer.from(s).toString('base64url'),
  sql: (s) => `SELECT '${s.replaceAll("'", "''")}'`,
  sqlEscape: (s) => `SELECT E'${s.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
  keyValue: (s) => `pw='${s.replace(/[\\']/g, '\\$&')}'`,
  passfile: (s) => `h:5432:d:u:${s.replace(/[\\:]/g, '\\$&')}`,
  shell: (s) => `echo '${s.replaceAll("'", "'\\''")}'`,
};
const secrets = fc.oneof(
  fc.string({ minLength: 4, maxLength: 64 }),
  fc.string({ unit: 'grapheme', minLength: 4, maxLength: 64 }),
  fc.string({ unit: fc.constantFrom(...`aZ9'"\\:/@%?#&=+ $.*[](){}|^-~é🔑`), minLength: 4, maxLength: 128 }),
);

property.prop([secrets, fc.constantFrom(...Object.keys(printed))], { numRuns: 3000 })(
  'a registered secret is in no line, however it is written',
  (secret, way) => {
    const redactor = createRedactor();
    redactor.add(secret);
    const print = printed[way];
    const line = print?.(secret) ?? '';
    const result = redactor.redact(`before ${line} after`);
    const bare = print?.(secret) ?? '';
    expect(result).not.toContain(secret);
    if (way === 'base64') expect(result).not.toContain(bare);
    expect(result.startsWith('before ')).toBe(!'before '.includes(secret));
    expect(result).toContain('***');
  },
);

property.prop(
  [fc.string({ minLength: 9, maxLength: 40 }), fc.string({ maxLength: 10 }), fc.string({ maxLength: 10 })],
  {
    numRuns: 1000,
  },
)('nor inside of something longer in base64', (secret, before, after) => {
  const redactor = createRedactor();
  redactor.add(secret);
  const result = redactor.redact(Buffer.from(before + secret + after).toString('base64'));
  // What is left of the secret are at most the characters that it shares a group of three bytes with.
  expect(Buffer.from(result.split('***').join(''), 'base64').toString()).not.toContain(secret);
  expect(result).toContain('***');
});
