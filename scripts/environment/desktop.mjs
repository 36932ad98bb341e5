import { existsSync } from 'node:fs';
import { installPackages, missingPackages } from './servers-commands.mjs';

/** What a window and a keychain need, and what Electron links to; the servers' own packages are named with them. */
const packages = [
  'xvfb',
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libxtst6',
  'libnotify4',
  'libsecret-1-0',
  'fonts-dejavu-core',
  'dbus',
  'dbus-bin',
  'gnome-keyring',
];

/**
 * Installs the Debian packages behind the tests' desktop session.
 *
 * @param {import('./report.mjs').Report} report
 */
export async function desktopPackages(report) {
  report.step('Display and keychain for the tests');
  const name = 'virtual display and keychain for the tests';
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) {
    if (process.platform === 'linux') report.skip(name, 'this is not Debian', 'run the tests on Debian 12 or newer');
    else report.line("not needed: this system's own are used");
    return;
  }
  const missing = await missingPackages(packages);
  if (missing.length === 0) {
    report.line('all there');
    return;
  }
  report.line(`apt-get install ${missing.join(' ')}`);
  const problem = await installPackages(missing);
  if (problem) report.skip(name, problem, `sudo apt-get install ${missing.join(' ')}`);
}
