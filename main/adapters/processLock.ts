import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { errnoOf, writeProblem } from './files.ts';
import { isAlive, ownIdentity, processIdentitySchema } from './processIdentity.ts';

const holderSchema = processIdentitySchema.extend({
  token: z.string().min(1),
  acquiredAt: z.string(),
  label: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** Who holds a lock. `label` is what the holder says about itself; never a secret. */
export type LockHolder = z.infer<typeof holderSchema>;

export type ProcessLock = { release(): Promise<void> };

/**
 * Takes a lock between processes (and within one), or tells who holds it. A lock whose process has died is taken over.
 *
 * The lock is a file that is made complete under another name and then linked, so it is never seen half-written.
 * Only the holder may remove it. The lock of a dead process is removed by whoever holds a second lock that is named after the dead
 * one's unique token: without that, two processes that both see it dead could remove each other's new lock.
 *
 * Raises `disk-full`, `store-unwritable`.
 */
export async function tryLock(
  file: string,
  label: LockHolder['label'] = {},
  holderLives: (holder: LockHolder) => Promise<boolean> = lives,
): Promise<{ lock: ProcessLock } | { holder: LockHolder }> {
  const mine: LockHolder = {
    ...(await ownIdentity()),
    token: randomUUID(),
    acquiredAt: new Date().toISOString(),
    label,
  };
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    for (;;) {
      if (await create(file, mine)) return { lock: { release: () => release(file, mine.token) } };
      const holder = await readHolder(file);
      if (holder === 'missing') continue;
      if (holder === 'unreadable') {
        // Cannot come from this code where files can be linked; elsewhere it is being written right now, or its writer was killed.
        if (await isOlderThan(file, 10_000)) await rm(file, { force: true });
        else await delay(50);
        continue;
      }
      if (await holderLives(holder)) return { holder };
      await removeDead(file, holder.token);
    }
  } catch (error) {
    throw writeProblem(error, file);
  }
}

/** As tryLock, waiting for the holder. After `timeout` milliseconds it gives up and tells who holds it. Rejects with the signal's reason. */
export async function waitForLock(
  file: string,
  label: LockHolder['label'],
  { timeout, signal }: { timeout: number; signal?: AbortSignal },
): Promise<{ lock: ProcessLock } | { holder: LockHolder }> {
  const end = performance.now() + timeout;
  // Outside Linux the question starts a program; once a second is enough while waiting.
  let seen: { token: string; until: number } | undefined;
  const livesForNow = async (holder: LockHolder) => {
    if (seen?.token === holder.token && performance.now() < seen.until) return true;
    const alive = await lives(holder);
    seen = alive ? { token: holder.token, until: performance.now() + 1_000 } : undefined;
    return alive;
  };
  for (;;) {
    signal?.throwIfAborted();
    const result = await tryLock(file, label, livesForNow);
    if ('lock' in result || performance.now() > end) return result;
    await delay(5 + Math.random() * 20);
  }
}

/** Who holds the lock now, undefined when nobody that lives does. */
export async function lockHolder(file: string): Promise<LockHolder | undefined> {
  const holder = await readHolder(file);
  if (holder === 'missing' || holder === 'unreadable') return undefined;
  return (await lives(holder)) ? holder : undefined;
}

function lives(holder: LockHolder): Promise<boolean> {
  return isAlive(holder, new Date(holder.acquiredAt));
}

async function create(file: string, holder: LockHolder): Promise<boolean> {
  const content = JSON.stringify(holder);
  const complete = `${file}.${holder.token}.new`;
  await writeFile(complete, content, { mode: 0o600, flag: 'wx' });
  try {
    await link(complete, file);
    return true;
  } catch (error) {
    switch (errnoOf(error)) {
      case 'EEXIST':
        return false;
      case 'EPERM':
      case 'ENOTSUP':
      case 'EOPNOTSUPP':
      case 'ENOSYS':
        // A file system without hard links (exFAT, some network shares).
        return await createDirectly(file, content);
      default:
        throw error;
    }
  } finally {
    await rm(complete, { force: true });
  }
}

async function createDirectly(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<LockHolder | 'missing' | 'unreadable'> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'missing';
    throw error;
  }
  try {
    const parsed = holderSchema.safeParse(JSON.parse(content));
    return parsed.success ? parsed.data : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

async function removeDead(file: string, deadToken: string): Promise<void> {
  const claim = await tryLock(`${file}.${deadToken.slice(0, 8)}`);
  if ('holder' in claim) {
    await delay(5);
    return;
  }
  try {
    const current = await readHolder(file);
    if (typeof current === 'object' && current.token === deadToken) await rm(file, { force: true });
    await removeLeftovers(file);
  } finally {
    await claim.lock.release();
  }
}

/** Prepared locks of processes that were killed before they could link them. */
async function removeLeftovers(file: string): Promise<void> {
  const folder = path.dirname(file);
  const prefix = `${path.basename(file)}.`;
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(prefix) || !entry.endsWith('.new')) continue;
    const leftover = path.join(folder, entry);
    if (await isOlderThan(leftover, 60_000)) await rm(leftover, { force: true });
  }
}

async function isOlderThan(file: string, milliseconds: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > milliseconds;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function release(file: string, token: string): Promise<void> {
  const current = await readHolder(file);
  if (typeof current === 'object' && current.token === token) await rm(file, { force: true });
}
