import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { Duplex } from 'node:stream';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { recognisePull } from '../../problems/recognisePull.ts';
import type { RunningCommand } from '../host.ts';
import type { DockerCli } from './dockerCli.ts';
import { PullFollower } from './pullProgress.ts';

export type PullNeed = {
  image: string;
  signal: AbortSignal;
  /** Told for each change, often. */
  onProgress: (follower: PullFollower) => void;
};

/**
 * Pulls an image through the engine of that computer, with its bytes where the engine tells them; gives the engine's last words. What
 * was pulled before it is stopped counts the next time. Raises `container-image-missing`, `registry-…`, `docker-disk-full`, `docker-…`,
 * `cancelled`.
 */
export async function pullImage(cli: DockerCli, need: PullNeed): Promise<string | undefined> {
  const follower = new PullFollower(need.image);
  try {
    const told = cli.options.product === 'docker' && (await pullThroughApi(cli, need, follower));
    // The docker program knows logins that the engine does not; an old one has no way to the engine's API.
    if (!told || mayNeedLogin(follower.failure)) {
      delete follower.failure;
      await pullThroughProgram(cli, need, follower);
    }
  } catch (error) {
    if (need.signal.aborted) throw cancelled(need.signal.reason);
    throw error;
  }
  if (need.signal.aborted) throw cancelled(need.signal.reason);
  if (follower.failure !== undefined) {
    const problem = recognisePull(follower.failure, { host: cli.host.label, image: need.image });
    throw new ProblemError(problem.code, problem.values, problem);
  }
  return follower.outcome;
}

const mayNeedLogin = (failure: string | undefined) =>
  failure !== undefined && /unauthorized|denied|no basic auth/i.test(failure);

/** Whether the engine was reached; whatever it said is in the follower. */
async function pullThroughApi(cli: DockerCli, { image, signal, onProgress }: PullNeed, follower: PullFollower) {
  const ended = new AbortController();
  const command = await cli.start(['system', 'dial-stdio'], {
    signal: AbortSignal.any([signal, ended.signal]),
    feed: true,
  });
  command.stderr.resume();
  const { name, tag } = partsOf(image);
  const path = `/images/create?${new URLSearchParams({ fromImage: name, tag })}`;
  try {
    return await new Promise<boolean>((resolve) => {
      const stream = streamOf(command);
      const asked = request({
        method: 'POST',
        path,
        headers: { host: 'docker', 'content-length': '0', connection: 'close' },
        createConnection: () => stream,
        signal,
      });
      let answered = false;
      asked.once('response', (response) => {
        answered = true;
        const lines = createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY });
        lines.on('line', (line) => {
          follower.readEvent(line);
          onProgress(follower);
        });
        lines.once('close', () => {
          const { complete, statusCode } = response;
          if (!complete) follower.failure ??= 'unexpected EOF';
          else if (statusCode !== 200) follower.failure ??= `HTTP ${statusCode}`;
          resolve(true);
        });
        // readline passes its input's error on.
        lines.on('error', () => lines.close());
      });
      asked.once('error', () => {
        if (!answered) resolve(false);
      });
      asked.end();
    });
  } finally {
    // The engine gives a pull up when its caller hangs up; sudo passes no signal on, but its end of input.
    command.stdin.end();
    ended.abort();
    await command.end();
  }
}

function streamOf({ stdout, stdin }: RunningCommand): Duplex {
  const stream = Duplex.from({ readable: stdout, writable: stdin }) as Duplex;
  stream.on('error', () => undefined);
  return stream;
}

async function pullThroughProgram(cli: DockerCli, { image, signal, onProgress }: PullNeed, follower: PullFollower) {
  const ended = new AbortController();
  const command = await cli.start(['pull', image], { signal: AbortSignal.any([signal, ended.signal]) });
  let last = '';
  const read = (input: NodeJS.ReadableStream, each: (line: string) => void) =>
    new Promise<void>((resolve) => {
      createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
        .on('line', (line) => {
          each(line);
          follower.readLine(line);
          onProgress(follower);
        })
        .on('error', () => undefined)
        .once('close', resolve);
    });
  try {
    await Promise.all([
      read(command.stdout, () => undefined),
      read(command.stderr, (line) => {
        last = `${last}${line}\n`.slice(-4000);
      }),
    ]);
    const { exitCode } = await command.done;
    if (exitCode !== 0) follower.failure = last.trim() === '' ? `docker pull ended with ${exitCode}` : last;
  } finally {
    ended.abort();
    await command.end();
  }
}

/** A digest goes where the tag does. */
function partsOf(image: string): { name: string; tag: string } {
  const digest = image.indexOf('@');
  if (digest >= 0) return { name: image.slice(0, digest).replace(/:[^/:]+$/, ''), tag: image.slice(digest + 1) };
  const colon = image.lastIndexOf(':');
  if (colon > image.lastIndexOf('/')) return { name: image.slice(0, colon), tag: image.slice(colon + 1) };
  return { name: image, tag: 'latest' };
}

/** Whether the engine has the image, and since when it is as it is there. */
export async function imageThere(cli: DockerCli, image: string, signal: AbortSignal): Promise<string | undefined> {
  const args = ['image', 'inspect', '--format', '{{.Created}}', '--', image];
  const result = await cli.run(args, { signal });
  if (result.exitCode === 0) return result.stdout.trim();
  if (/no such image|not known|not found|unable to find/i.test(result.stderr)) return undefined;
  throw cli.failure(args, result);
}
