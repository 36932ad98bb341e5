import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { BackupView } from '../../../contract/backup.ts';
import type { Companion } from '../../../main/compose.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import type { TestRole } from '../../support/postgresRoles.ts';
import { until } from '../../support/processes.ts';
import { randomFrom, seedOf } from '../../support/seed.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { addInstance, backup, explain, fill, startCompanion, toolsFolder } from '../backups/harness.ts';
import { expectSucceeded, fingerprint, ownedDatabase, restoreInPlace } from './inPlaceHarness.ts';

/** How often something is killed. */
const rounds = Number(process.env.FAULT_ROUNDS ?? 5);
const runner = path.join(import.meta.dirname, '..', '..', 'support', 'inPlaceRunner.ts');
const searchPath = process.env.PATH;

let server: PostgresServer;
let companion: Companion;
let data: string;
let role: TestRole;
let id: string;
let name: string;
let older: BackupView;
let restored: Record<string, string>;
let changed: Record<string, string>;

/** What happens to the database after the backup. */
const change = `CREATE SCHEMA later; CREATE TABLE later.unknown_to_it (id int PRIMARY KEY); INSERT INTO later.unknown_to_it SELECT generate_series(1, 100);
  UPDATE movies SET title = 'changed' WHERE id % 2 = 0; DROP TABLE nothing_inside; ALTER TABLE parted ADD COLUMN more int;
  CREATE FUNCTION newer() RETURNS int LANGUAGE sql AS 'SELECT 1'; INSERT INTO aperture_migrations (name, applied_at) VALUES ('0115_next.sql', '2026-01-01');`;

beforeAll(async () => {
  server = await startPostgres({ major: 17 });
  process.env.PATH = `${toolsFolder(17)}:/usr/bin:/bin`;
  data = supportFolder('companion');
  companion = startCompanion(data);
  role = await ownedDatabase(server, 'films');
  await fill(server, role.database, 20_000);
  await server.sql(
    `CREATE INDEX ON movies (title); CREATE INDEX ON movies USING gin (title gin_trgm_ops);
     DO $$ DECLARE one record; BEGIN
       FOR one IN SELECT oid::regclass AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text !~ '^pg_'
         AND relnamespace <> 'information_schema'::regnamespace LOOP
         EXECUTE format('ALTER TABLE %s OWNER TO films_owner', one.name);
       END LOOP;
     END $$;
     ALTER SCHEMA "Ünïcode ""schema""" OWNER TO films_owner`,
    { database: role.database },
  );
  id = await addInstance(companion, server, role);
  ({ name } = await companion.instances.get(id));
  restored = await fingerprint(server, role.database);
  older = await backup(companion, id);
  await server.sql(change, role);
  changed = await fingerprint(server, role.database);
});
afterAll(async () => {
  await companion?.stop();
  await server?.stop('immediate');
  process.env.PATH = searchPath;
});

/** No session of a tool is left on the server. */
async function expectNoSessions(context: string): Promise<void> {
  await until(
    async () =>
      (await server.sql("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'aperture-companion-restore%'"))
        .length === 0,
    30_000,
    () => `sessions are left: ${context}`,
  );
}

/** A program that this process started, or something that it started, whose command has these words. */
function processOf(words: string): number | undefined {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) =>
      match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), words: match[3] ?? '' }],
    );
  const mine = new Set([process.pid]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { pid, parent } of all) {
      if (mine.has(parent) && !mine.has(pid)) {
        mine.add(pid);
        grew = true;
      }
    }
  }
  return all.find(({ pid, words: found }) => pid !== process.pid && mine.has(pid) && found.includes(words))?.pid;
}

