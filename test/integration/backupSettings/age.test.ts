import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import {
  type AgeKey,
  type AgeTarget,
  decrypt,
  encrypt,
  generateKeyPair,
  isRecipient,
  recipientOf,
} from '../../../main/adapters/age.ts';
import { mustRun, run } from '../../support/processes.ts';
import { randomFrom, seedOf } from '../../support/seed.ts';
import { supportFolder } from '../../support/supportFolder.ts';
import { problemOf } from '../ssh/harness.ts';

const never = new AbortController().signal;
const sizes = [1, 65_535, 65_536, 65_537, 3 * 65_536, 5_000_001];

async function encryptFile(from: string, to: string, target: AgeTarget) {
  await pipeline(await encrypt(createReadStream(from), target, never), createWriteStream(to));
}

async function decryptFile(file: string, key: AgeKey): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of await decrypt(createReadStream(file), key, never)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('files in the age format', () => {
  const folder = supportFolder('age');
  const plain = path.join(folder, 'plain');
  const encrypted = path.join(folder, 'plain.age');
  const opened = path.join(folder, 'opened');
  const identityFile = path.join(folder, 'identity.txt');

  test.each(sizes)('of %i bytes open with the age tool, and those of the tool open here', async (size) => {
    const { identity, recipient } = await generateKeyPair();
    writeFileSync(plain, randomBytes(size));
    writeFileSync(identityFile, `# made by a test\n${identity}\n`);
    await encryptFile(plain, encrypted, { kind: 'recipients', recipients: [recipient] });
    await mustRun(['age', '-d', '-i', identityFile, '-o', opened, encrypted]);
    expect(sha256(opened)).toBe(sha256(plain));
    expect(await decryptFile(encrypted, { kind: 'identity', identity })).toBe(sha256(plain));

    await mustRun(['age', '-r', recipient, '-o', encrypted, plain]);
    expect(await decryptFile(encrypted, { kind: 'identity', identity })).toBe(sha256(plain));
  });

  test('keys of age-keygen are understood, and each of several recipients opens it', async () => {
    const made = (await mustRun(['age-keygen'])).stdout;
    const theirs = /^AGE-SECRET-KEY-1\w+$/m.exec(made)?.[0] ?? '';
    const theirRecipient = /age1\w+/.exec(made)?.[0] ?? '';
    expect(await recipientOf(theirs)).toBe(theirRecipient);
    const mine = await generateKeyPair();
    writeFileSync(plain, randomBytes(100_000));
    writeFileSync(identityFile, theirs);
    await encryptFile(plain, encrypted, { kind: 'recipients', recipients: [mine.recipient, theirRecipient] });
    await mustRun(['age', '-d', '-i', identityFile, '-o', opened, encrypted]);
    expect(sha256(opened)).toBe(sha256(plain));
    expect(await decryptFile(encrypted, { kind: 'identity', identity: mine.identity })).toBe(sha256(plain));
  });

  test('a passphrase opens it here and with the age tool, which asks at a terminal', async () => {
    const passphrase = "correct 'horse' — battery $taple";
    writeFileSync(plain, randomBytes(200_000));
    await encryptFile(plain, encrypted, { kind: 'passphrase', passphrase });
    expect(await decryptFile(encrypted, { kind: 'passphrase', passphrase })).toBe(sha256(plain));
    const problem = await problemOf(decryptFile(encrypted, { kind: 'passphrase', passphrase: 'another' }));
    expect(problem.code).toBe('backup-key-wrong');
    // `script` gives it the terminal that it reads a passphrase from.
    const { stdout } = await run(['script', '-qec', `age -d -o ${opened} ${encrypted}`, '/dev/null'], {
      input: `${passphrase}\n`,
    });
    expect(stdout).toContain('passphrase');
    expect(sha256(opened)).toBe(sha256(plain));
  });

  test('another key is told from a damaged file', async () => {
    const mine = await generateKeyPair();
    const other = await generateKeyPair();
    writeFileSync(plain, randomBytes(300_000));
    await encryptFile(plain, encrypted, { kind: 'recipients', recipients: [mine.recipient] });
    const problem = await problemOf(decryptFile(encrypted, { kind: 'identity', identity: other.identity }));
    expect(problem.code).toBe('backup-key-wrong');
  });

  test('every truncation and every flipped bit is found', async () => {
    const seed = seedOf();
    console.log(`COMPANION_SEED=${seed}`);
    const random = randomFrom(seed);
    const { identity, recipient } = await generateKeyPair();
    const content = randomBytes(200_000);
    writeFileSync(plain, content);
    await encryptFile(plain, encrypted, { kind: 'recipients', recipients: [recipient] });
    const good = readFileSync(encrypted);
    for (let round = 0; round < 60; round += 1) {
      const at = Math.floor(random() * good.length);
      const bad = Buffer.from(good);
      writeFileSync(encrypted, bad);
      if (round % 2 === 0) truncateSync(encrypted, at);
      else {
        bad[at] = (bad[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        writeFileSync(encrypted, bad);
      }
      const problem = await problemOf(decryptFile(encrypted, { kind: 'identity', identity }));
      expect(['backup-damaged', 'backup-key-wrong'], `round ${round}, byte ${at}`).toContain(problem.code);
    }
  });

  test('memory stays what it was while hundreds of megabytes pass', async () => {
    const { identity, recipient } = await generateKeyPair();
    const megabyte = randomBytes(1 << 20);
    const total = 256;
    const source = Readable.from(
      (function* () {
        for (let sent = 0; sent < total; sent += 1) yield megabyte;
      })(),
      { objectMode: false },
    );
    const key: AgeKey = { kind: 'identity', identity };
    const stream = await decrypt(
      await encrypt(source, { kind: 'recipients', recipients: [recipient] }, never),
      key,
      never,
    );
    const before = process.memoryUsage().rss;
    let most = 0;
    let bytes = 0;
    for await (const chunk of stream) {
      bytes += (chunk as Uint8Array).length;
      most = Math.max(most, process.memoryUsage().rss);
    }
    expect(bytes).toBe(total << 20);
    // Garbage that is not collected yet comes on top of what is held.
    expect(most - before).toBeLessThan(150 << 20);
  });

  test('what is cancelled stops and lets go of its source', async () => {
    const { recipient } = await generateKeyPair();
    writeFileSync(plain, randomBytes(20_000_000));
    const controller = new AbortController();
    const source = createReadStream(plain);
    const stream = await encrypt(source, { kind: 'recipients', recipients: [recipient] }, controller.signal);
    await expect(
      (async () => {
        for await (const _ of stream) controller.abort();
      })(),
    ).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(source.destroyed).toBe(true);
  });

  test('recipients are told from what is none', async () => {
    const { recipient, identity } = await generateKeyPair();
    expect(await isRecipient(recipient)).toBe(true);
    for (const wrong of ['', 'age1', identity, recipient.slice(0, -1), `${recipient}x`, 'ssh-ed25519 AAAA']) {
      expect(await isRecipient(wrong), wrong).toBe(false);
    }
    expect(await recipientOf('AGE-SECRET-KEY-1NONSENSE')).toBeUndefined();
  });
});
