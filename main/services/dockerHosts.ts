import type { DockerFound, DockerPlace } from '../../contract/server.ts';
import { DockerCli, type DockerCliOptions } from '../adapters/docker/dockerCli.ts';
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
  /** How to ask each engine. Not by which connection: that is closed when the settings of its SSH host change. */
  const engines = new Map<string, { options: Omit<DockerCliOptions, 'host'>; found: DockerFound }>();

  const hostOf = (place: DockerPlace): Host | Promise<Host> =>
    place.kind === 'local' ? thisComputer : sshHost(place.sshHostId);

  const look = async (place: DockerPlace, signal: AbortSignal): Promise<FoundEngine> => {
    // `sudo: false` of a place is no wish: it is tried where the user is refused.
    const wanted = { ...place, sudo: place.kind === 'ssh' && place.sudo ? true : undefined };
    const result = await findDocker(await hostOf(place), wanted, signal);
    const key = JSON.stringify(place);
    if (result.cli === undefined) engines.delete(key);
    else engines.set(key, { options: result.cli.options, found: result.found });
    return result;
  };

  return {
    find: async (place, signal) => (await look(place, signal)).found,
    async engine(place, signal) {
      const known = engines.get(JSON.stringify(place));
      if (known !== undefined) {
        return { cli: new DockerCli({ ...known.options, host: await hostOf(place) }), found: known.found };
      }
      const { cli, found } = await look(place, signal);
      if (cli !== undefined) return { cli, found };
      const problem = found.problem ?? { code: 'docker-not-running', values: { host: found.host, address: '' } };
      throw new ProblemError(problem.code, problem.values, problem);
    },
  };
}
