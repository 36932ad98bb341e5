import type { SecretAnswer, SshQuestions } from '../adapters/ssh/target.ts';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import type { Account, Ask, Credentials, Question } from './ports.ts';

export type SshQuestionsNeed = {
  credentials: Credentials;
  ask: Ask;
  /** Where the password of this login is kept; undefined for a host that is not saved (a jump of ~/.ssh/config): this session only. */
  passwordAccount: Account;
  /** For people, in the keychain's own list. */
  label: string;
  /** Nobody may be asked: reconnecting in the background. */
  unattended: boolean;
  /** A secret that was to be remembered could not be, and is kept for this session; `label` names it for people. */
  onNotKept: (label: string, error: ProblemError) => void;
};

/**
 * Answers what a login needs: from the keychain or this session's memory first, else by asking. An answer that the server took is
 * kept: in the keychain when the user ticked so, else until the app quits, so that a broken connection can be made again.
 */
export function createSshQuestions(need: SshQuestionsNeed): SshQuestions {
  const { credentials, passwordAccount, label } = need;
  const ask = async (question: Question, signal: AbortSignal) => {
    if (need.unattended) throw new ProblemError('question-unanswered');
    const answer = await need.ask(question, signal);
    // Refusing a question about a secret is to cancel what needs it.
    if (answer.kind === 'refuse' && question.kind !== 'host-key') throw cancelled();
    return answer;
  };

  const keep = async (account: Account, secret: string, remember: boolean, name: string) => {
    try {
      await credentials.set(account, secret, remember ? 'keychain' : 'session', name);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      await credentials.set(account, secret, 'session', name);
      need.onNotKept(name, error);
    }
  };

  const secret = async (
    account: Account,
    question: Question & { retry: boolean },
    name: string,
    signal: AbortSignal,
  ): Promise<SecretAnswer> => {
    // A stored one that was just refused is not tried again.
    const stored = question.retry ? undefined : await credentials.get(account, signal);
    if (stored !== undefined) return { secret: stored, accepted: async () => undefined };
    const answer = await ask(question, signal);
    const [given] = answer.kind === 'answers' ? answer.answers : [];
    if (answer.kind !== 'answers' || given === undefined) throw new ProblemError('question-unanswered');
    return { secret: given, accepted: () => keep(account, given, answer.remember, name) };
  };

  return {
    async trustHostKey(question, signal) {
      const answer = await ask({ kind: 'host-key', ...question }, signal);
      return answer.kind === 'accept';
    },
    password: ({ host, user, retry }, signal) =>
      secret(passwordAccount, { kind: 'ssh-password', host, user, retry }, label, signal),
    passphrase: ({ path, retry }, signal) =>
      secret(`key-passphrase:${path}`, { kind: 'key-passphrase', path, retry }, path, signal),
    async interactive(question, signal) {
      const answer = await ask({ kind: 'keyboard-interactive', ...question }, signal);
      if (answer.kind !== 'answers') throw new ProblemError('question-unanswered');
      return answer.answers;
    },
  };
}
