import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test, vi } from 'vitest';
import { connectionSettingsSchema } from '../../../contract/connection.ts';
import { parseConnectionString } from '../../../contract/connectionString/parse.ts';
import { say } from '../../../contract/copy/text.ts';

// Thousands of generated cases on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** The outcome in one line: what matters of it, so that a table of cases can be read. */
function seen(text: string): string {
  const { settings, password, mistakes, usable } = parseConnectionString(text);
  const hosts = settings.hosts.map(({ host, port }) => `${host}|${port}`).join(',');
  const codes = [...new Set(mistakes.map(({ code }) => code))].join(' ');
  return `${settings.user}:${password ?? '-'} ${hosts} ${settings.database} ${settings.tls.mode}${usable ? '' : ' unusable'}${codes === '' ? '' : ` (${codes})`}`;
}

describe('what libpq accepts', () => {
  test.each([
    ['postgresql://app:secret@db.lan:5433/aperture', 'app:secret db.lan|5433 aperture prefer'],
    ['postgres://app@db.lan', 'app:- db.lan|5432 app prefer'],
    ['postgresql://', 'postgres:- localhost|5432 postgres prefer'],
    ['postgresql:///aperture', 'postgres:- localhost|5432 aperture prefer'],
    ['postgresql://app:@db/x', 'app: db|5432 x prefer'],
    ['postgresql://a%40b:p%3Aw%2F%23%25@db/x%20y', 'a@b:p:w/#% db|5432 x y prefer'],
    ['postgresql://u:p%C3%A9%F0%9F%94%91@db/x', 'u:pé🔑 db|5432 x prefer'],
    ['postgresql://u@[::1]:5433/x', 'u:- ::1|5433 x prefer'],
    ['postgresql://u@[fe80::1%25eth0]/x', 'u:- fe80::1%eth0|5432 x prefer'],
    ['postgresql://u@h1:1,h2,[::3]:3/x', 'u:- h1|1,h2|5432,::3|3 x prefer'],
    ['postgresql://u@h1,h2/x?port=7', 'u:- h1|7,h2|7 x prefer'],
    ['postgresql://u@/x?host=/run/postgresql', 'u:- /run/postgresql|5432 x prefer'],
    ['postgresql://u@%2Frun%2Fpostgresql:5433/x', 'u:- /run/postgresql|5433 x prefer'],
    ['postgresql:///x?user=u&password=a%26b&host=h&port=5433', 'u:a&b h|5433 x prefer'],
    ['postgresql://u@h/x?password=a+b', 'u:a+b h|5432 x prefer'],
    ['postgresql://u@h/a/b', 'u:- h|5432 a/b prefer'],
    ['postgresql://u@h?sslmode=verify-full', 'u:- h|5432 u verify-full'],
    ['postgresql://u@h/x?ssl=true', 'u:- h|5432 x require (value-replaced)'],
    ['postgresql://u@h/x?dbname=y', 'u:- h|5432 y prefer (keyword-twice)'],
    ['postgresql://u@h/x?', 'u:- h|5432 x prefer'],
    ['host=h port=5433 dbname=x user=u password=p', 'u:p h|5433 x prefer'],
    [" host = 'h'port=5433   user='a b' password='it\\'s \\\\' ", "a b:it's \\ h|5433 a b prefer"],
    ['host=h user=u password=a\\ b', 'u:a b h|5432 u prefer'],
    ["host=h user=u password=''", 'u: h|5432 u prefer'],
    ['host=h user=u password=a\\ ', 'u:a  h|5432 u prefer'],
    ['host=h user=u password=a;b=c;', 'u:a;b=c; h|5432 u prefer'],
    ['host=h1,h2 port=1,2 user=u', 'u:- h1|1,h2|2 u prefer'],
    ['host=,h2 user=u', 'u:- localhost|5432,h2|5432 u prefer'],
    ['user=u hostaddr=10.0.0.5 host=db.lan sslmode=verify-full', 'u:- 10.0.0.5|5432 u verify-full'],
    ['host=h user=u requiressl=1', 'u:- h|5432 u require'],
  ])('%s', (text, expected) => {
    expect(seen(text)).toBe(expected);
    expect(parseConnectionString(text).usable).toBe(true);
  });

  test('every other setting', () => {
    const { settings, understood, service, clientKeyPassphrase } = parseConnectionString(
      'postgresql://u:p@h/d?sslmode=verify-ca&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem&sslpassword=phrase&channel_binding=require' +
        '&target_session_attrs=read-write&connect_timeout=7&options=-c%20search_path%3Dx&application_name=a&service=nas&load_balance_hosts=random',
    );
    expect(settings).toEqual({
      hosts: [{ host: 'h', port: 5432 }],
      user: 'u',
      database: 'd',
      tls: { mode: 'verify-ca', caPath: '/ca.pem', clientCertificatePath: '/c.pem', clientKeyPath: '/k.pem' },
      channelBinding: 'require',
      targetSessionAttrs: 'read-write',
      connectTimeoutSeconds: 7,
      options: '-c search_path=x',
    });
    expect(service).toBe('nas');
    expect(clientKeyPassphrase).toBe('phrase');
    expect(understood.filter(({ used }) => !used).map(({ field }) => field)).toEqual([
      'application_name',
      'load_balance_hosts',
    ]);
  });

  test('the name of a host with an address is what the certificate is verified for', () => {
    expect(parseConnectionString('host=db.lan hostaddr=10.0.0.5 user=u').settings.tls.serverName).toBe('db.lan');
  });

  test('sslrootcert=system means verify-full', () => {
    expect(seen('postgresql://u@h/d?sslrootcert=system')).toBe('u:- h|5432 d verify-full');
    expect(seen('postgresql://u@h/d?sslrootcert=system&sslmode=require')).toContain('unusable (value-invalid)');
  });

  test('environment variables change nothing', () => {
    const before = parseConnectionString('postgresql://');
    process.env.PGHOST = 'elsewhere';
    process.env.PGUSER = 'somebody';
    try {
      expect(parseConnectionString('postgresql://')).toEqual(before);
    } finally {
      delete process.env.PGHOST;
      delete process.env.PGUSER;
    }
  });
});

