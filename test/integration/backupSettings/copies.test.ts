import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DestinationSettings } from '../../../contract/backupSettings.ts';
import { decrypt } from '../../../main/adapters/age.ts';
import { sha256Of } from '../../../main/adapters/destinations/destination.ts';
import { readManifest } from '../../../main/services/backups/manifestFile.ts';
import { startKeychain } from '../../support/keychain.ts';
import { type ObjectStorage, startObjectStorage } from '../../support/objectStorage.ts';
import { mustRun } from '../../support/processes.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { never, problemOf } from '../ssh/harness.ts';
import { bucketOf, smallDisk } from './places.ts';
import { copyServices, instance, localBackup } from './services.ts';

let storage: ObjectStorage;
let keychain: Awaited<ReturnType<typeof startKeychain>>;
beforeAll(async () => {
  keychain = await startKeychain('unlocked');
  Object.assign(process.env, keychain.env);
  storage = await startObjectStorage();
});
afterAll(() => keychain.stop());

let data: string;
let local: string;
let services: ReturnType<typeof copyServices>;
beforeEach(() => {
  data = supportFolder('copies');
  local = path.join(data, 'local');
  services = copyServices(data, local);
});

const addFolder = async (name: string, at = path.join(supportFolder('destination'), 'place')) => {
  const added = await services.settings.addDestination(instance, { kind: 'folder', name, path: at }, undefined, never);
  return { added, at };
};
async function copy() {
  const copying = await services.copies.copy(instance);
  if (copying === undefined) throw new Error('there is no destination');
  return { view: await copying.ended, outcomes: (await copying.result) ?? [] };
}
const names = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.aperture'))
    .sort();

