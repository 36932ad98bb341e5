import { existsSync } from 'node:fs';
import { cacheFolder } from './paths.mjs';
import { installPackages, isRoot, lastLine, run } from './servers-commands.mjs';
import { postgresRoots } from './servers-postgres.mjs';

/** What the test servers need from the machine's own package manager. */
const packages = [
  'mmdebstrap',
  'openssh-server',
  'openssh-client',
  'pgbouncer',
  'libpam-oath',
  'putty-tools',
  'openssl',
  'tzdata',
  // Some tests ask a server through the machine's own psql.
  'postgresql-client',
  'dbus',
  'gnome-keyring',
  'xvfb',
  // systemd-analyze, which reads the timers that the app writes. Nothing of it is started.
  'systemd',
  // Opens what the app encrypts.
  'age',
  // OpenStack's object storage, which speaks S3's protocol.
  'swift-proxy',
  'swift-account',
  'swift-container',
  'swift-object',
];

/**
 * Makes the real servers that the tests run against available: four major versions of PostgreSQL, PgBouncer and sshd.
 * Idempotent; nothing is started. What this machine cannot offer is reported and left out.
 *
 * @param {import('./report.mjs').Report} report
 */
export async function servers(report) {
  report.step('Servers for the tests');
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) {
    report.skip(
      'PostgreSQL, PgBouncer and sshd for the tests',
      'this is not Debian',
      'run the tests on Debian 12 or newer',
    );
    return;
  }
  const problem = await installPackages(packages);
  if (problem) report.skip('PgBouncer and sshd for the tests', problem, 'run the environment script as root once');
  const mounts = await run(['unshare', '--mount', 'true']);
  if (isRoot && mounts.code !== 0) {
    report.skip(
      'PostgreSQL 13, 17 and 18 and sshd for the tests',
      `root may not make private mounts here (${lastLine(mounts.stderr)})`,
      'run the tests in a virtual machine or a privileged container, or as an ordinary user',
    );
  }
  if (!isRoot) {
    report.skip(
      'SSH logins by password and one-time code, and jump hosts',
      'only root can make up users and host names for a single sshd',
      'run the tests as root, in a container or a virtual machine',
    );
  }
  await postgresRoots(report, cacheFolder);
}
