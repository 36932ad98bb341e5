import { text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import type { DockerFound } from '../../../contract/server.ts';
import type { HostFinding, HostFindingId, ServerSettings } from '../../../contract/serverSettings.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { type Inspected, nameOf, wantedPortsOf } from '../../adapters/docker/inspect.ts';
import { imageThere } from '../../adapters/docker/pullImage.ts';
import { inspectHost } from '../composeFile/inspectHost.ts';

export type Found = {
  findings: HostFinding[];
  /** Since when each image is as it is there. */
  images: Map<string, string | undefined>;
};

/** What the Docker host and its engine have of what the settings need. Changes nothing. */
export async function lookAround(
  cli: DockerCli,
  compose: DockerFound['compose'],
  all: readonly Inspected[],
  { folder, settings }: { folder: string; settings: ServerSettings },
  signal: AbortSignal,
): Promise<Found> {
  const ownPorts = ownPortsOf(all, folder);
  const wanted = [settings.image, ...(settings.database === undefined ? [] : [settings.database.image])];
  const images = new Map<string, string | undefined>();
  for (const image of wanted) images.set(image, await imageThere(cli, image, signal));
  const networks =
    settings.networks.length === 0
      ? []
      : (await cli.must(['network', 'ls', '--format', '{{.Name}}'], { signal })).split(/\r?\n/);
  const host = cli.host.label;
  return {
    findings: [
      composeFinding(compose, host),
      ...(await inspectHost(cli.host, { folder, settings, ownPorts }, signal)),
      nameFinding('container-name', settings.containerName, all, folder),
      ...projectFinding(settings.project, all, folder),
      ...(settings.database === undefined
        ? []
        : [nameFinding('database-name', settings.database.containerName, all, folder)]),
      ...settings.networks.map((name) => networkFinding(name, networks, host)),
      ...wanted.map((image) =>
        finding(
          'image',
          'pass',
          images.get(image) === undefined ? 'install.host.image.missing' : 'install.host.image.there',
          { image },
        ),
      ),
    ],
    images,
  };
}

/** Ports of the containers of the folder's own compose file, also of one that is just being started again. */
export const ownPortsOf = (all: readonly Inspected[], folder: string): number[] =>
  all.filter((one) => isOwn(one, folder)).flatMap(wantedPortsOf);

/** Made by Compose from a file of this very folder: what is brought up there takes its place. */
function isOwn({ Config }: Inspected, folder: string): boolean {
  const at = Config.Labels?.['com.docker.compose.project.working_dir'];
  return at !== undefined && plainPath(at) === plainPath(folder);
}

const plainPath = (path: string) => path.replaceAll('\\', '/').replace(/\/+$/, '');

type FindingKey = Parameters<typeof text>[0];
type OwnId = Extract<HostFindingId, 'compose' | 'container-name' | 'database-name' | 'network' | 'image' | 'project'>;

function finding(
  id: OwnId,
  status: HostFinding['status'],
  evidence: FindingKey,
  values: Record<string, string>,
  fixes: Fix[] = [],
): HostFinding {
  return { id, status, title: text(`install.host.${id}.title`, values), evidence: text(evidence, values), fixes };
}

function composeFinding(compose: DockerFound['compose'], host: string): HostFinding {
  const install: Fix = {
    kind: 'paste',
    title: text('install.fix.compose', { host }),
    language: 'shell',
    where: text('install.fix.where', { host }),
    snippet:
      'sudo apt-get install docker-compose-plugin || sudo dnf install docker-compose-plugin || sudo apk add docker-cli-compose',
  };
  if (compose === undefined) return finding('compose', 'fail', 'install.host.compose.missing', { host }, [install]);
  const { version } = compose;
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  // Older ones want a `version` in the file and know no conditions of `depends_on` without one.
  const old = major === 1 && minor < 27;
  return finding(
    'compose',
    old ? 'fail' : 'pass',
    old ? 'install.host.compose.old' : 'install.host.compose.found',
    { version },
    old ? [install] : [],
  );
}

function nameFinding(
  id: 'container-name' | 'database-name',
  name: string,
  all: readonly Inspected[],
  folder: string,
): HostFinding {
  const holder = all.find((one) => nameOf(one) === name);
  if (holder === undefined) return finding(id, 'pass', 'install.host.name.free', { name });
  if (isOwn(holder, folder)) return finding(id, 'pass', 'install.host.name.own', { name });
  return finding(id, 'fail', 'install.host.name.taken', { name });
}

/** Compose would take another folder's containers for its own, and replace them. */
function projectFinding(project: string, all: readonly Inspected[], folder: string): HostFinding[] {
  const other = all.find((one) => one.Config.Labels?.['com.docker.compose.project'] === project && !isOwn(one, folder));
  if (other === undefined) return [];
  const at = other.Config.Labels?.['com.docker.compose.project.working_dir'] ?? '';
  return [finding('project', 'fail', 'install.host.project.taken', { name: project, folder: at })];
}

function networkFinding(name: string, there: readonly string[], host: string): HostFinding {
  const values = { name, host };
  if (there.includes(name)) return finding('network', 'pass', 'install.host.network.there', values);
  const make: Fix = {
    kind: 'paste',
    title: text('install.fix.network'),
    language: 'shell',
    where: text('install.fix.where', { host }),
    snippet: `docker network create ${name}`,
  };
  return finding('network', 'fail', 'install.host.network.missing', values, [make]);
}
