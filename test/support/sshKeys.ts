import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './processes.ts';
import { supportFolder } from './supportFolder.ts';

/** Kinds of keys that OpenSSH makes and admins use. */
export const sshKeyTypes = ['ed25519', 'rsa', 'ecdsa'] as const;

/** One of the kinds of keys. */
export type SshKeyType = (typeof sshKeyTypes)[number];

/** A key pair on disk. */
export interface SshKey {
  readonly type: SshKeyType;
  /** Path of the private key, mode 0600. The public key is beside it, ending in `.pub`. */
  readonly file: string;
  /** Text of the private key. */
  readonly privateKey: string;
  /** One line as in authorized_keys. */
  readonly publicKey: string;
  /** `SHA256:…` as OpenSSH prints it. */
  readonly fingerprint: string;
}

/** What a key is to be like. */
export interface SshKeyOptions {
  readonly type?: SshKeyType;
  /** OpenSSH's own format unless told; Ed25519 exists in that one only. */
  readonly format?: 'openssh' | 'pem' | 'pkcs8';
  readonly passphrase?: string;
  readonly bits?: number;
  readonly comment?: string;
  /** Folder and name without ending; a new temporary folder unless told. */
  readonly file?: string;
}

/** Makes a key pair with ssh-keygen. */
export async function makeSshKey(options: SshKeyOptions = {}): Promise<SshKey> {
  const type = options.type ?? 'ed25519';
  const file = options.file ?? join(supportFolder('key'), `id_${type}`);
  const bits = options.bits ?? (type === 'rsa' ? 2048 : undefined);
  await mustRun([
    'ssh-keygen',
    '-q',
    ...['-t', type],
    ...(bits === undefined ? [] : ['-b', String(bits)]),
    ...formatFlags(options.format ?? 'openssh'),
    ...['-N', options.passphrase ?? ''],
    ...['-C', options.comment ?? 'made for a test'],
    ...['-f', file],
  ]);
  return readSshKey(type, file);
}

/** Reads a key pair that is on disk already. */
async function readSshKey(type: SshKeyType, file: string): Promise<SshKey> {
  const { stdout } = await mustRun(['ssh-keygen', '-lf', `${file}.pub`]);
  return {
    type,
    file,
    privateKey: readFileSync(file, 'utf8'),
    publicKey: readFileSync(`${file}.pub`, 'utf8').trim(),
    fingerprint: stdout.split(' ')[1] ?? '',
  };
}

/** Converts a private key to PuTTY's format and returns the path of the `.ppk` file. */
export async function makePuttyKey(key: SshKey): Promise<string> {
  const file = `${key.file}.ppk`;
  await mustRun(['puttygen', key.file, '-O', 'private', '-o', file]);
  return file;
}

/**
 * Signs a host key as a certificate authority for hosts.
 *
 * @param principals host names that the certificate is good for
 * @returns path of the certificate, for sshd's HostCertificate
 */
export async function certifyHostKey(
  authority: SshKey,
  hostKeyFile: string,
  principals: readonly string[],
): Promise<string> {
  await mustRun([
    ...(['ssh-keygen', '-q', '-h'] as const),
    ...['-s', authority.file],
    ...['-I', 'a host of the tests'],
    ...['-n', principals.join(',')],
    ...['-V', '-1h:+1d'],
    `${hostKeyFile}.pub`,
  ]);
  return `${hostKeyFile}-cert.pub`;
}

/**
 * Environment for OpenSSH's programs in which every question is answered by a script: the first answer whose pattern
 * (as in grep) is found in the question.
 */
export function answering(answers: readonly { readonly to: string; readonly answer: string }[]): NodeJS.ProcessEnv {
  const folder = supportFolder('askpass');
  const script = join(folder, 'answer');
  const cases = answers.map(({ to, answer }, index) => {
    writeFileSync(join(folder, String(index)), `${answer}\n`, { mode: 0o600 });
    return `printf '%s' "$1" | grep -qi -- '${to}' && exec cat '${join(folder, String(index))}'`;
  });
  writeFileSync(script, `#!/bin/sh\n${cases.join('\n')}\nexit 1\n`);
  chmodSync(script, 0o755);
  return { SSH_ASKPASS: script, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: 'none' };
}

function formatFlags(format: 'openssh' | 'pem' | 'pkcs8'): string[] {
  switch (format) {
    case 'openssh':
      return [];
    case 'pem':
      return ['-m', 'PEM'];
    case 'pkcs8':
      return ['-m', 'PKCS8'];
  }
}
