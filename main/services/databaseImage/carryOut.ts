import { say, type Text, text } from '../../../contract/copy/text.ts';
import type { DockerFound } from '../../../contract/server.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { pullImage } from '../../adapters/docker/pullImage.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { readIfThere } from '../composeFile/readIfThere.ts';
import { upArguments } from '../install/project.ts';
import type { Op } from '../ports.ts';
import { comeUpPatience, type DataFacts, factsWhenUp } from './dataFacts.ts';

export type ImageMove = {
  cli: DockerCli;
  compose: NonNullable<DockerFound['compose']>;
  /** The compose file, before and after. */
  path: string;
  folder: string;
  /** Compose's name for it, and all of its files: another name would be another database. */
  project: string;
  files: string[];
  service: string;
  before: string;
  after: string;
  /** What is put back when it fails: `before`, or what an earlier move that ended in between began with. */
  original: string;
  /** Of the container, and the image that it gets. */
  name: string;
  target: string;
  /** As they were when the plan was shown. */
  facts: DataFacts;
  /** The command that rebuilds all indexes, where they would be wrong. */
  reindex: string[] | undefined;
};

/** Milliseconds: rebuilding the indexes of a large database. */
const longestReindex = 12 * 3600_000;
const largestFile = 1024 * 1024;

/** Pulls, writes, replaces, looks; puts everything back when what answers then is not the same data with pgvector. */
export async function moveImage(move: ImageMove, op: Op): Promise<void> {
  const { cli, target, name, reindex } = move;
  const { signal } = op;
  op.step(0);
  const present = await cli.run(['image', 'inspect', '--format', '{{.Id}}', target], { signal });
  if (present.exitCode !== 0) {
    op.log(`docker pull ${target}`);
    await pullImage(cli, {
      image: target,
      signal,
      onProgress: ({ bytes: { done, total } }) => {
        if (done > 0) op.progress(done, total, 'bytes');
      },
    });
  }
  op.step(1);
  const mode = await modeOf(move, signal);
  const content = await readIfThere(cli.host, move.path, { signal, maxBytes: largestFile });
  if (content !== move.before) throw new ProblemError('file-changed', { path: move.path, host: cli.host.label });
  await write(move, `${move.path}.previous`, move.original, mode, signal);
  let container: { Id: string };
  try {
    await write(move, move.path, move.after, mode, signal);
    op.log(`${move.path} written on ${cli.host.label}`);
    await bringUp(move, op);
    op.step(2);
    container = await verify(move, signal);
  } catch (error) {
    await putBack(move, mode, op, error);
    throw error;
  }
  op.log(`${name}: the same data, and pgvector`);
  if (reindex === undefined) return;
  op.step(3);
  op.log(reindex.join(' '));
  await cli.must(['exec', container.Id, ...reindex], { signal, timeout: longestReindex, container: name });
}

/** What makes the service's container anew, and nothing else. */
export function upOf({
  project,
  files,
  folder,
  service,
}: Pick<ImageMove, 'project' | 'files' | 'folder' | 'service'>): string[] {
  return ['--project-name', project, ...upArguments(files, folder, service, true)];
}

/** Milliseconds: the old container gets its time to stop. */
const longestUp = 600_000;

async function bringUp(move: ImageMove, { signal, log }: Pick<Op, 'signal' | 'log'>): Promise<void> {
  const { cli, compose } = move;
  log(cli.composeArgv(compose, upOf(move)).join(' '));
  await cli.compose(compose, upOf(move), { signal, timeout: longestUp });
}

async function verify({ cli, name, facts }: ImageMove, signal: AbortSignal): Promise<{ Id: string }> {
  const up = await factsWhenUp(cli, name, signal);
  if (up.kind === 'silent') throw new Unverified(text('image.reason.silent', { seconds: comeUpPatience / 1000 }));
  if (up.kind === 'ended') throw new Unverified(text('image.reason.ended', { exitCode: up.exitCode }));
  const { identifier, major, directory, vector } = up.facts;
  if (identifier !== facts.identifier || major !== facts.major || directory !== facts.directory) {
    throw new Unverified(text('image.reason.other'));
  }
  if (!vector) throw new Unverified(text('image.reason.no-vector'));
  return up.container;
}

/** What came up is not what was wished for. */
class Unverified extends Error {
  readonly reason: Text;

  constructor(reason: Text) {
    super(reason.key);
    this.name = 'Unverified';
    this.reason = reason;
  }
}

/** The file and the container of before. Also after cancelling. Raises `database-image-rolled-back`; returns where the error says all. */
async function putBack(move: ImageMove, mode: number, { log }: Op, error: unknown): Promise<void> {
  const op = { log, signal: new AbortController().signal };
  const reason = reasonOf(error);
  op.log(`putting back the image of before: ${reason}`, 'warn');
  let restored = false;
  try {
    await write(move, move.path, move.original, mode, op.signal);
    await bringUp(move, op);
    const up = await factsWhenUp(move.cli, move.name, op.signal);
    restored = up.kind === 'up' && up.facts.identifier === move.facts.identifier;
  } catch (failure) {
    op.log(reasonOf(failure), 'error');
  }
  if (restored && error instanceof ProblemError && error.problem.code === 'cancelled') return;
  const values = {
    image: move.target,
    container: move.name,
    path: move.path,
    reason,
    restored: restored ? 'yes' : 'no',
  };
  const detail = error instanceof ProblemError ? error.problem.detail : undefined;
  throw new ProblemError('database-image-rolled-back', values, {
    cause: error,
    ...(detail === undefined ? {} : { detail }),
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof Unverified) return say(error.reason);
  if (error instanceof ProblemError) return String(error.problem.values.message ?? error.problem.code);
  return error instanceof Error ? error.message : String(error);
}

async function write(
  { cli }: ImageMove,
  path: string,
  content: string,
  mode: number,
  signal: AbortSignal,
): Promise<void> {
  await cli.host.writeFile(path, Buffer.from(content), { signal, mode });
}

/** As the file has it: one with a password in it stays its owner's. */
async function modeOf({ cli, path }: ImageMove, signal: AbortSignal): Promise<number> {
  try {
    const { stdout } = await cli.host.run(['stat', '-c', '%a', path], { signal, timeout: 10_000 });
    const mode = Number.parseInt(stdout.trim(), 8);
    return Number.isInteger(mode) && mode > 0 ? mode & 0o777 : 0o600;
  } catch (error) {
    if (signal.aborted) throw error;
    return 0o600;
  }
}
