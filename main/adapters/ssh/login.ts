import type { AnyAuthMethod, ConnectConfig, ParsedKey } from 'ssh2';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';
import { type AgentKeys, keyFilesAsAgent, openAgent, publicHalves } from './agent.ts';
import { type KeyFile, readKeyFile } from './privateKey.ts';
import type { SecretAnswer, SshQuestions, SshTarget } from './target.ts';

const passwordAttempts = 3;

type Method = 'none' | 'publickey' | 'password' | 'keyboard-interactive';

/**
 * One user's login to one server, over as many connections as it takes: what the user answered is kept here, so that a server
 * that hung up while they were typing (sshd's LoginGraceTime) is simply dialled again.
 */
export class Login {
  readonly #target: SshTarget;
  readonly #questions: SshQuestions;
  readonly #signal: AbortSignal;
  readonly #unlocked = new Map<string, Promise<ParsedKey>>();
  readonly #answers: SecretAnswer[] = [];
  #files: KeyFile[] = [];
  #password: SecretAnswer | undefined;
  #passwordAsked = 0;
  #passwordSent = false;
  #interactiveRounds = 0;
  #waiting = 0;

  constructor(target: SshTarget, questions: SshQuestions, signal: AbortSignal) {
    this.#target = target;
    this.#questions = questions;
    this.#signal = signal;
  }

  /** Whether somebody is being asked right now: no deadline runs meanwhile. */
  get waiting(): boolean {
    return this.#waiting > 0;
  }

  /** Reads the key files. A key that the user named fails loudly; OpenSSH's default names may be missing. */
  async prepare(): Promise<void> {
    const { keys, keysOptional } = this.#target.login;
    for (const path of keys) {
      try {
        this.#files.push(await readKeyFile(path));
      } catch (error) {
        if (!keysOptional) throw error;
      }
    }
  }

