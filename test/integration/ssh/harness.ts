import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../../contract/problem.ts';
import { HostKeys } from '../../../main/adapters/hostKeys.ts';
import { type ConnectOptions, connectSsh } from '../../../main/adapters/ssh/connect.ts';
import { defaultTiming, type SshConnection } from '../../../main/adapters/ssh/connection.ts';
import { openTcp } from '../../../main/adapters/ssh/socket.ts';
import type { SshQuestions, SshTarget } from '../../../main/adapters/ssh/target.ts';
import { ProblemError } from '../../../main/problems/ProblemError.ts';
import type { Sshd } from '../../support/sshd.ts';
import { supportFolder } from '../../support/supportFolder.ts';

export const never = new AbortController().signal;

/** Everything that was asked, and the answers that a test gives. */
export class Answers implements SshQuestions {
  readonly asked: string[] = [];
  readonly accepted: string[] = [];
  readonly shown: { host: string; port: number; algorithm: string; fingerprint: string }[] = [];
  trust = true;
  passwords: string[] = [];
  passphrases: string[] = [];
  codes: ((questions: { text: string; echo: boolean }[]) => string[]) | undefined;
  /** Milliseconds that the user takes. */
  slow = 0;

  async trustHostKey(question: {
    host: string;
    port: number;
    algorithm: string;
    fingerprint: string;
  }): Promise<boolean> {
    this.asked.push('host-key');
    this.shown.push(question);
    return this.trust;
  }

  async password({ retry }: { retry: boolean }) {
    return this.#secret(`password${retry ? ' again' : ''}`, this.passwords);
  }

  async passphrase({ retry }: { retry: boolean }) {
    return this.#secret(`passphrase${retry ? ' again' : ''}`, this.passphrases);
  }

  async interactive({ questions }: { questions: { text: string; echo: boolean }[] }): Promise<string[]> {
    this.asked.push(`interactive ${questions.map(({ text }) => text.trim()).join('|')}`);
    if (this.codes === undefined) throw new ProblemError('question-unanswered');
    return this.codes(questions);
  }

  async #secret(kind: string, from: string[]) {
    this.asked.push(kind);
    if (this.slow > 0) await new Promise((resolve) => setTimeout(resolve, this.slow));
    const secret = from.shift();
    if (secret === undefined) throw new ProblemError('question-unanswered');
    return { secret, accepted: async () => void this.accepted.push(kind) };
  }
}

/** A data folder with its known_hosts file, which holds what it is given. */
export function homeWith(knownHosts: string): { folder: string; knownHostsFiles: string[]; hostKeys: HostKeys } {
  const folder = supportFolder('ssh-home');
  const file = path.join(folder, 'known_hosts');
  writeFileSync(file, knownHosts);
  return { folder, knownHostsFiles: [file], hostKeys: new HostKeys(folder) };
}

/** A target that logs in to an sshd of the tests with nothing but what `login` says. */
export function targetOf(
  sshd: Pick<Sshd, 'host' | 'port' | 'user'>,
  login: Partial<SshTarget['login']>,
  more: Partial<SshTarget> = {},
): SshTarget {
  return {
    key: `${sshd.user.name}@${sshd.host}:${sshd.port}`,
    label: 'test host',
    host: sshd.host,
    port: sshd.port,
    user: sshd.user.name,
    knownHostsFiles: [],
    login: { keys: [], keysOptional: false, agentOnlyNamed: false, agentOptional: false, password: false, ...login },
    via: { kind: 'direct' },
    ...more,
  };
}

const opened: SshConnection[] = [];

export function connect(
  target: SshTarget,
  questions: SshQuestions,
  hostKeys: HostKeys,
  more: Partial<ConnectOptions> = {},
): Promise<SshConnection> {
  return connectSsh({
    target,
    hostKeys,
    questions,
    timing: defaultTiming,
    signal: never,
    openSocket: (signal) => openTcp(target, defaultTiming.connect, signal),
    ...more,
  }).then((connection) => {
    opened.push(connection);
    return connection;
  });
}

export function closeAll(): void {
  for (const connection of opened.splice(0)) connection.close();
}

/** What a promise is rejected with; fails when it is not, or with anything but a problem. */
export async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) throw new Error(`expected a problem, got ${JSON.stringify(outcome.value)}`);
  if (!(outcome.error instanceof ProblemError)) throw outcome.error;
  return outcome.error.problem;
}

/** Everything that a command line prints. */
export async function output(connection: SshConnection, command: string): Promise<string> {
  const { stream } = await connection.exec(command, never);
  let text = '';
  for await (const bytes of stream) text += String(bytes);
  return text;
}
