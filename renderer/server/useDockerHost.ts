import type { DockerPlace } from '../../contract/server.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/** The computer that a Docker is on, as people call it. */
export function useDockerHost(docker: DockerPlace | undefined): string {
  const sshHostId = docker?.kind === 'ssh' ? docker.sshHostId : undefined;
  const name = useStore((state) => state.sshHosts.find(({ id }) => id === sshHostId)?.name);
  return sshHostId === undefined ? words('screen.server.this-computer') : (name ?? '…');
}
