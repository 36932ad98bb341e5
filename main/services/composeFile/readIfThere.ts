import { errnoOf } from '../../adapters/files.ts';
import type { Host } from '../../adapters/host.ts';
import { ProblemError } from '../../problems/ProblemError.ts';

/** The text of a file of the host, undefined when there is none. Raises `file-unreadable` for one that is there. */
export async function readIfThere(
  host: Host,
  path: string,
  options: { signal: AbortSignal; maxBytes: number },
): Promise<string | undefined> {
  try {
    return (await host.readFile(path, options)).toString('utf8');
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'file-unreadable') throw error;
    // ENOTDIR: what should be its folder is a file.
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error.cause) ?? '')) return undefined;
    if (host.kind === 'local') throw error;
    // Also true for what a link leads nowhere to.
    const { exitCode } = await host.run(['sh', '-c', '[ -e "$1" ] || [ -L "$1" ]', 'sh', path], {
      signal: options.signal,
    });
    if (exitCode === 1) return undefined;
    throw error;
  }
}
