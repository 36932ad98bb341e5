import { posix } from 'node:path';
import { text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import type { HostFinding, HostFindingId, ServerSettings } from '../../../contract/serverSettings.ts';
import type { Host } from '../../adapters/host.ts';
import { quoteArgument } from '../../adapters/ssh/quoting.ts';
import { ProblemError } from '../../problems/ProblemError.ts';

type Look = { host: Host; signal: AbortSignal };
type FolderFindingId = Extract<HostFindingId, 'compose-folder' | `folder-${string}`>;
type PortFindingId = Extract<HostFindingId, 'server-port' | 'database-port'>;
type FolderState = 'writable' | 'read-only' | 'file' | 'can-be-made' | 'cannot-be-made' | 'unknown';

/** POSIX: BusyBox on a NAS has no `realpath -m` or `findmnt`. */
const folderScript = `d=$1
if [ -d "$d" ]; then if [ -w "$d" ]; then echo writable; else echo read-only; fi; exit; fi
if [ -e "$d" ]; then echo file; exit; fi
p=$d
while [ ! -e "$p" ]; do n=$(dirname "$p"); [ "$n" = "$p" ] && break; p=$n; done
if [ -d "$p" ] && [ -w "$p" ]; then echo can-be-made; else echo cannot-be-made; fi`;

/**
 * Whether the Docker host has what the settings need: folders there and writable, ports free. Changes nothing. `ownPorts` are those that
 * Aperture's own containers publish already.
 */
export async function inspectHost(
  host: Host,
  { folder, settings, ownPorts = [] }: { folder: string; settings: ServerSettings; ownPorts?: readonly number[] },
  signal: AbortSignal,
): Promise<HostFinding[]> {
  const look = { host, signal };
  const { folders, port, bindAddress, database } = settings;
  const at = (path: string) => (path.startsWith('./') ? posix.join(folder, path) : path);
  const findings = [
    folderFinding(look, 'compose-folder', folder),
    folderFinding(look, 'folder-libraries', at(folders.libraries)),
    folderFinding(look, 'folder-backups', at(folders.backups)),
    ...(folders.media === undefined ? [] : [folderFinding(look, 'folder-media', at(folders.media))]),
    portFinding(look, 'server-port', port, bindAddress, ownPorts),
    ...(database?.publishedPort === undefined
      ? []
      : [portFinding(look, 'database-port', database.publishedPort, '127.0.0.1', ownPorts)]),
  ];
  return Promise.all(findings);
}

async function folderFinding(look: Look, id: FolderFindingId, path: string): Promise<HostFinding> {
  const { host } = look;
  const finding = (status: HostFinding['status'], key: Parameters<typeof text>[0], fixes: Fix[] = []): HostFinding => ({
    id,
    status,
    title: text(`compose.host.${id}.title`),
    evidence: text(key, { path, name: path, host: host.label }),
    fixes,
  });
  const make: Fix = {
    kind: 'paste',
    title: text('compose.fix.folder.title'),
    language: 'shell',
    where: text('compose.fix.folder.where', { host: host.label }),
    snippet: `sudo mkdir -p ${quoteArgument(path)}`,
  };
  const state = await folderState(look, path);
  switch (state) {
    case 'writable':
      return finding('pass', 'compose.host.folder.writable');
    case 'read-only':
      if (id === 'compose-folder') return finding('fail', 'compose.host.folder.unwritable');
      if (id === 'folder-media') return finding('pass', 'compose.host.folder.there');
      return finding('warn', 'compose.host.folder.read-only');
    case 'file':
      return finding('fail', 'compose.host.folder.file');
    case 'can-be-made':
      if (id === 'folder-media') return finding('warn', 'compose.host.folder.missing', [make]);
      return finding('pass', 'compose.host.folder.new');
    case 'cannot-be-made':
      if (id === 'compose-folder') return finding('fail', 'compose.host.folder.unwritable', [make]);
      if (id === 'folder-media') return finding('warn', 'compose.host.folder.missing', [make]);
      return finding('warn', 'compose.host.folder.no-parent', [make]);
    case 'unknown':
      return finding('skipped', 'compose.host.unknown');
  }
}

async function folderState({ host, signal }: Look, path: string): Promise<FolderState> {
  try {
    const { stdout } = await host.run(['sh', '-c', folderScript, 'sh', path], { signal, timeout: 15_000 });
    const states: readonly FolderState[] = ['writable', 'read-only', 'file', 'can-be-made', 'cannot-be-made'];
    return states.find((state) => state === stdout.trim()) ?? 'unknown';
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
    return 'unknown';
  }
}

async function portFinding(
  { host, signal }: Look,
  id: PortFindingId,
  port: number,
  address: string | undefined,
  ownPorts: readonly number[],
): Promise<HostFinding> {
  const finding = (status: HostFinding['status'], key: Parameters<typeof text>[0], fixes: Fix[] = []): HostFinding => ({
    id,
    status,
    title: text(`compose.host.${id}.title`),
    evidence: text(key, { port: String(port), name: String(port), host: host.label }),
    fixes,
  });
  const target = { host: address === undefined || address === '0.0.0.0' ? '127.0.0.1' : address, port };
  try {
    const stream = await host.dial(target, AbortSignal.any([signal, AbortSignal.timeout(10_000)]));
    stream.on('error', () => undefined);
    stream.destroy();
  } catch (error) {
    if (signal.aborted || !(error instanceof ProblemError)) throw error;
    const refused = ['connection-refused', 'ssh-target-refused'].includes(error.problem.code);
    return refused ? finding('pass', 'compose.host.port.free') : finding('skipped', 'compose.host.unknown');
  }
  if (ownPorts.includes(port)) return finding('pass', 'compose.host.port.own');
  const seeWho: Fix = {
    kind: 'paste',
    title: text('compose.fix.port.title'),
    language: 'shell',
    where: text('compose.fix.port.where', { host: host.label }),
    snippet: `sudo ss -ltnp 'sport = :${port}'\ndocker ps --filter publish=${port}`,
  };
  return finding('fail', 'compose.host.port.used', [seeWho]);
}