describe('other flavours', () => {
  test.each([
    ['postgres://u:p@h/d?ssl=false', 'u:p h|5432 d disable (value-replaced)'],
    ['postgres://u:p@h/d?ssl=no-verify', 'u:p h|5432 d require (value-replaced)'],
    ['postgres://u:p@h/d?sslmode=no-verify', 'u:p h|5432 d require (value-replaced)'],
    ['postgres://u:p@h/d?uselibpqcompat=true&sslmode=require', 'u:p h|5432 d require (keyword-elsewhere)'],
    ['postgres://u:p@h/d?schema=public&pgbouncer=true', 'u:p h|5432 d prefer (keyword-elsewhere)'],
    ['postgresql+asyncpg://u:p@h/d', 'u:p h|5432 d prefer (scheme-driver)'],
    ['jdbc:postgresql://h:5433/d?user=u&password=p', 'u:p h|5433 d prefer (scheme-driver)'],
    ['POSTGRES://u:p@h/d', 'u:p h|5432 d prefer (scheme-case)'],
    ['mysql://u:p@h:3306/d', 'u:p h|3306 d prefer unusable (scheme-other-database)'],
    [
      'Host=h;Port=5433;Username=u;Password=a b;Database=d;SSL Mode=Require',
      'u:a b h|5433 d require unusable (format-other)',
    ],
    ['pgsql:host=h;port=5433;dbname=d;user=u;password=p', 'u:p h|5433 d prefer unusable (format-other)'],
    ['u:p@h:5433/d', 'u:p h|5433 d prefer unusable (scheme-missing)'],
    ['nonsense', 'postgres:- localhost|5432 postgres prefer unusable (format-unknown)'],
    ['', 'postgres:- localhost|5432 postgres prefer unusable'],
  ])('%s', (text, expected) => {
    expect(seen(text)).toBe(expected);
  });
});

