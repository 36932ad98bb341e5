import { execFile, spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readTextIfPresent, writeAtomically } from '../../main/adapters/files.ts';
import { type DocumentDefinition, openDocument, parseDocument } from '../../main/services/documents.ts';
import { randomFrom, seedOf } from '../support/seed.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const writer = fileURLToPath(new URL('../support/documentWriter.ts', import.meta.url));
const definition: DocumentDefinition<Record<string, number>> = {
  name: 'counters',
  version: 1,
  schema: z.record(z.string(), z.number()),
  empty: () => ({}),
};
const run = promisify(execFile);

describe('a document and several processes', () => {
  it('loses no update of either', async () => {
    const folder = await temporaryFolder();
    await Promise.all(['shared', 'shared', 'mine'].map((key) => run(process.execPath, [writer, folder, key, '60'])));
    expect((await openDocument(definition, { folder }).read()).value).toEqual({ shared: 120, mine: 60 });
    expect((await readdir(folder)).sort()).toEqual(['counters.json', 'counters.previous.json']);
  });

  it('is whole after kill -9 at any moment: what was acknowledged, or what was being written', async () => {
    const folder = await temporaryFolder();
    const seed = seedOf();
    const random = randomFrom(seed);
    let acknowledged = 0;
    let inFlightSurvived = 0;
    for (let round = 0; round < 100; round += 1) {
      const child = spawn(process.execPath, [writer, folder, 'n', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = new Promise((resolve) => child.once('exit', resolve));
      const lines = createInterface({ input: child.stdout });
      const read = new Promise((resolve) => lines.once('close', resolve));
      const first = new Promise((resolve) => lines.once('line', resolve));
      lines.on('line', (line) => {
        acknowledged = Number(line);
      });
      await first;
      await delay(random() * 12);
      child.kill('SIGKILL');
      await Promise.all([exited, read]);

      const context = `seed ${seed}, round ${round}`;
      const content = parseDocument(definition, await readFile(path.join(folder, 'counters.json'), 'utf8'));
      expect(content, context).toMatchObject({ kind: 'good' });
      const found = content.kind === 'good' ? (content.value.n ?? 0) : Number.NaN;
      expect([acknowledged, acknowledged + 1], context).toContain(found);
      if (found > acknowledged) inFlightSurvived += 1;
      const before = await readTextIfPresent(path.join(folder, 'counters.previous.json'));
      const previous = parseDocument(definition, before);
      if (previous.kind === 'good') expect([found - 1, found], context).toContain(previous.value.n);
      // There is none before the second version is written.
      else expect([previous.kind, found], context).toEqual(['missing', 1]);
      acknowledged = found;
    }
    console.log(
      `kill -9: seed ${seed}, 100 rounds, ${acknowledged} updates, ${inFlightSurvived} found written but not yet acknowledged`,
    );
    // The next process takes over the lock of the dead one and clears what it left.
    await openDocument(definition, { folder }).update((current) => ({ ...current, end: 1 }));
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  }, 300_000);

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'says that the disk is full and keeps the old state',
    async ({ onTestFinished }) => {
      const folder = await temporaryFolder();
      await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
      onTestFinished(async () => {
        await run('umount', [folder]);
      });
      const document = openDocument(definition, { folder });
      await document.update(() => ({ before: 1 }));
      await writeFile(path.join(folder, 'ballast'), Buffer.alloc(40 * 1024));
      const big = Object.fromEntries(Array.from({ length: 2_000 }, (_, number) => [`key ${number}`, number]));
      await expect(document.update(() => big)).rejects.toMatchObject({ problem: { code: 'disk-full' } });
      expect((await document.read()).value).toEqual({ before: 1 });
      // One write call may be cut short without an error when some room is left.
      await expect(writeAtomically(path.join(folder, 'ballast'), Buffer.alloc(60 * 1024))).rejects.toMatchObject({
        problem: { code: 'disk-full' },
      });
      expect((await readFile(path.join(folder, 'ballast'))).length).toBe(40 * 1024);
      expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
    },
  );
});
