import { text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';

export type DockerHostFacts = { host: string; user: string; systemId: string };

function shell(
  title: Extract<Fix, { kind: 'paste' }>['title'],
  host: string,
  lines: readonly string[],
  why?: Fix['why'],
): Fix {
  return {
    kind: 'paste',
    title,
    language: 'shell',
    where: text('docker.where.terminal', { host }),
    snippet: lines.join('\n'),
    ...(why === undefined ? {} : { why }),
  };
}

/** A word for sh, quoted where it needs to be. */
function word(given: string): string {
  return /^[\w.@-]+$/.test(given) ? given : `'${given.replaceAll("'", "'\\''")}'`;
}

/** How somebody becomes a member of the group that owns the socket, in the words of that system. */
export function groupFix({ host, user, systemId }: DockerHostFacts): Fix {
  const name = word(user);
  const commands: Record<string, string[]> = {
    synology: [
      'sudo synogroup --add docker 2>/dev/null || true',
      `sudo synogroup --memberadd docker ${name}`,
      'sudo chown root:docker /var/run/docker.sock',
    ],
    qnap: [`sudo addgroup ${name} administrators`],
    alpine: [`sudo addgroup ${name} docker`],
  };
  const lines = commands[systemId] ?? ['sudo groupadd -f docker', `sudo usermod -aG docker ${name}`];
  return shell(text('docker.fix.group', { user }), host, lines, text('docker.fix.group.why', { host }));
}

/** A line for sudo that allows nothing but docker. */
export function sudoersFix({ host, user }: DockerHostFacts): Fix {
  const line = `${user} ALL=(root) NOPASSWD: '"$(command -v docker)"'`;
  return shell(
    text('docker.fix.sudoers'),
    host,
    [
      `echo '${line}' | sudo tee /etc/sudoers.d/aperture-companion`,
      'sudo visudo -cf /etc/sudoers.d/aperture-companion',
    ],
    text('docker.fix.sudoers.why', { user }),
  );
}

/** How the engine is started on that system. */
export function startFix({ host, systemId }: DockerHostFacts): Fix[] {
  const title = text('docker.fix.start', { host });
  switch (systemId) {
    case 'darwin':
    case 'windows':
      return [
        { kind: 'portal', title: text('docker.fix.start-desktop'), steps: [text('docker.fix.start-desktop.step')] },
      ];
    case 'synology':
      return [shell(title, host, ['sudo synopkg start ContainerManager || sudo synopkg start Docker'])];
    case 'qnap':
      return [shell(title, host, ['sudo /etc/init.d/container-station.sh start'])];
    case 'unraid':
      return [shell(title, host, ['/etc/rc.d/rc.docker start'])];
    case 'alpine':
      return [shell(title, host, ['sudo rc-update add docker default', 'sudo service docker start'])];
    default:
      return [shell(title, host, ['sudo systemctl enable --now docker'])];
  }
}

/** How Docker and Compose get onto that system. */
export function installFix({ host, systemId, system }: DockerHostFacts & { system: string }): Fix[] {
  const title = text('docker.fix.install', { host });
  const why = text('docker.fix.install.why', { system, host });
  const store = (name: 'synology' | 'qnap' | 'unraid' | 'desktop', link?: string): Fix[] => [
    {
      kind: 'portal',
      title: text(`docker.fix.install-${name}`),
      steps: [text(`docker.fix.install-${name}.step`)],
      ...(link === undefined ? {} : { link }),
    },
  ];
  switch (systemId) {
    case 'synology':
    case 'qnap':
    case 'unraid':
      return store(systemId);
    case 'darwin':
    case 'windows':
      return store('desktop', 'https://www.docker.com/products/docker-desktop/');
    case 'debian':
    case 'ubuntu':
    case 'raspbian':
    case 'fedora':
    case 'centos':
    case 'rhel':
      return [
        shell(
          title,
          host,
          [
            'curl -fsSL https://get.docker.com -o get-docker.sh',
            'sudo sh get-docker.sh',
            'sudo systemctl enable --now docker',
          ],
          why,
        ),
      ];
    case 'alpine':
      return [
        shell(
          title,
          host,
          ['sudo apk add docker docker-cli-compose', 'sudo rc-update add docker default', 'sudo service docker start'],
          why,
        ),
      ];
    case 'arch':
      return [shell(title, host, ['sudo pacman -S docker docker-compose', 'sudo systemctl enable --now docker'], why)];
    case 'opensuse-leap':
    case 'opensuse-tumbleweed':
    case 'sles':
      return [
        shell(title, host, ['sudo zypper install docker docker-compose', 'sudo systemctl enable --now docker'], why),
      ];
    default:
      return [shell(title, host, ['curl -fsSL https://get.docker.com -o get-docker.sh', 'sudo sh get-docker.sh'], why)];
  }
}
