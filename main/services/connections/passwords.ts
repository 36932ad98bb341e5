import { ProblemError } from '../../problems/ProblemError.ts';
import type { Ask } from '../ports.ts';

/** Where the password of an instance comes from, and where one that was asked for goes. */
export type PasswordSource = {
  stored(signal: AbortSignal): Promise<string | undefined>;
  ask: Ask;
  keep(password: string, place: 'keychain' | 'session', warn: (line: string) => void): Promise<void>;
  question: { instanceId?: string; user: string; database: string; host: string };
};

/** How often somebody is asked before the refusal is told. More would lock accounts that a provider guards. */
const attempts = 3;

const answerable = new Set(['password-required', 'password-wrong', 'password-empty']);

/**
 * Tries with the stored password, and while it is missing or refused, with the one that somebody enters. It is kept only after
 * the server has taken it. Nobody there to ask, or who refuses to answer: rejects with the server's problem.
 */
export async function askWhileRefused<T>(
  source: PasswordSource,
  signal: AbortSignal,
  connect: (password: string | undefined) => Promise<T>,
  warn: (line: string) => void = () => {},
): Promise<T> {
  let password = await source.stored(signal);
  let place: 'keychain' | 'session' | undefined;
  for (let asked = 0; ; asked += 1) {
    try {
      const value = await connect(password);
      if (place !== undefined && password !== undefined) await source.keep(password, place, warn);
      return value;
    } catch (error) {
      if (!(error instanceof ProblemError) || !answerable.has(error.problem.code) || asked >= attempts) throw error;
      const answer = await source
        .ask({ kind: 'database-password', ...source.question, retry: password !== undefined }, signal)
        .catch((unanswered: unknown) => {
          if (unanswered instanceof ProblemError && unanswered.problem.code === 'question-unanswered') return undefined;
          throw unanswered;
        });
      if (answer === undefined || answer.kind !== 'answers') throw error;
      password = answer.answers[0] ?? '';
      place = answer.remember ? 'keychain' : 'session';
    }
  }
}

/** A keychain that refuses is told and does not undo a login: the secret then stays for this session only. */
export async function keepWherePossible(
  place: 'keychain' | 'session',
  set: (place: 'keychain' | 'session') => Promise<unknown>,
  warn: (line: string) => void = () => {},
): Promise<void> {
  try {
    await set(place);
  } catch (error) {
    if (!(error instanceof ProblemError) || place === 'session') throw error;
    warn(`The keychain did not take it (${error.problem.code}); it is kept until the app quits.`);
    await set('session');
  }
}