describe('what is pasted around it', () => {
  const url = 'postgresql://u:p@h/d';
  test.each([
    `  ${url}\n`,
    `"${url}"`,
    `'${url}'`,
    `<${url}>`,
    `DATABASE_URL=${url}`,
    `export DATABASE_URL="${url}"`,
    `export DATABASE_URL='${url}';`,
    `      DATABASE_URL: ${url}`,
    `      - DATABASE_URL=${url}`,
    `- "DATABASE_URL=${url}"`,
    `"DATABASE_URL": "${url}",`,
    `$env:DATABASE_URL = "${url}"`,
    `set DATABASE_URL=${url}`,
    `psql "${url}"`,
    `$ psql -d ${url}`,
    `\uFEFF${url}`,
  ])('%s', (text) => {
    const parsed = parseConnectionString(text);
    expect(parsed.usable).toBe(true);
    expect(seen(text)).toMatch(/^u:p h\|5432 d prefer/);
    const user = parsed.understood.find(({ field }) => field === 'user');
    expect(text.slice(user?.start, user?.end)).toBe('u');
  });
});

describe('mistakes', () => {
  test.each([
    ['postgres://u:a#b@h/d', 'postgres://u:a%23b@h/d', true],
    ['postgres://u:a?b@h/d', 'postgres://u:a%3Fb@h/d', true],
    ['postgres://u:a:b@h/d', 'postgres://u:a%3Ab@h/d', true],
    ['postgres://u:a b@h/d', 'postgres://u:a%20b@h/d', true],
    ['postgres://u:a/b@h/d', 'postgres://u:a%2Fb@h/d', false],
    ['postgres://u:1/b@h/d', 'postgres://u:1%2Fb@h/d', true],
    ['postgres://u:a@b@h/d', 'postgres://u:a%40b@h/d', false],
    ['postgres://u:a@b/c@h:1/d', 'postgres://u:a%40b%2Fc@h:1/d', true],
    ['postgres://u:/@?=#@h:1/d?sslmode=require', 'postgres://u:%2F%40%3F=%23@h:1/d?sslmode=require', false],
    ['postgres://u@srv:p@h/d', 'postgres://u%40srv:p@h/d', false],
    ['postgres://u:/?#@: @h:5433/d?sslmode=require', 'postgres://u:%2F%3F%23%40%3A%20@h:5433/d?sslmode=require', false],
    ['postgres://u:a/b@h/d?application_name=x@y', 'postgres://u:a%2Fb@h/d?application_name=x@y', false],
    ['postgres://u:100%@h/d', 'postgres://u:100%25@h/d', false],
    ['postgres://u:p@h/d?options=-c%20a=b', 'postgres://u:p@h/d?options=-c%20a%3Db', false],
    ['postgres://u:p@h/\n  d', 'postgres://u:p@h/%20%20d', false],
    ['postgres://u:p@2001:db8::7/d', 'postgres://u:p@[2001:db8::7]/d', false],
    ['postgres://u:p@[::1/d', 'postgres://u:p@[::1]/d', false],
    ['postgres://u:p@h/d?sslmode=Require', 'postgres://u:p@h/d?sslmode=require', false],
    ['host=h user=u password=my pass word', "host=h user=u password='my pass word'", false],
    ['host=h user=u password=a\\b', 'host=h user=u password=a\\\\b', true],
    ["host=h user=u password='a b", "host=h user=u password='a b'", false],
    ['"postgres://u:a/b@h/d"', 'postgres://u:a%2Fb@h/d', false],
  ])('%s', (text, repaired, usable) => {
    const parsed = parseConnectionString(text);
    expect(parsed.usable).toBe(usable);
    expect(parsed.mistakes.find(({ repair }) => repair !== undefined)?.repair).toBe(repaired);
    const again = parseConnectionString(repaired);
    expect(again.usable).toBe(true);
    expect(again.mistakes).toEqual([]);
  });

  test.each([
    ['postgres://u:p@h:99999/d', 'port-invalid'],
    ['postgres://u:p@h:abc/d', 'port-invalid'],
    ['postgres://u:p@h1:1,h2:2,h3/d?port=1,2', 'port-count'],
    ['host=a,b hostaddr=10.0.0.1 user=u', 'host-count'],
    ['postgres://u:p@h/d?sslmod=require', 'keyword-unknown'],
    ['postgres://u:p@h/d?sslmode=sometimes', 'value-invalid'],
    ['postgres://u:p@h/d?connect_timeout=soon', 'value-invalid'],
    ['postgres://u:p@h/d?sslmode', 'equals-missing'],
    ['postgres://u:p%00@h/d', 'percent-zero'],
    ['postgres://u:p%ff@h/d', 'percent-encoding'],
    ['postgres://u:p@[]/d', 'host-invalid'],
    ['postgres://u:p@[::1]x/d', 'bracket-after'],
    ['host=h user', 'equals-missing'],
  ])('%s: %s', (text, code) => {
    const { mistakes, usable } = parseConnectionString(text);
    expect(usable).toBe(false);
    expect(mistakes.map((mistake) => mistake.code)).toContain(code);
  });

  test.each(['[YOUR-PASSWORD]', '%5BYOUR-PASSWORD%5D', '<password>', '$' + '{DB_PASSWORD}', '****'])(
    'a placeholder: %s',
    (password) => {
      const { mistakes } = parseConnectionString(`postgresql://postgres:${password}@db.example.com:5432/postgres`);
      expect(mistakes.map(({ code }) => code)).toContain('placeholder');
    },
  );

  test('suggests the keyword that was meant', () => {
    const { mistakes } = parseConnectionString('postgres://u:p@h/d?sslmod=require');
    expect(mistakes.map(({ text }) => say(text)).join()).toContain('sslmode');
  });
});

