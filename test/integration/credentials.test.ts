import { fork } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Answer, Request } from '../support/credentialsUser.ts';
import { startKeychain, withoutKeychain } from '../support/keychain.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

type WithoutNumber<R> = R extends unknown ? Omit<R, 'number'> : never;

/** The app in a process of its own, with this environment. Rejects nothing: a problem is an answer too. */
function app(env: NodeJS.ProcessEnv, folder: string, patience = 60_000) {
  const child = fork(
    path.join(import.meta.dirname, '..', 'support', 'credentialsUser.ts'),
    [folder, String(patience)],
    {
      env: { ...process.env, ...env },
      execArgv: [],
    },
  );
  const waiting = new Map<number, (answer: Answer) => void>();
  let number = 0;
  let exit: number | string | null | undefined;
  child.on('message', (answer: Answer) => waiting.get(answer.number)?.(answer));
  child.once('exit', (code, signal) => {
    exit = signal ?? code;
    for (const [asked, resolve] of waiting) resolve({ number: asked, code: `ended: ${exit}` });
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return async (request: WithoutNumber<Request>): Promise<Omit<Answer, 'number'>> => {
    number += 1;
    const asked = number;
    const { number: _, ...answer } = await new Promise<Answer>((resolve) => {
      waiting.set(asked, resolve);
      child.send({ ...request, number: asked });
    });
    return answer;
  };
}

const account = 'database:home';

describe('credentials in a real keychain', () => {
  it('are kept, read by the next process, listed by name and removed; files hold none', async () => {
    const keychain = await startKeychain();
    onTestFinished(() => keychain.stop());
    const folder = await temporaryFolder();
    const secret = 'pä$$ "wörd" \\ 🔑';
    const first = app(keychain.env, folder);
    expect(await first({ call: 'get', account })).toEqual({});
    expect(await first({ call: 'place', account })).toEqual({ value: 'none' });
    expect(await first({ call: 'set', account, secret, place: 'keychain' })).toEqual({ value: 'keychain' });
    expect(await first({ call: 'set', account: 'ssh-password:nas', secret: 'other', place: 'session' })).toEqual({
      value: 'session',
    });

    const second = app(keychain.env, folder);
    expect(await second({ call: 'get', account })).toEqual({ value: secret });
    expect(await second({ call: 'place', account })).toEqual({ value: 'keychain' });
    expect(await second({ call: 'get', account: 'ssh-password:nas' })).toEqual({});
    expect(await first({ call: 'get', account: 'ssh-password:nas' })).toEqual({ value: 'other' });
    const state = await first({ call: 'state' });
    expect(state).toEqual({ value: { available: true, entries: [{ account, label: 'Home' }], sessionOnly: 1 } });
    for (const name of await readdir(folder)) {
      const content = await readFile(path.join(folder, name), 'utf8');
      for (const hidden of [secret, JSON.stringify(secret).slice(1, -1), 'wörd', 'other'])
        expect(content).not.toContain(hidden);
    }

    // For this session instead: the old one does not come back at the next start.
    expect(await first({ call: 'set', account, secret: 'new', place: 'session' })).toEqual({ value: 'session' });
    expect(await second({ call: 'get', account })).toEqual({});
    expect(await second({ call: 'set', account, secret, place: 'keychain' })).toEqual({ value: 'keychain' });
    expect(await second({ call: 'forget', account })).toEqual({});
    expect(await app(keychain.env, folder)({ call: 'get', account })).toEqual({});
    expect(await second({ call: 'state' })).toMatchObject({ value: { entries: [] } });
  });

  it('an entry that somebody else removed is gone, and that is all', async () => {
    const keychain = await startKeychain();
    onTestFinished(() => keychain.stop());
    const [folder, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
    const ask = app(keychain.env, folder);
    await ask({ call: 'set', account, secret: 'x', place: 'keychain' });
    // Another folder's index: it knows nothing of the first one's.
    const other = app(keychain.env, elsewhere);
    expect(await other({ call: 'get', account })).toEqual({ value: 'x' });
    await other({ call: 'forget', account });
    expect(await ask({ call: 'place', account })).toEqual({ value: 'keychain' });
    expect(await ask({ call: 'get', account })).toEqual({});
    expect(await ask({ call: 'place', account })).toEqual({ value: 'none' });
  });

  it('a locked keychain that asks nobody: waits until it is unlocked, can be cancelled, gives up in the end', async () => {
    const keychain = await startKeychain();
    onTestFinished(() => keychain.stop());
    const folder = await temporaryFolder();
    const ask = app(keychain.env, folder);
    await ask({ call: 'set', account, secret: 'x', place: 'keychain' });
    await keychain.lock();

    const impatient = app(keychain.env, folder, 500);
    expect(await impatient({ call: 'get', account })).toMatchObject({ code: 'keychain-locked' });
    expect(await impatient({ call: 'set', account, secret: 'y', place: 'keychain' })).toMatchObject({
      code: 'keychain-locked',
    });
    expect(await impatient({ call: 'forget', account })).toMatchObject({ code: 'keychain-locked' });
    // What could not be removed is still known.
    expect(await impatient({ call: 'state' })).toMatchObject({ value: { available: true, entries: [{ account }] } });

    const started = performance.now();
    expect(await ask({ call: 'get', account, abortAfter: 300 })).toMatchObject({ code: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(2_000);
    const waiting = ask({ call: 'get', account });
    await delay(500);
    await keychain.unlock();
    expect(await waiting).toEqual({ value: 'x' });
  });

  it('a locked keychain that asks: the caller can leave at once, and files are still read and written', async () => {
    const keychain = await startKeychain('locked, asking');
    onTestFinished(() => keychain.stop());
    const folder = await temporaryFolder();
    const ask = app(keychain.env, folder);
    const accounts = Array.from({ length: 8 }, (_, n) => `database:${n}` as const);
    await keychain.unlock();
    for (const one of accounts) await ask({ call: 'set', account: one, secret: 'x', place: 'keychain' });
    await keychain.lock();
    const started = performance.now();
    const reading = accounts.map((one) => ask({ call: 'get', account: one, abortAfter: 1_500 }));
    await delay(200);
    // More files than the thread pool has threads, while the system waits for an answer.
    expect(await ask({ call: 'write-files' })).toEqual({ value: 'written' });
    expect(performance.now() - started).toBeLessThan(1_400);
    for (const answer of await Promise.all(reading)) expect(answer).toMatchObject({ code: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it.each(['no service', 'no bus'] as const)(
    '%s: says so, keeps what it is told for this session, and does not stand in the way',
    async (state) => {
      let env = withoutKeychain();
      if (state === 'no service') {
        const keychain = await startKeychain('no service');
        onTestFinished(() => keychain.stop());
        env = keychain.env;
      }
      const folder = await temporaryFolder();
      const ask = app(env, folder);
      expect(await ask({ call: 'get', account })).toEqual({});
      const refused = await ask({ call: 'set', account, secret: 'x', place: 'keychain' });
      expect(refused).toMatchObject({ code: 'keychain-missing', detail: expect.stringMatching(/\w/) });
      expect(await ask({ call: 'place', account })).toEqual({ value: 'none' });
      expect(await ask({ call: 'set', account, secret: 'x', place: 'session' })).toEqual({ value: 'session' });
      expect(await ask({ call: 'get', account })).toEqual({ value: 'x' });
      expect(await ask({ call: 'state' })).toEqual({
        value: { available: false, detail: refused.detail, entries: [], sessionOnly: 1 },
      });
      expect(await ask({ call: 'forget', account })).toEqual({});
      expect(await ask({ call: 'place', account })).toEqual({ value: 'none' });
    },
  );

  it('what is forgotten while there is no keychain is removed as soon as there is one', async () => {
    const keychain = await startKeychain();
    onTestFinished(() => keychain.stop());
    const folder = await temporaryFolder();
    await app(keychain.env, folder)({ call: 'set', account, secret: 'x', place: 'keychain' });
    const blind = app(withoutKeychain(), folder);
    expect(await blind({ call: 'forget', account })).toEqual({});
    expect(await blind({ call: 'place', account })).toEqual({ value: 'none' });
    expect(await blind({ call: 'state' })).toMatchObject({ value: { entries: [{ account }] } });
    const again = app(keychain.env, folder);
    expect(await again({ call: 'get', account })).toEqual({});
    expect(await again({ call: 'state' })).toMatchObject({ value: { available: true, entries: [] } });
    expect(await app(keychain.env, await temporaryFolder())({ call: 'get', account })).toEqual({});
  });
});
