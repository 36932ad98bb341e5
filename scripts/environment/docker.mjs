import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages } from './docker-debian.mjs';
import { cacheFolder } from './paths.mjs';
import { installPackages, isRoot, lastLine, run } from './servers-commands.mjs';
import { debianMirror } from './servers-postgres.mjs';

/** The engine, what it needs for networks, and what SSH users without the right group get to it by. */
const packages = ['docker.io', 'iptables', 'sudo'];

/** Where Compose v2 is within its package. */
const plugin = 'usr/libexec/docker/cli-plugins/docker-compose';

/**
 * Makes Docker, Compose v2 and Compose v1 available to the tests. Nothing is started: the tests start an engine of their
 * own, with its data in the cache, when they first need one.
 *
 * @param {import('./report.mjs').Report} report
 */
export async function docker(report) {
  report.step('Docker for the tests');
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) {
    report.skip('Docker for the tests', 'this is not Debian', 'run the tests on Debian 12 or newer');
    return;
  }
  const problem = await installPackages(packages);
  if (problem) report.skip('Docker for the tests', problem, 'run the environment script as root once');
  else if (!isRoot) {
    report.skip(
      'Docker for the tests',
      'only root can start an engine of its own, and that of others is left alone',
      'run the tests as root, in a virtual machine',
    );
  } else if (await otherEngineAnswers()) {
    report.skip(
      'Docker for the tests',
      'another Docker engine runs here, and the networks of a second one would disturb it',
      'stop it while the tests run (systemctl stop docker docker.socket)',
    );
  } else report.line(`engine: ${lastLine((await run(['dockerd', '--version'])).stdout)}`);
  await composeV1(report);
  await composeV2(report);
}

/** The machine's own engine, at the usual place. */
async function otherEngineAnswers() {
  const socket = '/var/run/docker.sock';
  return existsSync(socket) && (await run(['docker', '-H', `unix://${socket}`, 'version'])).code === 0;
}

/** Debian 12 still has it under this name; from Debian 13 on the same name is version 2. */
async function composeV1(report) {
  const name = 'Compose v1 for the tests';
  const { stdout } = await run(['apt-cache', 'policy', 'docker-compose']);
  const candidate = /Candidate: (\S+)/.exec(stdout)?.[1] ?? 'none';
  if (!candidate.startsWith('1.')) {
    report.skip(name, `this release offers docker-compose ${candidate}`, 'run the tests on Debian 12');
    return;
  }
  const problem = await installPackages(['docker-compose']);
  if (problem) report.skip(name, problem, 'run the environment script as root once');
  else report.line(`Compose v1: ${candidate}`);
}

/** Version 2 is a plug-in of a newer release, which runs as it is; with it a shell for the images that the tests build. */
async function composeV2(report) {
  const target = join(cacheFolder, 'docker-tools');
  if (!existsSync(join(target, plugin)) || !existsSync(join(target, 'usr/bin/busybox'))) {
    const mirror = await debianMirror();
    try {
      if (!mirror) throw new Error('apt names no Debian mirror on this machine');
      rmSync(`${target}.making`, { recursive: true, force: true });
      await unpackDebianPackages(mirror, 'trixie', ['docker-compose', 'busybox-static'], `${target}.making`);
      rmSync(target, { recursive: true, force: true });
      renameSync(`${target}.making`, target);
    } catch (error) {
      const why = error instanceof Error ? lastLine(error.message) : String(error);
      report.skip('Compose v2 and images for the tests', why, 'make trixie reachable for apt');
      return;
    }
  }
  const { stdout } = await run([join(target, plugin), 'docker-cli-plugin-metadata']);
  report.line(`Compose v2: ${/"Version": ?"([^"]+)"/.exec(stdout)?.[1] ?? 'there'}`);
}
