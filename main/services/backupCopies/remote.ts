import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { BackupManifest } from '../../../contract/backup.ts';
import type { Destination } from '../../adapters/destinations/destination.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import { readManifest } from '../backups/manifestFile.ts';
import type { Outgoing } from './outgoing.ts';

/** A copy that is whole: its manifest, which goes last, is there, and its size is what the manifest says. */
export type RemoteBackup = { name: string; manifestName: string; manifest: BackupManifest };

/** Manifests that are asked for at once. */
const atOnce = 4;

/** `manifests` remembers what was read before: what has a name never changes. */
export async function listRemote(
  destination: Destination,
  instanceId: string,
  signal: AbortSignal,
  manifests: Map<string, BackupManifest> = new Map(),
): Promise<RemoteBackup[]> {
  const files = new Map((await destination.list(signal)).map(({ name, bytes }) => [name, bytes]));
  const names = [...files.keys()].filter((name) => /^aperture_.*\.dump(\.age)?$/.test(name)).sort();
  const found: RemoteBackup[] = [];
  const work = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const manifestName = manifestNameOf(name);
      if (!files.has(manifestName)) continue;
      const manifest = manifests.get(name) ?? (await fetchManifest(destination, manifestName, signal));
      if (manifest === undefined || manifest.instance.id !== instanceId) continue;
      if (manifest.file.name !== name || manifest.file.bytes !== files.get(name)) continue;
      manifests.set(name, manifest);
      found.push({ name, manifestName, manifest });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return found;
}

/** The dump, then its manifest. */
export async function sendTo(
  destination: Destination,
  { dump, manifest }: Outgoing,
  options: { signal: AbortSignal; progress: (bytes: number) => void },
): Promise<void> {
  await destination.put(dump.name, dump.source, options);
  await destination.put(manifest.name, manifest.source, { signal: options.signal, progress: () => undefined });
}

/** The dump, then its manifest: a manifest alone counts for nothing, a dump alone would only take space. */
export async function removeRemote(destination: Destination, backup: RemoteBackup, signal: AbortSignal): Promise<void> {
  await destination.remove(backup.name, signal);
  await destination.remove(backup.manifestName, signal);
}

/** Manifests whose dump somebody has begun to remove. */
export async function tidyRemote(destination: Destination, signal: AbortSignal): Promise<void> {
  const names = new Set((await destination.list(signal)).map(({ name }) => name));
  for (const name of names) {
    if (/^aperture_.*\.json$/.test(name) && !names.has(dumpNameOf(name))) await destination.remove(name, signal);
  }
}

function manifestNameOf(name: string): string {
  return name.endsWith('.age') ? name.replace(/\.dump\.age$/, '.age.json') : name.replace(/\.dump$/, '.json');
}

function dumpNameOf(manifest: string): string {
  return manifest.endsWith('.age.json')
    ? manifest.replace(/\.age\.json$/, '.dump.age')
    : manifest.replace(/\.json$/, '.dump');
}

/** Undefined for one that can't be believed. */
async function fetchManifest(
  destination: Destination,
  name: string,
  signal: AbortSignal,
): Promise<BackupManifest | undefined> {
  let content: Buffer;
  try {
    content = await buffer(await destination.get(name, signal));
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'destination-missing') return undefined;
    throw error;
  }
  const folder = path.join(tmpdir(), `companion-manifest-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    const file = path.join(folder, 'manifest.json');
    await writeFile(file, content, { mode: 0o600 });
    const read = await readManifest(file);
    return read === undefined || read === 'unreadable' ? undefined : read.manifest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
