import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupView } from '../../../contract/backup.ts';
import type { Companion } from '../../../main/compose.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createOwnedDatabase, type TestRole } from '../../support/postgresRoles.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { addInstance, backup, explain, never, startCompanion, toolsFolder } from '../backups/harness.ts';
import { databaseNames, fillFilms, finished, restored, titles } from './harness.ts';

const inherited = process.env.PATH;

describe.each([15, 17, 18] as const)('PostgreSQL %s: restores side by side', (major) => {
  const vectors = major !== 15;
  let server: PostgresServer;
  let owner: TestRole;
  let companion: Companion;
  let instanceId: string;
  let made: BackupView;
  let before: string;

  beforeAll(async () => {
    process.env.PATH = `${toolsFolder(major)}${path.delimiter}${inherited}`;
    server = await startPostgres({ major });
    owner = await createOwnedDatabase(server, 'aperture');
    await server.sql(`ALTER ROLE "${owner.user}" CREATEDB`);
    // As an administrator does where pgvector is not trusted.
    if (vectors) await server.sql('CREATE EXTENSION vector', { database: 'template1' });
    await fillFilms(server, owner, vectors);
    companion = startCompanion();
    instanceId = await addInstance(companion, server, owner);
    made = await backup(companion, instanceId);
    before = await titles(server, 'aperture');
    await server.sql(
      `DELETE FROM movies WHERE id > 200 AND id NOT IN (SELECT ${vectors ? 'movie_id FROM embeddings_8' : '0'}); UPDATE movies SET title = 'lost' WHERE id < 10; CREATE TABLE later (id int)`,
      owner,
    );
  }, 120_000);
  afterAll(async () => {
    await companion?.stop();
    await server?.stop('immediate');
    process.env.PATH = inherited;
  });

  it('says in numbers what would happen, and touches nothing', async () => {
    const plan = await companion.restores.plan({ instanceId }, never);
    expect(plan).toMatchObject({
      possible: true,
      backup: { users: 7, migrations: 2, embeddings: vectors ? 300 : 0 },
      nowExact: true,
      source: { backupId: made.id },
    });
    expect(plan.changes).toContainEqual({ schema: 'public', name: 'later', now: 0 });
    expect(plan.verdicts.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(await databaseNames(server)).toEqual(['aperture']);
  });

  it('restores beside, proves it, exchanges, and goes back', async () => {
    const now = await titles(server, 'aperture');
    const report = await restored(companion, { instanceId, backupId: made.id });
    expect(report.proof).toMatchObject({ differences: [], ledgerEqual: true, numbers: { users: 7, migrations: 2 } });
    expect(report.proof.compared).toBe(made.manifest?.tables.length);
    expect(report.proof.indexes.count).toBe(report.proof.indexes.expected);
    if (vectors) expect(report.proof.neighbours).toMatchObject({ found: 5, table: 'embeddings_8' });
    expect(await titles(server, 'aperture')).toBe(before);
    const { databases } = await companion.restores.state(instanceId, never);
    expect(databases).toMatchObject([{ name: report.kept?.name, standing: 'kept' }]);
    expect(await titles(server, databases[0]?.name ?? '')).toBe(now);
    // What was restored belongs to the role, and is analysed.
    const [facts] = await server.sql(
      `SELECT (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'movies') AS owner,
         (SELECT reltuples::int FROM pg_class WHERE relname = 'movies') AS rows`,
      { database: 'aperture' },
    );
    expect(facts).toMatchObject({ owner: owner.user, rows: 300 });

    await finished(companion, companion.restores.undo(instanceId));
    expect(await titles(server, 'aperture')).toBe(now);
    const back = await companion.restores.state(instanceId, never);
    expect(back.databases).toMatchObject([{ standing: 'ready' }]);
    await finished(companion, companion.restores.resume(instanceId));
    expect(await titles(server, 'aperture')).toBe(before);
    const kept = await companion.restores.state(instanceId, never);
    await finished(companion, companion.restores.remove(instanceId, kept.databases[0]?.name ?? ''));
    expect(await databaseNames(server)).toEqual(['aperture']);
  });

  it('refuses a damaged backup before anything is touched', async () => {
    const folder = supportFolder('damaged');
    const whole = readFileSync(made.where.path);
    const beside = made.where.path.replace(/\.dump$/, '.json');
    const cases: [string, (file: string) => void][] = [
      ['truncated', (file) => truncateSync(file, whole.length - 100)],
      [
        'flipped',
        (file) => {
          const bytes = Buffer.from(whole);
          bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 4;
          writeFileSync(file, bytes);
        },
      ],
      ['empty', (file) => truncateSync(file, 0)],
    ];
    for (const [name, damage] of cases) {
      for (const manifest of [true, false]) {
        const file = path.join(folder, `aperture_${name}_${manifest}.dump`);
        copyFileSync(made.where.path, file);
        if (manifest) copyFileSync(beside, file.replace(/\.dump$/, '.json'));
        // Without a manifest only the archive itself can tell, and not of every bit.
        if (name === 'flipped' && !manifest) continue;
        damage(file);
        const view = await (await companion.restores.run({ instanceId, file })).ended;
        expect(view.problem?.code, `${name} ${await explain(companion, view)}`).toBe('backup-damaged');
        await expect(companion.restores.plan({ instanceId, file }, never)).rejects.toMatchObject({
          problem: { code: 'backup-damaged' },
        });
      }
    }
    expect(await databaseNames(server)).toEqual(['aperture']);
  });

  it('says what the role may not do, with what to do about it', async () => {
    await server.sql(`ALTER ROLE "${owner.user}" NOCREATEDB`);
    try {
      const plan = await companion.restores.plan({ instanceId }, never);
      expect(plan.possible).toBe(false);
      const rights = plan.verdicts.find(({ id }) => id === 'rights');
      expect(rights).toMatchObject({
        status: 'fail',
        fixes: [{ snippet: expect.stringContaining('CREATEDB') as string }],
      });
      const view = await (await companion.restores.run({ instanceId })).ended;
      expect(view.problem?.code).toBe('restore-refused');
    } finally {
      await server.sql(`ALTER ROLE "${owner.user}" CREATEDB`);
    }
    expect(await databaseNames(server)).toEqual(['aperture']);
  });
});
