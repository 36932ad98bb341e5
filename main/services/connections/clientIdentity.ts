import { readFile } from 'node:fs/promises';
import type { TlsSettings } from '../../../contract/connection.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { ClientIdentity } from '../renderings.ts';

/** Larger than any certificate chain or key; a mistaken path to a video is not read into memory. */
const mostBytes = 1_000_000;

/** Reads the client certificate and key that the settings name. Raises `certificate-file-unreadable`: what was named must not fail quietly. */
export async function readClientIdentity(tls: TlsSettings, passphrase: string | undefined): Promise<ClientIdentity> {
  const { clientCertificatePath, clientKeyPath } = tls;
  if (tls.mode === 'disable') return {};
  return {
    ...(clientCertificatePath === undefined ? {} : { clientCertificate: await readPem(clientCertificatePath) }),
    ...(clientKeyPath === undefined ? {} : { clientKey: await readPem(clientKeyPath) }),
    ...(passphrase === undefined ? {} : { clientKeyPassphrase: passphrase }),
  };
}

async function readPem(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    if (text.length > mostBytes || !text.includes('-----BEGIN ')) throw new Error('no PEM in it');
    return text;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'no PEM in it';
    throw new ProblemError('certificate-file-unreadable', { path, reason }, { detail: reason, cause: error });
  }
}