describe('copies of backups', () => {
  test('go to every destination, as they are', async () => {
    const first = await addFolder('One');
    const second = await addFolder('Two');
    const backup = await localBackup(local, '2026-05-01T02:00:00Z');
    const { view, outcomes } = await copy();
    expect(view.state).toBe('succeeded');
    expect(outcomes.map(({ copied }) => copied)).toEqual([[backup.name], [backup.name]]);
    for (const { at } of [first, second]) {
      expect(names(at)).toEqual([backup.name, backup.name.replace('.dump', '.json')].sort());
      expect(await sha256Of(createReadStream(path.join(at, backup.name)))).toBe(backup.sha256);
    }
    expect((await copy()).outcomes.every(({ copied }) => copied.length === 0)).toBe(true);
  });

  test('a destination that fails does not fail the others, is told, and gets what it missed', async () => {
    const good = await addFolder('Good');
    const bad = await addFolder('Unplugged');
    await localBackup(local, '2026-05-01T02:00:00Z');
    await copy();
    const away = `${bad.at}.away`;
    await mustRun(['mv', bad.at, away]);
    const missed = [
      await localBackup(local, '2026-05-02T02:00:00Z'),
      await localBackup(local, '2026-05-03T02:00:00Z', { verified: false }),
      await localBackup(local, '2026-05-04T02:00:00Z'),
    ];
    const { view, outcomes } = await copy();
    expect(view).toMatchObject({ state: 'failed', problem: { code: 'destination-missing' } });
    expect(outcomes[0]?.copied).toEqual([missed[2]?.name, missed[0]?.name]);
    expect(outcomes[1]?.problem?.values.name).toBe('Unplugged');
    expect(existsSync(bad.at)).toBe(false);
    await mustRun(['mv', away, bad.at]);
    expect((await copy()).outcomes[1]?.copied).toEqual([missed[2]?.name, missed[0]?.name]);
    expect(names(good.at)).toEqual(names(bad.at));
  });

  test('a new destination gets the newest only', async () => {
    for (const day of [1, 2, 3]) await localBackup(local, `2026-05-0${day}T02:00:00Z`);
    const { at } = await addFolder('New');
    const { outcomes } = await copy();
    expect(outcomes[0]?.copied).toHaveLength(1);
    expect(names(at)[0]).toContain('20260503T');
  });

  test('are encrypted for the key in the keychain, proven, and open with the age tool and the printed key', async () => {
    const encryption = await services.settings.encryptWithKey(instance, { others: [] });
    const { at } = await addFolder('Disk');
    const bucket = `enc-${Math.floor(Math.random() * 1e9)}`;
    await bucketOf(storage, bucket);
    await services.settings.addDestination(
      instance,
      {
        kind: 's3',
        name: 'Cloud',
        endpoint: storage.endpoint,
        region: storage.region,
        bucket,
        prefix: 'backups',
        accessKeyId: storage.accessKeyId,
        addressing: 'path',
      },
      storage.secretAccessKey,
      never,
    );
    const backup = await localBackup(local, '2026-05-01T02:00:00Z', { bytes: 9_000_000 });
    const { view, outcomes } = await copy();
    expect(view.state).toBe('succeeded');
    expect(outcomes.map(({ copied }) => copied)).toEqual([[`${backup.name}.age`], [`${backup.name}.age`]]);
    const encrypted = path.join(at, `${backup.name}.age`);
    const kept = await readManifest(encrypted.replace('.dump.age', '.age.json'));
    if (kept === undefined || kept === 'unreadable') throw new Error('no manifest');
    expect(kept.manifest.encryption).toEqual({
      format: 'age',
      recipients: [encryption.kind === 'key' ? encryption.recipient : ''],
      plain: { name: backup.name, bytes: 9_000_000, sha256: backup.sha256 },
    });
    const [key] = await services.settings.keys(instance.id, never);
    if (key?.kind !== 'identity') throw new Error('no key');
    const identity = path.join(data, 'identity');
    writeFileSync(identity, key.identity);
    await mustRun(['age', '-d', '-i', identity, '-o', path.join(data, 'opened'), encrypted]);
    expect(await sha256Of(createReadStream(path.join(data, 'opened')))).toBe(backup.sha256);
    const [cloud] = (await services.settings.get(instance.id)).destinations.filter(({ kind }) => kind === 's3');
    const remote = await services.settings.open(cloud as DestinationSettings).get(`${backup.name}.age`, never);
    expect(await sha256Of(await decrypt(remote, key, never))).toBe(backup.sha256);
    expect(names(path.join(data, 'outgoing', instance.id))).toEqual([]);
    // Neither in settings nor in journals nor in the log.
    const files = readdirSync(data, { recursive: true, withFileTypes: true })
      .filter((entry) => (entry.isFile() && entry.name.endsWith('.json')) || entry.name.endsWith('.jsonl'))
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
      .join('\n');
    expect(files).not.toContain(key.identity);
    expect(files).not.toContain(`"${storage.secretAccessKey}"`);
  });

  test('are not made at all when the key has gone from the keychain', async () => {
    await services.settings.encryptWithKey(instance, { others: [] });
    const { at } = await addFolder('Disk');
    await localBackup(local, '2026-05-01T02:00:00Z');
    const [recipient] = (await services.settings.get(instance.id)).keys;
    await services.credentials.forget(`backup-key:${instance.id}:${recipient}`);
    const { view } = await copy();
    expect(view).toMatchObject({ state: 'failed', problem: { code: 'encryption-key-missing' } });
    expect(names(at)).toEqual([]);
  });

  test('keep the earlier key when another one is given', async () => {
    const first = await services.settings.encryptWithKey(instance, { others: [] });
    expect(await services.settings.encryptWithKey(instance, { others: [] })).toEqual(first);
    const other = (await mustRun(['age-keygen'])).stdout;
    await services.settings.encryptWithKey(instance, {
      identity: /AGE-SECRET-KEY-1\w+/.exec(other)?.[0] ?? '',
      others: [],
    });
    expect(await services.settings.keys(instance.id, never)).toHaveLength(2);
    expect(
      (await problemOf(services.settings.encryptWithKey(instance, { identity: 'nonsense', others: [] }))).code,
    ).toBe('invalid-input');
  });

  test('find out about a dump that is not what its manifest says, and about a full disk, before anything is sent', async () => {
    await services.settings.encryptWithKey(instance, { others: [] });
    const { at } = await addFolder('Disk');
    const backup = await localBackup(local, '2026-05-01T02:00:00Z');
    const bytes = readFileSync(backup.file);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    writeFileSync(backup.file, bytes);
    expect((await copy()).view.problem?.code).toBe('backup-damaged');
    expect(names(at)).toEqual([]);
    const disk = await smallDisk(1);
    try {
      const outgoing = path.join(data, 'outgoing');
      rmSync(outgoing, { recursive: true, force: true });
      mkdirSync(outgoing);
      await mustRun(['mount', '--bind', disk.folder, outgoing]);
      await localBackup(local, '2026-05-02T02:00:00Z', { bytes: 3_000_000 });
      expect((await copy()).view.problem?.code).toBe('backup-space');
      await mustRun(['umount', outgoing]);
    } finally {
      await disk.unmount();
    }
    expect(names(at)).toEqual([]);
  });
});

