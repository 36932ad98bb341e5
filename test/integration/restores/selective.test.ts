import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupView } from '../../../contract/backup.ts';
import type { Companion } from '../../../main/compose.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import type { TestRole } from '../../support/postgresRoles.ts';
import { addInstance, backup, explain, never, startCompanion, toolsFolder } from '../backups/harness.ts';
import { fillOlder, fingerprint, ownedDatabase } from './inPlaceHarness.ts';

const searchPath = process.env.PATH;
const odd = { schema: 'odd "schema", with. dots', name: 'wéird " table; --' };

describe.each([
  { major: 15, tools: [18], vector: false },
  { major: 17, tools: [17], vector: true },
] as const)('PostgreSQL $major', ({ major, tools, vector }) => {
  let server: PostgresServer;
  let companion: Companion;
  let role: TestRole;
  let id: string;
  let made: BackupView;

  beforeAll(async () => {
    server = await startPostgres({ major });
    process.env.PATH = `${toolsFolder(...tools)}:/usr/bin:/bin`;
    companion = startCompanion();
    role = await ownedDatabase(server, 'films', vector);
    id = await addInstance(companion, server, role);
    await fillOlder(server, role, vector);
    await server.sql(
      `CREATE TABLE empty_one (id int PRIMARY KEY, "a ""b" text DEFAULT 'x''y');
       CREATE SCHEMA other; CREATE TABLE other.movies (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, twice int GENERATED ALWAYS AS (7) STORED);
       INSERT INTO other.movies DEFAULT VALUES`,
      role,
    );
    made = await backup(companion, id);
  });
  afterAll(async () => {
    await companion?.stop();
    await server?.stop('immediate');
    process.env.PATH = searchPath;
  });

  const restore = async (tables: string[]) => {
    const { ended, restored } = await companion.selectiveRestores.run({
      instanceId: id,
      from: { kind: 'backup', id: made.id },
      tables,
    });
    return { view: await ended, restored: await restored };
  };
  const sum = async (table: string) =>
    (
      await server.sql(
        `SELECT count(*) || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') AS sum FROM ${table} t`,
        role,
      )
    )[0]?.sum;

  test('tells what is inside', async () => {
    const inside = await companion.selectiveRestores.inspect({ kind: 'backup', id: made.id }, undefined, never);
    expect(inside.tables).toContainEqual({ schema: 'public', name: 'movies', rows: 40, restorable: true });
    expect(inside.tables).toContainEqual({ ...odd, rows: 2, restorable: true });
    expect(inside.ledger).toHaveLength(65);
  });

  test('restores tables beside those of now, whatever they are called, and touches nothing', async () => {
    const was = await sum('public.movies');
    const wasOdd = await sum('"odd ""schema"", with. dots"."wéird "" table; --"');
    await server.sql(
      `DELETE FROM movies WHERE provider_id IN ('tt3', 'tt4'); UPDATE movies SET title = 'changed' WHERE provider_id = 'tt5'`,
      role,
    );
    const before = await fingerprint(server, role.database);
    const { view, restored } = await restore([
      'public.movies',
      odd.name,
      'other.movies',
      'empty_one',
      'embeddings_384',
    ]);
    expect(view.state, await explain(companion, view)).toBe('succeeded');
    if (restored === undefined) throw new Error('nothing was told');
    expect(restored.schema).toMatch(/^restored_\d{8}_\d{6}$/);
    expect(restored.tables.map(({ as, rows, expected }) => [as, rows, expected])).toEqual([
      ['movies', 40, 40],
      [odd.name, 2, 2],
      ['other.movies', 1, 1],
      ['empty_one', 0, 0],
      ['embeddings_384', 40, 40],
    ]);
    expect(await sum(`${restored.schema}.movies`)).toBe(was);
    expect(await sum(`${restored.schema}."wéird "" table; --"`)).toBe(wasOdd);
    // What the advice says is runnable, and brings back what was deleted.
    expect(await server.sql(`SELECT count(*)::int AS n FROM movies WHERE provider_id IN ('tt3', 'tt4')`, role)).toEqual(
      [{ n: 0 }],
    );
    const [drop = '', ...rest] = restored.sql.split('\n\n').reverse();
    expect(drop).toContain('DROP SCHEMA');
    await server.sql(rest.reverse().join('\n\n'), role);
    expect(await server.sql(`SELECT count(*)::int AS n FROM movies WHERE provider_id IN ('tt3', 'tt4')`, role)).toEqual(
      [{ n: 2 }],
    );
    expect(await server.sql(`SELECT title FROM movies WHERE provider_id = 'tt5'`, role)).toEqual([
      { title: 'changed' },
    ]);
    await server.sql(`DELETE FROM movies WHERE provider_id IN ('tt3', 'tt4')`, role);
    await server.sql(drop, role);
    expect(await fingerprint(server, role.database)).toEqual(before);
  });

  test('what cannot be restored by itself, or is not there, is told and leaves nothing', async () => {
    const before = await fingerprint(server, role.database);
    expect((await restore(['no_such_table'])).view.problem?.code).toBe('restore-table-missing');
    expect((await restore(['movies'])).view.problem?.code).toBe('restore-table-missing');
    // Its type is gone.
    await server.sql('ALTER TYPE user_role RENAME TO another_role', role);
    const failed = (await restore(['genres', 'users'])).view;
    expect(failed.problem?.code, await explain(companion, failed)).toBe('restore-in-place-failed');
    expect(failed.problem?.values.message).toContain('user_role');
    await server.sql('ALTER TYPE another_role RENAME TO user_role', role);
    expect(await fingerprint(server, role.database)).toEqual(before);
  });
});
