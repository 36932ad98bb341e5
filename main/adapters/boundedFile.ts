import { open } from 'node:fs/promises';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';

/**
 * Reads one byte more than `maxBytes` at most, so that the caller can tell a file that is too long without holding all of it.
 * Raises `file-unreadable` with the system's reason, `cancelled`.
 */
export async function readBounded(
  path: string,
  { signal, maxBytes }: { signal: AbortSignal; maxBytes: number },
): Promise<Uint8Array> {
  try {
    signal.throwIfAborted();
    const file = await open(path, 'r');
    try {
      const chunks: Buffer[] = [];
      let length = 0;
      while (length <= maxBytes) {
        signal.throwIfAborted();
        const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(65_536, maxBytes + 1 - length)));
        if (bytesRead === 0) break;
        chunks.push(buffer.subarray(0, bytesRead));
        length += bytesRead;
      }
      return Buffer.concat(chunks);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (signal.aborted) throw cancelled(cause);
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new ProblemError('file-unreadable', { path, reason }, { cause });
  }
}
