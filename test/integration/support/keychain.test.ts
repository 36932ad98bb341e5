import { afterEach, expect, test } from 'vitest';
import { keychainState, startKeychain, type TestKeychain, withoutKeychain } from '../../support/keychain.ts';
import { type Finished, run } from '../../support/processes.ts';

let keychain: TestKeychain | undefined;
afterEach(() => keychain?.stop());

/** Stores a secret with keytar in a process of its own and reads it back. */
function storeAndRead(env: NodeJS.ProcessEnv, timeout = 20_000): Promise<Finished> {
  const program = `
    import keytar from 'keytar';
    await keytar.setPassword('support test', 'someone', 'p\\u00e4ss');
    console.log(await keytar.getPassword('support test', 'someone'));
    await keytar.deletePassword('support test', 'someone');`;
  return run([process.execPath, '--input-type=module', '--eval', program], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
    timeout,
  });
}

test('an unlocked one keeps a secret for keytar', async () => {
  keychain = await startKeychain();
  expect(await keychainState(keychain.env)).toBe('unlocked');
  expect(await storeAndRead(keychain.env)).toMatchObject({ code: 0, stdout: 'päss\n' });
});

test('a locked one refuses at once where nobody can be asked', async () => {
  keychain = await startKeychain('locked');
  expect(await keychainState(keychain.env)).toBe('locked');
  const refused = await storeAndRead(keychain.env);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('locked collection') });
  await keychain.unlock();
  expect(await storeAndRead(keychain.env)).toMatchObject({ code: 0, stdout: 'päss\n' });
});

test('a locked one that asks keeps its user waiting', async () => {
  keychain = await startKeychain('locked, asking');
  expect(await storeAndRead(keychain.env, 2_000)).toMatchObject({ code: null, stdout: '' });
});

test('a bus without the service says so', async () => {
  keychain = await startKeychain('no service');
  expect(await keychainState(keychain.env)).toBe('no service');
  const { code, stderr } = await storeAndRead(keychain.env);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('org.freedesktop.secrets') });
});

test('without a bus nothing is found, whatever this process has', async () => {
  keychain = undefined;
  const env = withoutKeychain();
  expect(await keychainState(env)).toBe('no bus');
  expect((await storeAndRead(env)).code).toBe(1);
});
