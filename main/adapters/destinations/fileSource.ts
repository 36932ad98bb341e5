import { createReadStream } from 'node:fs';
import type { Source } from './destination.ts';

/** A finished file of this computer. */
export function fileSource(path: string, { bytes, sha256 }: { bytes: number; sha256: string }): Source {
  return {
    bytes,
    sha256,
    // `end` is the last byte that is read; nothing is asked for beyond the end of a file that is empty from there.
    read: (from, to = bytes) =>
      createReadStream(path, { start: from, end: Math.max(from, to - 1), highWaterMark: 1 << 20 }),
  };
}
