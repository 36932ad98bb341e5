import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Instance } from '../../contract/instance.ts';
import { forkPractice, type PracticeChild } from '../../main/adapters/embeddedPostgres.ts';
import { createOperations } from '../../main/services/operations/operations.ts';
import { createPractice, type Practice, type PracticeAddress } from '../../main/services/practice.ts';
import { randomFrom, seedOf } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const module = path.join(import.meta.dirname, '..', '..', 'main', 'practice', 'process.ts');
const ownerModule = fileURLToPath(new URL('../support/practiceOwner.ts', import.meta.url));
const never = new AbortController().signal;
const run = promisify(execFile);

const instance: Instance = {
  id: 'practice-1',
  name: 'Practice',
  kind: 'practice',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  route: { kind: 'direct' },
};

/** The app's part, with the children that it starts, and what it logs. */
function open(folder: string): { practice: Practice; children: PracticeChild[]; warnings: string[] } {
  const children: PracticeChild[] = [];
  const warnings: string[] = [];
  const log = { info: () => undefined, warn: (line: string) => void warnings.push(line), error: () => undefined };
  const fork = forkPractice(module);
  const practice = createPractice({
    folder,
    spawn: (args) => {
      const child = fork(args);
      children.push(child);
      return child;
    },
    operations: createOperations({
      folder: path.join(folder, 'operations'),
      emit: () => undefined,
      redact: (text) => text,
      log,
      startedBy: 'window',
    }),
    log,
  });
  onTestFinished(() => practice.stopAll());
  return { practice, children, warnings };
}

async function query(address: PracticeAddress, ...statements: string[]): Promise<pg.QueryResult> {
  const client = new pg.Client(address);
  await client.connect();
  try {
    let result = await client.query('select 1');
    for (const statement of statements) result = await client.query(statement);
    return result;
  } finally {
    await client.end();
  }
}

