import type { BackupRoute, BackupToolChoice } from '../../../contract/backup.ts';
import { type Text, text } from '../../../contract/copy/text.ts';

/** First minor version of each major one in which a hostile server can't slip psql commands past `\restrict` into a plain dump. */
const restrictFixed: Readonly<Record<number, number>> = { 14: 24, 15: 19, 16: 15, 17: 11, 18: 6 };

/** Whether this version has the fix; majors that came later have it from the start. */
export function hasRestrictFix(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const fixed = restrictFixed[major];
  return fixed === undefined ? major > 18 : minor >= fixed;
}

export type FoundTool = {
  route: BackupRoute;
  place: string;
  version: string;
  major: number;
  compression: 'zstd' | 'gzip';
};

const closeness: Record<BackupRoute['kind'], { direct: number; ssh: number }> = {
  'this-computer': { direct: 0, ssh: 2 },
  container: { direct: 1, ssh: 0 },
  // Behind SSH what is dumped there travels compressed.
  'ssh-host': { direct: 2, ssh: 1 },
  'one-off-container': { direct: 3, ssh: 3 },
};

/**
 * The tools, best first: usable ones, the server's own major version, else the nearest newer one, then those with the fix, then the
 * nearest place. A tool that is older than the server is told, and never used.
 */
export function rankTools(
  found: readonly FoundTool[],
  server: { version: string; major: number },
  route: 'direct' | 'ssh',
): BackupToolChoice[] {
  const choices = found.map((tool): BackupToolChoice => {
    const older = tool.major < server.major;
    return { ...tool, ...(older ? { unusable: 'older-than-server' } : {}), warnings: warningsOf(tool, server) };
  });
  const order = (choice: BackupToolChoice): number[] => [
    choice.unusable === undefined ? 0 : 1,
    Math.abs(choice.major - server.major),
    hasRestrictFix(choice.version) ? 0 : 1,
    closeness[choice.route.kind][route],
  ];
  return choices.sort((a, b) => compare(order(a), order(b)));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const difference = value - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function warningsOf(tool: FoundTool, server: { version: string; major: number }): Text[] {
  const { version, major, compression } = tool;
  const warnings: Text[] = [];
  if (!hasRestrictFix(version)) {
    const fixed = restrictFixed[major];
    warnings.push(
      text('backup.warning.minor', { version, fixed: fixed === undefined ? '14.24' : `${major}.${fixed}` }),
    );
  }
  if (major > server.major)
    warnings.push(text('backup.warning.newer-major', { version, server: String(server.major) }));
  if (compression === 'gzip') warnings.push(text('backup.warning.gzip'));
  return warnings;
}

/** The wished tool if it is still there and usable, else the best one. */
export function chosenTool(choices: readonly BackupToolChoice[], wished: BackupRoute | undefined) {
  const usable = choices.filter(({ unusable }) => unusable === undefined);
  if (wished === undefined) return usable[0];
  const key = routeKey(wished);
  return usable.find(({ route }) => routeKey(route) === key) ?? usable[0];
}

/** Two routes with the same key are the same. */
export function routeKey(route: BackupRoute): string {
  switch (route.kind) {
    case 'this-computer':
      return `${route.kind} ${route.path}`;
    case 'container':
      return `${route.kind} ${place(route.docker)} ${route.container}`;
    case 'one-off-container':
      return `${route.kind} ${place(route.docker)} ${route.image}`;
    case 'ssh-host':
      return `${route.kind} ${route.sshHostId} ${route.path}`;
  }
}

function place(docker: Extract<BackupRoute, { kind: 'container' }>['docker']): string {
  return docker.kind === 'ssh' ? `ssh:${docker.sshHostId}` : 'local';
}