describe('removal of old backups', () => {
  const retention = { last: 1, daily: 2, weekly: 0, monthly: 0 };

  test('is shown before, place by place, and does what was shown', async () => {
    const { at } = await addFolder('Disk');
    for (const day of [1, 2, 3, 4]) {
      await localBackup(local, `2026-05-0${day}T02:00:00Z`);
      await copy();
    }
    await localBackup(local, '2026-05-05T02:00:00Z', { verified: false });
    const other = { id: 'other', name: 'Home' };
    await localBackup(at, '2026-05-01T03:00:00Z', { of: other });
    const plan = () => services.copies.planPrune(instance.id, never);
    expect((await plan()).places.flatMap(({ verdicts }) => verdicts.filter(({ keep }) => !keep))).toEqual([]);
    await services.settings.setRetention(instance.id, retention);
    const shown = await plan();
    const going = (index: number) =>
      shown.places[index]?.verdicts.filter(({ keep }) => !keep).map(({ name }) => name.slice(14, 22));
    expect(going(0)).toEqual(['20260502', '20260501']);
    expect(going(1)).toEqual(['20260502', '20260501']);
    expect(shown.places[0]?.verdicts[0]?.reasons).toEqual(['not-verified']);
    const pruning = await services.copies.prune(instance);
    expect((await pruning.ended).state).toBe('succeeded');
    expect(await pruning.result).toEqual(shown);
    const days = (folder: string) =>
      names(folder)
        .filter((name) => name.endsWith('.dump'))
        .map((name) => name.slice(14, 22));
    expect(days(local)).toEqual(['20260503', '20260504', '20260505']);
    // Another instance of the same name keeps its own.
    expect(days(at)).toEqual(['20260501', '20260503', '20260504']);
    expect(names(local)).toHaveLength(6);
    expect(names(at)).toHaveLength(6);
  });

  test('leaves the last good copy where nothing newer arrived', async () => {
    const { at } = await addFolder('Disk');
    await services.settings.setRetention(instance.id, { last: 1, daily: 0, weekly: 0, monthly: 0 });
    const first = await localBackup(local, '2026-05-01T02:00:00Z');
    await copy();
    // The newest copy there is damaged: it is shorter than it should be.
    await localBackup(local, '2026-05-02T02:00:00Z');
    await copy();
    const damaged = names(at).find((name) => name.includes('20260502') && name.endsWith('.dump')) ?? '';
    writeFileSync(path.join(at, damaged), 'short');
    await (await services.copies.prune(instance)).ended;
    expect(names(at)).toContain(first.name);
    expect(names(local)).not.toContain(first.name);
  });

  test('goes on with the other places when one cannot be reached', async () => {
    const bad = await addFolder('Unplugged');
    const good = await addFolder('Good');
    for (const day of [1, 2]) {
      await localBackup(local, `2026-05-0${day}T02:00:00Z`);
      await copy();
    }
    await services.settings.setRetention(instance.id, { last: 1, daily: 0, weekly: 0, monthly: 0 });
    rmSync(bad.at, { recursive: true });
    const pruning = await services.copies.prune(instance);
    expect(await pruning.ended).toMatchObject({ state: 'failed', problem: { code: 'destination-missing' } });
    expect(names(good.at)).toHaveLength(2);
  });
});
