import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive, ownIdentity, parseDate, parseLinuxStat } from '../../main/adapters/processIdentity.ts';
import { lockHolder, tryLock, waitForLock } from '../../main/adapters/processLock.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('a lock between processes', () => {
  it('is held by one, tells who holds it, and leaves nothing', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'a', 'lock');
    const first = await tryLock(file, { purpose: 'test' });
    expect(await tryLock(file)).toMatchObject({ holder: { pid: process.pid, label: { purpose: 'test' } } });
    expect(await lockHolder(file)).toMatchObject({ pid: process.pid });
    expect(await waitForLock(file, {}, { timeout: 50 })).toHaveProperty('holder');
    await expect(waitForLock(file, {}, { timeout: 5_000, signal: AbortSignal.timeout(30) })).rejects.toThrow();
    if ('lock' in first) await first.lock.release();
    expect(await lockHolder(file)).toBeUndefined();
    expect(await readdir(path.join(folder, 'a'))).toEqual([]);
  });

  it('lets one at a time through', async () => {
    const file = path.join(await temporaryFolder(), 'lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const taken = await waitForLock(file, {}, { timeout: 20_000 });
        if (!('lock' in taken)) throw new Error('not taken');
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside -= 1;
        await taken.lock.release();
      }),
    );
    expect(most).toBe(1);
  });

  it('of a process that is gone, or whose number another one has now, is taken over', async () => {
    const file = path.join(await temporaryFolder(), 'lock');
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    const base = { token: 'a-token', acquiredAt: new Date().toISOString(), label: {} };
    await writeFile(file, JSON.stringify({ ...base, pid: child.pid }));
    expect(await tryLock(file)).toHaveProperty('lock');
    if (process.platform === 'linux') {
      await writeFile(file, JSON.stringify({ ...base, pid: process.pid, started: 'another boot:1' }));
      expect(await tryLock(file)).toHaveProperty('lock');
    }
    expect(JSON.parse(await readFile(file, 'utf8')).pid).toBe(process.pid);
  });
});

describe('a process', () => {
  it('is told from a later one with the same number', async () => {
    const me = await ownIdentity();
    expect(await isAlive(me, new Date())).toBe(true);
    expect(parseLinuxStat('boot\n', '7 (a) b (c) S 1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 4242 0 0')).toBe(
      'boot:4242',
    );
    expect(parseLinuxStat('boot\n', '7 (x) Z 1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 4242 0 0')).toBe('dead');
    expect(parseDate('Sun Nov 23 18:20:00 2025')?.getTime()).toBe(new Date(2025, 10, 23, 18, 20).getTime());
    expect(parseDate('2025-11-23T18:20:00.1234567Z')?.toISOString()).toBe('2025-11-23T18:20:00.123Z');
    expect(parseDate('')).toBeUndefined();
  });
});
