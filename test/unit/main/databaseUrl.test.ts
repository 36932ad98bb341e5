import { createRequire } from 'node:module';
import { fc, test as property } from '@fast-check/vitest';
import { parse } from 'pg-connection-string';
import { describe, expect, test, vi } from 'vitest';
import type { ConnectionSettings, TlsSettings } from '../../../contract/connection.ts';
import { parseConnectionString } from '../../../contract/connectionString/parse.ts';
import { databaseNameFitsUrl, writeDatabaseUrl } from '../../../contract/connectionString/write.ts';
import { say } from '../../../contract/copy/text.ts';
import { databaseUrlFor, serverTls } from '../../../main/services/databaseUrl.ts';

// Thousands of generated cases on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

type Read = { user: string; password: string; database: string; host: string; port: number; ssl: unknown };
/** What the driver of the Aperture server (pg 8.16) connects with; the package has no types for this part. */
const ConnectionParameters: new (url: string) => Read = createRequire(import.meta.url)(
  'pg-of-the-server/lib/connection-parameters.js',
);

/** An IPv6 address in the one form that URLs give back. */
const canonical = (name: string) =>
  name.includes(':') && !name.includes('%') ? new URL(`postgresql://[${name}]`).hostname.slice(1, -1) : name;

const plain: ConnectionSettings = {
  hosts: [{ host: 'db.lan', port: 5433 }],
  user: 'app',
  database: 'aperture',
  tls: { mode: 'disable' },
  channelBinding: 'prefer',
  targetSessionAttrs: 'any',
  connectTimeoutSeconds: 15,
};

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const anyText = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...printable), minLength: 1, maxLength: 128 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 128 }),
  )
  .filter((text) => !text.includes('\0'));
const host = fc.oneof(
  fc.constantFrom(
    'db.lan',
    '10.0.0.5',
    '::1',
    '2001:db8::7',
    '/run/postgresql',
    'fe80::1%eth0',
    'UPPER.Example',
    'a_b',
    'bücher.example',
  ),
  fc.domain(),
  fc.ipV6(),
);

describe('for the server’s driver', () => {
  test('every printable character, one by one and all at once', () => {
    for (const password of [
      ...printable,
      printable.join(''),
      'ü€🔑'.repeat(42),
      '%41%2F',
      '100%',
      "'; DROP TABLE users; --",
    ]) {
      const url = writeDatabaseUrl(plain, password);
      expect(parse(url)).toMatchObject({ user: 'app', password, database: 'aperture', host: 'db.lan', port: '5433' });
    }
  });

  property.prop([anyText, anyText, anyText.filter(databaseNameFitsUrl), host, fc.option(anyText)], { numRuns: 3000 })(
    'user, password, database, host and options come back as they are',
    (user, password, database, name, options) => {
      const settings = {
        ...plain,
        user,
        database,
        hosts: [{ host: name, port: 5433 }],
        ...(options === null ? {} : { options }),
      };
      const url = writeDatabaseUrl(settings, password);
      expect(url).toMatch(/^[!-~]+$/);
      for (const read of [parse(url), new ConnectionParameters(url)]) {
        expect(read.user).toBe(user);
        expect(read.password).toBe(password);
        expect(read.database).toBe(database);
        expect(read.host).toBe(canonical(name));
        expect(Number(read.port)).toBe(5433);
      }
      expect(parse(url).options).toBe(options ?? undefined);
      const ours = parseConnectionString(url);
      // `…@host/…` in the name of a database looks like a password with a raw character in it, and only casts doubt.
      const expected = /@[^/?@]+(?::\d|\/)/.test(database) ? ['character-raw', 'placeholder'] : ['placeholder'];
      expect(ours.mistakes.filter(({ code }) => !expected.includes(code))).toEqual([]);
      expect({ ...ours.settings, tls: plain.tls }).toEqual(settings);
      expect(ours.password).toBe(password);
    },
  );

  test.each(['what?', 'a#b', '.', '..', 'a/../b'])('says that it cannot read the database name %s', (database) => {
    expect(parse(writeDatabaseUrl({ ...plain, database }, 'x')).database).not.toBe(database);
    const { limits } = databaseUrlFor({ ...plain, database }, 'x');
    expect(limits.map(({ key }) => key)).toContain('connecting.render.database-name');
  });
});

