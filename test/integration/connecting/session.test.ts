import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directDial } from '../../../main/adapters/directDial.ts';
import { connectPostgres } from '../../../main/adapters/postgres/connectPostgres.ts';
import type { PostgresSession } from '../../../main/adapters/postgres/session.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { attempt, settingsFor } from './attempts.ts';

let server: PostgresServer;
const sessions: PostgresSession[] = [];

async function open(options: Partial<Parameters<typeof connectPostgres>[0]> = {}): Promise<PostgresSession> {
  const session = await connectPostgres({
    settings: settingsFor(server),
    password: server.superPassword,
    dial: directDial(),
    tlsFor: () => false,
    signal: new AbortController().signal,
    queryTimeoutMs: 10_000,
    ...options,
  });
  sessions.push(session);
  return session;
}

beforeAll(async () => {
  server = await startPostgres({ major: 17 });
});
afterAll(async () => {
  for (const session of sessions) await session.close();
  await server.stop();
});

describe('a session', () => {
  test('knows what the server reported by itself, at no round trip', async () => {
    const session = await open();
    expect(session.roundTrips).toBe(0);
    expect(session.parameters.get('server_version')).toMatch(/^17/);
    expect(session.parameters.get('is_superuser')).toBe('on');
    expect(session.parameters.get('in_hot_standby')).toBe('off');
    expect(session.parameters.get('default_transaction_read_only')).toBe('off');
    expect(session.parameters.get('server_encoding')).toBe('UTF8');
    expect(session.backendKey?.processId).toBeGreaterThan(0);
    expect(session.transport).toEqual({ kind: 'plain' });
  });

  test('reads several statements in one round trip and in one snapshot', async () => {
    const session = await open();
    const [one, two] = await session.readable.readAll([
      'SELECT 1 AS a -- a comment',
      'SELECT 2 AS b UNION SELECT 3 ORDER BY 1',
    ]);
    expect(one).toEqual([{ a: 1 }]);
    expect(two).toEqual([{ b: 2 }, { b: 3 }]);
    expect(session.roundTrips).toBe(1);
    expect(await session.readable.read('SELECT $1::int + 1 AS n', [41])).toEqual([{ n: 42 }]);
    expect(session.roundTrips).toBe(4);
  });

  test('cannot write through the readable side, and goes on afterwards', async () => {
    const session = await open();
    await expect(session.readable.read('CREATE TABLE t (a int)')).rejects.toMatchObject({
      problem: { code: 'read-only-transaction' },
    });
    expect(await session.readable.read('SELECT 1 AS a')).toEqual([{ a: 1 }]);
    expect(await server.sql("SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
  });

  test('commits a transaction whose body resolves and rolls back one whose body rejects', async () => {
    const session = await open();
    await session.writable.run('CREATE TABLE kept (a int)');
    await expect(
      session.writable.transaction(async (database) => {
        await database.run('INSERT INTO kept VALUES (1)');
        throw new Error('changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    await session.writable.transaction((database) => database.run('INSERT INTO kept VALUES ($1)', [2]));
    expect(await server.sql('SELECT a FROM kept')).toEqual([{ a: 2 }]);
  });

  test('keeps statements of others out of a transaction', async () => {
    const session = await open();
    const inside = session.writable.transaction(async (database) => {
      await database.run('SELECT pg_sleep(0.1)');
      return (await database.run<{ x: string }>('SELECT pg_current_xact_id()::text AS x')).rows[0]?.x;
    });
    const outside = session.writable.run<{ x: string }>('SELECT pg_current_xact_id()::text AS x');
    expect((await outside).rows[0]?.x).not.toBe(await inside);
  });

  test('keeps notices', async () => {
    const session = await open();
    await session.writable.run('DROP TABLE IF EXISTS nothing_like_it');
    expect(session.notices.at(-1)).toMatchObject({
      severity: 'NOTICE',
      message: expect.stringContaining('nothing_like_it'),
    });
  });

  test('stops a statement that takes too long, on the server too, and stays usable', async () => {
    const session = await open({ queryTimeoutMs: 300 });
    await expect(session.readable.read('SELECT pg_sleep(60)')).rejects.toMatchObject({
      problem: { code: 'statement-timeout' },
    });
    expect(await session.readable.read('SELECT 1 AS a')).toEqual([{ a: 1 }]);
    expect(
      await server.sql(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()",
      ),
    ).toEqual([{ n: 0 }]);
  });

  test('cancels what runs when its signal aborts', async () => {
    const controller = new AbortController();
    const session = await open({ signal: controller.signal });
    const running = session.readable.read('SELECT pg_sleep(61)');
    const outcome = expect(running).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    setTimeout(() => controller.abort(), 200);
    await outcome;
    await session.ended;
    await expect
      .poll(() =>
        server.sql(
          "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep(61)%' AND pid <> pg_backend_pid()",
        ),
      )
      .toEqual([{ n: 0 }]);
    await expect(session.readable.read('SELECT 1')).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  });

  test('tells when an administrator ends it, and when the server dies', async () => {
    const session = await open();
    await server.sql('SELECT pg_terminate_backend($1)', { values: [session.backendKey?.processId] });
    expect(await session.ended).toMatchObject({ code: 'server-stopping' });
    await expect(session.readable.read('SELECT 1')).rejects.toMatchObject({ problem: { code: 'server-stopping' } });

    const other = await open();
    await server.kill9();
    expect((await other.ended)?.code).toMatch(/^(connection-lost|server-stopping)$/);
    await server.start();
  });

  test('ends without a problem when it is closed', async () => {
    const session = await open();
    await session.close();
    expect(await session.ended).toBeUndefined();
    await session.close();
  });

  test('goes through a Unix socket, with the password', async () => {
    const session = await open({
      settings: {
        ...settingsFor(server),
        hosts: [{ host: server.socketDir, port: server.port }],
        tls: { mode: 'verify-full' },
      },
    });
    expect(session.transport).toEqual({ kind: 'socket' });
    expect(await attempt({ ...settingsFor(server), hosts: [{ host: '/nowhere', port: 5432 }] })).toMatchObject({
      code: 'socket-missing',
    });
  });
});

describe.each([13, 15, 18] as const)('PostgreSQL %i', (major) => {
  test('is logged in to, read from, and judged by target_session_attrs', async () => {
    const other = await startPostgres({ major });
    try {
      const password = other.superPassword;
      for (const targetSessionAttrs of ['any', 'primary', 'read-write', 'prefer-standby'] as const) {
        expect((await attempt(settingsFor(other, { targetSessionAttrs }), { password })).code).toBe('connected');
      }
      expect((await attempt(settingsFor(other, { targetSessionAttrs: 'standby' }), { password })).code).toBe(
        'no-suitable-server',
      );
      expect((await attempt(settingsFor(other, { database: 'nothing' }), { password })).code).toBe('database-missing');
      const session = await open({ settings: settingsFor(other), password });
      expect(session.parameters.get('server_version')).toMatch(new RegExp(`^${major}`));
      expect(await session.readable.read("SELECT 'it works' AS a")).toEqual([{ a: 'it works' }]);
      await expect(session.writable.run('CREATE EXTENSION nothing_like_it')).rejects.toMatchObject({
        problem: { code: 'extension-unavailable', values: { extension: 'nothing_like_it' } },
      });
      await session.close();
    } finally {
      await other.stop();
    }
  });
});
