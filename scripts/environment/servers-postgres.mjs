import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { asRoot, lastLine, mustRun, run, takeOwnership } from './servers-commands.mjs';

/**
 * Each major version comes from the Debian release that carries it, unpacked (not installed) into a folder of its own.
 * 13 is below what Aperture needs, 15 has no pgvector in its release, 17 and 18 have it.
 */
const roots = [
  { major: 15, suite: 'bookworm', packages: ['postgresql-15'] },
  { major: 17, suite: 'trixie', packages: ['postgresql-17', 'postgresql-17-pgvector'] },
  { major: 13, suite: 'bullseye', packages: ['postgresql-13'] },
  { major: 18, suite: 'sid', packages: ['postgresql-18', 'postgresql-18-pgvector'] },
];

/** Raised whenever the recipe below changes, so that older folders are made again. */
const recipe = 2;

/** Neither servers nor client tools read any of this; LLVM alone is more than half of the size. */
const leftOut = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/locale/*',
  '/usr/share/i18n/*',
  '/usr/share/perl*',
  '/usr/lib/*/perl*',
  '/usr/lib/*/gconv/*',
  '/usr/lib/systemd/*',
  '/usr/lib/*/systemd/*',
  '/usr/lib/*/libLLVM*',
  '/usr/lib/llvm-*',
  '/usr/lib/postgresql/*/lib/bitcode/*',
  '/usr/lib/postgresql/*/lib/llvmjit*',
];

/** Started by path within the release; initdb looks for postgres beside itself. */
const serverPrograms = ['postgres', 'initdb', 'pg_basebackup', 'pg_controldata'];

const tools = ['psql', 'pg_dump', 'pg_restore', 'pg_isready'];

/**
 * Makes the folders that are not there yet, each in about 20 s.
 *
 * @param {import('./report.mjs').Report} report
 * @param {string} cache
 */
export async function postgresRoots(report, cache) {
  const folder = join(cache, 'postgres');
  mkdirSync(folder, { recursive: true });
  for (const root of roots) {
    const name = `PostgreSQL ${root.major}`;
    const target = join(folder, String(root.major));
    if (root.major === 15 && existsSync('/usr/lib/postgresql/15/bin/postgres')) {
      report.line(`${name}: this machine's own`);
      continue;
    }
    if (isCurrent(target)) {
      report.line(`${name}: there (${version(target)})`);
      continue;
    }
    const mirror = await debianMirror();
    if (!mirror) {
      report.skip(name, 'apt names no Debian mirror on this machine', 'use Debian 12 or newer');
      continue;
    }
    const startedAt = performance.now();
    try {
      await build(report, root, target, mirror);
      report.line(`${name}: made in ${((performance.now() - startedAt) / 1000).toFixed(1)} s (${version(target)})`);
    } catch (error) {
      rmSync(`${target}.making`, { recursive: true, force: true });
      report.skip(name, error instanceof Error ? error.message : String(error), `make ${root.suite} reachable for apt`);
    }
  }
}

/** The archive that this machine's own packages come from, as apt knows it. */
export async function debianMirror() {
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const { stdout } = await run(['apt-get', 'indextargets', '--format', '$(CODENAME) $(SITE)', 'Origin: Debian']);
  const line = stdout.split('\n').find((each) => each.startsWith(`${codename} `));
  return line?.slice(line.indexOf(' ') + 1);
}

async function build(report, root, target, mirror) {
  const making = `${target}.making`;
  rmSync(making, { recursive: true, force: true });
  let result = await unpack(root, making, mirror, []);
  if (result.code !== 0 && /Release file .* is expired/.test(result.stderr)) {
    // Signatures are still verified. Only the date is not: frozen mirrors keep a rolling release past its Valid-Until.
    report.line(
      `${root.suite}'s index on this mirror is past its date; taken as it is, signature verified, for tests only`,
    );
    await removeAsRoot(making);
    result = await unpack(root, making, mirror, ['--aptopt=Acquire::Check-Valid-Until "false"']);
  }
  if (result.code !== 0) throw new Error(failure(result.stderr));
  await takeOwnership(making);
  joinUsr(making);
  const bin = join(making, 'usr/lib/postgresql', String(root.major), 'bin');
  const loader = dynamicLoader(making);
  for (const program of serverPrograms) runsOutsideItsRoot(join(bin, program), loader);
  mkdirSync(join(making, 'tools'));
  for (const tool of tools) {
    writeScript(
      join(making, 'tools', tool),
      loaderScript('..', loader, `usr/lib/postgresql/${root.major}/bin/${tool}`),
    );
  }
  const { stdout } = await mustRun([join(making, 'tools/psql'), '--version']);
  writeFileSync(join(making, 'aperture-companion.json'), JSON.stringify({ recipe, version: stdout.trim() }));
  await removeAsRoot(target);
  renameSync(making, target);
}

async function unpack(root, target, mirror, more) {
  const command = await asRoot([
    'mmdebstrap',
    '--variant=extract',
    '--mode=root',
    `--include=${root.packages.join(',')}`,
    ...leftOut.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...more,
    root.suite,
    target,
    mirror,
  ]);
  if (!command) return { code: -1, stdout: '', stderr: 'needs root (or sudo without a password)' };
  return run(command);
}

async function removeAsRoot(path) {
  const command = await asRoot(['rm', '-rf', '--one-file-system', path]);
  if (command) await mustRun(command);
}

function failure(stderr) {
  return stderr.split('\n').find((line) => line.startsWith('E: ')) ?? lastLine(stderr);
}

/** Unpacking alone does not join /bin and /usr/bin; newer releases expect them to be one. */
function joinUsr(root) {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    if (!existsSync(join(root, name)) && existsSync(join(root, 'usr', name)))
      symlinkSync(`usr/${name}`, join(root, name));
  }
}

/** Path within the root of its own dynamic loader, which starts programs against the root's own C library. */
function dynamicLoader(root) {
  for (const lib of ['usr/lib', 'lib']) {
    if (!existsSync(join(root, lib))) continue;
    for (const triplet of readdirSync(join(root, lib)).filter((name) => name.endsWith('-linux-gnu'))) {
      const loader = readdirSync(join(root, lib, triplet)).find((name) => /^ld-linux.*\.so\.\d$/.test(name));
      if (loader) return `${lib}/${triplet}/${loader}`;
    }
  }
  throw new Error('the unpacked release holds no dynamic loader');
}

/**
 * A script that starts a program of the root from outside of it, so that no chroot (and no root) is needed.
 * The program still finds its own files: it derives them from the path that it was started by.
 */
function loaderScript(up, loader, program) {
  const triplet = loader.split('/').at(-2);
  return `#!/bin/sh
root=$(cd "$(dirname "$0")/${up}" && pwd)
exec "$root/${loader}" --library-path "$root/usr/lib/${triplet}:$root/lib/${triplet}" "$root/${program}" "$@"
`;
}

/** Puts such a script in the program's own place. */
function runsOutsideItsRoot(program, loader) {
  const inRoot = `usr/${program.split('/usr/').at(-1)}`;
  renameSync(program, `${program}.elf`);
  writeScript(program, loaderScript('../../../../..', loader, `${inRoot}.elf`));
}

function writeScript(path, text) {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

function isCurrent(target) {
  try {
    return JSON.parse(readFileSync(join(target, 'aperture-companion.json'), 'utf8')).recipe === recipe;
  } catch {
    return false;
  }
}

function version(target) {
  return JSON.parse(readFileSync(join(target, 'aperture-companion.json'), 'utf8')).version;
}
