import { randomUUID } from 'node:crypto';
import type { Prompt, PromptAnswer } from '../../contract/prompt.ts';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import type { Ask, Emit } from './ports.ts';

export interface Prompts {
  ask: Ask;
  /** Nothing for a question that has gone. Raises `invalid-input` when the answer is not one to this question; it then stays open. */
  answer(id: string, answer: PromptAnswer): void;
  /** What waits for an answer, oldest first: for a window that was loaded again. */
  pending(): Prompt[];
  /** Nobody is there to answer any more: everything pending is `question-unanswered`. */
  withdrawAll(): void;
}

type Waiting = { prompt: Prompt; resolve: (answer: PromptAnswer) => void; reject: (error: unknown) => void };

/** Questions to the user that are asked by events and answered by the window. */
export function createPrompts({ emit }: { emit: Emit }): Prompts {
  const waiting = new Map<string, Waiting>();

  const close = (id: string): Waiting | undefined => {
    const found = waiting.get(id);
    if (waiting.delete(id)) emit('prompt.withdrawn', { id });
    return found;
  };

  return {
    ask: (question, signal) =>
      new Promise<PromptAnswer>((resolve, reject) => {
        if (signal.aborted) {
          reject(cancelled(signal.reason));
          return;
        }
        const id = randomUUID();
        const prompt: Prompt = { ...question, id };
        const abort = () => close(id)?.reject(cancelled(signal.reason));
        const settled = () => signal.removeEventListener('abort', abort);
        waiting.set(id, {
          prompt,
          resolve: (answer) => {
            settled();
            resolve(answer);
          },
          reject: (error) => {
            settled();
            reject(error);
          },
        });
        signal.addEventListener('abort', abort, { once: true });
        emit('prompt.asked', prompt);
      }),

    answer(id, answer) {
      const found = waiting.get(id);
      if (found === undefined) return;
      if (!fits(found.prompt, answer)) throw new ProblemError('invalid-input', { field: 'answer' });
      close(id)?.resolve(answer);
    },

    pending: () => [...waiting.values()].map(({ prompt }) => prompt),

    withdrawAll() {
      for (const id of [...waiting.keys()]) close(id)?.reject(new ProblemError('question-unanswered'));
    },
  };
}

/** Whether this is an answer to that question: yes or no for a host key, one text for each question otherwise. */
export function fits(prompt: Prompt, answer: PromptAnswer): boolean {
  if (answer.kind === 'refuse') return true;
  switch (prompt.kind) {
    case 'host-key':
      return answer.kind === 'accept';
    case 'ssh-password':
    case 'key-passphrase':
    case 'database-password':
      return answer.kind === 'answers' && answer.answers.length === 1;
    case 'keyboard-interactive':
      return answer.kind === 'answers' && answer.answers.length === prompt.questions.length && !answer.remember;
    default:
      return prompt satisfies never;
  }
}
