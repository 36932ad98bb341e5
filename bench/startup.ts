import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchApp } from '../test/support/electron.ts';
import { median, type Table } from './table.ts';

/**
 * Cold start to a usable first screen, and resident memory when idle, as ratios to an empty window on the same Electron:
 * both are started through the same driver and waited for in the same way (a visible heading), alternating.
 */
export async function run(rounds = 7): Promise<Table> {
  const empty = await emptyApp();
  try {
    const times: { ours: number[]; rival: number[] } = { ours: [], rival: [] };
    const memory: { ours: number[]; rival: number[] } = { ours: [], rival: [] };
    // The first start of each fills the disk cache and is not counted.
    for (let round = -1; round < rounds; round++) {
      for (const who of round % 2 === 0 ? (['ours', 'rival'] as const) : (['rival', 'ours'] as const)) {
        const idle = round >= 0 && round < 3;
        const measured = await once(who === 'ours' ? undefined : empty, idle);
        if (round < 0) continue;
        times[who].push(measured.milliseconds);
        if (measured.kibibytes !== undefined) memory[who].push(measured.kibibytes);
      }
    }
    const [start, startRival] = [median(times.ours), median(times.rival)];
    const [idle, idleRival] = [median(memory.ours), median(memory.rival)];
    return {
      rows: [
        {
          name: 'Cold start to a usable first screen',
          ours: `${start.toFixed(0)} ms`,
          rival: `${startRival.toFixed(0)} ms empty window`,
          ratio: start / startRival,
          goal: '≤ 1.3',
        },
        {
          name: 'Memory when idle (PSS of all processes)',
          ours: `${(idle / 1024).toFixed(0)} MiB`,
          rival: `${(idleRival / 1024).toFixed(0)} MiB empty window`,
          ratio: idle / idleRival,
          goal: '≤ 1.5',
        },
      ],
    };
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}

async function emptyApp(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'empty-window-'));
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'empty', version: '1.0.0', type: 'module', main: 'main.js' }),
  );
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>Empty</title><h1>Empty</h1>');
  await writeFile(
    path.join(folder, 'main.js'),
    `import { app, BrowserWindow } from 'electron';
     app.whenReady().then(() => {
       const window = new BrowserWindow({ show: false, width: 1240, height: 860 });
       window.once('ready-to-show', () => window.show());
       window.loadFile(import.meta.dirname + '/index.html');
     });`,
  );
  return folder;
}

async function once(folder: string | undefined, idle: boolean): Promise<{ milliseconds: number; kibibytes?: number }> {
  const started = performance.now();
  const running = await launchApp(folder === undefined ? {} : { folder });
  try {
    await running.window.getByRole('heading', { level: 1 }).waitFor();
    const milliseconds = performance.now() - started;
    if (!idle) return { milliseconds };
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const pid = running.app.process().pid;
    return { milliseconds, kibibytes: pid === undefined ? undefined : await proportionalSize(pid) };
  } finally {
    await running.stop();
  }
}

/** Kibibytes of a process and all its descendants, shared pages counted proportionally (Linux). */
async function proportionalSize(root: number): Promise<number> {
  const parents = new Map<number, number>();
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    const parent = stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent !== undefined) parents.set(pid, parent);
  }
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  let total = 0;
  for (const pid of tree) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    total += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return total;
}
