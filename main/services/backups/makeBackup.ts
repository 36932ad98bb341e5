import { randomUUID } from 'node:crypto';
import type { BackupManifest, BackupToolChoice, BackupView } from '../../../contract/backup.ts';
import { say } from '../../../contract/copy/text.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { Problem } from '../../../contract/problem.ts';
import type { ToolFound } from '../../../contract/settings.ts';
import type { PostgresSession } from '../../adapters/postgres/session.ts';
import type { Tunnel } from '../../adapters/tunnel.ts';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import type { Op } from '../ports.ts';
import { type Dumped, dump, dumpApplicationName, freeBytes } from './dump.ts';
import { endSessions } from './endSessions.ts';
import { type Earlier, estimateDump } from './estimate.ts';
import { writeManifest } from './manifestFile.ts';
import { backupName } from './names.ts';
import { createPartFile, manifestPath, type PartFile, sweep } from './partFile.ts';
import type { PlacedTool, PlacesNeed } from './places.ts';
import { refusePooler } from './pooler.ts';
import { type ArchiveReader, startReading } from './readArchive.ts';
import { inSnapshot, type Snapshot } from './snapshot.ts';
import { restoreFor } from './verifyBackup.ts';

export type MakeBackup = {
  op: Op;
  instance: Instance;
  folder: string;
  label?: string;
  open: (signal: AbortSignal) => Promise<PostgresSession>;
  password: (signal: AbortSignal) => Promise<string | undefined>;
  toolFor: (session: PostgresSession) => Promise<{ tool: PlacedTool; choice: BackupToolChoice }>;
  localTools: () => Promise<ToolFound[]>;
  earlier: () => Promise<Earlier | undefined>;
  need: PlacesNeed;
  now: () => Date;
};

type Made = { manifest: BackupManifest; view: BackupView };

/** Milliseconds to reach the server for ending what is left there. */
const patience = 10_000;
/** Free space beyond the estimate that a backup wants. */
const margin = 64 * 1024 * 1024;

/** Why a backup of about this size would not fit. */
export function spaceProblem(folder: string, estimated: number, free: number): Problem | undefined {
  if (free >= estimated + margin) return undefined;
  const needed = Math.ceil((estimated + margin) / 1e6);
  return { code: 'backup-space', values: { folder, needed, free: Math.floor(free / 1e6) } };
}

/** One backup from the first question to its final name. When it rejects, nothing of it is left anywhere. */
export async function makeBackup(make: MakeBackup): Promise<Made> {
  const { op, folder } = make;
  for (const name of await sweep(folder)) op.log(`removed what was left of ${name}`);
  const session = await make.open(op.signal);
  try {
    await refusePooler(session, () => make.open(op.signal));
    const { tool, choice } = await make.toolFor(session);
    op.log(`pg_dump ${tool.version}, ${tool.place}`);
    for (const warning of choice.warnings) op.log(say(warning), 'warn');
    let made: Made | undefined;
    try {
      await inSnapshot(session, async (snapshot) => {
        made = await withSnapshot(make, session, snapshot, tool);
      });
    } catch (error) {
      // The transaction read only: a link that breaks at its very end takes nothing away.
      if (made === undefined) throw error;
    }
    if (made === undefined) throw new Error('a snapshot ended without a backup');
    return made;
  } finally {
    await session.close();
  }
}

