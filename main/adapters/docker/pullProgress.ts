import { z } from 'zod';
import type { PullLayer, PullProgress } from '../../../contract/install.ts';

const eventSchema = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).nullish(),
  error: z.string().optional(),
  errorDetail: z.object({ message: z.string().optional() }).nullish(),
  /** Of an answer that is no success. */
  message: z.string().optional(),
});

/** Follows a pull from what the engine tells, layer by layer. */
export class PullFollower {
  readonly #image: string;
  readonly #layers = new Map<string, PullLayer>();
  /** Why it failed, in the engine's words. */
  failure: string | undefined;
  /** The last words about the whole: "Status: Downloaded newer image for …". */
  outcome: string | undefined;

  constructor(image: string) {
    this.#image = image;
  }

  get progress(): PullProgress {
    return { image: this.#image, layers: [...this.#layers.values()].map((layer) => ({ ...layer })) };
  }

  /** A line of the engine's stream of JSON values. Whatever it does not know is passed over. */
  readEvent(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return;
    }
    const event = eventSchema.safeParse(value).data;
    if (event === undefined) return;
    const failure =
      event.errorDetail?.message ?? event.error ?? (event.status === undefined ? event.message : undefined);
    if (failure !== undefined && failure !== '') this.failure = failure;
    if (event.status === undefined) return;
    if (event.id === undefined) {
      if (event.status.startsWith('Status: ')) this.outcome = event.status.slice('Status: '.length);
      return;
    }
    this.#told(event.id, event.status, event.progressDetail ?? {});
  }

  /** A line that the docker or podman program prints where it is no terminal. */
  readLine(line: string): void {
    const docker = /^([0-9a-f]{12}): (.+?)\s*$/.exec(line);
    const podman = /^Copying blob (?:sha256:)?([0-9a-f]{12})[0-9a-f]* ?(done|skipped|)/.exec(line);
    if (docker !== null) this.#told(docker[1] ?? '', docker[2] ?? '', {});
    else if (podman !== null) {
      const words = { done: 'Pull complete', skipped: 'Already exists', '': 'Downloading' };
      this.#told(podman[1] ?? '', words[podman[2] as keyof typeof words], {});
    } else if (line.startsWith('Status: ')) this.outcome = line.slice('Status: '.length);
  }

  /** Bytes that have come, and of how many, once the engine has told the size of every layer that it downloads. */
  get bytes(): { done: number; total?: number } {
    let done = 0;
    let total = 0;
    let known = true;
    for (const { state, doneBytes = 0, totalBytes } of this.#layers.values()) {
      if (state === 'there') continue;
      if (totalBytes === undefined) {
        // A small layer is there before its size was told.
        if (state === 'waiting' || state === 'downloading') known = false;
        continue;
      }
      done += doneBytes;
      total += totalBytes;
    }
    return known && total > 0 ? { done, total } : { done };
  }

  #told(
    id: string,
    status: string,
    { current, total }: { current?: number | undefined; total?: number | undefined },
  ): void {
    const state = stateOf(status);
    if (state === undefined) return;
    const before = this.#layers.get(id);
    const layer: PullLayer = { ...before, id, state };
    // What is told while it is extracted is another count: of the same bytes, again.
    if (state === 'downloading') {
      if (total !== undefined && total > 0) layer.totalBytes = total;
      if (current !== undefined) layer.doneBytes = current;
    } else if (state !== 'waiting' && layer.totalBytes !== undefined) {
      layer.doneBytes = layer.totalBytes;
    }
    this.#layers.set(id, layer);
  }
}

function stateOf(status: string): PullLayer['state'] | undefined {
  if (/^(?:Pulling fs layer|Waiting|Retrying)/.test(status)) return 'waiting';
  if (status.startsWith('Downloading')) return 'downloading';
  if (/^(?:Verifying Checksum|Download complete)/.test(status)) return 'verifying';
  if (status.startsWith('Extracting')) return 'extracting';
  if (status.startsWith('Pull complete')) return 'done';
  if (status.startsWith('Already exists')) return 'there';
  return undefined;
}