  /** The server took what was answered: whatever the user wished to keep is kept. */
  async accepted(): Promise<void> {
    const answers = this.#answers.splice(0);
    if (this.#password !== undefined) answers.push(this.#password);
    for (const answer of answers) await answer.accepted();
  }

  /**
   * What the library asks for the next attempt to authenticate. Failures that make further attempts pointless go to `fail`;
   * when all ways have been tried, that is `ssh-authentication-failed` with what the server offers and what was tried.
   */
  handler(fail: (error: unknown) => void): NonNullable<ConnectConfig['authHandler']> {
    const tried = new Set<Method>();
    let offered: string[] = [];
    let groups: AgentKeys[] | undefined;
    const target = this.#target;

    let previous: Method | undefined;
    const next = async (left: string[] | null, partialSuccess: boolean | null): Promise<AnyAuthMethod | undefined> => {
      const username = target.user;
      if (left === null) {
        this.#passwordSent = false;
        return { type: 'none', username };
      }
      if (previous === 'publickey') {
        // The library drops what the server answers to keys of an agent, so a first factor that was taken would go unnoticed.
        previous = 'none';
        return { type: 'none', username };
      }
      // The first answer names everything; sshd leaves a method out once it was tried too often.
      const moved = previous === 'none' && left.some((method) => !offered.includes(method));
      const partial = partialSuccess || moved;
      previous = undefined;
      if (offered.length === 0 || partial) offered = left;
      if (this.#passwordSent && !partial) this.#password = undefined;
      this.#passwordSent = false;
      if (left.includes('publickey')) {
        groups ??= await this.#keyGroups(fail);
        const group = groups.shift();
        if (group !== undefined) {
          tried.add('publickey');
          previous = 'publickey';
          return { type: 'agent', username, agent: group.agent };
        }
      }
      if (left.includes('password') && (target.login.password || partial)) {
        const password = await this.#nextPassword();
        if (password !== undefined) {
          tried.add('password');
          this.#passwordSent = true;
          return { type: 'password', username, password };
        }
      }
      const interactive = target.login.password || partial || !left.includes('publickey');
      if (interactive && left.includes('keyboard-interactive') && this.#interactiveRounds < passwordAttempts) {
        // Where the server offers both, wrong passwords were already tried three times.
        if (tried.has('password') && !partial) return undefined;
        tried.add('keyboard-interactive');
        return this.#keyboardInteractive(username, fail);
      }
      return undefined;
    };

    return (left, partial, callback) => {
      next(left, partial).then((method) => {
        if (method !== undefined) {
          try {
            callback(method);
          } catch {
            // The connection has gone while the user was typing; it is dialled again with this answer.
          }
          return;
        }
        const { user, host } = target;
        const values = { user, host, offered: offered.join(', ') || 'none', tried: [...tried].join(', ') || 'none' };
        fail(new ProblemError('ssh-authentication-failed', values));
      }, fail);
    };
  }

  #keyboardInteractive(username: string, fail: (error: unknown) => void): AnyAuthMethod {
    this.#interactiveRounds += 1;
    let first = this.#interactiveRounds === 1;
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (name, instructions, _language, prompts, finish) => {
        const questions = prompts.map(({ prompt, echo }) => ({ text: prompt, echo: echo ?? false }));
        const [only] = questions;
        // A server that asks for the password in this way gets the password of the settings, once.
        const asksPassword = questions.length === 1 && only !== undefined && !only.echo && namesPassword(only.text);
        const automatic = first && asksPassword && this.#target.login.password;
        first = false;
        const answers = automatic
          ? this.#nextPassword().then((password) => {
              this.#passwordSent = true;
              return password === undefined ? [] : [password];
            })
          : this.#ask(() =>
              this.#questions.interactive(
                { host: this.#target.host, user: this.#target.user, name, instructions, questions },
                this.#signal,
              ),
            );
        answers
          .then((given) => {
            try {
              finish(given);
            } catch {
              // As above; a code is of no use twice, so it is asked for again.
            }
          })
          .catch(fail);
      },
    };
  }

  async #keyGroups(fail: (error: unknown) => void): Promise<AgentKeys[]> {
    const { login } = this.#target;
    const groups: AgentKeys[] = [];
    if (this.#files.length > 0) groups.push(await keyFilesAsAgent(this.#files, (file) => this.#unlock(file), fail));
    if (login.agent !== undefined) {
      const only = login.agentOnlyNamed ? await publicHalves(login.keys) : undefined;
      try {
        groups.push(await openAgent(login.agent, only));
      } catch (error) {
        if (!login.agentOptional) throw error;
      }
    }
    return groups;
  }

  async #nextPassword(): Promise<string | undefined> {
    // Typed while the server hung up: it was never sent.
    if (this.#password !== undefined) return this.#password.secret;
    if (this.#passwordAsked >= passwordAttempts) return undefined;
    const retry = this.#passwordAsked > 0;
    this.#passwordAsked += 1;
    const { host, user } = this.#target;
    this.#password = await this.#ask(() => this.#questions.password({ host, user, retry }, this.#signal));
    return this.#password.secret;
  }

  #unlock(file: KeyFile): Promise<ParsedKey> {
    const before = this.#unlocked.get(file.path);
    if (before !== undefined) return before;
    const unlocking = this.#decrypt(file);
    this.#unlocked.set(file.path, unlocking);
    unlocking.catch(() => this.#unlocked.delete(file.path));
    return unlocking;
  }

  async #decrypt(file: KeyFile): Promise<ParsedKey> {
    const { path } = file;
    if (!file.encrypted) {
      const key = await file.open(undefined);
      if (key === 'wrong') throw new ProblemError('ssh-key-format', { path, found: 'a key that cannot be read' });
      return key;
    }
    for (let attempt = 0; attempt < passwordAttempts; attempt += 1) {
      let answer: SecretAnswer;
      try {
        answer = await this.#ask(() => this.#questions.passphrase({ path, retry: attempt > 0 }, this.#signal));
      } catch (cause) {
        if (!(cause instanceof ProblemError) || cause.problem.code !== 'question-unanswered') throw cause;
        throw new ProblemError(
          attempt === 0 ? 'ssh-key-passphrase-required' : 'ssh-key-passphrase-wrong',
          { path },
          { cause },
        );
      }
      const key = await file.open(answer.secret);
      if (key === 'wrong') continue;
      this.#answers.push(answer);
      return key;
    }
    throw new ProblemError('ssh-key-passphrase-wrong', { path });
  }

  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    if (this.#signal.aborted) throw cancelled(this.#signal.reason);
    this.#waiting += 1;
    try {
      return await question();
    } finally {
      this.#waiting -= 1;
    }
  }
}

/** A prompt for the account's password, as PAM and others word it, and not for a second factor. */
function namesPassword(prompt: string): boolean {
  return /password/i.test(prompt) && !/one-?time|otp|code|token|verif/i.test(prompt);
}
