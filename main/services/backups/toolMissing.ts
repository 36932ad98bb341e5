import type { BackupToolChoice } from '../../../contract/backup.ts';
import { text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import type { Instance } from '../../../contract/instance.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { PlacesNeed } from './places.ts';

/** No tool is new enough: says which there are, and how to get one for this system. */
export async function toolMissing(
  server: { version: string; major: number },
  choices: readonly BackupToolChoice[],
  instance: Instance,
  { dockerHosts, thisComputer }: Pick<PlacesNeed, 'dockerHosts' | 'thisComputer'>,
  signal: AbortSignal,
  platform: NodeJS.Platform = process.platform,
): Promise<ProblemError> {
  const { major } = server;
  const found = choices.map(({ version, place }) => `${version} (${place})`).join(', ');
  const fixes: Fix[] = [
    {
      kind: 'paste',
      title: text('backup.fix.install', { major: String(major) }),
      why: text('backup.fix.install.why', { major: String(major) }),
      language: platform === 'win32' ? 'powershell' : 'shell',
      where: text('backup.fix.install.where'),
      snippet: installation(platform, major),
    },
  ];
  const engine = await dockerHosts.engine(instance.server?.docker ?? { kind: 'local' }, signal).catch(() => undefined);
  if (engine !== undefined) {
    fixes.push({
      kind: 'paste',
      title: text('backup.fix.image'),
      language: 'shell',
      where: text('backup.fix.image.where', { host: engine.cli.host.label }),
      snippet: `docker pull postgres:${major}-alpine`,
    });
  }
  const values = { server: String(major), found: found === '' ? '–' : found, host: thisComputer.label };
  return new ProblemError('backup-tool-missing', values, { fixes });
}

/** By the system's own package manager; on Debian and its kin with PostgreSQL's repository, which has every major version. */
export function installation(platform: NodeJS.Platform, major: number): string {
  switch (platform) {
    case 'darwin':
      return `brew install postgresql@${major}`;
    case 'win32':
      return `winget install --id PostgreSQL.PostgreSQL.${major}`;
    default:
      return [
        '# Debian, Ubuntu',
        'sudo apt update && sudo apt install -y postgresql-common ca-certificates',
        'sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y',
        `sudo apt install -y postgresql-client-${major}`,
        '# Fedora, RHEL, Rocky, Alma',
        `sudo dnf install -y postgresql${major}`,
        '# Alpine',
        `sudo apk add postgresql${major}-client`,
      ].join('\n');
  }
}
