import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { ProblemError } from '../../problems/ProblemError.ts';
import { loadSsh2 } from './load.ts';

/** A private key file that was read but not necessarily decrypted. */
export type KeyFile = {
  path: string;
  encrypted: boolean;
  /** Known without the passphrase: from the OpenSSH format itself, or from the `.pub` beside it. */
  publicKey?: ParsedKey;
  /** Answers `wrong` for a passphrase that does not fit. Raises `ssh-key-format`. */
  open(passphrase: string | undefined): Promise<ParsedKey | 'wrong'>;
};

/**
 * Reads a private key: OpenSSH's format, PKCS#1 and SEC1 PEM, PKCS#8 PEM, each plain or encrypted; RSA, ECDSA, Ed25519.
 * Raises `ssh-key-unreadable`, `ssh-key-ppk`, `ssh-key-format`.
 */
export async function readKeyFile(path: string): Promise<KeyFile> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ProblemError('ssh-key-unreadable', { path, reason }, { cause });
  }
  if (text.startsWith('PuTTY-User-Key-File-')) throw new ProblemError('ssh-key-ppk', { path });
  const kind = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  switch (kind) {
    case 'OPENSSH PRIVATE KEY':
      return openSshKey(path, text);
    case 'RSA PRIVATE KEY':
    case 'EC PRIVATE KEY':
    case 'PRIVATE KEY':
    case 'ENCRYPTED PRIVATE KEY':
      return pemKey(path, text);
    default:
      throw new ProblemError('ssh-key-format', { path, found: contentOf(text, kind) });
  }
}

/** Whether others on this computer may read or write a key file: OpenSSH refuses such a key. Windows has no such modes. */
export async function isOpenToOthers(path: string, platform: NodeJS.Platform): Promise<boolean> {
  if (platform === 'win32') return false;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && (found.mode & 0o077) !== 0;
}

async function openSshKey(path: string, text: string): Promise<KeyFile> {
  const { utils } = await loadSsh2();
  const header = openSshHeader(text);
  if (header === undefined) throw new ProblemError('ssh-key-format', { path, found: 'a damaged OpenSSH key' });
  const publicKey = utils.parseKey(header.publicLine);
  return {
    path,
    encrypted: header.encrypted,
    ...(publicKey instanceof Error ? {} : { publicKey: first(publicKey) }),
    async open(passphrase) {
      const key = utils.parseKey(text, header.encrypted ? passphrase : undefined);
      if (!(key instanceof Error)) return first(key);
      // Types and ciphers that the library does not know are named in its message; anything else on an encrypted key is the passphrase.
      if (header.encrypted && !/unsupported|not supported/i.test(key.message)) return 'wrong';
      throw new ProblemError('ssh-key-format', { path, found: header.algorithm }, { detail: key.message });
    },
  };
}

/** The part of OpenSSH's format (PROTOCOL.key) that is never encrypted. */
function openSshHeader(text: string): { encrypted: boolean; algorithm: string; publicLine: string } | undefined {
  const data = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');
  const magic = 'openssh-key-v1\0';
  if (data.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const field = (): Buffer => {
    const end = at + 4 + data.readUInt32BE(at);
    const value = data.subarray(at + 4, end);
    at = end;
    return value;
  };
  try {
    const cipher = field().toString('latin1');
    field(); // key derivation
    field(); // its options
    at += 4; // number of keys, always one
    const key = field();
    const algorithm = key.toString('latin1', 4, 4 + key.readUInt32BE(0));
    return { encrypted: cipher !== 'none', algorithm, publicLine: `${algorithm} ${key.toString('base64')}` };
  } catch {
    return undefined;
  }
}

async function pemKey(path: string, text: string): Promise<KeyFile> {
  const { utils } = await loadSsh2();
  const encrypted = text.startsWith('-----BEGIN ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED/m.test(text);
  const beside = await readFile(`${path}.pub`, 'utf8').catch(() => undefined);
  const publicKey = beside === undefined ? undefined : utils.parseKey(beside.trim());
  return {
    path,
    encrypted,
    ...(publicKey === undefined || publicKey instanceof Error ? {} : { publicKey: first(publicKey) }),
    async open(passphrase) {
      let key: KeyObject;
      try {
        key = createPrivateKey({ key: text, format: 'pem', ...(encrypted ? { passphrase: passphrase ?? '' } : {}) });
      } catch (cause) {
        const detail = cause instanceof Error ? cause.message : String(cause);
        if (encrypted && !/unsupported/i.test(detail)) return 'wrong';
        throw new ProblemError('ssh-key-format', { path, found: 'a PEM key that cannot be read' }, { cause, detail });
      }
      const parsed = utils.parseKey(readableBySsh2(key, path));
      if (parsed instanceof Error)
        throw new ProblemError('ssh-key-format', { path, found: 'PEM' }, { detail: parsed.message });
      return first(parsed);
    },
  };
}

/** The SSH library reads PKCS#1, SEC1 and OpenSSH's format, not PKCS#8. */
function readableBySsh2(key: KeyObject, path: string): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    case 'ed25519':
      return ed25519AsOpenSsh(key);
    default:
      throw new ProblemError('ssh-key-format', { path, found: key.asymmetricKeyType ?? 'unknown' });
  }
}

function ed25519AsOpenSsh(key: KeyObject): string {
  // RFC 8410: both DER forms end with the 32 bytes of the key itself.
  const seed = key.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
  const point = createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32);
  const field = (value: Buffer | string): Buffer => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const publicKey = Buffer.concat([field('ssh-ed25519'), field(point)]);
  // Two equal check numbers, the key, an empty comment, padding 1, 2, 3 … to a multiple of 8 (PROTOCOL.key).
  const inner = Buffer.concat([Buffer.alloc(8), publicKey, field(Buffer.concat([seed, point])), field('')]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (inner.length % 8)) % 8);
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    field('none'),
    field('none'),
    field(''),
    Buffer.from([0, 0, 0, 1]),
    field(publicKey),
    field(Buffer.concat([inner, padding])),
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${whole.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`;
}

/** The declared type is one key; the parser may answer with a list for formats that hold several. */
function first(key: ParsedKey | ParsedKey[]): ParsedKey {
  const one = Array.isArray(key) ? key[0] : key;
  if (one === undefined) throw new TypeError('a key file without a key');
  return one;
}

function contentOf(text: string, kind: string | undefined): string {
  if (/^(ssh-|ecdsa-sha2-|sk-)/.test(text)) return 'a public key';
  if (kind !== undefined) return kind;
  return text === '' ? 'an empty file' : 'something that is not a private key';
}
