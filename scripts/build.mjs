import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkout, pinnedNode } from './environment/paths.mjs';
import { run, tail } from './environment/run.mjs';

const sources = ['contract', 'preload', 'main', 'renderer', 'electron.vite.config.ts', 'package-lock.json'];
const stamp = path.join(checkout, 'out', '.built-from');

/**
 * Builds main, preload and renderer into `out/` when a source is newer than the last build.
 *
 * @param {import('./environment/report.mjs').Report} report
 * @param {{ always?: boolean }} [options]
 */
export async function build(report, { always = false } = {}) {
  report.step('Build');
  const state = await sourceState();
  if (!always && existsSync(stamp) && (await readFile(stamp, 'utf8')) === state) {
    report.line('up to date');
    return;
  }
  const tool = path.join(checkout, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const { code, output } = await run(pinnedNode, [tool, 'build', '--logLevel', 'warn']);
  if (code !== 0) throw new Error(`electron-vite build failed:\n${tail(output, 40)}`);
  await writeFile(stamp, state);
}

/** One hash over the names, sizes and times of all sources. */
async function sourceState() {
  const hash = createHash('sha256');
  const visit = async (name) => {
    const file = path.join(checkout, name);
    const info = await stat(file).catch(() => undefined);
    if (!info) return;
    if (!info.isDirectory()) {
      hash.update(`${name}\0${info.size}\0${info.mtimeMs}\n`);
      return;
    }
    for (const entry of (await readdir(file)).sort()) await visit(path.join(name, entry));
  };
  for (const source of sources) await visit(source);
  return hash.digest('hex');
}