describe('TLS for the server’s driver', () => {
  const ca = 'PEM';
  const cases: [string, TlsSettings, boolean | undefined, string, string, boolean][] = [
    ['disable', { mode: 'disable' }, true, 'sslmode=disable', 'plain', true],
    ['prefer, TLS there', { mode: 'prefer' }, true, 'uselibpqcompat=true&sslmode=require', 'none', true],
    ['prefer, no TLS, agreed', { mode: 'prefer', plainAccepted: true }, false, 'sslmode=disable', 'plain', true],
    ['prefer, no TLS, not agreed', { mode: 'prefer' }, false, 'sslmode=disable', 'plain', false],
    ['prefer, not known', { mode: 'prefer' }, undefined, 'uselibpqcompat=true&sslmode=require', 'none', true],
    ['require', { mode: 'require' }, true, 'uselibpqcompat=true&sslmode=require', 'none', true],
    [
      'require with CA',
      { mode: 'require', ca },
      true,
      'uselibpqcompat=true&sslmode=require&sslrootcert=/ca',
      'chain',
      true,
    ],
    ['verify-ca', { mode: 'verify-ca' }, true, 'sslmode=verify-full', 'chain-and-name', false],
    [
      'verify-ca with CA',
      { mode: 'verify-ca', ca },
      true,
      'uselibpqcompat=true&sslmode=verify-ca&sslrootcert=/ca',
      'chain',
      true,
    ],
    ['verify-full', { mode: 'verify-full' }, true, 'sslmode=verify-full', 'chain-and-name', true],
    [
      'verify-full with CA',
      { mode: 'verify-full', ca },
      true,
      'sslmode=verify-full&sslrootcert=/ca',
      'chain-and-name',
      true,
    ],
    [
      'another name',
      { mode: 'verify-full', serverName: 'x.lan' },
      true,
      'sslmode=verify-full',
      'chain-and-name',
      false,
    ],
  ];
  const files = { authority: '/ca', certificate: '/cert', key: '/key' };

  test.each(cases)('%s', (_name, tls, offered, parameters, verifies, same) => {
    const made = serverTls(tls, 'db.lan', offered, files);
    expect(made.parameters.map(([keyword, value]) => `${keyword}=${value}`).join('&')).toBe(parameters);
    expect(made.verifies).toBe(verifies);
    expect(made.sameVerdictAsTools).toBe(same);
    if (made.note !== undefined) expect(say(made.note)).not.toContain('{');
  });

  test.each(cases.filter(([, tls]) => tls.ca === undefined))(
    '%s, as the driver reads it',
    (_name, tls, offered, _p, verifies) => {
      const { url } = databaseUrlFor({ ...plain, tls }, 'x', offered === undefined ? {} : { tlsOffered: offered });
      const { ssl } = new ConnectionParameters(url);
      const expected = { plain: false, none: { rejectUnauthorized: false }, chain: {}, 'chain-and-name': {} }[verifies];
      expect(ssl).toEqual(expected);
    },
  );

  test('what the driver cannot do is said', () => {
    const { url, limits } = databaseUrlFor(
      {
        ...plain,
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
        targetSessionAttrs: 'primary',
        channelBinding: 'require',
        tls: { mode: 'verify-full', clientCertificatePath: '/home/me/c.pem', clientKeyPath: '/home/me/k.pem' },
      },
      '',
      { files },
    );
    expect(url).toBe('postgresql://app@a:1/aperture?sslmode=verify-full&sslcert=%2Fcert&sslkey=%2Fkey');
    expect(limits.map(({ key }) => key.slice(18))).toEqual([
      'several-hosts',
      'target-session',
      'channel-binding',
      'password-empty',
      'client-certificate',
    ]);
  });
});
