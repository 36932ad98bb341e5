import type { Companion } from '../compose.ts';
import type { Handlers } from './handlers.ts';

type SshHandlers = Pick<
  Handlers,
  | 'sshHosts.list'
  | 'sshHosts.save'
  | 'sshHosts.remove'
  | 'sshHosts.test'
  | 'sshHosts.latest'
  | 'hostKeys.list'
  | 'hostKeys.forget'
>;

export function sshHandlers({ sshHosts, instances }: Companion): SshHandlers {
  return {
    'sshHosts.list': async () => ({
      hosts: await sshHosts.list(),
      aliases: await sshHosts.aliases(),
      agentSockets: await sshHosts.agentSockets(),
    }),
    'sshHosts.save': (host) => sshHosts.save(host),
    'sshHosts.remove': async ({ id }) => {
      const { instances: all } = await instances.list();
      await sshHosts.remove(
        id,
        all
          .filter(
            ({ route, server }) =>
              (route.kind === 'ssh' && route.sshHostId === id) ||
              (server?.docker.kind === 'ssh' && server.docker.sshHostId === id),
          )
          .map(({ name }) => name),
      );
    },
    'sshHosts.test': ({ id }) => sshHosts.test(id),
    'sshHosts.latest': async ({ id }) => sshHosts.latest(id) ?? null,
    'hostKeys.list': () => sshHosts.hostKeys.list(),
    'hostKeys.forget': ({ host, port }) => sshHosts.hostKeys.forget(host, port),
  };
}
