import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemText } from '../../../contract/copy/problemText.ts';
import type { Fix } from '../../../contract/fix.ts';
import type { Problem } from '../../../contract/problem.ts';
import { explainLogin } from '../../../main/services/connections/explainLogin.ts';
import { startPgBouncer } from '../../support/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import {
  createExpiredRole,
  createNoLoginRole,
  createOwnedDatabase,
  createReadOnlyByDefaultRole,
  createRole,
  createRoleAtItsLimit,
  createRoleWithoutPassword,
  fillConnections,
} from '../../support/postgresRoles.ts';
import { makeCertificates } from '../../support/tls.ts';
import { attempt, settingsFor } from './attempts.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({ major: 17, settings: { max_connections: 12 } });
});
afterAll(() => server.stop());

/** What the text says is part of what is recognised: no value may be missing in it. */
function told(problem: { code: string }): Problem {
  expect(problem.code).not.toBe('connected');
  const { title, cause, next } = problemText(problem as Problem);
  expect(`${title} ${cause} ${next}`).not.toContain('…');
  return problem as Problem;
}

function snippet(problem: Problem): string {
  const paste = problem.fixes?.find((fix): fix is Extract<Fix, { kind: 'paste' }> => fix.kind === 'paste');
  if (paste === undefined) throw new Error(`no fix to paste for ${problem.code}`);
  return paste.snippet;
}

