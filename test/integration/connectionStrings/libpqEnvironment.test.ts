import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionSettings, TlsSettings } from '../../../contract/connection.ts';
import { libpqEnvironment, passfileLine, toolsRootCertificates } from '../../../main/services/renderings.ts';
import { quoteIdentifier, quoteLiteral } from '../../../main/sql/quoting.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { clientProgram } from '../../support/postgresInstallation.ts';
import { type CertificateSet, makeCertificates } from '../../support/tls.ts';

let folder: string;
let certificates: CertificateSet;
let server: PostgresServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'libpq-environment-'));
  certificates = await makeCertificates();
  server = await startPostgres({ major: 17, tls: certificates.server.good });
  // A user's own files, which must take no part.
  mkdirSync(join(folder, 'home/.postgresql'), { recursive: true });
  writeFileSync(join(folder, 'home/.postgresql/root.crt'), readFileSync(certificates.otherAuthority.certificate));
  writeFileSync(join(folder, 'home/.pgpass'), '*:*:*:*:wrong\n', { mode: 0o600 });
});
afterAll(async () => {
  await server?.stop('immediate');
  rmSync(folder, { recursive: true, force: true });
});

const inherited = () => ({
  PATH: process.env.PATH,
  HOME: join(folder, 'home'),
  PGHOST: 'nowhere.invalid',
  PGPORT: '1',
  PGPASSWORD: 'wrong',
  PGSSLMODE: 'disable',
  PGSERVICE: 'nothing',
});

/** Lets psql of a major version log in with the rendered environment alone, and tells who it became there. */
async function logIn(
  major: 15 | 18,
  settings: ConnectionSettings,
  password: string,
  dial?: { address: string; port: number },
) {
  const passfile = join(folder, 'passfile');
  const line = passfileLine(
    { ...settings.hosts[0], host: '*', port: '*', database: settings.database, user: settings.user },
    password,
  );
  writeFileSync(passfile, `${line ?? ''}\n`, { mode: 0o600 });
  const root = toolsRootCertificates(settings.tls);
  const rootCertificatePath = join(folder, 'root.crt');
  if (root !== undefined) writeFileSync(rootCertificatePath, root);
  const environment = libpqEnvironment(settings, {
    passfile,
    inherited: inherited(),
    ...(root === undefined ? {} : { rootCertificatePath }),
    ...(dial === undefined ? {} : { dial }),
  });
  const query = 'SELECT current_user, current_database(), (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())';
  const child = execFile(clientProgram(major, 'psql'), ['-X', '-w', '-A', '-t', '-F', '\t', '-c', query], {
    env: environment,
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (part) => {
    stdout += part;
  });
  child.stderr?.on('data', (part) => {
    stderr += part;
  });
  await once(child, 'close');
  return stdout === '' ? { refused: stderr } : { row: stdout.replace(/\n$/, '').split('\t') };
}

const at = (host: string, port: number, tls: TlsSettings): ConnectionSettings => ({
  hosts: [{ host, port }],
  user: 'postgres',
  database: 'postgres',
  tls,
  channelBinding: 'prefer',
  targetSessionAttrs: 'any',
  connectTimeoutSeconds: 10,
});

describe.each([15, 18] as const)('libpq %i', (major) => {
  const ca = () => readFileSync(certificates.authority.certificate, 'utf8');
  const other = () => readFileSync(certificates.otherAuthority.certificate, 'utf8');

  test.each([
    ['disable', () => ({ mode: 'disable' as const }), 'f'],
    ['prefer', () => ({ mode: 'prefer' as const }), 't'],
    ['require', () => ({ mode: 'require' as const }), 't'],
    ['require with its CA', () => ({ mode: 'require' as const, ca: ca() }), 't'],
    ['require with another CA', () => ({ mode: 'require' as const, ca: other() }), 'certificate verify failed'],
    ['verify-ca with its CA', () => ({ mode: 'verify-ca' as const, ca: ca() }), 't'],
    ['verify-ca with the public CAs', () => ({ mode: 'verify-ca' as const }), 'certificate verify failed'],
    ['verify-full with its CA', () => ({ mode: 'verify-full' as const, ca: ca() }), 't'],
    ['verify-full with the public CAs', () => ({ mode: 'verify-full' as const }), 'certificate verify failed'],
    [
      'verify-full with another name',
      () => ({ mode: 'verify-full' as const, ca: ca(), serverName: 'elsewhere.lan' }),
      'does not match host name',
    ],
  ])('%s', async (_name, tls, expected) => {
    const result = await logIn(major, at('127.0.0.1', server.port, tls()), server.superPassword);
    if (expected.length === 1) expect(result).toEqual({ row: ['postgres', 'postgres', expected] });
    else expect(result.refused).toContain(expected);
  });

  test('through a tunnel the real name is verified', async () => {
    const dial = { address: '127.0.0.1', port: server.port };
    const good = await logIn(major, at('localhost', 1, { mode: 'verify-full', ca: ca() }), server.superPassword, dial);
    expect(good).toEqual({ row: ['postgres', 'postgres', 't'] });
    const wrong = await logIn(
      major,
      at('db.elsewhere', 1, { mode: 'verify-full', ca: ca() }),
      server.superPassword,
      dial,
    );
    expect(wrong.refused).toContain('does not match host name');
  });
});

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const passwords = fc.oneof(
  fc.string({ unit: fc.constantFrom(...printable), minLength: 1, maxLength: 128 }),
  fc.string({ unit: fc.constantFrom(...':\\# *é🔑'), minLength: 1, maxLength: 40 }),
);
const names = fc
  .string({ unit: fc.constantFrom(...printable, 'é'), minLength: 1, maxLength: 30 })
  .map((name) => `o${name}`);

property.prop([names, passwords], { numRuns: 30 })(
  'any role logs in with any password through the password file',
  async (role, password) => {
    await server.sql(`CREATE ROLE ${quoteIdentifier(role)} LOGIN PASSWORD ${quoteLiteral(password)}`);
    try {
      const settings = { ...at('127.0.0.1', server.port, { mode: 'require' }), user: role };
      expect(await logIn(18, settings, password)).toEqual({ row: [role, 'postgres', 't'] });
    } finally {
      await server.sql(`DROP ROLE ${quoteIdentifier(role)}`);
    }
  },
);
