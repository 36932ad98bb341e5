import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pgOfTheServer from 'pg-of-the-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionSettings, TlsMode, TlsReport, TlsVerdict } from '../../../contract/connection.ts';
import { directDial } from '../../../main/adapters/directDial.ts';
import { probeTls } from '../../../main/services/connections/tlsReport.ts';
import { databaseUrlFor } from '../../../main/services/databaseUrl.ts';
import { libpqEnvironment, passfileLine, toolsRootCertificates } from '../../../main/services/renderings.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { clientProgram } from '../../support/postgresInstallation.ts';
import { type CertificateSet, makeCertificates } from '../../support/tls.ts';
import { attempt, settingsFor } from './attempts.ts';

const kinds = [
  'good',
  'throughIntermediate',
  'expired',
  'notYetValid',
  'wrongHost',
  'selfSigned',
  'onlyCommonName',
  'none',
] as const;
type Kind = (typeof kinds)[number];
const modes: TlsMode[] = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'];
// Once the user has agreed to plain connections, libpq's own fall-back is allowed, too.
const wishes = [...modes.map((mode) => ({ mode })), { mode: 'prefer' as const, plainAccepted: true }];

let certificates: CertificateSet;
const servers = new Map<Kind, PostgresServer>();
let folder: string;

beforeAll(async () => {
  certificates = await makeCertificates();
  folder = mkdtempSync(join(tmpdir(), 'verdicts-'));
  for (const kind of kinds) {
    servers.set(
      kind,
      await startPostgres({ major: 17, ...(kind === 'none' ? {} : { tls: certificates.server[kind] }) }),
    );
  }
});
afterAll(async () => {
  for (const server of servers.values()) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function serverOf(kind: Kind): PostgresServer {
  const server = servers.get(kind);
  if (server === undefined) throw new Error(kind);
  return server;
}

type Reality = 'encrypted' | 'plain' | 'refused';

/** What psql does with the environment that the tools get. */
async function libpqSays(settings: ConnectionSettings, password: string): Promise<Reality> {
  const passfile = join(folder, 'passfile');
  const root = join(folder, 'root.pem');
  const [address] = settings.hosts;
  if (address === undefined) throw new Error('no address');
  const entry = { ...address, port: '*' as const, database: settings.database, user: settings.user };
  writeFileSync(passfile, `${passfileLine({ ...entry, host: '*' }, password)}\n`, { mode: 0o600 });
  const pem = toolsRootCertificates(settings.tls);
  if (pem !== undefined) writeFileSync(root, pem);
  const env = libpqEnvironment(settings, {
    passfile,
    inherited: process.env,
    ...(pem === undefined ? {} : { rootCertificatePath: root }),
  });
  return new Promise((resolve) => {
    const query = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    execFile(clientProgram(17, 'psql'), ['-XAtc', query], { env }, (error, stdout) => {
      resolve(error ? 'refused' : stdout.trim() === 't' ? 'encrypted' : 'plain');
    });
  });
}

/** What the server's own driver does with the DATABASE_URL that is written for it. */
async function serverSays(settings: ConnectionSettings, password: string, tlsOffered: boolean): Promise<Reality> {
  const files = { authority: join(folder, 'authority.pem'), certificate: '', key: '' };
  if (settings.tls.ca !== undefined) writeFileSync(files.authority, settings.tls.ca);
  const { url } = databaseUrlFor(settings, password, { tlsOffered, files });
  const client = new pgOfTheServer.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return rows[0].ssl === true ? 'encrypted' : 'plain';
  } catch {
    return 'refused';
  } finally {
    await client.end().catch(() => {});
  }
}

async function appSays(settings: ConnectionSettings, password: string): Promise<{ reality: Reality; code: string }> {
  const result = await attempt(settings, { password });
  if (!('session' in result)) return { reality: 'refused', code: result.code };
  return { reality: result.session.transport.kind === 'tls' ? 'encrypted' : 'plain', code: 'connected' };
}

function said(report: TlsReport, reader: TlsVerdict['reader']): TlsVerdict {
  const verdict = report.verdicts.find((one) => one.reader === reader);
  if (verdict === undefined) throw new Error(reader);
  return verdict;
}

function foretold(verdict: TlsVerdict): Reality {
  return verdict.outcome.startsWith('encrypted') ? 'encrypted' : verdict.outcome === 'plain' ? 'plain' : 'refused';
}

describe.each(kinds)('a server whose certificate is %s', (kind) => {
  for (const wish of wishes) {
    const name = 'plainAccepted' in wish ? `${wish.mode} (plain accepted)` : wish.mode;
    for (const trusted of ['nothing', 'authority', 'the certificate'] as const) {
      for (const host of ['localhost', '127.0.0.1']) {
        if (kind === 'none' && trusted === 'the certificate') continue;
        test(`${name}, trusting ${trusted}, at ${host}: foretold as it is by the app, psql and the server’s driver`, async () => {
          const server = serverOf(kind);
          const ca =
            trusted === 'nothing'
              ? undefined
              : readFileSync(
                  trusted === 'authority' || kind === 'none'
                    ? certificates.authority.certificate
                    : certificates.server[kind].certificate,
                  'utf8',
                );
          const settings = settingsFor({ ...server, host }, { tls: { ...wish, ...(ca === undefined ? {} : { ca }) } });
          const password = server.superPassword;
          const report = await probeTls(
            directDial(),
            settings,
            { host, port: server.port },
            new AbortController().signal,
          );
          expect(report.offered).toBe(kind !== 'none');
          const app = await appSays(settings, password);
          expect({ reader: 'app', reality: foretold(said(report, 'app')) }).toEqual({
            reader: 'app',
            reality: app.reality,
          });
          if (app.reality === 'refused') expect(said(report, 'app').problem?.code).toBe(app.code);
          expect({ reader: 'tools', reality: foretold(said(report, 'tools')) }).toEqual({
            reader: 'tools',
            reality: await libpqSays(settings, password),
          });
          expect({ reader: 'server', reality: foretold(said(report, 'server')) }).toEqual({
            reader: 'server',
            reality: await serverSays(settings, password, kind !== 'none'),
          });
        });
      }
    }
  }
});

describe('the reasons', () => {
  const full = (kind: Kind, more: Partial<ConnectionSettings['tls']> = {}) =>
    settingsFor(
      { ...serverOf(kind), host: 'localhost' },
      {
        tls: { mode: 'verify-full', ca: readFileSync(certificates.authority.certificate, 'utf8'), ...more },
      },
    );
  const reason = async (kind: Kind, more: Partial<ConnectionSettings['tls']> = {}) =>
    attempt(full(kind, more), { password: serverOf(kind).superPassword });

  test('are exact', async () => {
    expect((await reason('good')).code).toBe('connected');
    expect((await reason('throughIntermediate')).code).toBe('connected');
    expect(await reason('expired')).toMatchObject({ code: 'tls-expired' });
    expect(await reason('notYetValid')).toMatchObject({ code: 'tls-not-yet-valid' });
    expect(await reason('wrongHost')).toMatchObject({
      code: 'tls-wrong-name',
      values: { expected: 'localhost', names: 'elsewhere.example' },
    });
    expect(await reason('selfSigned')).toMatchObject({ code: 'tls-self-signed', fixes: [{ id: 'trust-certificate' }] });
    expect((await reason('none')).code).toBe('tls-refused-by-server');
    expect((await reason('good', { ca: readFileSync(certificates.otherAuthority.certificate, 'utf8') })).code).toBe(
      'tls-untrusted',
    );
    expect((await reason('wrongHost', { serverName: 'elsewhere.example' })).code).toBe('connected');
  });

  test('come with whose certificate it is and until when', async () => {
    const settings = full('expired');
    const report = await probeTls(
      directDial(),
      settings,
      { host: 'localhost', port: serverOf('expired').port },
      new AbortController().signal,
    );
    expect(said(report, 'app').problem?.values).toMatchObject({
      subject: 'CN=localhost',
      validTo: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
    expect(report.chain[0]).toMatchObject({
      subject: 'CN=localhost',
      issuer: 'CN=Authority of the tests',
      selfSigned: false,
      names: ['localhost', '127.0.0.1', '0:0:0:0:0:0:0:1'],
    });
    const longer = await probeTls(
      directDial(),
      full('throughIntermediate'),
      { host: 'localhost', port: serverOf('throughIntermediate').port },
      new AbortController().signal,
    );
    expect(longer.chain[1]).toMatchObject({ subject: 'CN=Intermediate of the tests', certificateAuthority: true });
    expect(longer).toMatchObject({ offered: true, protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' });
  });

  test('prefer never goes on without encryption unless that was agreed to', async () => {
    const server = serverOf('none');
    const password = server.superPassword;
    expect((await attempt(settingsFor(server, { tls: { mode: 'prefer' } }), { password })).code).toBe(
      'tls-plain-needs-consent',
    );
    const agreed = await attempt(settingsFor(server, { tls: { mode: 'prefer', plainAccepted: true } }), { password });
    expect('session' in agreed && agreed.session.transport).toEqual({ kind: 'plain' });
    const settings = settingsFor(server, { tls: { mode: 'prefer', plainAccepted: true } });
    const report = await probeTls(
      directDial(),
      settings,
      { host: server.host, port: server.port },
      new AbortController().signal,
    );
    expect(report.verdicts.map(({ outcome }) => outcome)).toEqual(['plain', 'plain', 'plain']);
    expect(await libpqSays(settings, password)).toBe('plain');
    expect(await serverSays(settings, password, false)).toBe('plain');
  });
});

describe('client certificates', () => {
  test('are asked for, taken, and refused', async () => {
    const server = await startPostgres({
      major: 17,
      tls: {
        ...certificates.server.good,
        clientAuthority: certificates.authority.certificate,
        requireClientCertificate: true,
      },
    });
    try {
      const { pgTls } = await import('../../../main/services/renderings.ts');
      const password = server.superPassword;
      const settings = settingsFor({ ...server, superuser: 'postgres' }, { tls: { mode: 'require' } });
      const pem = (path: string) => readFileSync(path, 'utf8');
      const withClient = (certificate: string, key: string) => ({
        password,
        tlsFor: (host: string) => pgTls(settings.tls, host, { clientCertificate: certificate, clientKey: key }),
      });
      const { client, strangeClient } = certificates;
      expect((await attempt(settings, { password })).code).toBe('tls-client-certificate-required');
      expect((await attempt(settings, withClient(pem(client.certificate), pem(client.key)))).code).toBe('connected');
      expect((await attempt(settings, withClient(pem(strangeClient.certificate), pem(strangeClient.key)))).code).toBe(
        'tls-client-certificate-invalid',
      );
      expect((await attempt(settings, withClient(pem(client.certificate), pem(strangeClient.key)))).code).toBe(
        'tls-client-certificate-invalid',
      );
      expect((await attempt(settings, withClient('not PEM', 'neither'))).code).toBe('tls-client-certificate-invalid');
    } finally {
      await server.stop();
    }
  });
});