describe('a refused login', () => {
  test('wrong password', async () => {
    const problem = told(await attempt(settingsFor(server), { password: 'not this one' }));
    expect(problem).toMatchObject({ code: 'password-wrong', values: { user: server.superuser, port: server.port } });
  });

  test('no password, and an empty one', async () => {
    expect(told(await attempt(settingsFor(server))).code).toBe('password-required');
    expect(told(await attempt(settingsFor(server), { password: '' })).code).toBe('password-empty');
  });

  test('missing role, expired role and role without password look alike; an administrator’s login tells them apart', async () => {
    const expired = await createExpiredRole(server);
    const bare = await createRoleWithoutPassword(server);
    const nobody = { user: 'nobody_like_this', password: 'x' };
    for (const { user, password } of [expired, bare, nobody]) {
      expect(told(await attempt(settingsFor(server, { user }), { password })).code).toBe('password-wrong');
    }
    await withAdministrator(async (administrator) => {
      const why = async (user: string) => {
        const problem = await explainLogin(administrator, user);
        return problem === undefined ? undefined : told(problem);
      };
      expect((await why(expired.user))?.code).toBe('role-expired');
      expect((await why(nobody.user))?.code).toBe('role-missing');
      expect(await why(bare.user)).toBeUndefined();
    });
  });

  test('the fix for an expired role works when it is pasted', async () => {
    const role = await createExpiredRole(server);
    await withAdministrator(async (administrator) => {
      const problem = await explainLogin(administrator, role.user);
      await server.sql(snippet(problem as Problem));
    });
    expect((await attempt(settingsFor(server, { user: role.user }), { password: role.password })).code).toBe(
      'connected',
    );
  });

  test('NOLOGIN', async () => {
    const role = await createNoLoginRole(server);
    const settings = settingsFor(server, { user: role.user });
    const problem = told(await attempt(settings, { password: role.password }));
    expect(problem.code).toBe('role-cannot-login');
    await server.sql(snippet(problem));
    expect((await attempt(settings, { password: role.password })).code).toBe('connected');
  });

  test('missing database, with a statement that makes it', async () => {
    const role = await createRole(server);
    const settings = settingsFor(server, { user: role.user, database: 'app"s "new" one' });
    const problem = told(await attempt(settings, { password: role.password }));
    expect(problem).toMatchObject({ code: 'database-missing', values: { database: 'app"s "new" one' } });
    await server.sql(snippet(problem));
    expect((await attempt(settings, { password: role.password })).code).toBe('connected');
  });

  test('no right to connect to the database', async () => {
    const { database } = await createOwnedDatabase(server, 'closed');
    await server.sql('REVOKE CONNECT ON DATABASE closed FROM PUBLIC');
    const role = await createRole(server);
    expect(
      told(await attempt(settingsFor(server, { user: role.user, database }), { password: role.password })).code,
    ).toBe('permission-denied');
  });

  test('limits of the role, of the database and of the server', async () => {
    const limited = await createRoleAtItsLimit(server);
    const ofRole = told(await attempt(settingsFor(server, { user: limited.user }), { password: limited.password }));
    expect(ofRole).toMatchObject({ code: 'role-connection-limit', values: { user: limited.user } });
    await withAdministrator(async (administrator) => {
      expect(await explainLogin(administrator, limited.user)).toMatchObject({
        code: 'role-connection-limit',
        values: { limit: 1 },
      });
    });
    await limited.release();

    const owner = await createOwnedDatabase(server, 'narrow');
    await server.sql('ALTER DATABASE narrow CONNECTION LIMIT 0');
    const ofDatabase = told(
      await attempt(settingsFor(server, { user: owner.user, database: 'narrow' }), { password: owner.password }),
    );
    expect(ofDatabase).toMatchObject({ code: 'database-connection-limit', values: { database: 'narrow' } });
    await server.sql(snippet(ofDatabase));
    expect(
      (await attempt(settingsFor(server, { user: owner.user, database: 'narrow' }), { password: owner.password })).code,
    ).toBe('connected');

    const full = await fillConnections(server);
    const role = { user: owner.user, password: owner.password };
    expect(told(await attempt(settingsFor(server, { user: role.user }), { password: role.password })).code).toBe(
      'server-connection-limit',
    );
    await full.release();
  });

  test('SASLprep: a password that psql accepts is accepted, in either form', async () => {
    // "ﬁ" (ligature) and "fi" are one password after NFKC; a soft hyphen counts for nothing.
    const role = await createRole(server, { password: 'ﬁsch\u00adteich\u00a0½' });
    expect((await attempt(settingsFor(server, { user: role.user }), { password: 'fischteich 1⁄2' })).code).toBe(
      'connected',
    );
    expect((await attempt(settingsFor(server, { user: role.user }), { password: role.password })).code).toBe(
      'connected',
    );
  });

  test('the start-up packet has nothing of the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      PGHOST: '192.0.2.1',
      PGHOSTADDR: '192.0.2.1',
      PGPORT: '1',
      PGUSER: 'somebody',
      PGPASSWORD: 'something',
      PGDATABASE: 'elsewhere',
      PGSSLMODE: 'verify-full',
      PGSSLNEGOTIATION: 'direct',
      PGOPTIONS: '-c work_mem=7MB',
      PGAPPNAME: 'not us',
      PGSERVICE: 'nothing',
      PGTZ: 'Asia/Tokyo',
      PGREPLICATION: 'database',
      PGCLIENTENCODING: 'LATIN1',
      PGCONNECT_TIMEOUT: '1',
      PGTARGETSESSIONATTRS: 'standby',
    });
    try {
      expect((await attempt(settingsFor(server))).code).toBe('password-required');
      const result = await attempt(settingsFor(server, { options: '-c lock_timeout=1234' }), {
        password: server.superPassword,
      });
      if (result.code !== 'connected') throw new Error(JSON.stringify(result));
      expect(result.session.parameters.get('application_name')).toBe('Aperture Companion');
      expect(result.session.parameters.get('client_encoding')).toBe('UTF8');
      expect(result.session.parameters.get('TimeZone')).not.toBe('Asia/Tokyo');
      const { connectPostgres } = await import('../../../main/adapters/postgres/connectPostgres.ts');
      const { directDial } = await import('../../../main/adapters/directDial.ts');
      const session = await connectPostgres({
        settings: settingsFor(server),
        password: server.superPassword,
        dial: directDial(),
        tlsFor: () => false,
        signal: new AbortController().signal,
        queryTimeoutMs: 5000,
      });
      expect(
        await session.readable.read(
          "SELECT current_setting('work_mem') AS m, current_user AS u, current_database() AS d",
        ),
      ).toEqual([{ m: '4MB', u: server.superuser, d: 'postgres' }]);
      await session.close();
    } finally {
      process.env = before;
    }
  });

  test('read-only by default and standby', async () => {
    const role = await createReadOnlyByDefaultRole(server);
    const readWrite = settingsFor(server, { user: role.user, targetSessionAttrs: 'read-write' });
    expect(told(await attempt(readWrite, { password: role.password })).code).toBe('read-only-transaction');
    const standby = await startPostgres({ major: 17, standbyOf: server });
    try {
      const password = server.superPassword;
      expect(told(await attempt(settingsFor(standby, { targetSessionAttrs: 'primary' }), { password })).code).toBe(
        'server-in-recovery',
      );
      const hosts = [standby, server].map(({ host, port }) => ({ host, port }));
      const port = async (
        targetSessionAttrs: 'any' | 'primary' | 'read-write' | 'standby' | 'prefer-standby' | 'read-only',
      ) => {
        const result = await attempt(settingsFor(server, { hosts: [...hosts].reverse(), targetSessionAttrs }), {
          password,
        });
        return result.code === 'connected' ? result.session.address.port : result.code;
      };
      expect(await port('any')).toBe(server.port);
      expect(await port('standby')).toBe(standby.port);
      expect(await port('prefer-standby')).toBe(standby.port);
      expect(await port('read-only')).toBe(standby.port);
      expect(await port('primary')).toBe(server.port);
      const primaryLast = await attempt(settingsFor(server, { hosts, targetSessionAttrs: 'read-write' }), { password });
      expect(primaryLast.code === 'connected' && primaryLast.session.address.port).toBe(server.port);
      expect(told(await attempt(settingsFor(server, { targetSessionAttrs: 'standby' }), { password })).code).toBe(
        'no-suitable-server',
      );
      // The first address is dead: the next one is tried.
      const dead = settingsFor(server, { hosts: [{ host: '127.0.0.1', port: 1 }, ...hosts] });
      expect((await attempt(dead, { password })).code).toBe('connected');
    } finally {
      await standby.stop();
    }
  });
});

