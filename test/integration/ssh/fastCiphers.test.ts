import { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { Client } from 'ssh2';
import { expect, test } from 'vitest';
import { speedUpCiphers } from '../../../main/adapters/ssh/fastCiphers.ts';
import { startSshd } from '../../support/sshd.ts';
import { makeSshKey } from '../../support/sshKeys.ts';

type Inside = { _protocol: { _cipher: Record<string, unknown>; _decipher: Record<string, unknown> } };

async function keysWith(cipher: 'aes128-gcm@openssh.com' | 'aes128-ctr'): Promise<{ enc: unknown; dec: unknown }> {
  const key = await makeSshKey();
  const sshd = await startSshd({ users: [{ name: 'tester', keys: [key.publicKey] }] });
  const client = new Client();
  client.on('handshake', () => speedUpCiphers(client));
  const ready = once(client, 'ready');
  client.connect({
    host: sshd.host,
    port: sshd.port,
    username: sshd.user.name,
    privateKey: key.privateKey,
    algorithms: { cipher: [cipher] },
  });
  await ready;
  const { _cipher, _decipher } = (client as unknown as Inside)._protocol;
  client.end();
  await sshd.stop();
  return { enc: _cipher._encKey, dec: _decipher._decipherKey };
}

// Should a newer version of the library look different inside, all works as before, only slower: this test is what tells.
test('the library takes the prepared keys of AES-GCM, and logs in with them', async () => {
  const { enc, dec } = await keysWith('aes128-gcm@openssh.com');
  expect(enc).toBeInstanceOf(KeyObject);
  expect(dec).toBeInstanceOf(KeyObject);
});

test('other ciphers are left as they are', async () => {
  expect(await keysWith('aes128-ctr')).toEqual({ enc: undefined, dec: undefined });
});

test('a client that looks different inside is left alone', () => {
  const strange = { _protocol: { _cipher: { _encKey: Buffer.alloc(16) }, _decipher: undefined } };
  speedUpCiphers(strange as never);
  expect(Buffer.isBuffer(strange._protocol._cipher._encKey)).toBe(true);
  speedUpCiphers({} as never);
});
