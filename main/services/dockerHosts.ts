import type { DockerFound, DockerPlace } from '../../contract/server.ts';
import type { DockerCli } from '../adapters/docker/dockerCli.ts';
import { type FoundEngine, findDocker } from '../adapters/docker/findDocker.ts';
import type { Host } from '../adapters/host.ts';
import { ProblemError } from '../problems/ProblemError.ts';

export interface DockerHosts {
  /** Looks anew. What stands in the way of Docker is in the result; rejects with what stands in the way of the computer. */
  find(place: DockerPlace, signal: AbortSignal): Promise<DockerFound>;
  /** The engine, looked for once a process. Raises why there is none: `docker-…`, `ssh-…`. */
  engine(place: DockerPlace, signal: AbortSignal): Promise<{ cli: DockerCli; found: DockerFound }>;
}

/** Docker on this computer and on SSH hosts. */
export function createDockerHosts({
  thisComputer,
  sshHost,
}: {
  thisComputer: Host;
  sshHost: (id: string) => Promise<Host>;
}): DockerHosts {
  const engines = new Map<string, { cli: DockerCli; found: DockerFound }>();

  const look = async (place: DockerPlace, signal: AbortSignal): Promise<FoundEngine> => {
    const host = place.kind === 'local' ? thisComputer : await sshHost(place.sshHostId);
    // `sudo: false` of a place that is only being looked at is not a wish: it is tried where the user is refused.
    return findDocker(host, { ...place, ...(place.kind === 'ssh' && !place.sudo ? { sudo: undefined } : {}) }, signal);
  };

  const keep = (place: DockerPlace, { cli, found }: FoundEngine) => {
    const key = JSON.stringify(place);
    if (cli === undefined) engines.delete(key);
    else engines.set(key, { cli, found });
  };

  return {
    async find(place, signal) {
      const result = await look(place, signal);
      keep(place, result);
      return result.found;
    },
    async engine(place, signal) {
      const known = engines.get(JSON.stringify(place));
      if (known !== undefined) return known;
      const { cli, found } = await look(place, signal);
      if (cli === undefined) {
        const problem = found.problem ?? { code: 'docker-not-running', values: { host: found.host, address: '' } };
        throw new ProblemError(problem.code, problem.values, problem);
      }
      keep(place, { cli, found });
      return { cli, found };
    },
  };
}
