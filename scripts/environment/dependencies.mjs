import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { checkout, pinnedNode } from './paths.mjs';
import { head, run } from './run.mjs';

/**
 * Whether node_modules holds what package-lock.json names. npm writes `node_modules/.package-lock.json` last, so an
 * interrupted installation has none. Optional packages may be missing: they belong to other platforms.
 */
async function dependenciesCurrent() {
  const wanted = await packages(path.join(checkout, 'package-lock.json'));
  const found = await packages(path.join(checkout, 'node_modules', '.package-lock.json'));
  if (!wanted || !found || !existsSync(pinnedNode)) return false;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '') return true;
    const present = found[name];
    if (!present) return entry.optional === true || entry.devOptional === true;
    return present.version === entry.version && present.integrity === entry.integrity;
  });
}

async function packages(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Installs the locked packages when they are missing or have changed.
 *
 * @param {import('./report.mjs').Report} report
 */
export async function dependencies(report) {
  report.step('Packages from package-lock.json');
  if (await dependenciesCurrent()) {
    report.line('up to date');
    return;
  }
  report.line('npm ci (about a minute the first time)');
  const { code, output } = await run('npm', ['ci', '--no-progress', '--loglevel=error'], { env: process.env });
  if (code !== 0) throw new Error(`npm ci failed:\n${head(output, 30)}`);
  if (!existsSync(pinnedNode)) {
    throw new Error(
      'npm ci left no Node of its own in node_modules/node. Its install script may be blocked: npm rebuild node',
    );
  }
}
