import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOperations } from '../../main/services/operations/operations.ts';
import { randomFrom, seedOf } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const runner = fileURLToPath(new URL('../support/operationRunner.ts', import.meta.url));
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const openIn = (folder: string) =>
  createOperations({
    folder: path.join(folder, 'operations'),
    emit: () => undefined,
    redact: (line) => line,
    log: silent,
    startedBy: 'window',
  });

function start(folder: string, instanceId: string, steps: number, milliseconds: number) {
  const child = spawn(process.execPath, [runner, folder, instanceId, String(steps), String(milliseconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return { child, exited, line: async () => (await lines.next()).value as string | undefined };
}

describe('operations of several processes', () => {
  it('after kill -9 at any moment the journal says interrupted, and succeeded only for what was done', async () => {
    const folder = await temporaryFolder();
    const seed = seedOf();
    const random = randomFrom(seed);
    const states: Record<string, number> = {};
    for (let round = 0; round < 50; round += 1) {
      const { child, exited, line } = start(folder, 'home', 6, 5);
      const id = await line();
      await delay(random() * 60);
      child.kill('SIGKILL');
      await exited;
      const context = `seed ${seed}, round ${round}`;
      const operations = openIn(folder);
      const view = (await operations.list({ limit: 1 }))[0];
      expect(view?.id, context).toBe(id);
      const state = view?.state ?? 'missing';
      states[state] = (states[state] ?? 0) + 1;
      const done = existsSync(path.join(folder, `${id}.done`));
      expect(done ? ['succeeded', 'interrupted'] : ['interrupted'], context).toContain(state);
      const found = await operations.recover();
      expect(
        found.map((one) => one.id),
        context,
      ).toEqual(state === 'interrupted' ? [id] : []);
      expect((await openIn(folder).list({ limit: 1 }))[0], context).toMatchObject({ id, state });
      expect(await openIn(folder).recover(), context).toEqual([]);
      // The dead process holds nothing any more.
      const { ended } = await operations.run('fix', { instanceId: 'home', name: 'Home' }, [], async () => undefined, {
        exclusive: true,
      });
      expect((await ended).state, context).toBe('succeeded');
    }
    console.log(`kill -9: seed ${seed}, 50 rounds:`, states);
    expect(states.interrupted).toBeGreaterThan(10);
  }, 300_000);

  it('cannot hurt each other on one instance, are seen as running there, and can be cancelled from here', async () => {
    const folder = await temporaryFolder();
    const other = start(folder, 'home', 1, 60_000);
    const id = await other.line();
    const operations = openIn(folder);
    expect(await operations.recover()).toEqual([]);
    expect((await operations.list({ instanceId: 'home', limit: 5 }))[0]).toMatchObject({
      id,
      state: 'running',
      startedBy: 'command-line',
      overall: 0.5,
    });
    const run = (instanceId: string) =>
      operations.run('fix', { instanceId, name: 'Home' }, [], async () => undefined, { exclusive: true });
    await expect(run('home')).rejects.toMatchObject({
      problem: { code: 'operation-busy', values: { kind: 'fix', name: 'Home', startedBy: 'command-line', id } },
    });
    expect((await (await run('away')).ended).state).toBe('succeeded');

    await operations.cancel(id ?? '');
    expect(await other.line()).toBe('cancelled');
    await other.exited;
    expect((await operations.list({ instanceId: 'home', limit: 5 }))[0]).toMatchObject({ id, state: 'cancelled' });
    expect((await (await run('home')).ended).state).toBe('succeeded');
    expect((await readdir(path.join(folder, 'operations'))).filter((name) => name.endsWith('.cancel'))).toEqual([]);
  });

  it('lets exactly one of many take over the lock of a dead process', async () => {
    const folder = await temporaryFolder();
    for (let round = 0; round < 5; round += 1) {
      const dead = start(folder, 'home', 1, 60_000);
      await dead.line();
      dead.child.kill('SIGKILL');
      await dead.exited;
      const contenders = Array.from({ length: 4 }, () => start(folder, 'home', 1, 1_500));
      const answers = await Promise.all(contenders.map(({ line }) => line()));
      expect(answers.filter((answer) => answer !== 'operation-busy')).toHaveLength(1);
      for (const { child, exited } of contenders) {
        child.kill('SIGKILL');
        await exited;
      }
    }
  });
});
