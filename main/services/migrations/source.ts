import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { MigrationSource, MigrationSourceFound } from '../../../contract/migration.ts';
import type { Problem } from '../../../contract/problem.ts';
import type { DockerPlace, ServerPlace } from '../../../contract/server.ts';
import { readBounded } from '../../adapters/boundedFile.ts';
import type { DockerCli } from '../../adapters/docker/dockerCli.ts';
import { inspectContainer } from '../../adapters/docker/inspect.ts';
import { inspectImage, type Limits, readImageFolder } from '../../adapters/docker/readImage.ts';
import { errnoOf } from '../../adapters/files.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { DockerHosts } from '../dockerHosts.ts';
import { byName } from './ledger.ts';

/** Where the server's image has them. */
export const imageFolder = '/app/db/migrations';

/** Far above what is to be expected, far below what would hurt. */
const limits: Limits = { files: 5_000, fileBytes: 4 * 1024 * 1024, totalBytes: 64 * 1024 * 1024 };

export type MigrationFile = {
  name: string;
  /** As it is in the file, line ends too. With `problem` it may have replacement characters. */
  sql: string;
  bytes: number;
  /** Of the bytes, in hex. */
  sha256: string;
  /** PostgreSQL would not take it whatever the SQL says: no UTF-8, a byte order mark, a zero character. Not to be run. */
  problem?: Problem;
};

export type SourceNeed = {
  dockerHosts: Pick<DockerHosts, 'engine'>;
  /** The instance's server, where it has one; its engine is the one that is asked for images. */
  server?: ServerPlace;
  signal: AbortSignal;
};

export type MigrationsRead = { found: MigrationSourceFound; files: MigrationFile[] };

/**
 * The migrations of a source, in the order in which the server applies them. Images are read without being started and are never pulled.
 * Raises `migrations-no-server` (an instance without a server has nothing installed), `migrations-image-missing`, `migrations-missing`,
 * `migrations-unreadable`, `file-unreadable`, `container-missing`, `docker-…`, `ssh-…`, `cancelled`.
 */
export async function readMigrations(source: MigrationSource, need: SourceNeed): Promise<MigrationsRead> {
  switch (source.kind) {
    case 'installed': {
      if (need.server === undefined) throw new ProblemError('migrations-no-server');
      const { docker, container } = need.server;
      const { cli } = await need.dockerHosts.engine(docker, need.signal);
      const inspected = await inspectContainer(cli, container, { signal: need.signal });
      if (inspected === undefined) throw new ProblemError('container-missing', { container, host: cli.host.label });
      const name = inspected.Config.Image === '' ? inspected.Image : inspected.Config.Image;
      return readImage(cli, { kind: 'installed', name, imageId: inspected.Image }, need.signal);
    }
    case 'image': {
      const { cli } = await need.dockerHosts.engine(need.server?.docker ?? thisComputer, need.signal);
      const image = await inspectImage(cli, source.image, need.signal);
      if (image === undefined) throw imageMissing(cli, source.image);
      return readImage(cli, { kind: 'image', name: source.image, imageId: image.id }, need.signal);
    }
    case 'folder':
      return readFolder(source.path, need.signal);
  }
}

const thisComputer: DockerPlace = { kind: 'local' };

function imageMissing(cli: DockerCli, image: string): ProblemError {
  const { host, options } = cli;
  return new ProblemError('migrations-image-missing', { image, host: host.label, program: options.product });
}

async function readImage(
  cli: DockerCli,
  image: { kind: 'installed' | 'image'; name: string; imageId: string },
  signal: AbortSignal,
): Promise<MigrationsRead> {
  // By its id: the name may lead to another image by now.
  const folder = await readImageFolder(
    cli,
    { image: image.imageId, folder: imageFolder, wanted: isMigration, limits },
    signal,
  );
  const [link] = folder?.links ?? [];
  if (link !== undefined) throw unreadable(image.name, `${link} is a link`);
  return migrationsOf(image, folder?.files ?? [], imageFolder);
}

async function readFolder(folder: string, signal: AbortSignal): Promise<MigrationsRead> {
  const absolute = path.resolve(folder);
  const names = await readdir(absolute).catch((cause: unknown) => {
    throw new ProblemError('file-unreadable', { path: absolute, reason: errnoOf(cause) ?? String(cause) }, { cause });
  });
  const wanted = names.filter(isMigration);
  if (wanted.length > limits.files) throw unreadable(absolute, `${wanted.length} files > ${limits.files}`);
  const files: { name: string; content: Buffer }[] = [];
  let total = 0;
  for (const name of wanted) {
    const file = path.join(absolute, name);
    // A device or a pipe would never end.
    if (
      !(await stat(file)
        .then((what) => what.isFile())
        .catch(() => true))
    )
      continue;
    const content = Buffer.from(await readBounded(file, { signal, maxBytes: limits.fileBytes }));
    total += content.length;
    if (content.length > limits.fileBytes) throw unreadable(absolute, `${name}: > ${limits.fileBytes} B`);
    if (total > limits.totalBytes) throw unreadable(absolute, `> ${limits.totalBytes} B`);
    files.push({ name, content });
  }
  return migrationsOf({ kind: 'folder', name: absolute }, files, absolute);
}

function isMigration(name: string): boolean {
  return name.endsWith('.sql');
}

function unreadable(source: string, reason: string): ProblemError {
  return new ProblemError('migrations-unreadable', { source, reason });
}

/** The files of a source, in order. Raises `migrations-missing` for none, `migrations-unreadable` for two of one name. */
export function migrationsOf(
  source: Omit<MigrationSourceFound, 'files'>,
  files: readonly { name: string; content: Buffer }[],
  folder: string,
): MigrationsRead {
  if (files.length === 0) throw new ProblemError('migrations-missing', { source: source.name, path: folder });
  const sorted = files.map(readFile).sort(byName);
  const twice = sorted.find(({ name }, at) => name === sorted[at + 1]?.name);
  if (twice !== undefined) throw unreadable(source.name, `${twice.name}: twice`);
  return { found: { ...source, files: sorted.length }, files: sorted };
}

function readFile({ name, content }: { name: string; content: Buffer }): MigrationFile {
  const sql = content.toString('utf8');
  const fault = faultOf(content, sql);
  return {
    name,
    sql,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    ...(fault === undefined ? {} : { problem: { code: 'migration-file-invalid', values: { name, fault } } }),
  };
}

/** Line ends of Windows are none: PostgreSQL takes them. */
function faultOf(content: Buffer, sql: string): 'encoding' | 'byte-order-mark' | 'zero' | undefined {
  if (content.includes(0)) return 'zero';
  if (!Buffer.from(sql, 'utf8').equals(content)) return 'encoding';
  return sql.startsWith('\uFEFF') ? 'byte-order-mark' : undefined;
}
