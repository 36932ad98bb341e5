import dns from 'node:dns';
import { existsSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Destination, Source } from '../../../main/adapters/destinations/destination.ts';
import { FolderDestination } from '../../../main/adapters/destinations/folder.ts';
import type { RemoteHost } from '../../../main/adapters/ssh/remoteHost.ts';
import { type ObjectStorage, startObjectStorage } from '../../support/objectStorage.ts';
import { startProxy } from '../../support/proxy.ts';
import { type Sshd, startSshd } from '../../support/sshd.ts';
import { makeSshKey, type SshKey } from '../../support/sshKeys.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { never, problemOf } from '../ssh/harness.ts';
import { bucketOf, hostOn, smallDisk, someFile, sshFolder, stored } from './places.ts';

let storage: ObjectStorage;
let sshd: Sshd;
let key: SshKey;
let host: RemoteHost;
let disk: { folder: string; unmount(): Promise<void> };
const closing: (() => void)[] = [];

beforeAll(async () => {
  key = await makeSshKey({});
  // Before sshd starts, which has mounts of its own.
  disk = await smallDisk(8);
  [storage, sshd] = await Promise.all([
    startObjectStorage(),
    startSshd({ users: [{ name: 'root', keys: [key.publicKey] }] }),
  ]);
  const opened = hostOn(sshd, key);
  host = opened.host;
  closing.push(opened.close);
});
afterAll(async () => {
  for (const close of closing) close();
  await disk.unmount();
});

const options = { signal: never, progress: () => undefined };
const made: Record<string, () => Promise<Destination>> = {
  'a folder': async () => new FolderDestination('Disk', path.join(supportFolder('destination'), 'a', "b c 'd'")),
  'a folder over SSH': async () => sshFolder(host, path.join(supportFolder('destination'), 'a', "b c 'd' -e")),
  'an S3 storage': () => bucketOf(storage, `bucket-${Math.floor(Math.random() * 1e9)}`),
};

describe.each(Object.keys(made))('%s', (kind) => {
  let destination: Destination;
  beforeAll(async () => {
    destination = await (made[kind] ?? expect.unreachable)();
    await destination.prepare(never);
  });

  test('holds what is put there, lists it and lets it go', async () => {
    expect(await destination.list(never)).toEqual([]);
    const large = someFile(12_000_001);
    const small = someFile(1_000);
    const told: number[] = [];
    await destination.put('large.dump', large.source, { signal: never, progress: (bytes) => told.push(bytes) });
    await destination.put('small.json', small.source, options);
    expect(told.at(-1)).toBe(12_000_001);
    expect([...(await destination.list(never))].sort((a, b) => a.bytes - b.bytes)).toEqual([
      { name: 'small.json', bytes: 1_000 },
      { name: 'large.dump', bytes: 12_000_001 },
    ]);
    expect(await stored(destination, 'large.dump')).toBe(large.sha256);
    expect(await stored(destination, 'small.json')).toBe(small.sha256);
    await destination.remove('large.dump', never);
    await destination.remove('large.dump', never);
    expect((await destination.list(never)).map(({ name }) => name)).toEqual(['small.json']);
    expect((await problemOf(destination.get('large.dump', never))).code).toBe('destination-missing');
  });

  test('replaces a file only when the new one is whole', async () => {
    const before = someFile(1_000);
    await destination.put('same.json', before.source, options);
    const broken: Source = { ...someFile(2_000).source, read: () => Readable.from(failing()) };
    await expect(destination.put('same.json', broken, options)).rejects.toThrow('the disk went away');
    expect(await stored(destination, 'same.json')).toBe(before.sha256);
    const after = someFile(2_000);
    await destination.put('same.json', after.source, options);
    expect(await stored(destination, 'same.json')).toBe(after.sha256);
  });

  test('stops when it is cancelled, with nothing listed', async () => {
    const { source } = someFile(30_000_000);
    const controller = new AbortController();
    const progress = (bytes: number) => {
      if (bytes > 1_000_000) controller.abort();
    };
    const problem = await problemOf(destination.put('cancelled.dump', source, { signal: controller.signal, progress }));
    expect(problem.code).toBe('cancelled');
    expect((await destination.list(never)).map(({ name }) => name)).not.toContain('cancelled.dump');
  });

  test('takes no name that leads elsewhere', async () => {
    const { source } = someFile(10);
    for (const name of ['../up', 'a/b', '.hidden', '', 'new\nline', '-rf']) {
      await expect(destination.put(name, source, options), name).rejects.toThrow(TypeError);
    }
  });
});

async function* failing() {
  yield Buffer.alloc(100);
  throw new Error('the disk went away');
}

