import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { HostKeyPin } from '../../contract/sshHost.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { writeAtomically } from './files.ts';
import { fingerprintOf, type KnownHostLine, knownHostName, namesHost, parseKnownHosts } from './ssh/knownHosts.ts';

const pinSchema = z.object({
  host: z.string(),
  port: z.int(),
  algorithm: z.string(),
  fingerprint: z.string().startsWith('SHA256:'),
  pinnedAt: z.string(),
});
const pinFileSchema = z.object({ version: z.literal(1), pins: z.array(pinSchema) });

/** Key types that this SSH implementation can negotiate, in the order in which they are preferred. */
const supportedTypes: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  // RFC 8332: the key type is ssh-rsa, the signatures are SHA-2. SHA-1 signatures are not accepted.
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** A host as it is filed: the name that was asked for (or HostKeyAlias), and the port unless the alias stands alone. */
export type HostIdentity = { host: string; port: number; knownHostsFiles: readonly string[] };

/** What is known about a host before its key is seen. */
export type HostKnowledge = {
  identity: HostIdentity;
  lines: { file: string; line: KnownHostLine }[];
  revoked: { file: string; line: KnownHostLine }[];
  /** Lines that name the host without its port: a match counts, a difference does not (as in OpenSSH). */
  withoutPort: KnownHostLine[];
  certificateAuthority: boolean;
  pins: HostKeyPin[];
};

export type HostKeyVerdict =
  | { outcome: 'known' }
  | { outcome: 'unknown'; certificateAuthority: boolean }
  | { outcome: 'changed'; expected: { fingerprint: string; algorithm: string; source: string }[]; fromPins: boolean }
  | { outcome: 'revoked'; source: string };

/** The user's known_hosts files (read only), and the keys that the user accepted in this app. */
export class HostKeys {
  readonly #file: string;

  /** @param dataFolder where the app keeps its own files */
  constructor(dataFolder: string) {
    this.#file = path.join(dataFolder, 'host-keys.json');
  }

  /** Accepted in this app. Raises `ssh-known-hosts-unreadable` when the file is there and cannot be understood. */
  async list(): Promise<HostKeyPin[]> {
    const text = await readIfThere(this.#file);
    if (text === undefined) return [];
    try {
      return pinFileSchema.parse(JSON.parse(text)).pins;
    } catch (cause) {
      throw new ProblemError('ssh-known-hosts-unreadable', { path: this.#file, reason: 'damaged' }, { cause });
    }
  }

  /** Keeps one key for each algorithm of a host. */
  async pin(pin: HostKeyPin): Promise<void> {
    const others = (await this.list()).filter(
      (other) => other.host !== pin.host || other.port !== pin.port || other.algorithm !== pin.algorithm,
    );
    await this.#write([...others, pin]);
  }

  async forget(host: string, port: number): Promise<void> {
    await this.#write((await this.list()).filter((pin) => pin.host !== host || pin.port !== port));
  }

  /** Reads everything that is known about a host. Any file that is there but cannot be read fails closed. */
  async about(identity: HostIdentity): Promise<HostKnowledge> {
    const name = knownHostName(identity.host, identity.port);
    const plain = identity.host.toLowerCase();
    const knowledge: HostKnowledge = {
      identity,
      lines: [],
      revoked: [],
      withoutPort: [],
      certificateAuthority: false,
      pins: (await this.list()).filter((pin) => pin.host === plain && pin.port === identity.port),
    };
    for (const file of identity.knownHostsFiles) {
      const text = await readIfThere(file);
      for (const line of text === undefined ? [] : parseKnownHosts(text)) {
        const named = namesHost(line.hosts, name);
        if (!named && !(name !== plain && namesHost(line.hosts, plain))) continue;
        if (line.marker === 'revoked') knowledge.revoked.push({ file, line });
        else if (line.marker === 'cert-authority') knowledge.certificateAuthority ||= named;
        else if (named) knowledge.lines.push({ file, line });
        else knowledge.withoutPort.push(line);
      }
    }
    return knowledge;
  }

  #write(pins: HostKeyPin[]): Promise<void> {
    return writeAtomically(this.#file, `${JSON.stringify({ version: 1, pins }, undefined, 2)}\n`, { mode: 0o600 });
  }
}

/**
 * Judges a key that a server presented. The user's files come first, then the app's own pins. A key that differs from every
 * known one counts as changed even when its type differs: the types that are known are asked for first, so a server that
 * still has a known key presents that one.
 */
export function judgeHostKey(knowledge: HostKnowledge, algorithm: string, key: Buffer): HostKeyVerdict {
  const revoked = knowledge.revoked.find(({ line }) => line.key.equals(key));
  if (revoked !== undefined) return { outcome: 'revoked', source: `${revoked.file}:${revoked.line.lineNumber}` };
  if (knowledge.lines.some(({ line }) => line.key.equals(key))) return { outcome: 'known' };
  const usable = knowledge.lines.filter(({ line }) => line.algorithm in supportedTypes);
  if (usable.length > 0) {
    return {
      outcome: 'changed',
      fromPins: false,
      expected: usable.map(({ file, line }) => ({
        fingerprint: fingerprintOf(line.key),
        algorithm: line.algorithm,
        source: `${file}:${line.lineNumber}`,
      })),
    };
  }
  const fingerprint = fingerprintOf(key);
  if (knowledge.pins.some((pin) => pin.fingerprint === fingerprint && pin.algorithm === algorithm))
    return { outcome: 'known' };
  if (knowledge.pins.length > 0) {
    return {
      outcome: 'changed',
      fromPins: true,
      expected: knowledge.pins.map((pin) => ({
        fingerprint: pin.fingerprint,
        algorithm: pin.algorithm,
        source: 'pin',
      })),
    };
  }
  if (knowledge.withoutPort.some((line) => line.key.equals(key))) return { outcome: 'known' };
  return { outcome: 'unknown', certificateAuthority: knowledge.certificateAuthority };
}

/** Signature algorithms to offer for the host's key, the types that are already known first (as OpenSSH orders them). */
export function preferredHostKeyAlgorithms(knowledge: HostKnowledge): string[] {
  const lines = knowledge.lines.length > 0 ? knowledge.lines.map(({ line }) => line.algorithm) : [];
  const pins = lines.length > 0 ? [] : knowledge.pins.map((pin) => pin.algorithm);
  const known = [...lines, ...pins, ...knowledge.withoutPort.map((line) => line.algorithm)];
  const types = Object.keys(supportedTypes);
  const ordered = [...types.filter((type) => known.includes(type)), ...types.filter((type) => !known.includes(type))];
  return ordered.flatMap((type) => supportedTypes[type] ?? []);
}

/** Where OpenSSH looks by default (ssh_config(5), UserKnownHostsFile and GlobalKnownHostsFile). */
export function defaultKnownHostsFiles(home: string, platform: NodeJS.Platform): string[] {
  const user = [path.join(home, '.ssh', 'known_hosts'), path.join(home, '.ssh', 'known_hosts2')];
  const system = platform === 'win32' ? path.join(process.env.PROGRAMDATA ?? 'C:\\ProgramData', 'ssh') : '/etc/ssh';
  return [...user, path.join(system, 'ssh_known_hosts'), path.join(system, 'ssh_known_hosts2')];
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new ProblemError(
      'ssh-known-hosts-unreadable',
      { path: file, reason: code ?? 'unknown' },
      { cause, detail: messageOf(cause) },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
