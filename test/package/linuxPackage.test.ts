import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { extractFile, getRawHeader, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from '@playwright/test';
import { buildLinuxPackage, openPackaged, runPackaged } from './linuxPackage.ts';

/** How the fuse wire is written into the executable: the characters 0 and 1. */
const off = '0'.charCodeAt(0);
const on = '1'.charCodeAt(0);

let work: string;
let folder: string;
let archive: string;

test.skip(process.platform !== 'linux' || process.arch !== 'x64', 'the Linux package is built on Linux x64');

test.beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'aperture-companion-package-'));
  folder = await buildLinuxPackage(path.join(work, 'dist'));
  archive = path.join(folder, 'resources', 'app.asar');
});

test.afterAll(() => rm(work, { recursive: true, force: true, maxRetries: 5 }));

test('the fuses are as electron-builder.yml wants them', async () => {
  const wire = await getCurrentFuseWire(path.join(folder, 'aperture-companion'));
  const states = {
    runAsNode: wire[FuseV1Options.RunAsNode],
    cookieEncryption: wire[FuseV1Options.EnableCookieEncryption],
    nodeOptions: wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable],
    nodeInspect: wire[FuseV1Options.EnableNodeCliInspectArguments],
    asarIntegrity: wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation],
    onlyAsar: wire[FuseV1Options.OnlyLoadAppFromAsar],
    fileProtocolPrivileges: wire[FuseV1Options.GrantFileProtocolExtraPrivileges],
  };
  expect(states).toEqual({
    runAsNode: off,
    cookieEncryption: on,
    nodeOptions: off,
    nodeInspect: off,
    asarIntegrity: on,
    onlyAsar: on,
    fileProtocolPrivileges: off,
  });
});

test('the app is one archive, whose files have the hashes that its header names', async () => {
  const resources = (await readdir(path.join(folder, 'resources'))).sort();
  expect(resources).toEqual(['app.asar', 'app.asar.unpacked']);

  const files = packedFiles(getRawHeader(archive).header as Entry);
  expect(files.length).toBeGreaterThan(50);
  for (const { name, integrity } of files) {
    const hash = createHash('sha256').update(extractFile(archive, name)).digest('hex');
    expect(integrity?.hash, name).toBe(hash);
  }
});

test('nothing is packed but the app and what it needs at run time', async () => {
  const names = listPackage(archive, { isPack: false }).map((name) => name.replace(/^\//, ''));
  expect([...new Set(names.map((name) => name.split('/')[0]))].sort()).toEqual([
    'migrations',
    'node_modules',
    'out',
    'package.json',
  ]);
  expect(names.filter((name) => /^migrations\/.*\.sql$/.test(name)).length).toBeGreaterThanOrEqual(2);
  expect(
    [...new Set(names.filter((name) => name.startsWith('out/')).map((name) => name.split('/')[1]))].sort(),
  ).toEqual(['main', 'preload', 'renderer']);
  expect(
    names.filter((name) => /\.(map|tsx?|mts|cts|gyp|md)$|\.(test|spec)\.[cm]?js$|(^|\/)\.[^/]+$/.test(name)),
  ).toEqual([]);

  const lock = JSON.parse(
    await readFile(path.resolve(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8'),
  ) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const packed = [...new Set(names.flatMap((name) => /^node_modules\/((?:@[^/]+\/)?[^@/]+)\//.exec(name)?.[1] ?? []))];
  expect(packed).toEqual(expect.arrayContaining(['keytar', 'libpg-query', 'pg', 'ssh2', '@electric-sql/pglite']));
  expect(names).toContain('node_modules/libpg-query/wasm/libpg-query.wasm');
  // Development packages are marked in the lock file.
  expect(packed.filter((name) => lock.packages[`node_modules/${name}`]?.dev !== undefined)).toEqual([]);

  const native = (await readdir(path.join(folder, 'resources', 'app.asar.unpacked'), { recursive: true })).filter(
    (name) => name.endsWith('.node'),
  );
  expect(native).toContain('node_modules/keytar/prebuilds/linux-x64/keytar.node');
  expect(native.filter((name) => !/prebuilds\/linux-/.test(name))).toEqual([]);
});

test('the first screen opens', async () => {
  const home = path.join(work, 'home');
  await mkdir(home);
  const opened = await openPackaged(folder, home);
  try {
    const context = opened.browser.contexts()[0];
    if (!context) throw new Error(`No browser context in the packaged app:\n${opened.output()}`);
    const page = context.pages()[0] ?? (await context.waitForEvent('page'));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Welcome/);
    expect(page.url()).toMatch(/^app:\/\//);
    await page.screenshot({ path: test.info().outputPath('packaged-first-screen.png') });
  } finally {
    await opened.stop();
  }
});

test('a command makes the same program the command line', async () => {
  const { version } = JSON.parse(extractFile(archive, 'package.json').toString('utf8')) as { version: string };
  const asked = await runPackaged(folder, ['--version'], { home: path.join(work, 'home-command-line') });
  expect(asked.output).toContain(version);
  expect(asked.code).toBe(0);
});

test('it cannot be made to run other code as Node', async () => {
  const home = path.join(work, 'home-as-node');
  const script = path.join(work, 'intruder.cjs');
  await writeFile(script, "process.stdout.write('INTRUDER');\nprocess.exit(0);\n");
  const asNode = await runPackaged(folder, [script], { home, env: { ELECTRON_RUN_AS_NODE: '1' }, patience: 5_000 });
  expect(asNode.output).not.toContain('INTRUDER');
  const byOption = await runPackaged(folder, [], {
    home,
    env: { NODE_OPTIONS: `--require=${script}` },
    patience: 5_000,
  });
  expect(byOption.output).not.toContain('INTRUDER');
  const inspected = await runPackaged(folder, ['--inspect=0'], { home, patience: 5_000 });
  expect(inspected.output).not.toContain('Debugger listening');
});

test('it runs no app from a folder beside the archive', async () => {
  const other = path.join(work, 'tampered');
  await cp(folder, other, { recursive: true });
  await rename(path.join(other, 'resources', 'app.asar'), path.join(other, 'resources', 'gone.asar'));
  await mkdir(path.join(other, 'resources', 'app'));
  await writeFile(path.join(other, 'resources', 'app', 'package.json'), '{"name":"intruder","main":"index.js"}');
  await writeFile(
    path.join(other, 'resources', 'app', 'index.js'),
    "process.stdout.write('INTRUDER');\nprocess.exit(0);\n",
  );
  const ended = await runPackaged(other, [], { home: path.join(work, 'home-tampered'), patience: 5_000 });
  expect(ended.output).not.toContain('INTRUDER');
});

type Entry = { files?: Record<string, Entry>; unpacked?: boolean; integrity?: { hash: string } };

/** Every file inside the archive itself, with the hash from its header. */
function packedFiles(entry: Entry, prefix = ''): { name: string; integrity: Entry['integrity'] }[] {
  return Object.entries(entry.files ?? {}).flatMap(([name, child]) => {
    const full = prefix === '' ? name : `${prefix}/${name}`;
    if (child.files) return packedFiles(child, full);
    return child.unpacked ? [] : [{ name: full, integrity: child.integrity }];
  });
}
