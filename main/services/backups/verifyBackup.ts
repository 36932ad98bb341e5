import { devNull } from 'node:os';
import path from 'node:path';
import type { BackupManifest, BackupVerification, BackupView } from '../../../contract/backup.ts';
import type { ToolFound } from '../../../contract/settings.ts';
import { containerTools, imageTools, localTools, remoteTools, type ToolPlace } from '../../adapters/tools/toolPlace.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Op } from '../ports.ts';
import { readManifest, writeManifest } from './manifestFile.ts';
import { manifestPath } from './partFile.ts';
import type { PlacesNeed } from './places.ts';
import { readThrough, startReading } from './readArchive.ts';

export type ReadBackNeed = PlacesNeed;

export type RestorePlace = { tools: ToolPlace; nowhere: string };

/**
 * A pg_restore that reads what this pg_dump wrote: of this computer where one is new enough, else where the dump was made. Undefined
 * when there is none any more.
 */
export async function restoreFor(
  tool: { major: number; route: BackupManifest['tool']['route'] },
  need: ReadBackNeed,
  found: readonly ToolFound[],
  signal: AbortSignal,
  dumpTools?: ToolPlace,
): Promise<RestorePlace | undefined> {
  const local = found
    .filter((one) => one.tool === 'pg_restore' && one.path !== undefined && (one.major ?? 0) >= tool.major)
    // The dump's own neighbour first, which is of the same build, then the nearest version.
    .sort((a, b) => rank(a, tool) - rank(b, tool))[0]?.path;
  if (local !== undefined) return { tools: localTools(need.thisComputer, () => local), nowhere: devNull };
  const { route } = tool;
  if (route.kind === 'this-computer') return undefined;
  const nowhere = '/dev/null';
  if (dumpTools !== undefined) return { tools: dumpTools, nowhere };
  switch (route.kind) {
    case 'ssh-host': {
      const folder = path.posix.dirname(route.path);
      return { tools: remoteTools(await need.sshHost(route.sshHostId), (name) => `${folder}/${name}`), nowhere };
    }
    case 'container':
      return {
        tools: containerTools((await need.dockerHosts.engine(route.docker, signal)).cli, route.container),
        nowhere,
      };
    case 'one-off-container': {
      const { cli } = await need.dockerHosts.engine(route.docker, signal);
      return { tools: imageTools(cli, route.image, 'none'), nowhere };
    }
  }
}

function rank(found: ToolFound, { major, route }: { major: number; route: BackupManifest['tool']['route'] }): number {
  const sibling =
    route.kind === 'this-computer' && path.dirname(found.path ?? '') === path.dirname(route.path) ? -1000 : 0;
  return sibling + (found.major ?? 0) - major;
}

/**
 * Reads a backup again: its checksum and its archive, both to the end. What comes out is kept in its manifest. Raises `backup-damaged`,
 * `backup-tool-missing` when nothing here can read it, `file-unreadable`.
 */
export async function verifyBackup(view: BackupView, need: ReadBackNeed, op: Op): Promise<void> {
  const file = view.where.path;
  const { verification } = view;
  const hopeless: ReadonlySet<string> = new Set(['missing', 'empty', 'size', 'manifest-unreadable']);
  if (verification.state === 'damaged' && hopeless.has(verification.why)) throw damaged(file, verification.why);
  const found = await need.tools.find();
  const newest = { major: 0, route: { kind: 'this-computer' as const, path: '' } };
  const place = await restoreFor(view.manifest?.tool ?? newest, need, found, op.signal);
  if (place === undefined) {
    const server = String(view.manifest?.tool.major ?? '');
    const versions = found.flatMap(({ tool, version }) => (tool === 'pg_restore' && version ? [version] : []));
    throw new ProblemError('backup-tool-missing', { server, found: versions.join(', ') || '–' });
  }
  const reader = await startReading(place.tools, place.nowhere, op.signal);
  let outcome: BackupVerification;
  try {
    const onBytes = (done: number) => op.progress(done, view.bytes, 'bytes');
    const read = await readThrough(file, { signal: op.signal, reader, onBytes });
    const verdict = await reader.verdict();
    op.signal.throwIfAborted();
    const at = new Date().toISOString();
    if (view.manifest !== undefined && read.sha256 !== view.manifest.file.sha256) {
      outcome = { state: 'damaged', at, why: 'checksum' };
    } else if (!verdict.whole) {
      outcome = { state: 'damaged', at, why: 'archive', detail: verdict.detail };
    } else outcome = { state: 'verified', at };
  } finally {
    await reader.stop();
  }
  await keep(file, outcome, op);
  if (outcome.state === 'damaged') throw damaged(file, outcome.why, outcome.detail);
}

async function keep(file: string, verification: BackupVerification, op: Op): Promise<void> {
  const manifest = manifestPath(file);
  const stored = await readManifest(manifest);
  if (stored === undefined || stored === 'unreadable') return;
  try {
    await writeManifest(manifest, { ...stored, verification });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    op.log(`${manifest}: ${error.problem.code}`, 'warn');
  }
}

function damaged(file: string, reason: string, detail?: string): ProblemError {
  return new ProblemError('backup-damaged', { path: file, reason }, detail === undefined ? {} : { detail });
}
