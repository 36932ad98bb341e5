import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { CommandResult } from '../host.ts';
import { isAlive, ownIdentity, type ProcessIdentity, processIdentitySchema } from '../processIdentity.ts';
import type { DockerCli } from './dockerCli.ts';
import type { Inspected } from './inspect.ts';
import type { InspectedNetwork } from './networks.ts';

/** Who made a container or network for a test, so that what a killed process left behind is removed, and nothing else. */
const label = 'app.aperture-companion.throwaway';

/** Milliseconds after which whatever is left of a test is nobody's any more. */
const lifetime = 10 * 60_000;

/** Milliseconds that tidying up may take: it also runs after cancelling. */
const patience = 30_000;

export type ThrowawayOptions = {
  image: string;
  /** The first is where its default route may lead; the others are joined before it starts. */
  networks: readonly string[];
  extraHosts: readonly string[];
  /** Brings the volumes of this container along, to read only. */
  volumesFrom?: string;
  program: string;
  args: readonly string[];
  stdin: string;
  /** Milliseconds. */
  timeout: number;
};

/** Names that nobody else has. */
const throwawayName = (): string => `aperture-companion-test-${randomBytes(6).toString('hex')}`;

/**
 * Runs one program in a container that is removed afterwards in any case: when it ends, fails, is cancelled, or takes too long. Raises
 * `docker-…`, `container-…`, `cancelled`.
 */
export async function runThrowaway(
  cli: DockerCli,
  options: ThrowawayOptions,
  signal: AbortSignal,
): Promise<CommandResult> {
  const name = throwawayName();
  const [first, ...others] = options.networks;
  const create = [
    ...['create', '--interactive', '--rm', '--name', name, '--label', await ownLabel(), '--no-healthcheck'],
    ...['--restart', 'no', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...(first === undefined ? [] : ['--network', first]),
    ...options.extraHosts.flatMap((entry) => ['--add-host', entry]),
    ...(options.volumesFrom === undefined ? [] : ['--volumes-from', `${options.volumesFrom}:ro`]),
    ...['--entrypoint', options.program, options.image, ...options.args],
  ];
  try {
    await cli.must(create, { signal });
    for (const network of others) await cli.must(['network', 'connect', network, name], { signal, container: name });
    return await cli.run(['start', '--attach', '--interactive', name], {
      signal,
      stdin: options.stdin,
      timeout: options.timeout,
    });
  } finally {
    // Its own signal: after cancelling there is still this to be done.
    await cli
      .run(['rm', '--force', '--volumes', name], { signal: AbortSignal.timeout(patience) })
      .catch(() => undefined);
  }
}

/** A bridge network like the one that Compose makes, for as long as the body runs. */
export async function withNetwork<T>(
  cli: DockerCli,
  signal: AbortSignal,
  body: (network: string) => Promise<T>,
): Promise<T> {
  const name = throwawayName();
  try {
    await cli.must(['network', 'create', '--driver', 'bridge', '--label', await ownLabel(), name], { signal });
    return await body(name);
  } finally {
    await cli.run(['network', 'rm', name], { signal: AbortSignal.timeout(patience) }).catch(() => undefined);
  }
}

/** Removes what processes that are gone have left behind. Never rejects but with `cancelled`. */
export async function sweep(
  cli: DockerCli,
  containers: readonly Inspected[],
  networks: readonly InspectedNetwork[],
  signal: AbortSignal,
): Promise<void> {
  for (const container of containers) {
    if (await isAbandoned(container.Config.Labels?.[label]))
      await cli.run(['rm', '--force', '--volumes', container.Id], { signal });
  }
  for (const network of networks) {
    if (await isAbandoned(network.labels[label])) await cli.run(['network', 'rm', network.id], { signal });
  }
}

/** Whether it is only there for a test. */
export const isThrowaway = ({ Config }: Inspected): boolean => Config.Labels?.[label] !== undefined;

/** `key=computer|until|process|start` */
async function ownLabel(): Promise<string> {
  const { pid, started = '' } = await ownIdentity();
  return `${label}=${[hostname(), Date.now() + lifetime, pid, started].join('|')}`;
}

async function isAbandoned(value: string | undefined): Promise<boolean> {
  if (value === undefined) return false;
  const [computer, until, pid, started] = value.split('|');
  if (Date.now() > Number(until)) return true;
  const identity = processIdentitySchema.safeParse({ pid: Number(pid), ...(started ? { started } : {}) });
  if (computer !== hostname() || !identity.success) return false;
  const made: ProcessIdentity = identity.data;
  return !(await isAlive(made, new Date(Number(until) - lifetime)));
}
