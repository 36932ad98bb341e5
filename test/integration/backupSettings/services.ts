import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BackupManifest } from '../../../contract/backup.ts';
import type { Host } from '../../../main/adapters/host.ts';
import { createKeychain } from '../../../main/adapters/keychain.ts';
import { loadKeytar } from '../../../main/adapters/keychainLibrary.ts';
import { createLogFile } from '../../../main/adapters/logFile.ts';
import { secretServiceLocked } from '../../../main/adapters/secretService.ts';
import { createRedactor } from '../../../main/redaction.ts';
import { createBackupCopies } from '../../../main/services/backupCopies.ts';
import { createBackupSettings } from '../../../main/services/backupSettings.ts';
import { writeManifest } from '../../../main/services/backups/manifestFile.ts';
import { backupName } from '../../../main/services/backups/names.ts';
import { manifestPath } from '../../../main/services/backups/partFile.ts';
import { listFolder } from '../../../main/services/backups/stored.ts';
import { createCredentials, keychainIndexDocument } from '../../../main/services/credentials.ts';
import { openDocument } from '../../../main/services/documents.ts';
import { createOperations } from '../../../main/services/operations/operations.ts';

export const instance = { id: 'home-1', name: 'Home' };

/** The services around copies, wired as the app wires them, in a data folder; backups are listed from `local`. */
export function copyServices(data: string, local: string, sshHost: (id: string) => Promise<Host> = noHost) {
  mkdirSync(local, { recursive: true });
  const redactor = createRedactor();
  const log = createLogFile({ file: path.join(data, 'logs', 'companion.log'), redact: redactor.redact });
  const documents = { folder: data };
  const credentials = createCredentials({
    keychain: createKeychain({ load: loadKeytar, collectionLocked: secretServiceLocked }),
    index: openDocument(keychainIndexDocument, documents),
    addToRedactor: redactor.add,
  });
  const operations = createOperations({
    folder: path.join(data, 'operations'),
    emit: () => undefined,
    redact: redactor.redact,
    log,
    startedBy: 'command-line',
  });
  const settings = createBackupSettings({ folder: path.join(data, 'backup-settings'), credentials, sshHost });
  const backups = {
    list: async (instanceId: string, signal: AbortSignal) =>
      (await listFolder(local, signal)).filter(({ manifest }) => manifest?.instance.id === instanceId),
  };
  const copies = createBackupCopies({ folder: path.join(data, 'outgoing'), backups, settings, operations });
  return { redactor, log, documents, credentials, operations, settings, backups, copies };
}

async function noHost(): Promise<never> {
  throw new Error('no SSH host in this test');
}

/** A finished backup in a folder: the dump is random bytes, the manifest says that it was read to its end. */
export async function localBackup(
  folder: string,
  createdAt: string,
  {
    bytes = 200_000,
    of = instance,
    verified = true,
  }: { bytes?: number; of?: typeof instance; verified?: boolean } = {},
): Promise<{ name: string; file: string; sha256: string; manifest: BackupManifest }> {
  mkdirSync(folder, { recursive: true });
  const content = randomBytes(bytes);
  const name = backupName(of.name, new Date(createdAt), ['0114_last.sql']);
  const file = path.join(folder, name);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const manifest: BackupManifest = {
    version: 1,
    id: randomUUID(),
    instance: of,
    createdAt: new Date(createdAt).toISOString(),
    seconds: 1,
    database: { name: 'aperture', bytes: bytes * 3, encoding: 'UTF8' },
    server: { version: '17.11', major: 17 },
    tool: { version: '17.11', major: 17, route: { kind: 'this-computer', path: '/usr/bin/pg_dump' } },
    ledger: ['0114_last.sql'],
    extensions: [],
    tables: [],
    file: { name, bytes, sha256, format: 'custom', compression: 'zstd' },
    restorableTo: { major: 16, extensions: [] },
    warnings: [],
  };
  await writeManifest(manifestPath(file), {
    manifest,
    verification: verified ? { state: 'verified', at: new Date().toISOString() } : { state: 'unverified' },
  });
  writeFileSync(file, content);
  return { name, file, sha256, manifest };
}
