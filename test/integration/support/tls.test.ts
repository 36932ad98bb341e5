import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { mustRun, run } from '../../support/processes.ts';
import { type CertificateSet, makeCertificates } from '../../support/tls.ts';

let certificates: CertificateSet;
beforeAll(async () => {
  certificates = await makeCertificates();
});

/** What libpq says when it verifies everything. */
function connectVerified(server: PostgresServer, more: NodeJS.ProcessEnv = {}) {
  return server.psql(['-c', '\\conninfo'], {
    PGHOST: 'localhost',
    PGPORT: String(server.port),
    PGUSER: server.superuser,
    PGPASSWORD: server.superPassword,
    PGDATABASE: 'postgres',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: certificates.authority.certificate,
    ...more,
  });
}

test('certificates are what they are called', async () => {
  const { authority, server } = certificates;
  const verify = (name: keyof typeof server, ...flags: string[]) =>
    run(['openssl', 'verify', '-CAfile', authority.certificate, ...flags, server[name].certificate]);
  expect((await verify('good', '-verify_hostname', 'localhost')).code).toBe(0);
  expect((await verify('good', '-verify_ip', '127.0.0.1')).code).toBe(0);
  expect((await verify('expired')).stderr).toContain('certificate has expired');
  expect((await verify('notYetValid')).stderr).toContain('certificate is not yet valid');
  expect((await verify('wrongHost', '-verify_hostname', 'localhost')).stderr).toContain('hostname mismatch');
  expect((await verify('selfSigned')).stderr).toContain('self-signed certificate');
  expect((await verify('throughIntermediate')).stderr).toContain('unable to get local issuer');
  expect((await verify('throughIntermediate', '-untrusted', certificates.intermediate.certificate)).code).toBe(0);
});

describe.each([
  ['good', 0, /SSL connection|SSL Connection/],
  ['throughIntermediate', 0, /SSL connection|SSL Connection/],
  ['expired', 2, /certificate verify failed/],
  ['notYetValid', 2, /certificate verify failed/],
  ['wrongHost', 2, /does not match host name/],
  ['selfSigned', 2, /certificate verify failed/],
] as const)('a server with the certificate "%s"', (name, code, text) => {
  let server: PostgresServer;
  afterAll(() => server?.stop());

  test('is judged so by libpq', async () => {
    const { certificate, key } = certificates.server[name];
    server = await startPostgres({ major: 17, tls: { certificate, key } });
    const { code: ended, stdout, stderr } = await connectVerified(server);
    expect({ ended, text: stdout + stderr }).toEqual({ ended: code, text: expect.stringMatching(text) });
  });
});

test('a server without TLS refuses it', async () => {
  const server = await startPostgres({ major: 15 });
  expect((await connectVerified(server)).stderr).toContain('server does not support SSL');
  await server.stop();
});

test.each([13, 15, 17, 18] as const)(
  'PostgreSQL %i insists on a client certificate from its authority',
  async (major) => {
    const { authority, client, strangeClient, server: servers } = certificates;
    const server = await startPostgres({
      major,
      tls: { ...servers.good, clientAuthority: authority.certificate, requireClientCertificate: true },
    });
    const withClient = ({ certificate, key }: { certificate: string; key: string }) =>
      connectVerified(server, { PGSSLCERT: certificate, PGSSLKEY: key });
    await mustRun(['chmod', '600', client.key, strangeClient.key]);
    expect((await connectVerified(server)).stderr).toMatch(/requires a valid client certificate/);
    expect(await withClient(client)).toMatchObject({ code: 0 });
    expect((await withClient(strangeClient)).code).toBe(2);
    await server.stop();
  },
);
