import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PostgresSession } from '../../../main/adapters/postgres/session.ts';
import { createBeside } from '../../../main/services/restores/createBeside.ts';
import { asSideDatabase, readDatabases } from '../../../main/services/restores/databases.ts';
import { dropBeside } from '../../../main/services/restores/dropBeside.ts';
import { type Exchange, exchange } from '../../../main/services/restores/exchange.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createOwnedDatabase, type TestRole } from '../../support/postgresRoles.ts';
import { randomFrom, seedOf } from '../../support/seed.ts';
import { openMaintenance } from './sessions.ts';

const now = '2026-11-23T12:00:00.000Z';
const swapper = fileURLToPath(new URL('./swapper.ts', import.meta.url));
/** Killed at random moments; many more by hand. */
const rounds = Number(process.env.FAULT_ROUNDS ?? 12);

describe.each([15, 17, 18] as const)('PostgreSQL %s: one database in the place of another', (major) => {
  let server: PostgresServer;
  let owner: TestRole;
  let session: PostgresSession;
  let helper: PostgresSession;
  /** Of every database, by its number: what is in it. */
  const contents = async () => {
    const found = await server.sql(
      `SELECT oid::text, datname AS name FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY oid`,
    );
    return Promise.all(
      found.map(async ({ name, oid }) => {
        const [row] = await server.sql('SELECT text FROM content', { database: String(name) });
        return { oid: Number(oid), name, text: row?.text };
      }),
    );
  };
  const login = () => ({ host: server.host, port: server.port, user: owner.user, password: owner.password });
  const note = { version: 1, state: 'making', besides: 'aperture', operationId: 'op', since: now } as const;
  const wish = (nextOid: number, asideName: string, asideState: 'kept' | 'ready' = 'kept'): Exchange => ({
    database: 'aperture',
    nextOid,
    asideName,
    asideState,
    operationId: 'op',
    now,
  });

  beforeAll(async () => {
    server = await startPostgres({ major });
    owner = await createOwnedDatabase(server, 'aperture');
    await server.sql(`ALTER ROLE "${owner.user}" CREATEDB`);
    await server.sql(`COMMENT ON DATABASE aperture IS 'films; and ''series'''`);
    await server.sql(`ALTER DATABASE aperture SET search_path TO "$user", public, "a ""b"""`);
    await server.sql(`ALTER DATABASE aperture SET work_mem TO '8MB'`);
    await server.sql(
      `CREATE ROLE reader LOGIN; REVOKE CONNECT ON DATABASE aperture FROM PUBLIC; GRANT CONNECT ON DATABASE aperture TO reader`,
    );
    await server.sql(`CREATE TABLE content AS SELECT 'old' AS text`, { ...owner, database: 'aperture' });
    session = await openMaintenance(login());
    helper = await openMaintenance(login());
    expect(await createBeside(session, 'aperture', 'aperture_companion_00000001', note)).toEqual([]);
    await server.sql(`CREATE TABLE content AS SELECT 'new' AS text`, {
      ...owner,
      database: 'aperture_companion_00000001',
    });
  });
  afterAll(async () => {
    await session?.close();
    await helper?.close();
    await server?.stop();
  });

  it('makes one that is like the other', async () => {
    const facts = await server.sql(
      `SELECT pg_get_userbyid(datdba) AS owner, encoding, datcollate, datctype, datconnlimit,
        (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a) AS acl,
        (SELECT array_agg(c ORDER BY c) FROM pg_db_role_setting s, unnest(setconfig) c WHERE setdatabase = d.oid) AS settings
       FROM pg_database d WHERE datname LIKE 'aperture%' ORDER BY oid`,
    );
    expect(facts).toHaveLength(2);
    expect(facts[1]).toEqual(facts[0]);
    const { current, beside } = await readDatabases(session, 'aperture');
    expect(current?.comment).toBe(`films; and 'series'`);
    expect(beside.map((one) => asSideDatabase(one, 'aperture'))).toMatchObject([
      { name: 'aperture_companion_00000001', state: 'making', operationId: 'op', since: now },
    ]);
  });

  it('changes places and back while programs keep coming back', async () => {
    const [old, made] = await contents();
    if (old === undefined || made === undefined) throw new Error('two databases');
    let going = true;
    let connected = 0;
    const stubborn = Array.from({ length: 4 }, async () => {
      while (going) {
        const client = new pg.Client({ ...login(), database: 'aperture' });
        client.on('error', () => undefined);
        try {
          await client.connect();
          connected += 1;
          for (let query = 0; query < 20; query += 1) await client.query('SELECT pg_sleep(0.01)');
        } catch {
          // Ended, or kept out: it comes back.
        } finally {
          await client.end().catch(() => undefined);
        }
      }
    });
    while (connected === 0) await delay(10);
    await exchange(session, helper, {
      ...wish(made.oid, 'aperture_companion_00000002'),
      keepUntil: '2026-11-30T12:00:00.000Z',
    });
    expect(await contents()).toEqual([
      { ...old, name: 'aperture_companion_00000002', text: 'old' },
      { ...made, name: 'aperture', text: 'new' },
    ]);
    const swapped = await readDatabases(session, 'aperture');
    expect(swapped.current).toMatchObject({ oid: made.oid, comment: `films; and 'series'` });
    expect(swapped.beside.map(({ note: kept }) => kept)).toMatchObject([
      { state: 'kept', keepUntil: '2026-11-30T12:00:00.000Z' },
    ]);
    // Done already: nothing happens.
    await exchange(session, helper, wish(made.oid, 'aperture_companion_0000000f'));
    await exchange(session, helper, wish(old.oid, 'aperture_companion_00000003', 'ready'));
    going = false;
    await Promise.all(stubborn);
    expect(await contents()).toEqual([
      { ...old, name: 'aperture', text: 'old' },
      { ...made, name: 'aperture_companion_00000003', text: 'new' },
    ]);
    expect((await readDatabases(session, 'aperture')).current?.comment).toBe(`films; and 'series'`);
  });

  it('says who would not go, and changes nothing', async () => {
    const before = await contents();
    const superuser = new pg.Client({
      host: server.host,
      port: server.port,
      user: server.superuser,
      password: server.superPassword,
      database: 'aperture',
      application_name: 'somebody’s editor',
    });
    await superuser.connect();
    try {
      await expect(
        exchange(session, helper, wish(before[1]?.oid ?? 0, 'aperture_companion_00000004')),
      ).rejects.toMatchObject({
        problem: {
          code: 'database-in-use',
          values: { count: 1, sessions: expect.stringContaining('editor') as string },
        },
      });
    } finally {
      await superuser.end();
    }
    expect(await contents()).toEqual(before);
  });

  it('never has the data in neither place, whoever is killed', async () => {
    const seed = seedOf();
    const next = randomFrom(seed);
    const before = await contents();
    const oids = before.map(({ oid }) => oid);
    const seen = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      const { current } = await readDatabases(session, 'aperture');
      const other = oids.find((oid) => oid !== current?.oid) ?? 0;
      const given = JSON.stringify({
        login: login(),
        wish: wish(other, `aperture_companion_${(round + 256).toString(16).padStart(8, '0')}`),
      });
      const child = fork(swapper, [given], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      const exited = once(child, 'exit');
      await once(child, 'message');
      await delay(next() * 25);
      const victim = next();
      if (victim < 0.7) child.kill('SIGKILL');
      else {
        await server.kill9();
        await exited;
        await server.start();
        [session, helper] = await Promise.all([openMaintenance(login()), openMaintenance(login())]);
      }
      await exited;
      await settle();
      const after = await contents();
      const names = after.map(({ name }) => name);
      expect(
        after.map(({ oid, text }) => [oid, text]),
        `seed ${seed}, round ${round}`,
      ).toEqual(before.map(({ oid, text }) => [oid, text]));
      expect(
        names.filter((name) => name === 'aperture'),
        `seed ${seed}, round ${round}`,
      ).toHaveLength(1);
      const { current: now_, beside } = await readDatabases(session, 'aperture');
      expect(now_?.note).toBeUndefined();
      expect(beside).toHaveLength(1);
      expect(beside[0]?.note, `seed ${seed}, round ${round}`).toBeDefined();
      seen.add(now_?.oid === other ? 'done' : 'not done');
    }
    // Both outcomes were met: the kills fell where they matter.
    expect(seen.size, `seed ${seed}`).toBe(2);
  }, 300_000);

  it('removes the one beside, and never the one in use', async () => {
    const { current, beside } = await readDatabases(session, 'aperture');
    const side = beside[0];
    if (current === undefined || side === undefined) throw new Error('two databases');
    await expect(dropBeside(session, 'aperture', { oid: current.oid, name: side.name })).rejects.toMatchObject({
      problem: { code: 'plan-stale' },
    });
    await dropBeside(session, 'aperture', side);
    await dropBeside(session, 'aperture', side);
    expect((await contents()).map(({ oid, name }) => [oid, name])).toEqual([[current.oid, 'aperture']]);
  });

  /** Until the server has noticed that a client is gone: its transaction is over only then. */
  async function settle() {
    for (;;) {
      const [row] = await server.sql(
        `SELECT count(*)::text FROM pg_stat_activity WHERE datname = 'postgres' AND backend_type = 'client backend' AND usename = $1`,
        { values: [owner.user] },
      );
      if (Number(row?.count) <= 2) return;
      await delay(20);
    }
  }
});