const structure = fc.array(
  fc.constantFrom(
    ...`:/?#[]@&=%',"\\ +é$<`,
    '%41',
    '%zz',
    '://',
    'postgres://',
    'host=',
    'u',
    'password=',
    'sslmode=',
    'a',
    '1',
    '\n',
    '\0',
    '\uD800',
  ),
  { maxLength: 30 },
);
property.prop(
  [
    fc.oneof(
      structure.map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
    ),
  ],
  { numRuns: 5000 },
)('anything gives complete settings, places inside the text and statements that can be said', (text) => {
  const { settings, understood, mistakes } = parseConnectionString(text);
  expect(connectionSettingsSchema.safeParse(settings).success).toBe(true);
  for (const { start, end } of [...understood, ...mistakes]) {
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(text.length);
  }
  for (const mistake of mistakes) expect(say(mistake.text)).not.toBe('');
});

const password = fc.string({ unit: fc.constantFrom(...`#/?@: &=+,;'"[]{}!$()*aZ09é🔑`), minLength: 1, maxLength: 20 });
property.prop([password], { numRuns: 3000 })('a password with raw characters is repaired to itself', (raw) => {
  const text = `postgresql://app:${raw}@db.lan:5432/aperture?sslmode=require`;
  const parsed = parseConnectionString(text);
  const repaired = parsed.mistakes.find(({ repair }) => repair !== undefined)?.repair ?? text;
  const again = parseConnectionString(repaired);
  expect(again.usable).toBe(true);
  expect(again.password).toBe(raw);
  expect(again.settings.user).toBe('app');
  expect(again.settings.hosts).toEqual([{ host: 'db.lan', port: 5432 }]);
  expect(again.settings.database).toBe('aperture');
});

property.prop([fc.string({ minLength: 4 }).filter((secret) => !'••••••••'.includes(secret))], { numRuns: 1000 })(
  'what was understood never shows the password',
  (secret) => {
    const { understood } = parseConnectionString(`postgresql://app:${encodeURIComponent(secret)}@db.lan/aperture`);
    expect(understood.find(({ field }) => field === 'password')?.value).toBe('••••••••');
  },
);
