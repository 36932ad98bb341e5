import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Companion } from '../../../main/compose.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createOwnedDatabase, type TestRole } from '../../support/postgresRoles.ts';
import { randomFrom, seedOf } from '../../support/seed.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { addInstance, backup, never, startCompanion, toolsFolder } from '../backups/harness.ts';
import { databaseNames, fillFilms, finished, titles } from './harness.ts';

/** Killed at random moments; many more by hand. */
const rounds = Number(process.env.FAULT_ROUNDS ?? 4);
const runner = fileURLToPath(new URL('../../support/restoreRunner.ts', import.meta.url));
const inherited = process.env.PATH;
const actions = ['run', 'run', 'undo', 'resume', 'drill'] as const;

describe('a restore whose app is killed', () => {
  const folder = supportFolder('companion');
  let server: PostgresServer;
  let owner: TestRole;
  let companion: Companion;
  let instanceId: string;
  let restored: string;

  beforeAll(async () => {
    process.env.PATH = `${toolsFolder(17)}${path.delimiter}${inherited}`;
    server = await startPostgres({ major: 17 });
    owner = await createOwnedDatabase(server, 'aperture');
    await server.sql(`ALTER ROLE "${owner.user}" CREATEDB`);
    await server.sql('CREATE EXTENSION vector', { database: 'template1' });
    await fillFilms(server, owner, true, 2000);
    companion = startCompanion(folder);
    instanceId = await addInstance(companion, server, owner);
    await backup(companion, instanceId);
    restored = await titles(server, 'aperture');
  }, 120_000);
  afterAll(async () => {
    await companion?.stop();
    await server?.stop('immediate');
    process.env.PATH = inherited;
  });

  /** Of every database that has films: which. */
  const contents = async (): Promise<Map<string, string>> => {
    const found = new Map<string, string>();
    for (const name of await databaseNames(server)) {
      found.set(name, await titles(server, name).catch(() => 'unfinished'));
    }
    return found;
  };
  const standings = async () => (await companion.restores.state(instanceId, never)).databases;
  /** Runs an action in a process of its own until it ends, or is killed after so many milliseconds. */
  const act = async (action: string, killAfter: number): Promise<string> => {
    const child = spawn(process.execPath, [runner, folder, instanceId, owner.password, action], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let last = '';
    let begun: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      last = line;
      if (line === 'running') begun();
    });
    await Promise.race([running, exited]);
    const timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
    await exited;
    clearTimeout(timer);
    return last;
  };
  /** Until the server has noticed that a client is gone, and the tool that lost its app has ended by itself. */
  const settle = async () => {
    for (let look = 0; look < 600; look += 1) {
      const [row] = await server.sql(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = $1 AND application_name <> 'Aperture Companion'`,
        { values: [owner.user] },
      );
      if (row?.n === 0) return;
      await delay(50);
    }
  };

  it(`never loses the data, and says what is left to do (${rounds} rounds)`, async () => {
    const seed = seedOf();
    const next = randomFrom(seed);
    let whole = 0;
    let longest = 2_000;
    const started = performance.now();
    await act('run', 600_000);
    longest = performance.now() - started;
    for (let round = 0; round < rounds; round += 1) {
      const where = `seed ${seed}, round ${round}`;
      // What nobody may lose: in no backup, only in the database in use.
      await server.sql('INSERT INTO movies (title) VALUES ($1)', { ...owner, values: [`only here ${round}`] });
      const precious = await titles(server, 'aperture');
      const action = actions[Math.floor(next() * actions.length)] ?? 'run';
      const last = await act(action, next() * longest * (action === 'run' || action === 'drill' ? 1 : 0.3));
      if (last.startsWith('succeeded')) whole += 1;
      const after = await contents();
      expect(after.has('aperture'), where).toBe(true);
      expect([...after.values()], `${where}, ${action}`).toContain(precious);
      // Whatever is in use is whole: the one from before, or one that a restore has proven.
      const standing = await standings();
      expect(after.get('aperture'), where).not.toBe('unfinished');
      for (const side of standing) {
        expect(side.standing, `${where}, ${action}: ${side.name}`).not.toBe('running');
        if (side.standing === 'ready') expect(after.get(side.name), where).not.toBe('unfinished');
      }
      // Everything beside the one in use is known.
      const known = new Set(['aperture', ...standing.map(({ name }) => name)]);
      // The server may still be removing one for a process that is gone.
      const still = new Set(await databaseNames(server));
      expect(
        [...after.keys()].filter((name) => !known.has(name) && still.has(name)),
        where,
      ).toEqual([]);
      await settle();
      await finished(companion, companion.restores.clean(instanceId));
      const cleaned = await standings();
      expect(
        cleaned.map((side) => side.standing).filter((one) => one === 'unfinished'),
        where,
      ).toEqual([]);
      if (cleaned.some((side) => side.standing === 'ready') && next() < 0.5) {
        const [ready] = cleaned
          .filter((side) => side.standing === 'ready')
          .sort((a, b) => b.since.localeCompare(a.since));
        const wanted = after.get(ready?.name ?? '');
        await finished(companion, companion.restores.resume(instanceId));
        expect(await titles(server, 'aperture'), where).toBe(wanted);
      }
      // Two beside are enough to go on with.
      for (const side of (await standings()).slice(0, -2)) {
        await finished(companion, companion.restores.remove(instanceId, side.name));
      }
    }
    expect([restored.length > 0, whole < rounds]).toEqual([true, true]);
  }, 3_600_000);
});
