import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { decrypt, encrypt, generateKeyPair } from '../main/adapters/age.ts';
import { mustRun } from '../test/support/processes.ts';
import { median, type Table } from './table.ts';

/** Megabytes of the file. BENCH_AGE_MB for another size. */
const megabytes = Number(process.env.BENCH_AGE_MB ?? 256);
const rounds = 3;
const never = new AbortController().signal;

/** Encryption and decryption of a file as copies of backups are, against the age tool with the same file and key. In turns, medians. */
export async function run(): Promise<Table> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-age-'));
  try {
    const plain = path.join(folder, 'plain');
    const ours = path.join(folder, 'ours.age');
    const theirs = path.join(folder, 'theirs.age');
    const opened = path.join(folder, 'opened');
    const key = path.join(folder, 'key.txt');
    await fill(plain);
    const { identity, recipient } = await generateKeyPair();
    writeFileSync(key, identity, { mode: 0o600 });
    const target = { kind: 'recipients', recipients: [recipient] } as const;
    const reading = (file: string) => createReadStream(file, { highWaterMark: 1 << 20 });
    const measured = { encrypted: [], theirEncrypted: [], decrypted: [], theirDecrypted: [] } as Record<
      string,
      number[]
    >;
    const timed = async (name: string, work: () => Promise<unknown>) => {
      const started = performance.now();
      await work();
      measured[name]?.push((performance.now() - started) / 1000);
    };
    for (let round = 0; round < rounds; round += 1) {
      await timed('encrypted', async () =>
        pipeline(await encrypt(reading(plain), target, never), createWriteStream(ours)),
      );
      await timed('theirEncrypted', () => mustRun(['age', '-r', recipient, '-o', theirs, plain], { timeout: 600_000 }));
      await timed('decrypted', async () =>
        pipeline(await decrypt(reading(theirs), { kind: 'identity', identity }, never), createWriteStream(opened)),
      );
      await timed('theirDecrypted', () => mustRun(['age', '-d', '-i', key, '-o', opened, ours], { timeout: 600_000 }));
    }
    const rate = (name: string) => megabytes / median(measured[name] ?? []);
    const row = (name: string, mine: number, other: number) => ({
      name,
      ours: `${mine.toFixed(0)} MB/s`,
      rival: `${other.toFixed(0)} MB/s (age)`,
      ratio: Number((mine / other).toFixed(3)),
      goal: 'none set',
    });
    return {
      rows: [
        row(`Encryption of ${megabytes} MB`, rate('encrypted'), rate('theirEncrypted')),
        row(`Decryption of ${megabytes} MB`, rate('decrypted'), rate('theirDecrypted')),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** With bytes that nothing can make smaller, as a dump's are. */
async function fill(file: string): Promise<void> {
  const { randomBytes } = await import('node:crypto');
  const handle = await open(file, 'w');
  for (let written = 0; written < megabytes; written += 1) await handle.writeFile(randomBytes(1_000_000));
  await handle.close();
}
