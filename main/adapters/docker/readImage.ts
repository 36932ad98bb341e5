import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { DockerCli } from './dockerCli.ts';

/** On the containers that are made to read an image: when, and for which reading. */
const readingLabel = 'org.aperture-companion.reading';

/** Milliseconds: after this long a reading has ended, whether or not it could tidy up. */
const forgotten = 60 * 60_000;
/** Milliseconds for tidying up, which goes on when the reading was cancelled. */
const tidying = 30_000;

export type Limits = {
  /** Files that are kept. */
  files: number;
  /** Bytes of one file, and of all that is read. */
  fileBytes: number;
  totalBytes: number;
};

export type FolderInImage = { files: { name: string; content: Buffer }[]; links: string[] };

const imageSchema = z.array(z.object({ Id: z.string(), RepoTags: z.array(z.string()).nullish() })).min(1);

/** Id and first name of an image that is on that computer; undefined when it isn't. Nothing is pulled. Raises `docker-…`. */
export async function inspectImage(
  cli: DockerCli,
  image: string,
  signal: AbortSignal,
): Promise<{ id: string; name?: string } | undefined> {
  const args = ['image', 'inspect', '--', image];
  const result = await cli.run(args, { signal });
  if (result.exitCode !== 0) {
    if (/no such image|image not known|no such object/i.test(result.stderr)) return undefined;
    throw cli.failure(args, result);
  }
  const [found] = imageSchema.parse(JSON.parse(result.stdout));
  if (found === undefined) return undefined;
  const name = found.RepoTags?.[0];
  return { id: found.Id, ...(name === undefined ? {} : { name }) };
}

/**
 * The files right inside a folder of an image whose names are wanted, without starting anything: a container is made, copied from and removed, its
 * anonymous volumes as well. Undefined when the image has no such folder. Raises `migrations-unreadable` when a limit is passed or the
 * archive is damaged, `docker-…`, `cancelled`.
 */
export async function readImageFolder(
  cli: DockerCli,
  {
    image,
    folder,
    wanted,
    limits,
  }: { image: string; folder: string; wanted: (name: string) => boolean; limits: Limits },
  signal: AbortSignal,
): Promise<FolderInImage | undefined> {
  const label = `${Date.now()}.${randomUUID()}`;
  try {
    // The command is never run; an image without one of its own can't be made into a container otherwise.
    const made = await cli.must(['create', '--label', `${readingLabel}=${label}`, '--network', 'none', image, 'true'], {
      signal,
    });
    const id = made.trim().split(/\s+/).at(-1) ?? '';
    return await copyOut(cli, `${id}:${folder}`, { image, wanted, limits }, signal);
  } finally {
    await tidyUp(cli, label);
  }
}

async function copyOut(
  cli: DockerCli,
  from: string,
  { image, wanted, limits }: { image: string; wanted: (name: string) => boolean; limits: Limits },
  signal: AbortSignal,
): Promise<FolderInImage | undefined> {
  const { extract } = (await import('tar-stream')).default;
  const unreadable = (reason: string, cause?: unknown) =>
    new ProblemError('migrations-unreadable', { source: image, reason }, { cause });
  // Podman follows links by itself and doesn't know the option.
  const args = ['cp', ...(cli.options.product === 'docker' ? ['--follow-link'] : []), from, '-'];
  const stop = new AbortController();
  const command = await cli.start(args, { signal: AbortSignal.any([signal, stop.signal]) });
  let words = '';
  command.stderr.setEncoding('utf8');
  command.stderr.on('data', (text: string) => {
    words = `${words}${text}`.slice(0, 4000);
  });
  const found: FolderInImage = { files: [], links: [] };
  let total = 0;
  let damage: unknown;
  const archive = extract();
  const reading = (async () => {
    for await (const entry of archive) {
      const { name, type } = entry.header;
      const [, file, deeper] = name.replace(/^\.\//, '').split('/');
      const keep = deeper === undefined && file !== undefined && file !== '' && wanted(file);
      if (keep && (type === 'symlink' || type === 'link')) found.links.push(file);
      const parts: Buffer[] = [];
      let size = 0;
      for await (const part of entry) {
        const bytes = part as Buffer;
        size += bytes.length;
        total += bytes.length;
        if (size > limits.fileBytes && keep) throw unreadable(`${name}: ${size} B > ${limits.fileBytes} B`);
        if (total > limits.totalBytes) throw unreadable(`${total} B > ${limits.totalBytes} B`);
        if (keep) parts.push(bytes);
      }
      if (!keep || type !== 'file') continue;
      found.files.push({ name: file, content: Buffer.concat(parts) });
      if (found.files.length > limits.files) throw unreadable(`> ${limits.files} files`);
    }
  })();
  try {
    await Promise.all([pipeline(command.stdout, archive), reading]);
  } catch (error) {
    damage = error;
    // What is left of the stream is wanted by nobody.
    archive.destroy();
    stop.abort();
    await reading.catch(() => undefined);
  }
  const { exitCode } = await command.done.catch(() => ({ exitCode: null }));
  if (signal.aborted) throw cancelled(signal.reason);
  if (damage instanceof ProblemError) throw damage;
  if (
    exitCode !== 0 &&
    /could not find the file|no such container:path|no such file|not found in container|does not exist/i.test(words)
  ) {
    return undefined;
  }
  if (exitCode !== 0 && damage === undefined) {
    throw cli.failure(args, { exitCode, signal: null, stdout: '', stderr: words });
  }
  if (damage !== undefined) throw unreadable(words.trim() || String(damage), damage);
  return found;
}

/** Removes what this reading made, and what earlier ones left behind when their process was killed. Never rejects: the reading counts. */
async function tidyUp(cli: DockerCli, own: string): Promise<void> {
  const signal = AbortSignal.timeout(tidying);
  try {
    const list = await cli.must(
      [
        'ps',
        '-a',
        '--no-trunc',
        '--filter',
        `label=${readingLabel}`,
        '--format',
        `{{.ID}} {{.Label "${readingLabel}"}}`,
      ],
      { signal },
    );
    const over = list.split('\n').flatMap((line) => {
      const [id, label = ''] = line.trim().split(' ');
      const old = Date.now() - Number.parseInt(label, 10) > forgotten;
      return id !== undefined && id !== '' && (label === own || old) ? [id] : [];
    });
    if (over.length > 0) await cli.must(['rm', '--force', '--volumes', ...over], { signal });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
}