async function withSnapshot(make: MakeBackup, session: PostgresSession, snapshot: Snapshot, tool: PlacedTool) {
  const { op, instance, folder, need } = make;
  const tableBytes = snapshot.tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const estimated = estimateDump(tableBytes, snapshot.database.bytes, tool.compression, await make.earlier()).bytes;
  const space = spaceProblem(folder, estimated, await freeBytes(folder));
  if (space !== undefined) throw new ProblemError(space.code, space.values);

  const createdAt = make.now();
  const applicationName = dumpApplicationName();
  let tunnel: Tunnel | undefined;
  let part: (PartFile & { name: string }) | undefined;
  let reader: ArchiveReader | undefined;
  try {
    if (tool.way.kind === 'tunnel') tunnel = await openTunnel(instance, session, need, op.signal);
    const password = await make.password(op.signal);
    const place = await restoreFor(tool, need, await make.localTools(), op.signal, tool.tools);
    if (place === undefined) {
      throw new ProblemError('backup-tool-missing', {
        server: String(tool.major),
        found: 'no pg_restore beside pg_dump',
      });
    }
    part = await createPartFile(folder, backupName(instance.name, createdAt, snapshot.ledger));
    reader = await startReading(place.tools, place.nowhere, op.signal);
    op.step(1);
    const started = performance.now();
    const dumped = await dump({
      op,
      tool,
      settings: settingsOf(instance),
      password,
      dial: tunnel ?? (tool.way.kind === 'direct' ? tool.way.dial : undefined),
      applicationName,
      session,
      snapshot,
      part,
      reader,
      folder,
      estimatedBytes: estimated,
    });
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    op.step(3);
    const manifest = manifestOf({ make, snapshot, tool, dumped, createdAt, seconds, name: part.name });
    return { manifest, view: await publish(make, part, manifest, dumped) };
  } catch (error) {
    await reader?.stop();
    await part?.discard();
    await endSessions(() => make.open(AbortSignal.timeout(patience)), applicationName);
    throw op.signal.aborted ? cancelled(error) : error;
  } finally {
    await tunnel?.close();
  }
}

function settingsOf({ connection, name }: Instance) {
  if (connection === undefined) throw new ProblemError('invalid-input', { field: 'connection', name });
  return connection;
}

async function openTunnel(
  { route }: Instance,
  { address }: PostgresSession,
  { sshHost, thisComputer }: PlacesNeed,
  signal: AbortSignal,
): Promise<Tunnel> {
  const host = route.kind === 'ssh' ? await sshHost(route.sshHostId) : thisComputer;
  return host.tunnel(address, signal);
}

function manifestOf({
  make: { instance },
  snapshot,
  tool,
  dumped,
  createdAt,
  seconds,
  name,
}: {
  make: MakeBackup;
  snapshot: Snapshot;
  tool: PlacedTool;
  dumped: Dumped;
  createdAt: Date;
  seconds: number;
  name: string;
}): BackupManifest {
  return {
    version: 1,
    id: randomUUID(),
    instance: { id: instance.id, name: instance.name },
    createdAt: createdAt.toISOString(),
    seconds,
    database: snapshot.database,
    server: snapshot.server,
    tool: { version: tool.version, major: tool.major, route: tool.route },
    ledger: snapshot.ledger,
    extensions: snapshot.extensions,
    tables: dumped.tables,
    file: { name, bytes: dumped.bytes, sha256: dumped.sha256, format: 'custom', compression: tool.compression },
    restorableTo: {
      major: snapshot.server.major,
      extensions: snapshot.extensions.filter((extension) => extension.name !== 'plpgsql'),
    },
    warnings: dumped.warnings,
  };
}

/** The manifest goes first: a dump that has its final name is complete in every way. */
async function publish(
  { op, folder, label }: MakeBackup,
  part: PartFile & { name: string },
  manifest: BackupManifest,
  { verification }: Dumped,
): Promise<BackupView> {
  const path = part.path.replace(/\.part$/, '');
  const more = label === undefined ? {} : { label };
  await writeManifest(manifestPath(path), { manifest, verification, ...more });
  if (op.signal.aborted) throw cancelled(op.signal.reason);
  await part.publish();
  const where = { kind: 'folder' as const, folder, path };
  return {
    id: manifest.id,
    manifest,
    where,
    bytes: manifest.file.bytes,
    modifiedAt: new Date().toISOString(),
    verification,
    ...more,
  };
}
