import { execFile } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { expect, test } from 'vitest';
import { electronExecutable } from '../../support/electron.ts';
import { startSshd } from '../../support/sshd.ts';
import { makeSshKey } from '../../support/sshKeys.ts';
import { supportFolder } from '../../support/supportFolder.ts';

const checkout = path.resolve(import.meta.dirname, '..', '..', '..');

// Electron's cryptography is BoringSSL, which reads fewer key formats than the OpenSSL of Node, and its Node is older.
test('every format of key logs in inside Electron too, and data comes through', async () => {
  const keys = [
    { ...(await makeSshKey({ type: 'ed25519' })) },
    { ...(await makeSshKey({ type: 'ed25519', passphrase: 'open sesame' })), passphrase: 'open sesame' },
    ...(await Promise.all(
      (['rsa', 'ecdsa'] as const).flatMap((type) =>
        (['openssh', 'pem', 'pkcs8'] as const).flatMap((format) =>
          [undefined, 'open sesame'].map(async (passphrase) => ({
            ...(await makeSshKey({ type, format, ...(passphrase === undefined ? {} : { passphrase }) })),
            passphrase,
          })),
        ),
      ),
    )),
  ];
  const sshd = await startSshd({ users: [{ name: 'tester', keys: keys.map(({ publicKey }) => publicKey) }] });
  try {
    const folder = supportFolder('electron-ssh');
    const knownHosts = path.join(folder, 'known_hosts');
    writeFileSync(knownHosts, sshd.knownHosts());
    symlinkSync(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'));
    await build({
      configFile: false,
      root: checkout,
      logLevel: 'error',
      build: {
        ssr: path.join(import.meta.dirname, 'probes', 'electronLogin.ts'),
        outDir: path.join(folder, 'out'),
        target: 'node20',
        rollupOptions: { output: { entryFileNames: 'probe.mjs' } },
      },
    });
    const { host, port, user } = sshd;
    const job = {
      ...{ folder, knownHosts, host, port, user: user.name },
      keys: keys.map(({ file, passphrase }: { file: string; passphrase?: string | undefined }) => ({
        path: file,
        passphrase,
      })),
    };
    const { stdout } = await promisify(execFile)(
      electronExecutable,
      [path.join(folder, 'out', 'probe.mjs'), JSON.stringify(job)],
      { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, timeout: 100_000 },
    );
    const { electron, results } = JSON.parse(stdout) as { electron?: string; results: string[] };
    expect(electron).toMatch(/^\d+\./);
    expect(results).toEqual(keys.map(() => '5000000 bytes'));
  } finally {
    await sshd.stop();
  }
}, 120_000);
