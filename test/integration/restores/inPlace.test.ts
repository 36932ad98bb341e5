import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupView } from '../../../contract/backup.ts';
import type { Companion } from '../../../main/compose.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import type { TestRole } from '../../support/postgresRoles.ts';
import { addInstance, backup, never, startCompanion, toolsFolder } from '../backups/harness.ts';
import { expectSucceeded, fillOlder, fingerprint, migrateOn, ownedDatabase, restoreInPlace } from './inPlaceHarness.ts';

const searchPath = process.env.PATH;

describe.each([
  { major: 15, tools: [15, 18], vector: false },
  { major: 17, tools: [17], vector: true },
  { major: 18, tools: [18], vector: true },
] as const)('PostgreSQL $major', ({ major, tools, vector }) => {
  let server: PostgresServer;
  let companion: Companion;
  let role: TestRole;
  let id: string;
  let older: BackupView;
  let before: Record<string, string>;

  beforeAll(async () => {
    server = await startPostgres({ major });
    process.env.PATH = `${toolsFolder(...tools)}:/usr/bin:/bin`;
    companion = startCompanion();
    role = await ownedDatabase(server, 'films', vector);
    id = await addInstance(companion, server, role);
    await fillOlder(server, role, vector);
    before = await fingerprint(server, role.database);
    older = await backup(companion, id);
  });
  afterAll(async () => {
    await companion?.stop();
    await server?.stop('immediate');
    process.env.PATH = searchPath;
  });

  test('an older backup replaces all of a newer schema, and the server’s migrations run from there', async () => {
    await migrateOn(server, role, vector);
    await server.sql(
      `CREATE SCHEMA later; CREATE TABLE later.unknown_to_it (id int); INSERT INTO later.unknown_to_it VALUES (1);
       UPDATE movies SET title = 'changed'; DELETE FROM watch_history; REFRESH MATERIALIZED VIEW popular_movies;`,
      role,
    );
    const newer = await fingerprint(server, role.database);
    const plan = await companion.inPlaceRestores.plan(
      { instanceId: id, from: { kind: 'backup', id: older.id } },
      never,
    );
    expect(plan.blocked).toEqual([]);
    expect(plan.unknownTables).toContain('later.unknown_to_it');
    expect(plan.unknownTables).toContain('public.movie_facts');
    expect(plan.changes).toContainEqual({ schema: 'public', name: 'watch_history', backup: 40, now: 0 });
    expect(plan.now.migrations).toBeGreaterThan(plan.backup.migrations ?? 0);
    expect(await fingerprint(server, role.database)).toEqual(newer);

    await expectSucceeded(companion, await restoreInPlace(companion, id, older.id));
    expect(await fingerprint(server, role.database)).toEqual(before);
    const report = companion.inPlaceRestores.latest(id);
    expect(report).toMatchObject({
      compared: older.manifest?.tables.length,
      numbers: { users: 20, rows: plan.backup.rows },
    });
    expect(await server.sql("SELECT nspname FROM pg_namespace WHERE nspname = 'later'", role)).toEqual([]);

    // The way back: what was there before was backed up.
    const safety = report?.safetyBackup?.id ?? '';
    await migrateOn(server, role, vector);
    await expectSucceeded(companion, await restoreInPlace(companion, id, safety, { withoutSafetyBackup: true }));
    expect(await fingerprint(server, role.database)).toEqual(newer);
    expect(companion.inPlaceRestores.latest(id)?.safetyBackup).toBeUndefined();
  });
});
