import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import { ProblemError } from '../../problems/ProblemError.ts';
import { loadSsh2 } from './load.ts';
import type { KeyFile } from './privateKey.ts';

export type AgentEnvironment = { home: string; platform: NodeJS.Platform; env: NodeJS.ProcessEnv };

const windowsPipe = '\\\\.\\pipe\\openssh-ssh-agent';

/** Sockets and pipes of agents on this computer, the system's own first. Being listed does not mean that somebody answers. */
export function agentSockets({ home, platform, env }: AgentEnvironment): string[] {
  const onePassword =
    platform === 'darwin'
      ? path.join(home, 'Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock')
      : path.join(home, '.1password/agent.sock');
  const candidates = platform === 'win32' ? [windowsPipe] : [env.SSH_AUTH_SOCK, onePassword];
  return [...new Set(candidates)].filter(
    (candidate): candidate is string => candidate !== undefined && candidate !== '' && existsSync(candidate),
  );
}

/** The agent that is used when one is wanted and none is named. */
export function defaultAgent({ platform, env }: AgentEnvironment): string | undefined {
  if (platform === 'win32') return windowsPipe;
  return env.SSH_AUTH_SOCK === '' ? undefined : env.SSH_AUTH_SOCK;
}

/** An agent and the keys in it that may be tried. */
export type AgentKeys = { agent: BaseAgent; count: number };

/**
 * Asks an agent for its keys. Raises `ssh-agent-unreachable`, and `ssh-agent-empty` when it holds none that can be used here.
 *
 * @param only public halves to restrict the agent to (IdentitiesOnly); undefined for all
 */
export async function openAgent(socket: string, only: ParsedKey[] | undefined): Promise<AgentKeys> {
  const { BaseAgent, createAgent } = await loadSsh2();
  const inner = createAgent(socket);
  const keys = await new Promise<ParsedKey[]>((resolve, reject) => {
    const unreachable = (cause?: unknown) =>
      reject(
        new ProblemError(
          'ssh-agent-unreachable',
          { socket },
          { cause, ...(cause instanceof Error ? { detail: cause.message } : {}) },
        ),
      );
    try {
      inner.getIdentities((error, found) => {
        if (error) unreachable(error);
        else resolve((found ?? []) as ParsedKey[]);
      });
    } catch (error) {
      unreachable(error);
    }
  });
  const usable = only === undefined ? keys : keys.filter((key) => only.some((wanted) => wanted.equals(key)));
  if (usable.length === 0) throw new ProblemError('ssh-agent-empty', { socket });

  class SomeKeys extends BaseAgent {
    override getIdentities(callback: (error: Error | null | undefined, keys?: ParsedKey[]) => void): void {
      callback(undefined, usable);
    }
    override sign(wanted: AgentKey, data: Buffer, ...rest: SignRest): void {
      const { hash, answer } = unpack(rest);
      inner.sign(wanted, data, hash === undefined ? {} : { hash }, answer);
    }
  }
  return { agent: new SomeKeys(), count: usable.length };
}

type AgentKey = string | Buffer | ParsedKey;
type SignRest = [SignCallback] | [SigningRequestOptions, SignCallback?];

/** The library calls `sign` with or without options. */
function unpack(rest: SignRest): { hash: SigningRequestOptions['hash']; answer: SignCallback } {
  const [first, second] = rest;
  if (typeof first === 'function') return { hash: undefined, answer: first };
  return { hash: first.hash, answer: second ?? (() => undefined) };
}

/** Opens a key file for a signature; asks for the passphrase where there is one. */
export type Unlock = (file: KeyFile) => Promise<ParsedKey>;

/**
 * Key files as an agent: the server is asked about the public half first, and only a key that it would take is decrypted.
 * So nobody is asked for a passphrase that cannot help.
 */
export async function keyFilesAsAgent(
  files: KeyFile[],
  unlock: Unlock,
  fail: (error: unknown) => void,
): Promise<AgentKeys> {
  const { BaseAgent } = await loadSsh2();
  const entries: { file: KeyFile; publicKey: ParsedKey }[] = [];
  for (const file of files) entries.push({ file, publicKey: file.publicKey ?? (await unlock(file)) });

  class KeyFiles extends BaseAgent {
    override getIdentities(callback: (error: Error | null | undefined, keys?: ParsedKey[]) => void): void {
      callback(
        undefined,
        entries.map((entry) => entry.publicKey),
      );
    }
    override sign(wanted: AgentKey, data: Buffer, ...rest: SignRest): void {
      const { hash, answer } = unpack(rest);
      const entry = entries.find(({ publicKey }) => publicKey === wanted || publicKey.equals(wanted));
      if (entry === undefined) {
        answer(new Error('not a key of this agent'));
        return;
      }
      unlock(entry.file).then((key) => {
        const signature: Buffer | Error = key.sign(data, hash);
        if (signature instanceof Error) answer(signature);
        else answer(undefined, signature);
      }, fail);
    }
  }
  return { agent: new KeyFiles(), count: entries.length };
}

/** The public halves beside key files, for IdentitiesOnly: from `.pub`, or a path that is itself a public key. */
export async function publicHalves(paths: string[]): Promise<ParsedKey[]> {
  const { utils } = await loadSsh2();
  const halves: ParsedKey[] = [];
  for (const keyPath of paths) {
    for (const candidate of [`${keyPath}.pub`, keyPath]) {
      const text = await readFile(candidate, 'utf8').catch(() => undefined);
      const key = text === undefined ? undefined : utils.parseKey(text.trim());
      if (key === undefined || key instanceof Error) continue;
      halves.push(...(Array.isArray(key) ? key : [key]));
      break;
    }
  }
  return halves;
}
