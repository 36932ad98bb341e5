import type { PullProgress } from '../../../contract/install.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { pullImage } from '../../adapters/docker/pullImage.ts';
import type { Emit, Op } from '../ports.ts';

/** Milliseconds between events about a pull. */
const eventInterval = 200;

/** Pulls one after the other, telling the bytes of each. Raises what the registry or the engine says. */
export async function pullAll(cli: DockerCli, images: readonly string[], op: Op, emit: Emit): Promise<void> {
  for (const image of images) {
    op.log(`docker pull ${image}`);
    let toldAt = 0;
    let last: PullProgress | undefined;
    const tell = (progress: PullProgress) => {
      toldAt = performance.now();
      last = undefined;
      emit('install.pull', { operationId: op.id, progress });
    };
    const outcome = await pullImage(cli, {
      image,
      signal: op.signal,
      onProgress: (follower) => {
        last = follower.progress;
        const { done, total } = follower.bytes;
        if (performance.now() - toldAt < eventInterval) return;
        if (done > 0) op.progress(done, total, 'bytes');
        tell(last);
      },
    });
    if (last !== undefined) tell(last);
    if (outcome !== undefined) op.log(outcome);
  }
}

/** The same operation where it goes on although it was cancelled: for putting things back. */
export function uncancelled({ id, step, progress, log }: Op): Op {
  return { id, step, progress, log, signal: new AbortController().signal };
}
