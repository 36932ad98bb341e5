import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, startDaemon, until } from './processes.ts';
import { answering, type SshKey } from './sshKeys.ts';
import { supportFolder } from './supportFolder.ts';

/** A running ssh-agent with a socket of its own. */
export interface SshAgent {
  /** For SSH_AUTH_SOCK. */
  readonly socket: string;
  add(key: SshKey, passphrase?: string): Promise<void>;
  remove(key: SshKey): Promise<void>;
  /** Public keys that it holds, one line each. */
  list(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts an ssh-agent that holds nothing yet. */
export async function startSshAgent(): Promise<SshAgent> {
  const folder = supportFolder('agent');
  const socket = join(folder, 'socket');
  const daemon = startDaemon(['ssh-agent', '-D', '-a', socket], { log: join(folder, 'log'), endSignal: 'SIGTERM' });
  await until(
    () => existsSync(socket),
    10_000,
    () => 'ssh-agent made no socket',
  );
  const env = { PATH: process.env.PATH, SSH_AUTH_SOCK: socket };
  return {
    socket,
    async add(key, passphrase = '') {
      await mustRun(['ssh-add', '-q', key.file], {
        env: { ...env, ...answering([{ to: 'passphrase', answer: passphrase }]) },
      });
    },
    async remove(key) {
      await mustRun(['ssh-add', '-q', '-d', key.file], { env });
    },
    async list() {
      const { stdout } = await mustRun(['sh', '-c', 'ssh-add -L || test $? = 1'], { env });
      return stdout.split('\n').filter((line) => /^(ssh|ecdsa)-/.test(line));
    },
    stop: () => daemon.end('SIGTERM'),
  };
}
