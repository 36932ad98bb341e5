import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

/** A finished file that is copied. It can be read from anywhere, as often as a copy that broke off needs it. */
export type Source = {
  bytes: number;
  /** Of the whole, hexadecimal. */
  sha256: string;
  /** From byte `from` to before byte `to`. */
  read(from: number, to?: number): Readable;
};

export type StoredFile = { name: string; bytes: number };

export type PutOptions = { signal: AbortSignal; progress: (bytes: number) => void };

/**
 * A place that copies of backups are kept in. All of it rejects with `cancelled`, `destination-unreachable`, `destination-refused`,
 * `destination-missing`, `destination-full`, `destination-damaged`, `destination-failed`, and for SSH with the problems of its host.
 */
export interface Destination {
  /** For people. */
  readonly name: string;
  /** Makes the place where that is possible, once, when it is set up: later a place that is not there is not mounted. */
  prepare(signal: AbortSignal): Promise<void>;
  /**
   * Copies a file. It has its name only when all of it is there and its checksum is right; a copy that broke off is taken up again
   * where it stopped, also by another process.
   */
  put(name: string, source: Source, options: PutOptions): Promise<void>;
  get(name: string, signal: AbortSignal): Promise<Readable>;
  /** Finished files only. */
  list(signal: AbortSignal): Promise<StoredFile[]>;
  /** No problem where there is none. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** Undefined where nobody can tell. */
  freeBytes(signal: AbortSignal): Promise<number | undefined>;
}

/** Left in a folder when it is set up. A folder without it is the empty place that a network folder is mounted on. */
export const marker = '.aperture-companion';

/** Names that mean the same on every system and in every storage. The app makes all of them itself. */
export function checkedName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/.test(name)) throw new TypeError(`not a name for a destination: ${name}`);
  return name;
}

/** What a copy is called until it is whole. Always the same for a file, so that the next attempt finds it. */
export const partName = (name: string) => `.${name}.part`;

/** The name of the file whose unfinished copy this is. */
export function unfinished(name: string): string | undefined {
  return /^\.(.+)\.part$/.exec(name)?.[1];
}

export async function sha256Of(stream: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest('hex');
}
