import { createPrivateKey } from 'node:crypto';
import type { TlsSettings } from '../../../contract/connection.ts';
import { readBounded } from '../../adapters/boundedFile.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Ask } from '../ports.ts';
import type { ClientIdentity } from '../renderings.ts';

/** Larger than any certificate chain or key; a mistaken path to a video is not read into memory. */
const mostBytes = 1_000_000;

/** How often somebody is asked for a passphrase. */
const attempts = 3;

/** Where the passphrase of an encrypted key comes from, and where one that opened it goes. */
export type PassphraseSource = {
  stored(signal: AbortSignal): Promise<string | undefined>;
  ask: Ask;
  keep(passphrase: string, place: 'keychain' | 'session'): Promise<void>;
};

/**
 * Reads the client certificate and key that the settings name, with the passphrase only if the key is encrypted. Raises
 * `certificate-file-unreadable` (what was named must not fail quietly) and `tls-client-certificate-invalid` for a key that stays locked.
 */
export async function readClientIdentity(
  tls: TlsSettings,
  passphrases: PassphraseSource | undefined,
  signal: AbortSignal,
): Promise<ClientIdentity> {
  const { clientCertificatePath, clientKeyPath } = tls;
  if (tls.mode === 'disable') return {};
  const certificate =
    clientCertificatePath === undefined ? {} : { clientCertificate: await readPem(clientCertificatePath, signal) };
  if (clientKeyPath === undefined) return certificate;
  const clientKey = await readPem(clientKeyPath, signal);
  if (!/ENCRYPTED/.test(clientKey)) return { ...certificate, clientKey };
  return {
    ...certificate,
    clientKey,
    clientKeyPassphrase: await passphraseFor(clientKey, clientKeyPath, passphrases, signal),
  };
}

async function passphraseFor(
  key: string,
  path: string,
  source: PassphraseSource | undefined,
  signal: AbortSignal,
): Promise<string> {
  const stored = await source?.stored(signal);
  if (stored !== undefined && opens(key, stored)) return stored;
  const locked = new ProblemError(
    'tls-client-certificate-invalid',
    { path, user: '' },
    { detail: 'the key is encrypted' },
  );
  if (source === undefined) throw locked;
  for (let asked = 0; asked < attempts; asked += 1) {
    const question = { kind: 'key-passphrase', path, retry: asked > 0 || stored !== undefined } as const;
    const answer = await source.ask(question, signal).catch((error: unknown) => {
      if (error instanceof ProblemError && error.problem.code === 'question-unanswered') throw locked;
      throw error;
    });
    if (answer.kind !== 'answers') throw locked;
    const passphrase = answer.answers[0] ?? '';
    if (!opens(key, passphrase)) continue;
    await source.keep(passphrase, answer.remember ? 'keychain' : 'session');
    return passphrase;
  }
  throw locked;
}

function opens(key: string, passphrase: string): boolean {
  try {
    createPrivateKey({ key, passphrase });
    return true;
  } catch {
    return false;
  }
}

async function readPem(path: string, signal: AbortSignal): Promise<string> {
  const unreadable = (reason: string, cause?: unknown) =>
    new ProblemError('certificate-file-unreadable', { path, reason }, { detail: reason, cause });
  let bytes: Uint8Array;
  try {
    bytes = await readBounded(path, { signal, maxBytes: mostBytes });
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
    throw unreadable(String(error.problem.values.reason ?? error.problem.code), error);
  }
  const text = new TextDecoder().decode(bytes);
  if (bytes.length > mostBytes || !text.includes('-----BEGIN ')) throw unreadable('no PEM in it');
  return text;
}
