import { say, text } from '../../contract/copy/text.ts';
import type { Instance, InstanceView } from '../../contract/instance.ts';
import type { SshHost } from '../../contract/sshHost.ts';

/** Where an instance's database is, in one line. */
export function placeOf({ connection, kind }: Instance): string {
  if (kind === 'practice') return say(text('practice.title'));
  if (connection === undefined) return say(text('cli.instances.unfinished'));
  const hosts = connection.hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  return `${connection.user}@${hosts.join(',')}/${connection.database}`;
}

/** Everything about an instance but its secrets, as rows of name and value. */
export function instanceRows(instance: InstanceView, sshHosts: readonly SshHost[]): string[][] {
  const { id, name, connection, route, createdAt, updatedAt } = instance;
  const label = (key: 'name' | 'id' | 'database' | 'route' | 'tls' | 'ca' | 'password' | 'created' | 'changed') =>
    say(text(`cli.instance.${key}`));
  const rows = [
    [label('name'), name],
    [label('id'), id],
    [label('database'), placeOf(instance)],
    [label('route'), routeOf(route, sshHosts)],
  ];
  if (connection !== undefined) rows.push([label('tls'), connection.tls.mode]);
  if (connection?.tls.caPath !== undefined) rows.push([label('ca'), connection.tls.caPath]);
  rows.push([label('password'), say(text(`cli.place.${instance.password}`))]);
  rows.push([label('created'), createdAt], [label('changed'), updatedAt]);
  return rows;
}

function routeOf(route: Instance['route'], sshHosts: readonly SshHost[]): string {
  if (route.kind === 'direct') return say(text('cli.instance.direct'));
  const host = sshHosts.find(({ id }) => id === route.sshHostId);
  return say(text('cli.instance.through', { host: host?.name ?? route.sshHostId }));
}
