import type { Instance } from '../../../contract/instance.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { hasRestrictFix } from '../backups/chooseTool.ts';
import { type Address, findTools, type PlacedTool, type PlacesNeed } from '../backups/places.ts';
import type { OpenArchive } from './archive.ts';

/** PostgreSQL's tools in a place from which they reach the database, and where they find it there. */
export type RestoreRoute = {
  tool: PlacedTool;
  /** Where the tools dial, where that is not the address of the settings. */
  dial: Address | undefined;
  /** The server as the app's own session found it. */
  address: Address;
  /** Closes a tunnel. Never rejects. */
  close(): Promise<void>;
};

/** psql that keeps a dump from running programs on the computer that it is restored on (`\restrict`). */
const restrictSince: Readonly<Record<number, number>> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };

/** Whether this psql knows `\restrict`. */
export function knowsRestrict(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const since = restrictSince[major];
  return since === undefined ? major >= 18 : minor >= since;
}

/** The tools that can restore this archive, best first: near ones before far ones, since all of the dump goes there. */
function fitting(
  found: readonly PlacedTool[],
  archive: Pick<OpenArchive, 'format' | 'toolMajor' | 'contents'>,
  { connection, route }: Pick<Instance, 'connection' | 'route'>,
): PlacedTool[] {
  // The client's certificate is a file of this computer.
  const here = connection?.tls.clientCertificatePath !== undefined;
  const plain = archive.format === 'sql' || archive.format === 'sql-gzip';
  const usable = found.filter((tool) => {
    if (here && tool.route.kind !== 'this-computer') return false;
    if (plain) return knowsRestrict(tool.version);
    if (archive.contents.compression === 'zstd' && tool.compression !== 'zstd') return false;
    return tool.major >= (archive.toolMajor ?? 0);
  });
  const order = (tool: PlacedTool) => [
    nearness[tool.route.kind][route.kind],
    // Of those in one place the one that is most like the archive's own.
    tool.major - (archive.toolMajor ?? 0),
    hasRestrictFix(tool.version) ? 0 : 1,
  ];
  return usable.sort((a, b) => compare(order(a), order(b)));
}

const nearness: Record<PlacedTool['route']['kind'], { direct: number; ssh: number }> = {
  'this-computer': { direct: 0, ssh: 2 },
  container: { direct: 1, ssh: 0 },
  'ssh-host': { direct: 2, ssh: 1 },
  'one-off-container': { direct: 3, ssh: 3 },
};

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const difference = value - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Every tool that could restore the archive; first those of this computer, which are found quickest. */
export async function findRestoreTools(
  need: PlacesNeed,
  instance: Instance,
  address: Address,
  archive: Pick<OpenArchive, 'format' | 'toolMajor' | 'contents'>,
  signal: AbortSignal,
): Promise<{ usable: PlacedTool[]; found: PlacedTool[] }> {
  if (instance.route.kind === 'direct') {
    const near = await findTools(need, instance, address, signal, { only: 'this-computer' });
    const usable = fitting(near, archive, instance);
    if (usable.length > 0) return { usable, found: near };
  }
  const found = await findTools(need, instance, address, signal);
  return { usable: fitting(found, archive, instance), found };
}

/** The best tools for the archive, with the way to the database open. Raises `backup-tool-missing`. */
export async function openRoute(
  need: PlacesNeed,
  instance: Instance,
  { address }: Pick<PostgresSession, 'address'>,
  archive: Pick<OpenArchive, 'format' | 'toolMajor' | 'contents'>,
  signal: AbortSignal,
): Promise<RestoreRoute> {
  const { usable, found } = await findRestoreTools(need, instance, address, archive, signal);
  const [tool] = usable;
  if (tool === undefined) throw toolMissing(archive, found);
  return routeWith(tool, need, instance, address, signal);
}

/** The way to the database for these tools. */
export async function routeWith(
  tool: PlacedTool,
  need: PlacesNeed,
  instance: Instance,
  address: Address,
  signal: AbortSignal,
): Promise<RestoreRoute> {
  if (tool.way.kind === 'direct') return { tool, dial: tool.way.dial, address, close: () => Promise.resolve() };
  const host = instance.route.kind === 'ssh' ? await need.sshHost(instance.route.sshHostId) : need.thisComputer;
  const tunnel = await host.tunnel(address, signal);
  return { tool, dial: tunnel, address, close: () => tunnel.close().catch(() => undefined) };
}

export function toolMissing(
  { toolMajor, format }: Pick<OpenArchive, 'toolMajor' | 'format'>,
  found: readonly PlacedTool[],
): ProblemError {
  const versions = found.map(({ version, place }) => `${version} (${place})`).join(', ');
  const plain = format === 'sql' || format === 'sql-gzip';
  return new ProblemError('restore-tool-missing', {
    tool: plain ? 'psql' : 'pg_restore',
    major: plain ? '18' : String(toolMajor ?? ''),
    found: versions === '' ? '–' : versions,
  });
}
