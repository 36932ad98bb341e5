import type { ConnectionSettings } from '../../../contract/connection.ts';
import { defaultConnection } from '../../../contract/connection.ts';
import type { Installation } from '../../../contract/install.ts';
import type { InstanceView } from '../../../contract/instance.ts';
import type { ReachReport } from '../../../contract/reach.ts';
import type { DockerPlace } from '../../../contract/server.ts';
import type { ServerSettings } from '../../../contract/serverSettings.ts';
import type { Companion } from '../../../main/compose.ts';
import { type PostgresContainer, uniqueName } from '../../support/docker/containers.ts';
import type { Docker } from '../../support/docker/engine.ts';

/** Where the app finds a database container: at its port on this computer. */
export function settingsFor(
  database: Pick<PostgresContainer, 'port' | 'user' | 'database'>,
  more: Partial<ConnectionSettings> = {},
): ConnectionSettings {
  return {
    ...defaultConnection,
    hosts: [{ host: '127.0.0.1', port: database.port }],
    user: database.user,
    database: database.database,
    tls: { mode: 'disable' },
    ...more,
  };
}

export const settings: ServerSettings = {
  project: 'reach',
  image: 'ghcr.io/dgruhin-hrizn/aperture:latest',
  containerName: 'aperture',
  user: 'root',
  url: 'http://localhost:3456',
  port: 3456,
  timeZone: 'UTC',
  folders: { libraries: '/srv/libraries', backups: '/srv/backups' },
  runMigrations: true,
  hostGateway: false,
  networks: [],
};

export function installationOn(docker: DockerPlace, more: Partial<ServerSettings> = {}): Installation {
  const project = uniqueName('reach');
  return { docker, preset: 'linux', folder: '/srv/aperture', settings: { ...settings, project, ...more } };
}

export function localPlace(docker: Docker): DockerPlace {
  return { kind: 'local', socket: docker.socket };
}

export async function instanceWith(
  companion: Companion,
  connection: ConnectionSettings,
  password: string,
  more: Partial<Pick<InstanceView, 'route'>> = {},
): Promise<InstanceView> {
  const made = await companion.instances.create({
    name: uniqueName('instance'),
    kind: 'external',
    route: { kind: 'direct' },
    connection,
    ...more,
  });
  await companion.instances.setPassword(made.id, password, 'session');
  return made;
}

/** Runs the test to its end; raises when it does not end well. */
export async function reach(
  companion: Companion,
  instanceId: string,
  installation?: Installation,
): Promise<ReachReport> {
  const { ended } = await companion.reach.run({ instanceId, ...(installation === undefined ? {} : { installation }) });
  const view = await ended;
  const report = companion.reach.latest(instanceId);
  if (view.state !== 'succeeded' || report === undefined) throw new Error(JSON.stringify(view, null, 2));
  return report;
}

/** What a process's tests from both sides have on the engine at this moment: ids of containers and networks. */
export async function leftovers(docker: Docker, pid = process.pid): Promise<string[]> {
  const label = 'app.aperture-companion.throwaway';
  const args = ['--filter', `label=${label}`, '--format', `{{.ID}} {{.Label "${label}"}}`];
  const listed = (await docker.docker('ps', '-a', ...args)) + (await docker.docker('network', 'ls', ...args));
  return listed.split('\n').filter((line) => line.includes(`|${pid}|`));
}
