import { describe, expect, test } from 'vitest';
import { type ProbeFault, readAnswer, readComplaint } from '../../../main/adapters/docker/databaseProbe.ts';
import { isInSubnet } from '../../../main/problems/recogniseHba.ts';
import { recogniseServerSide } from '../../../main/problems/recogniseServerSide.ts';

const context = { host: 'db.lan', port: 5432, user: 'aperture', database: 'aperture', subnets: ['172.18.0.0/20'] };
const failed = (error: ProbeFault, more = {}) => ({
  ok: false as const,
  resolved: [],
  connected: false,
  error,
  ...more,
});
const at = (host: string) => ({ ...context, host });

describe('what the driver says', () => {
  test.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED', 'localhost', 'server-database-is-localhost'],
    ['connect ECONNREFUSED ::1:5432', 'ECONNREFUSED', '::1', 'server-database-is-localhost'],
    ['connect ENOENT /run/.s.PGSQL.5432', 'ENOENT', '/run', 'server-database-is-localhost'],
    ['connect ECONNREFUSED 10.0.0.1:5432', 'ECONNREFUSED', '10.0.0.1', 'connection-refused'],
    ['getaddrinfo ENOTFOUND host.docker.internal', 'ENOTFOUND', 'host.docker.internal', 'server-host-gateway-missing'],
    ['getaddrinfo ENOTFOUND db.lan', 'ENOTFOUND', 'db.lan', 'dns-not-found'],
    ['connect EHOSTUNREACH 10.0.0.1:5432', 'EHOSTUNREACH', '10.0.0.1', 'host-unreachable'],
    ['self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'db.lan', 'tls-self-signed'],
    ['The server does not support SSL connections', '', 'db.lan', 'server-tls-unavailable'],
  ])('%s', (message, code, host, expected) => {
    expect(recogniseServerSide(failed({ message, ...(code === '' ? {} : { code }) }), at(host), 15).code).toBe(
      expected,
    );
  });

  test('a CA file that is not in the container', () => {
    const error = {
      message: "ENOENT: no such file or directory, open '/etc/x.pem'",
      code: 'ENOENT',
      path: '/etc/x.pem',
    };
    const problem = recogniseServerSide(failed(error), context, 15);
    expect(problem).toMatchObject({ code: 'server-ca-missing', values: { path: '/etc/x.pem' } });
  });

  test('time is over: before and after somebody took the connection', () => {
    expect(recogniseServerSide({ ok: false, timeout: true, connected: false, resolved: [] }, context, 15).code).toBe(
      'connection-timeout',
    );
    expect(recogniseServerSide({ ok: false, timeout: true, connected: true, resolved: [] }, context, 15).code).toBe(
      'server-no-answer',
    );
  });

  test('a name with IPv6 addresses only', () => {
    const error = { message: 'connect ENETUNREACH 2001:db8::1:5432', code: 'ENETUNREACH' };
    expect(recogniseServerSide(failed(error, { resolved: ['2001:db8::1'] }), context, 15).code).toBe('ipv6-only-host');
  });

  test('of several addresses the one that answered something counts', () => {
    const errors = [
      { message: 'connect ENETUNREACH 2001:db8::1:5432', code: 'ENETUNREACH' },
      { message: 'connect ECONNREFUSED 10.0.0.1:5432', code: 'ECONNREFUSED' },
    ];
    expect(recogniseServerSide(failed({ message: '' }, { errors }), context, 15).code).toBe('connection-refused');
  });

  test.each([
    ['no encryption', 'host aperture aperture 172.18.0.0/20 scram-sha-256'],
    ['SSL encryption', 'hostssl aperture aperture 172.18.0.0/20 scram-sha-256'],
  ])('pg_hba.conf, %s: the line for the network’s own subnet', (encryption, line) => {
    const message = `no pg_hba.conf entry for host "172.18.0.5", user "aperture", database "aperture", ${encryption}`;
    const error = { message, code: '28000', severity: 'FATAL', routine: 'ClientAuthentication' };
    const problem = recogniseServerSide(
      failed(error),
      { ...context, encrypted: true, hbaFile: '/etc/pg_hba.conf' },
      15,
    );
    expect(problem).toMatchObject({ code: 'pg-hba-refused', values: { client: '172.18.0.5', line } });
    const md5 = recogniseServerSide(failed(error), { ...context, encrypted: true, passwordEncryption: 'md5' }, 15);
    expect(md5.values.line).toBe(line.replace('scram-sha-256', 'md5'));
  });
});

describe('what psql says', () => {
  test.each([
    [
      'psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: Connection refused\n\tIs the server running',
      'connection-refused',
    ],
    ['psql: error: could not translate host name "db" to address: Name or service not known', 'dns-not-found'],
    ['psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: timeout expired', 'connection-timeout'],
    [
      'psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  password authentication failed for user "aperture"',
      'password-wrong',
    ],
    [
      'psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  database "aperture" does not exist',
      'database-missing',
    ],
    [
      'psql: error: connection to server at "db" (172.18.0.2), port 5432 failed: FATAL:  no pg_hba.conf entry for host "172.18.0.5", user "aperture", database "aperture", no encryption',
      'pg-hba-refused',
    ],
    [
      'psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: server does not support SSL, but SSL was required',
      'server-tls-unavailable',
    ],
    [
      'psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: SSL error: certificate verify failed',
      'tls-untrusted',
    ],
    [
      'psql: error: connection to server at "db" (10.0.0.1), port 5432 failed: fe_sendauth: no password supplied',
      'password-required',
    ],
  ])('%s', (stderr, expected) => {
    const answer = readComplaint(stderr);
    if (answer.ok) throw new Error('a complaint is no success');
    expect(recogniseServerSide(answer, at('db'), 15).code).toBe(expected);
  });
});

test('an answer is found between what else is printed, and nothing else is one', () => {
  const line = 'aperture-companion:{"ok":true,"user":"a","database":"b","version":"17.1","encrypted":false}';
  expect(readAnswer(`(node) Warning\n${line}\n`)).toMatchObject({ ok: true, user: 'a', resolved: [] });
  expect(readAnswer('aperture-companion:{"ok":"maybe"}')).toBeUndefined();
  expect(readAnswer('')).toBeUndefined();
});

test.each([
  ['172.18.0.5', '172.18.0.0/16', true],
  ['172.19.0.5', '172.18.0.0/16', false],
  ['fd00::5', 'fd00::/64', true],
  ['10.0.0.1', 'fd00::/64', false],
  ['10.0.0.1', '10.0.0.0/99', false],
  ['10.0.0.1', 'nonsense', false],
])('%s in %s: %s', (address, subnet, expected) => {
  expect(isInSubnet(address, subnet)).toBe(expected);
});
