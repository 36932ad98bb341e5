import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startKeychain } from '../../support/keychain.ts';
import { type ObjectStorage, startObjectStorage } from '../../support/objectStorage.ts';
import { randomFrom, seedOf } from '../../support/seed.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { never } from '../ssh/harness.ts';
import { bucketOf, stored } from './places.ts';
import { copyServices, instance, localBackup } from './services.ts';

const rounds = Number(process.env.FAULT_ROUNDS ?? 4);
const runner = fileURLToPath(new URL('../../support/copyRunner.ts', import.meta.url));

let keychain: Awaited<ReturnType<typeof startKeychain>>;
let storage: ObjectStorage;
beforeAll(async () => {
  keychain = await startKeychain('unlocked');
  Object.assign(process.env, keychain.env);
  storage = await startObjectStorage();
});
afterAll(async () => {
  await storage?.stop();
  await keychain?.stop();
});

test('copies whose process is killed at any moment are whole or not there, and the next run completes them', {
  timeout: 60_000 + rounds * 30_000,
}, async () => {
  const seed = seedOf();
  console.log(`COMPANION_SEED=${seed} FAULT_ROUNDS=${rounds}`);
  const random = randomFrom(seed);
  const data = supportFolder('killed');
  const local = path.join(data, 'local');
  const { settings, copies } = copyServices(data, local);
  await settings.encryptWithKey(instance, { others: [] });
  const place = path.join(supportFolder('destination'), 'place');
  await settings.addDestination(instance, { kind: 'folder', name: 'Disk', path: place }, undefined, never);
  await bucketOf(storage, 'killed');
  const { endpoint, region, accessKeyId } = storage;
  const cloud = { kind: 's3', name: 'Cloud', endpoint, region, bucket: 'killed', prefix: 'b', accessKeyId } as const;
  await settings.addDestination(instance, { ...cloud, addressing: 'path' }, storage.secretAccessKey, never);
  const { destinations } = await settings.get(instance.id);

  /** How many copies each destination has; all that is listed is read and compared with its manifest. */
  const whole = (context: string) =>
    Promise.all(
      destinations.map(async (destination) => {
        const listed = await copies.list(instance.id, destination, never);
        for (const { name, manifest } of listed) {
          expect(await stored(settings.open(destination), name), `${context}: ${name}`).toBe(manifest.file.sha256);
        }
        return listed.map(({ manifest }) => manifest.id).sort();
      }),
    );
  let day = Date.parse('2026-05-01T02:00:00Z');
  const nextBackup = () => {
    day += 86_400_000;
    return localBackup(local, new Date(day).toISOString(), { bytes: 12_000_000 });
  };

  /** Copies in a process of its own; killed after so many milliseconds of the work. Answers how long it took. */
  const run = async (killAfter: number | undefined) => {
    const child = spawn(process.execPath, [runner, data, local], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    let said = '';
    const began = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        resolve();
      });
    });
    await Promise.race([began, ended]);
    const started = performance.now();
    if (killAfter !== undefined) {
      await Promise.race([delay(killAfter), ended]);
      child.kill('SIGKILL');
    }
    await ended;
    return { took: performance.now() - started, said };
  };

  await nextBackup();
  const { took, said } = await run(undefined);
  expect(said).toContain('succeeded');
  let cut = 0;
  for (let round = 0; round < rounds; round += 1) {
    const backup = await nextBackup();
    const after = Math.round(random() * took);
    const killed = await run(after);
    if (!killed.said.includes('succeeded')) cut += 1;
    const context = `round ${round}, killed after ${after} ms`;
    await whole(context);
    const copying = await copies.copy(instance);
    expect((await copying?.ended)?.state, context).toBe('succeeded');
    for (const ids of await whole(context)) expect(ids, context).toContain(backup.manifest.id);
    // Nothing unfinished is left where a dump or a manifest would be looked for.
    const names = readdirSync(place).filter((name) => !name.startsWith('.aperture-companion'));
    expect(
      names.filter((name) => !/\.(dump\.age|age\.json)$/.test(name)),
      context,
    ).toEqual([]);
    expect(readdirSync(path.join(data, 'outgoing', instance.id)), context).toEqual([]);
  }
  console.log(`${cut} of ${rounds} were cut off before they were done; a whole one took ${Math.round(took)} ms`);
  if (rounds >= 20) expect(cut).toBeGreaterThan(0);
});
