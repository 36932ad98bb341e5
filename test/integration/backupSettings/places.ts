import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Destination } from '../../../main/adapters/destinations/destination.ts';
import { type Source, sha256Of } from '../../../main/adapters/destinations/destination.ts';
import { fileSource } from '../../../main/adapters/destinations/fileSource.ts';
import { S3Destination } from '../../../main/adapters/destinations/s3.ts';
import { SshDestination } from '../../../main/adapters/destinations/ssh.ts';
import { SshConnections } from '../../../main/adapters/ssh/connections.ts';
import { RemoteHost } from '../../../main/adapters/ssh/remoteHost.ts';
import type { ObjectStorage } from '../../support/objectStorage.ts';
import { mustRun } from '../../support/processes.ts';
import type { Sshd } from '../../support/sshd.ts';
import type { SshKey } from '../../support/sshKeys.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { Answers, homeWith, never, targetOf } from '../ssh/harness.ts';

const quick = [20, 50, 100, 200, 500, 1_000];

/** A file of random bytes, and what a destination is given of it. */
export function someFile(bytes: number): { file: string; source: Source; sha256: string } {
  const file = path.join(supportFolder('source'), 'file');
  const content = randomBytes(bytes);
  writeFileSync(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { file, sha256, source: fileSource(file, { bytes, sha256 }) };
}

export const stored = async (destination: Destination, name: string) => sha256Of(await destination.get(name, never));

/** A bucket of its own. */
export async function bucketOf(
  storage: ObjectStorage,
  bucket: string,
  more: {
    endpoint?: string;
    secret?: string;
    accessKeyId?: string;
    addressing?: 'path' | 'host';
    prefix?: string;
  } = {},
) {
  const { AwsClient } = await import('aws4fetch');
  const { accessKeyId, secretAccessKey, region } = storage;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' });
  const made = await client.fetch(`${storage.endpoint}/${bucket}`, { method: 'PUT' });
  if (!made.ok && made.status !== 409) throw new Error(`no bucket: ${made.status} ${await made.text()}`);
  return new S3Destination(
    {
      name: 'Storage',
      endpoint: more.endpoint ?? storage.endpoint,
      region,
      bucket,
      accessKeyId: more.accessKeyId ?? accessKeyId,
      addressing: more.addressing ?? 'path',
      prefix: more.prefix ?? 'home/aperture',
    },
    async () => more.secret ?? secretAccessKey,
    // The least that S3 takes for a part that is not the last.
    { partBytes: 5 << 20, pauses: quick },
  );
}

/** A host over SSH, through `at` (a proxy) where that is told. */
export function hostOn(sshd: Sshd, key: SshKey, at: { host: string; port: number } = sshd) {
  const known = sshd.knownHosts().replaceAll(`:${sshd.port}`, `:${at.port}`);
  const home = homeWith(known);
  const connections = new SshConnections({
    hostKeys: home.hostKeys,
    questions: () => new Answers(),
    onState: () => undefined,
  });
  const target = targetOf(
    { host: at.host, port: at.port, user: sshd.user },
    { keys: [key.file] },
    { knownHostsFiles: home.knownHostsFiles },
  );
  return { host: new RemoteHost('nas', connections.to(target)), close: () => connections.close() };
}

export function sshFolder(host: RemoteHost, folder: string): SshDestination {
  return new SshDestination('NAS', async () => host, folder, quick);
}

/** A file system of that many MiB, which is full soon. Needs root. */
export async function smallDisk(mebibytes: number): Promise<{ folder: string; unmount(): Promise<void> }> {
  const folder = path.join(supportFolder('disk'), 'mounted');
  mkdirSync(folder);
  await mustRun(['mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'companion', folder]);
  return {
    folder,
    unmount: async () => {
      await mustRun(['umount', folder]);
    },
  };
}