async function killApp(wait: number): Promise<string> {
  const child = spawn(process.execPath, [runner, data, id, name, role.password, older.id], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until(
    () => Promise.resolve(said.includes('step 3') || said.includes('ended') || child.exitCode !== null),
    60_000,
    () => said,
  );
  await Promise.race([delay(wait), exited]);
  // Only what was killed counts: one that could not even begin is a mistake of this test.
  if (child.exitCode !== null) expect(said).toContain('ended');
  child.kill('SIGKILL');
  await exited;
  return said.includes('ended succeeded') ? 'succeeded' : 'killed';
}

const faults = ['app', 'psql', 'pg_restore', 'server', 'cancel'] as const;

test('whatever is killed at whatever moment: all as before or all restored', async () => {
  const seed = seedOf();
  const random = randomFrom(seed);
  const outcomes: Record<string, number> = {};
  const began = performance.now();
  await expectSucceeded(companion, await restoreInPlace(companion, id, older.id, { withoutSafetyBackup: true }));
  const usual = performance.now() - began;
  expect(await fingerprint(server, role.database)).toEqual(restored);
  await server.sql(change, role);
  for (let round = 0; round < rounds; round += 1) {
    const fault = faults[round % faults.length] ?? 'app';
    const wait = random() * usual * 1.1;
    const context = `seed ${seed}, round ${round}, ${fault} after ${Math.round(wait)} ms of ${Math.round(usual)}`;
    let state: string;
    if (fault === 'app') state = await killApp(wait);
    else {
      const { operationId, ended } = await companion.inPlaceRestores.run({
        instanceId: id,
        from: { kind: 'backup', id: older.id },
        confirm: name,
        withoutSafetyBackup: true,
      });
      let over = false;
      void ended.then(() => {
        over = true;
      });
      if (fault === 'psql' || fault === 'pg_restore') {
        // They run for a part of the time only.
        const words = fault === 'psql' ? 'psql --no-psqlrc' : 'pg_restore --use-list';
        await until(
          () => Promise.resolve(over || processOf(words) !== undefined),
          60_000,
          () => context,
        );
        await delay(random() * usual * 0.7);
        const victim = processOf(words);
        if (victim !== undefined) process.kill(victim, 'SIGKILL');
      } else await delay(wait);
      if (fault === 'cancel') await companion.operations.cancel(operationId);
      if (fault === 'server') {
        await server.kill9();
        await server.start();
      }
      const view = await ended;
      state = view.state;
      expect(view.unexpected, `${context}\n${await explain(companion, view)}`).toBeUndefined();
    }
    await expectNoSessions(context);
    const now = await fingerprint(server, role.database);
    if (state === 'succeeded') expect(now, context).toEqual(restored);
    else if (state === 'killed') expect([restored, changed], context).toContainEqual(now);
    else expect(now, context).toEqual(changed);
    if (now.objects === restored.objects) await server.sql(change, role);
    const key = `${fault} ${state}${state === 'killed' ? (now.objects === restored.objects ? ', restored' : ', as before') : ''}`;
    outcomes[key] = (outcomes[key] ?? 0) + 1;
  }
  console.log(
    `restores in place and kill -9: seed ${seed}, ${rounds} rounds of about ${Math.round(usual)} ms:`,
    outcomes,
  );
  // Nothing that was killed keeps the next one from its end.
  await companion.operations.recover();
  await expectSucceeded(companion, await restoreInPlace(companion, id, older.id, { withoutSafetyBackup: true }));
  expect(await fingerprint(server, role.database)).toEqual(restored);
  await server.sql(change, role);
}, 3_600_000);

test('a backup that is cut off is found before anything is touched; SQL that stops in the middle changes nothing', async () => {
  const cut = path.join(supportFolder('cut'), 'aperture_cut.dump');
  copyFileSync(older.where.path, cut);
  truncateSync(cut, Math.floor(statSync(cut).size * 0.8));
  const run = async (file: string) => {
    const from = { kind: 'file' as const, path: file };
    const begun = await companion.inPlaceRestores.run({
      instanceId: id,
      from,
      confirm: name,
      withoutSafetyBackup: true,
    });
    return begun.ended;
  };
  const before = await fingerprint(server, role.database);
  expect((await run(cut)).problem?.code).toBe('backup-damaged');
  expect(await fingerprint(server, role.database)).toEqual(before);
});