describe('the practice database', () => {
  it('has what Aperture needs, serves several connections, and keeps its data when it is stopped and when it is killed', async () => {
    const folder = await temporaryFolder();
    const first = open(folder);
    const steps: number[] = [];
    const address = await first.practice.ensureStarted(instance.id, never, (step) => steps.push(step));
    expect(steps).toEqual([0, 1]);
    await query(address, 'create extension vector', 'create extension pgcrypto', 'create extension pg_trgm');
    const { rows } = await query(address, "select extname from pg_extension where extname <> 'plpgsql' order by 1");
    expect(rows.map((row) => row.extname)).toEqual(['pg_trgm', 'pgcrypto', 'vector']);
    expect((await query(address, "select '[1,2]'::halfvec(2) <=> '[1,2]'::halfvec(2) as distance")).rows).toEqual([
      { distance: 0 },
    ]);

    // Different statements at the same time: they must not get each other's rows, in and out of transactions.
    const clients = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const client = new pg.Client(address);
        await client.connect();
        return client;
      }),
    );
    await clients[0]?.query('create table t (client int, n int)');
    await Promise.all(
      clients.map(async (client, c) => {
        for (let n = 0; n < 20; n += 1) {
          const result = await client.query(`select $1::int + ${c} as sum_${c}, $2::text as text_${c}`, [
            n,
            `client ${c}`,
          ]);
          expect(result.rows).toEqual([{ [`sum_${c}`]: n + c, [`text_${c}`]: `client ${c}` }]);
          await client.query('begin');
          await client.query('insert into t values ($1, $2)', [c, n]);
          await delay(1);
          await client.query(n % 2 === 0 ? 'commit' : 'rollback');
        }
      }),
    );
    await Promise.all(clients.map((client) => client.end()));
    const counted = 'select client, count(*)::int as kept from t group by 1 order by 1';
    const expected = Array.from({ length: 6 }, (_, client) => ({ client, kept: 10 }));
    expect((await query(address, counted)).rows).toEqual(expected);

    // libpq asks for TLS first and takes "no" for an answer.
    const { stdout } = await run('psql', [
      '-h',
      address.host,
      '-p',
      String(address.port),
      '-U',
      'postgres',
      '-Atc',
      'select count(*) from t',
    ]);
    expect(stdout.trim()).toBe('60');

    // Killed: it comes back by itself on the same port, with everything that was committed.
    const [child] = first.children;
    child?.kill();
    await expect.poll(() => first.children.length, { timeout: 20_000 }).toBe(2);
    expect(first.warnings).toEqual(['The practice database ended by itself']);
    expect(await first.practice.ensureStarted(instance.id, never)).toEqual(address);
    expect((await query(address, counted)).rows).toEqual(expected);

    // Stopped and started by another run of the app.
    await first.practice.stopAll();
    expect(existsSync(path.join(folder, instance.id, 'port.json'))).toBe(false);
    expect(existsSync(path.join(folder, instance.id, 'lock'))).toBe(false);
    const second = open(folder);
    const again = await second.practice.ensureStarted(instance.id, never);
    expect((await query(again, counted)).rows).toEqual(expected);

    await second.practice.remove(instance);
    expect(existsSync(path.join(folder, instance.id))).toBe(false);
  }, 120_000);

  it('is opened by one process only: the other one uses it there, and takes over when that is killed', async () => {
    const folder = await temporaryFolder();
    const window = open(folder);
    const commandLine = spawn(process.execPath, [ownerModule, folder, instance.id], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void commandLine.kill('SIGKILL'));
    // Both at once.
    const [[line], address] = await Promise.all([
      once(createInterface({ input: commandLine.stdout }), 'line'),
      window.practice.ensureStarted(instance.id, never),
    ]);
    expect(Number(line)).toBe(address.port);
    await query(address, 'create table shared (n int)', 'insert into shared values (1)');
    const portFile = JSON.parse(await readFile(path.join(folder, instance.id, 'port.json'), 'utf8'));

    const mine = window.children.some((child) => child.pid === portFile.pid);
    if (mine) {
      // The window's own process serves both; the other owner's end changes nothing.
      commandLine.kill('SIGKILL');
      await once(commandLine, 'exit');
      expect((await query(address, 'select n from shared')).rows).toEqual([{ n: 1 }]);
    } else {
      commandLine.kill('SIGKILL');
      await once(commandLine, 'exit');
      // Its practice process notices that its owner is gone, writes everything and ends.
      await expect.poll(() => existsSync(path.join(folder, instance.id, 'port.json')), { timeout: 15_000 }).toBe(false);
      const taken = await window.practice.ensureStarted(instance.id, never);
      expect((await query(taken, 'select n from shared')).rows).toEqual([{ n: 1 }]);
    }
  }, 120_000);

  it('survives being killed while it is made, and says why when its data is damaged', async () => {
    const folder = await temporaryFolder();
    const { practice, children } = open(folder);
    const home = path.join(folder, instance.id);
    const pending = practice.ensureStarted(instance.id, never).catch((error: unknown) => error);
    await expect
      .poll(() => existsSync(path.join(home, 'data', 'PG_VERSION')), { timeout: 60_000, interval: 20 })
      .toBe(true);
    children[0]?.kill();
    expect(await pending).toMatchObject({ problem: { code: 'practice-failed' } });
    expect(existsSync(path.join(home, 'initialised'))).toBe(false);
    const address = await practice.ensureStarted(instance.id, never);
    expect((await query(address, 'select 1 as one')).rows).toEqual([{ one: 1 }]);
    await practice.stopAll();

    await rm(path.join(home, 'data', 'global'), { recursive: true });
    await mkdir(path.join(home, 'data', 'global'));
    await writeFile(path.join(home, 'data', 'global', 'pg_control'), 'damaged');
    const broken = await open(folder)
      .practice.ensureStarted(instance.id, never)
      .catch((error: unknown) => error);
    expect(broken).toMatchObject({
      problem: { code: 'practice-failed', detail: expect.stringContaining(path.join(home, 'data')) },
    });
    console.log('damaged data:', (broken as Error).message);
    // Its data is still there for whoever wants to look.
    expect(await readdir(path.join(home, 'data'))).toContain('base');
  }, 120_000);

  it('is not taken for dead while it computes, and keeps what it acknowledged when it is killed in the middle', async () => {
    const folder = await temporaryFolder();
    const { practice, children } = open(folder);
    const address = await practice.ensureStarted(instance.id, never);
    const long = query(address, 'select count(*) from generate_series(1, 10000000)');
    await delay(300);
    const started = performance.now();
    await expect(practice.ensureStarted(instance.id, AbortSignal.timeout(100))).rejects.toMatchObject({
      problem: { code: 'cancelled' },
    });
    expect(await practice.ensureStarted(instance.id, never)).toEqual(address);
    console.log(`waited ${Math.round(performance.now() - started)} ms for a busy database`);
    expect((await long).rows).toEqual([{ count: '10000000' }]);
    expect(children).toHaveLength(1);

    await query(address, 'create table acknowledged (n int primary key)');
    const seed = seedOf();
    const random = randomFrom(seed);
    let acknowledged = 0;
    for (let round = 0; round < 5; round += 1) {
      // More than three deaths a minute: then it starts again only when it is asked for.
      const current = await practice.ensureStarted(instance.id, never);
      const client = new pg.Client(current);
      client.on('error', () => undefined);
      await client.connect();
      setTimeout(() => children.at(-1)?.kill(), 50 + random() * 400);
      try {
        for (let n = acknowledged + 1; ; n += 1) {
          await client.query('insert into acknowledged values ($1)', [n]);
          acknowledged = n;
        }
      } catch {
        // It was killed.
      }
      const again = await practice.ensureStarted(instance.id, never);
      const { rows } = await query(again, 'select count(*)::int as count, max(n) as last from acknowledged');
      const context = `seed ${seed}, round ${round}`;
      expect([acknowledged, acknowledged + 1], context).toContain(rows[0].last);
      expect(rows[0].count, context).toBe(rows[0].last);
      acknowledged = rows[0].last;
    }
    console.log(`kill -9 in the middle of writing: seed ${seed}, 5 rounds, ${acknowledged} rows kept`);
  }, 120_000);

  it('can be cancelled while it starts, and runs as an operation with steps', async () => {
    const folder = await temporaryFolder();
    const { practice } = open(folder);
    const controller = new AbortController();
    const pending = practice.ensureStarted(instance.id, controller.signal);
    setTimeout(() => controller.abort(), 50);
    await expect(pending).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    const { ended } = await practice.start(instance);
    expect(await ended).toMatchObject({
      kind: 'practice-start',
      state: 'succeeded',
      overall: 1,
      stepIndex: 1,
      outcome: { key: 'practice.outcome.started', values: { host: '127.0.0.1' } },
    });
  }, 120_000);
});