describe('a folder', () => {
  test('that is not mounted is told, and nothing is written beside it', async () => {
    const folder = supportFolder('destination');
    const destination = new FolderDestination('NAS', folder);
    expect((await problemOf(destination.put('a.dump', someFile(10).source, options))).code).toBe('destination-missing');
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
    expect((await problemOf(destination.list())).code).toBe('destination-missing');
    expect(existsSync(folder)).toBe(false);
  });

  test('that is full says so, and keeps what it has', async () => {
    const destination = new FolderDestination('Stick', disk.folder);
    await destination.prepare();
    const first = someFile(3 << 20);
    await destination.put('first.dump', first.source, options);
    const free = await destination.freeBytes();
    expect(free).toBeLessThan(6 << 20);
    const problem = await problemOf(destination.put('second.dump', someFile(6 << 20).source, options));
    expect(problem).toMatchObject({ code: 'destination-full', values: { name: 'Stick', file: 'second.dump' } });
    expect(readdirSync(disk.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await destination.freeBytes()).toBe(free);
    expect(await stored(destination, 'first.dump')).toBe(first.sha256);
    await destination.remove('first.dump');
  });

  test('removes the beginnings of copies that nobody goes on with', async () => {
    const folder = supportFolder('destination');
    const destination = new FolderDestination('Disk', folder);
    await destination.prepare();
    for (const name of ['.old.dump.part', '.new.dump.part']) writeFileSync(path.join(folder, name), 'x');
    const yesterday = Date.now() / 1000 - 25 * 3600;
    utimesSync(path.join(folder, '.old.dump.part'), yesterday, yesterday);
    await destination.put('a.dump', someFile(10).source, options);
    expect(readdirSync(folder).sort()).toEqual(['.aperture-companion', '.new.dump.part', 'a.dump']);
  });

  test('that changes what is written is found out', async () => {
    const folder = supportFolder('destination');
    const destination = new FolderDestination('Disk', folder);
    await destination.prepare();
    const { source } = someFile(1_000);
    const problem = await problemOf(destination.put('a.dump', { ...source, sha256: '0'.repeat(64) }, options));
    expect(problem.code).toBe('destination-damaged');
    expect(readdirSync(folder)).toEqual(['.aperture-companion']);
  });
});

describe('a folder over SSH', () => {
  test('that is full says so, and a later attempt goes on', async () => {
    const destination = sshFolder(host, disk.folder);
    await destination.prepare(never);
    expect(await destination.freeBytes(never)).toBeGreaterThan(7 << 20);
    const filler = path.join(disk.folder, 'filler');
    writeFileSync(filler, Buffer.alloc(5 << 20));
    const { source, sha256 } = someFile(5 << 20);
    const problem = await problemOf(destination.put('big.dump', source, options));
    expect(problem.code).toBe('destination-full');
    rmSync(filler);
    const told: number[] = [];
    await destination.put('big.dump', source, { signal: never, progress: (bytes) => told.push(bytes) });
    expect(told[0], 'what had arrived is not sent again').toBeGreaterThan(2 << 20);
    expect(await stored(destination, 'big.dump')).toBe(sha256);
  });

  test('that cannot be written is told', async () => {
    const folder = supportFolder('destination');
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    const destination = sshFolder(host, path.join(file, 'below'));
    expect((await problemOf(destination.prepare(never))).code).toBe('destination-failed');
    expect((await problemOf(sshFolder(host, folder).list(never))).code).toBe('destination-missing');
  });

  test('goes on where the connection broke', async () => {
    const proxy = await startProxy({ target: sshd, bandwidth: 8_000_000 });
    const through = hostOn(sshd, key, proxy);
    closing.push(through.close);
    const folder = supportFolder('destination');
    const destination = sshFolder(through.host, folder);
    await destination.prepare(never);
    const { source, sha256 } = someFile(12_000_000);
    const starts: number[] = [];
    const watched: Source = {
      ...source,
      read: (from, to) => {
        starts.push(from);
        return source.read(from, to);
      },
    };
    let broken = 0;
    await destination.put('a.dump', watched, {
      signal: never,
      progress: (bytes) => {
        if (bytes < (broken + 1) * 4_000_000 || broken >= 2) return;
        broken += 1;
        void proxy.fail('reset');
      },
    });
    expect(await stored(destination, 'a.dump')).toBe(sha256);
    expect(starts.length).toBeGreaterThan(1);
    expect(Math.max(...starts)).toBeGreaterThan(0);
    await proxy.stop();
  });

  test('does not go on from a beginning that is another file’s', async () => {
    const folder = supportFolder('destination');
    const destination = sshFolder(host, folder);
    await destination.prepare(never);
    for (const bytes of [500_000, 5_000_000]) {
      writeFileSync(path.join(folder, '.a.dump.part'), Buffer.alloc(bytes, 7));
      const { source, sha256 } = someFile(1_000_000);
      await destination.put('a.dump', source, options);
      expect(await stored(destination, 'a.dump')).toBe(sha256);
      expect(statSync(path.join(folder, 'a.dump')).mode & 0o077).toBe(0);
    }
  });

  test('of a host that does not come back is given up', async () => {
    const proxy = await startProxy({ target: sshd });
    const through = hostOn(sshd, key, proxy);
    closing.push(through.close);
    await proxy.stop();
    const destination = sshFolder(through.host, supportFolder('destination'));
    const problem = await problemOf(destination.put('a.dump', someFile(10).source, options));
    expect(problem.code).toBe('destination-unreachable');
  });
});

describe('an S3 storage', () => {
  test('goes on with the parts that have not arrived, in another process’s upload too', async () => {
    const proxy = await startProxy({ target: storage });
    const destination = await bucketOf(storage, 'resumed', { endpoint: `http://127.0.0.1:${proxy.port}` });
    const { source, sha256 } = someFile(26_000_000);
    const controller = new AbortController();
    const first = destination.put('a.dump', source, {
      signal: controller.signal,
      progress: (bytes) => {
        if (bytes > 12_000_000) controller.abort();
      },
    });
    expect((await problemOf(first)).code).toBe('cancelled');
    await proxy.resetCounts();
    const again = await bucketOf(storage, 'resumed', { endpoint: `http://127.0.0.1:${proxy.port}` });
    await again.put('a.dump', source, options);
    expect((await proxy.counts()).bytes.client).toBeLessThan(16_000_000);
    expect(await stored(again, 'a.dump')).toBe(sha256);
    await proxy.stop();
  });

  test('survives connections that break, again and again', async () => {
    const proxy = await startProxy({ target: storage, bandwidth: 20_000_000 });
    const destination = await bucketOf(storage, 'broken', { endpoint: `http://127.0.0.1:${proxy.port}` });
    const { source, sha256 } = someFile(26_000_000);
    const breaking = setInterval(() => void proxy.fail('reset'), 350);
    const healing = setTimeout(() => clearInterval(breaking), 2_000);
    try {
      await destination.put('a.dump', source, options);
    } finally {
      clearInterval(breaking);
      clearTimeout(healing);
    }
    expect(await stored(destination, 'a.dump')).toBe(sha256);
    await proxy.stop();
  });

  test('of another file’s upload takes no part', async () => {
    const destination = await bucketOf(storage, 'other');
    const controller = new AbortController();
    const old = someFile(12_000_000);
    const first = destination.put('a.dump', old.source, {
      signal: controller.signal,
      progress: () => controller.abort(),
    });
    expect((await problemOf(first)).code).toBe('cancelled');
    const { source, sha256 } = someFile(12_000_000);
    await destination.put('a.dump', source, options);
    expect(await stored(destination, 'a.dump')).toBe(sha256);
  });

  test('refuses a wrong key, a stranger and a bucket that is not there, each in its own words', async () => {
    const wrong = await bucketOf(storage, 'words', { secret: 'another' });
    expect(await problemOf(wrong.list(never))).toMatchObject({ code: 'destination-refused' });
    const reader = await bucketOf(storage, 'words', { accessKeyId: 'test:reader', secret: 'reading' });
    expect(await problemOf(reader.put('a.dump', someFile(10).source, options))).toMatchObject({
      code: 'destination-refused',
    });
    const right = await bucketOf(storage, 'words');
    await right.prepare(never);
    const { S3Destination } = await import('../../../main/adapters/destinations/s3.ts');
    const { endpoint, region, accessKeyId, secretAccessKey } = storage;
    const place = {
      name: 'Storage',
      endpoint,
      region,
      bucket: 'nowhere',
      accessKeyId,
      addressing: 'path',
      prefix: '',
    } as const;
    const missing = new S3Destination(place, async () => secretAccessKey);
    expect(await problemOf(missing.prepare(never))).toMatchObject({
      code: 'destination-missing',
      values: { place: 'nowhere' },
    });
  });

  test('that is down is given up after a while', async () => {
    const proxy = await startProxy({ target: storage });
    const destination = await bucketOf(storage, 'down', { endpoint: `http://127.0.0.1:${proxy.port}` });
    await proxy.stop();
    const problem = await problemOf(destination.put('a.dump', someFile(10).source, options));
    expect(problem.code).toBe('destination-unreachable');
  });

  test('is reached by the bucket’s own name', async () => {
    const lookup = dns.lookup;
    const local = vi
      .spyOn(dns, 'lookup')
      .mockImplementation(((name: string, ...rest: unknown[]) =>
        Reflect.apply(lookup, dns, [name.endsWith('.storage.test') ? '127.0.0.1' : name, ...rest])) as typeof lookup);
    const destination = await bucketOf(storage, 'by-name', {
      endpoint: `http://storage.test:${storage.port}`,
      addressing: 'host',
      prefix: '',
    });
    const { source, sha256 } = someFile(6_000_000);
    await destination.put('a.dump', source, options);
    expect(local.mock.calls.map(([name]) => name)).toContain('by-name.storage.test');
    expect(await stored(destination, 'a.dump')).toBe(sha256);
    expect(await destination.list(never)).toEqual([{ name: 'a.dump', bytes: 6_000_000 }]);
    local.mockRestore();
  });

  test('finds out about a file that became shorter while it was sent', async () => {
    const destination = await bucketOf(storage, 'shorter');
    const { source, file } = someFile(1_000);
    truncateSync(file, 500);
    expect((await problemOf(destination.put('a.dump', source, options))).code).toBe('destination-damaged');
    expect(await destination.list(never)).toEqual([]);
  });
});
