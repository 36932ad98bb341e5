import { describe, expect, it } from 'vitest';
import { createKeychain, keychainProblem, refuseTooLong } from '../../main/adapters/keychain.ts';
import { parseLocked } from '../../main/adapters/secretService.ts';

const never = new AbortController().signal;

describe('the keychain’s words', () => {
  it.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'keychain-missing'],
    ['The name org.freedesktop.secrets was not provided by any .service files', 'keychain-missing'],
    ['Could not connect: No such file or directory', 'keychain-missing'],
    ['Failed to load keytar native addon, checked [] on linux-x64', 'keychain-missing'],
    ['No keychain is available. You may need to restart your computer.', 'keychain-missing'],
    ['A default keychain could not be found.', 'keychain-missing'],
    ['A specified logon session does not exist. It may already have been terminated.', 'keychain-missing'],
    ['Cannot create an item in a locked collection', 'keychain-locked'],
    ['User interaction is not allowed.', 'keychain-locked'],
    ['User canceled the operation.', 'keychain-denied'],
    ['The user name or passphrase you entered is not correct.', 'keychain-denied'],
    ['something new', 'keychain-denied'],
  ])('%s: %s', (words, code) => {
    expect(keychainProblem(new Error(words)).problem).toEqual({ code, values: {}, detail: words });
  });

  it('about being locked are the same from every program', () => {
    expect(
      ['b true\n', '(<true>,)\n', 'method return time=1\n   variant       boolean true\n'].map(parseLocked),
    ).toEqual([true, true, true]);
    expect(['b false\n', '(<false>,)\n', '   variant       boolean false\n'].map(parseLocked)).toEqual([
      false,
      false,
      false,
    ]);
    expect(parseLocked('')).toBeUndefined();
  });
});

describe('a secret that Windows would not keep', () => {
  it('is refused before anything is called, there only', async () => {
    const calls: string[] = [];
    const keychain = createKeychain({
      load: async () => ({
        getPassword: async () => null,
        setPassword: async (_service, account) => void calls.push(account),
        deletePassword: async () => false,
      }),
      collectionLocked: async () => undefined,
      platform: 'win32',
    });
    await expect(keychain.set('a', 'x'.repeat(1_281), never)).rejects.toMatchObject({
      problem: { code: 'secret-too-long', values: { bytes: 2_562, limit: 2_560 } },
    });
    expect(calls).toEqual([]);
    await keychain.set('b', 'x'.repeat(1_280), never);
    expect(calls).toEqual(['b']);
    expect(() => refuseTooLong('\u4e00'.repeat(854), 'win32')).toThrow('secret-too-long');
    expect(() => refuseTooLong('x'.repeat(10_000), 'linux')).not.toThrow();
  });
});
