import type { PeerCertificate } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { ConnectionSettings, TlsSettings } from '../../../contract/connection.ts';
import { libpqEnvironment, passfileLine, pgTls, toolsRootCertificates } from '../../../main/services/renderings.ts';

const certificateFor = (name: string) =>
  ({ subject: { CN: name }, subjectaltname: `DNS:${name}` }) as unknown as PeerCertificate;

describe('for node-postgres', () => {
  test.each([
    [{ mode: 'disable' }, undefined, undefined],
    [{ mode: 'prefer' }, false, true],
    [{ mode: 'require' }, false, true],
    [{ mode: 'require', ca: 'PEM' }, true, true],
    [{ mode: 'verify-ca' }, true, true],
    [{ mode: 'verify-ca', ca: 'PEM' }, true, true],
    [{ mode: 'verify-full' }, true, false],
    [{ mode: 'verify-full', ca: 'PEM' }, true, false],
  ] as [TlsSettings, boolean | undefined, boolean | undefined][])('%o', (tls, verified, anyName) => {
    const options = pgTls(tls, 'db.lan', {});
    if (options === false) {
      expect(verified).toBeUndefined();
      return;
    }
    expect(options.rejectUnauthorized).toBe(verified);
    expect(options.ca).toBe(tls.ca);
    const check = options.checkServerIdentity;
    expect(check?.('localhost', certificateFor('db.lan'))).toBeUndefined();
    expect(check?.('localhost', certificateFor('localhost')) === undefined).toBe(anyName);
  });

  test('through a tunnel the real name is verified, or the one that was given', () => {
    const options = pgTls({ mode: 'verify-full', serverName: 'real.lan' }, 'db.lan', {});
    if (options === false) throw new Error('TLS expected');
    expect(options.servername).toBe('real.lan');
    expect(options.checkServerIdentity?.('127.0.0.1', certificateFor('real.lan'))).toBeUndefined();
    expect(options.checkServerIdentity?.('real.lan', certificateFor('db.lan'))).toBeInstanceOf(Error);
  });

  test.each(['10.0.0.5', '::1', '/run/postgresql'])('no SNI for %s', (host) => {
    expect(pgTls({ mode: 'require' }, host, {})).not.toHaveProperty('servername');
  });

  test('the client’s certificate', () => {
    const files = { clientCertificate: 'C', clientKey: 'K', clientKeyPassphrase: 'P' };
    expect(pgTls({ mode: 'require' }, 'h', files)).toMatchObject({ cert: 'C', key: 'K', passphrase: 'P' });
  });
});

const settings: ConnectionSettings = {
  hosts: [{ host: 'db.lan', port: 5433 }],
  user: 'app',
  database: 'aperture',
  tls: { mode: 'verify-full', clientCertificatePath: '/c.pem', clientKeyPath: '/k.pem' },
  channelBinding: 'require',
  targetSessionAttrs: 'read-write',
  connectTimeoutSeconds: 7,
  options: '-c search_path=public',
};
const base = {
  passfile: '/tmp/x/passfile',
  inherited: { PATH: '/bin', HOME: '/root', PGHOST: 'evil', pgpassword: 'leak', PGSERVICE: 's' },
};

describe('for libpq', () => {
  test('everything is set, nothing of the user’s own is left', () => {
    const environment = libpqEnvironment(settings, { ...base, rootCertificatePath: '/tmp/x/root.crt' });
    expect(environment).toMatchObject({
      PATH: '/bin',
      PGHOST: 'db.lan',
      PGPORT: '5433',
      PGUSER: 'app',
      PGDATABASE: 'aperture',
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: '/tmp/x/root.crt',
      PGSSLCERT: '/c.pem',
      PGSSLKEY: '/k.pem',
      PGCHANNELBINDING: 'require',
      PGTARGETSESSIONATTRS: 'read-write',
      PGCONNECT_TIMEOUT: '7',
      PGOPTIONS: '-c search_path=public',
    });
    expect(JSON.stringify(environment)).not.toMatch(/evil|leak|PGSERVICE"/);
    expect(environment).not.toHaveProperty('PGPASSWORD');
  });

  test('a tunnel: the real name is verified, its end is dialled', () => {
    const environment = libpqEnvironment(settings, { ...base, dial: { address: '127.0.0.1', port: 40001 } });
    expect(environment).toMatchObject({ PGHOST: 'db.lan', PGHOSTADDR: '127.0.0.1', PGPORT: '40001' });
  });

  test('another name for an address', () => {
    const tls = { mode: 'verify-full', serverName: 'db.example' } as const;
    const environment = libpqEnvironment({ ...settings, hosts: [{ host: '10.0.0.5', port: 1 }], tls }, base);
    expect(environment).toMatchObject({ PGHOST: 'db.example', PGHOSTADDR: '10.0.0.5', PGPORT: '1' });
  });

  test('several addresses stay a list', () => {
    const hosts = [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ];
    expect(libpqEnvironment({ ...settings, hosts }, base)).toMatchObject({ PGHOST: 'a,b', PGPORT: '1,2' });
  });

  test('prefer may go on without TLS only where that was agreed', () => {
    const mode = (tls: TlsSettings) => libpqEnvironment({ ...settings, tls }, base).PGSSLMODE;
    expect(mode({ mode: 'prefer' })).toBe('require');
    expect(mode({ mode: 'prefer', plainAccepted: true })).toBe('prefer');
  });

  test('the CAs of the tools are those of the app', () => {
    expect(toolsRootCertificates({ mode: 'require' })).toBeUndefined();
    expect(toolsRootCertificates({ mode: 'require', ca: 'PEM' })).toBe('PEM');
    expect(toolsRootCertificates({ mode: 'verify-full' })).toContain('BEGIN CERTIFICATE');
  });

  test.each([
    ['simple', 'db.lan:5433:aperture:app:simple'],
    ['a:b\\c', 'db.lan:5433:aperture:app:a\\:b\\\\c'],
    ['', undefined],
    ['a\nb', undefined],
  ])('a line of a password file for %j', (password, line) => {
    expect(passfileLine({ host: 'db.lan', port: 5433, database: 'aperture', user: 'app' }, password)).toBe(line);
  });
});