describe('pg_hba.conf', () => {
  test('the printed line lets the client in', async () => {
    const role = await createRole(server, { user: 'hba "test" user' });
    await server.setHba(['local all all trust']);
    const settings = settingsFor(server, { user: role.user });
    const problem = told(await attempt(settings, { password: role.password }));
    expect(problem).toMatchObject({
      code: 'pg-hba-refused',
      values: { client: '127.0.0.1', subnet: '127.0.0.1/32', database: 'postgres' },
    });
    await server.setHba(['local all all trust', snippet(problem)]);
    expect((await attempt(settings, { password: role.password })).code).toBe('connected');
    await server.setHba(['local all all trust', 'host all all all reject']);
    expect(told(await attempt(settings, { password: role.password }))).toMatchObject({
      code: 'pg-hba-refused',
      values: { rejected: 'yes' },
    });
  });

  test('ident, peer, GSSAPI and roles that trust would let in', async () => {
    await server.setHba([
      'local all peered peer',
      'local all all trust',
      'host all gss all gss',
      'host all missing all trust',
      'host all ident all ident',
      'host all all all scram-sha-256',
    ]);
    for (const user of ['gss', 'ident', 'peered']) await server.sql(`CREATE ROLE ${user} LOGIN`);
    expect(told(await attempt(settingsFor(server, { user: 'gss' })))).toMatchObject({
      code: 'authentication-method-unsupported',
      values: { method: 'GSSAPI' },
    });
    expect(told(await attempt(settingsFor(server, { user: 'missing' }))).code).toBe('role-missing');
    expect(told(await attempt(settingsFor(server, { user: 'ident' }))).code).toBe('peer-authentication-failed');
    const socket = settingsFor(server, { user: 'peered', hosts: [{ host: server.socketDir, port: server.port }] });
    expect(told(await attempt(socket))).toMatchObject({
      code: 'peer-authentication-failed',
      values: { method: 'peer' },
    });
  });

  test('cleartext and MD5 passwords work', async () => {
    const old = await startPostgres({ major: 15, passwordEncryption: 'md5' });
    try {
      await old.setHba(['local all all trust', 'host all clear all password', 'host all all all md5']);
      const clear = await createRole(old, { user: 'clear' });
      expect((await attempt(settingsFor(old, { user: clear.user }), { password: clear.password })).code).toBe(
        'connected',
      );
      expect((await attempt(settingsFor(old), { password: old.superPassword })).code).toBe('connected');
      expect(told(await attempt(settingsFor(old), { password: 'no' })).code).toBe('password-wrong');
    } finally {
      await old.stop();
    }
  });

  test('hostssl only: says that encryption is what is missing', async () => {
    const certificates = await makeCertificates();
    const encrypted = await startPostgres({ major: 17, tls: certificates.server.good });
    try {
      await encrypted.setHba(['local all all trust', 'hostssl all all all scram-sha-256']);
      const password = encrypted.superPassword;
      const problem = told(await attempt(settingsFor(encrypted), { password }));
      expect(problem).toMatchObject({
        code: 'tls-required-by-server',
        fixes: [{ kind: 'setting', id: 'use-tls-require' }],
      });
      const secure = settingsFor(encrypted, { tls: { mode: 'require' }, channelBinding: 'require' });
      const result = await attempt(secure, { password });
      expect(result.code === 'connected' && result.session.transport).toMatchObject({
        kind: 'tls',
        channelBound: true,
      });
      await encrypted.setHba(['local all all trust', 'host all nobody all scram-sha-256']);
      expect(told(await attempt(secure, { password }))).toMatchObject({
        code: 'pg-hba-refused',
        values: { line: 'hostssl postgres postgres 127.0.0.1/32 scram-sha-256' },
      });
      expect(told(await attempt(settingsFor(encrypted), { password })).code).toBe('pg-hba-refused');
    } finally {
      await encrypted.stop();
    }
  });

  test('channel binding that is required and can’t be had', async () => {
    await server.setHba(['local all all trust', 'host all free all trust', 'host all all all scram-sha-256']);
    const plain = settingsFor(server, { channelBinding: 'require' });
    expect(told(await attempt(plain, { password: server.superPassword })).code).toBe('channel-binding-unavailable');
    await server.sql('CREATE ROLE free LOGIN');
    // Nobody asked for a password, so nothing was bound: libpq refuses this, too.
    expect(told(await attempt({ ...plain, user: 'free' })).code).toBe('channel-binding-unavailable');
  });
});

