import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './servers-commands.mjs';

/**
 * Unpacks packages of another Debian release than the machine's, without installing them. Needs no root.
 *
 * @param {string} mirror the archive to take them from
 * @param {string} suite
 * @param {string[]} packages
 * @param {string} target
 */
export async function unpackDebianPackages(mirror, suite, packages, target) {
  const work = `${target}.apt`;
  rmSync(work, { recursive: true, force: true });
  for (const folder of ['lists/partial', 'cache/archives/partial', 'packages']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  writeFileSync(join(work, 'sources.list'), `deb ${mirror} ${suite} main\n`);
  const settings = {
    'Dir::Etc::SourceList': join(work, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(work, 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(work, 'cache'),
    // Below a home folder, apt's own user could not read what is downloaded.
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  try {
    await mustRun(['apt-get', ...options, 'update']);
    await mustRun([
      'sh',
      '-c',
      'cd "$1" && shift && exec "$@"',
      'sh',
      join(work, 'packages'),
      'apt-get',
      ...options,
      'download',
      ...packages,
    ]);
    mkdirSync(target, { recursive: true });
    for (const file of readdirSync(join(work, 'packages'))) {
      await mustRun(['dpkg', '-x', join(work, 'packages', file), target]);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