describe('a pooler', () => {
  test('PgBouncer in transaction mode: login, statements, and its own refusals', async () => {
    const pooler = await startPgBouncer(server);
    try {
      const place = { host: pooler.host, port: pooler.port, superuser: server.superuser };
      const password = server.superPassword;
      const result = await attempt(settingsFor(place), { password });
      expect(result.code).toBe('connected');
      expect(told(await attempt(settingsFor(place), { password: 'wrong' })).code).toBe('password-wrong');
      expect(told(await attempt(settingsFor(place, { user: 'nobody_here' }), { password })).code).toMatch(
        /^(password-wrong|role-missing)$/,
      );
      expect(told(await attempt(settingsFor(place, { database: 'not_there' }), { password })).code).toBe(
        'database-missing',
      );
      expect(told(await attempt(settingsFor(place, { tls: { mode: 'require' } }), { password })).code).toBe(
        'tls-refused-by-server',
      );
      expect(told(await attempt(settingsFor(place, { options: '-c work_mem=8MB' }), { password })).code).toBe(
        'pooler-refused-option',
      );
    } finally {
      await pooler.stop();
    }
  });
});

describe('a pooler with TLS', () => {
  test('is logged in to with channel binding preferred, and told apart when it is required', async () => {
    const certificates = await makeCertificates();
    const pooler = await startPgBouncer(server, { tls: certificates.server.good });
    try {
      const place = { host: pooler.host, port: pooler.port, superuser: server.superuser };
      const password = server.superPassword;
      const secure = settingsFor(place, { tls: { mode: 'require' } });
      const result = await attempt(secure, { password });
      expect('session' in result && result.session.transport).toMatchObject({ kind: 'tls', channelBound: false });
      expect(told(await attempt({ ...secure, channelBinding: 'require' }, { password })).code).toBe(
        'channel-binding-unavailable',
      );
      expect((await attempt({ ...secure, channelBinding: 'disable' }, { password })).code).toBe('connected');
    } finally {
      await pooler.stop();
    }
  });
});

describe('a server that comes and goes', () => {
  test('starting, stopping, gone', async () => {
    const other = await startPostgres({ major: 17 });
    const settings = settingsFor(other);
    const codes = new Set<string>();
    const password = other.superPassword;
    const restarts = (async () => {
      for (let round = 0; round < 3; round += 1) {
        await other.kill9();
        await other.start();
      }
    })();
    let over = false;
    void restarts.finally(() => {
      over = true;
    });
    while (!over) codes.add((await attempt(settings, { password })).code);
    await restarts;
    await other.stop();
    codes.add((await attempt(settings, { password })).code);
    const expected = [
      'connected',
      'connection-refused',
      'server-starting',
      'server-stopping',
      'connection-reset',
      'connection-lost',
    ];
    expect([...codes].filter((code) => !expected.includes(code))).toEqual([]);
    expect(codes).toContain('connection-refused');
  });
});

async function withAdministrator(use: (database: Parameters<typeof explainLogin>[0]) => Promise<void>): Promise<void> {
  const { connectPostgres } = await import('../../../main/adapters/postgres/connectPostgres.ts');
  const { directDial } = await import('../../../main/adapters/directDial.ts');
  const session = await connectPostgres({
    settings: settingsFor(server),
    password: server.superPassword,
    dial: directDial(),
    tlsFor: () => false,
    signal: new AbortController().signal,
    queryTimeoutMs: 5000,
  });
  try {
    await use(session.readable);
  } finally {
    await session.close();
  }
}
