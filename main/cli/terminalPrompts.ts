import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { say, text } from '../../contract/copy/text.ts';
import type { PromptAnswer } from '../../contract/prompt.ts';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import type { Ask, Question } from '../services/ports.ts';

type Terminal = { input: NodeJS.ReadableStream & { isTTY?: boolean }; output: NodeJS.WritableStream };

/**
 * Asks on the terminal, one question at a time; secrets are typed unseen. `output` should be standard error, so that standard output
 * stays what was asked for. Without a terminal every question is `question-unanswered`.
 */
export function createTerminalPrompts({ input, output }: Terminal): Ask {
  let last: Promise<unknown> = Promise.resolve();
  return (question, signal) => {
    if (input.isTTY !== true) {
      return Promise.reject(new ProblemError('question-unanswered', { question: question.kind }));
    }
    const answer = last.then(async () => {
      if (signal.aborted) throw cancelled(signal.reason);
      try {
        return await askOne(question, { input, output }, signal);
      } catch (error) {
        if (signal.aborted) throw cancelled(signal.reason);
        throw error;
      }
    });
    last = answer.catch(() => undefined);
    return answer;
  };
}

async function askOne(question: Question, terminal: Terminal, signal: AbortSignal): Promise<PromptAnswer> {
  const { output } = terminal;
  const ask = (prompt: string, echo: boolean) => readLine(terminal, prompt, echo, signal);
  if ('retry' in question && question.retry) output.write(`${say(text('operation.question.wrong'))}\n`);
  switch (question.kind) {
    case 'host-key': {
      const { host, algorithm, fingerprint } = question;
      const values = { host, port: String(question.port), algorithm, fingerprint };
      output.write(`${say(text('operation.question.host-key', values))}\n`);
      const answer = await ask(say(text('operation.question.host-key.accept')), true);
      return { kind: answer.trim().toLowerCase() === 'yes' ? 'accept' : 'refuse' };
    }
    case 'ssh-password': {
      const { user, host } = question;
      return one(await ask(say(text('operation.question.ssh-password', { user, host })), false));
    }
    case 'key-passphrase':
      return one(await ask(say(text('operation.question.key-passphrase', { path: question.path })), false));
    case 'database-password': {
      const { user, database, host } = question;
      return one(await ask(say(text('operation.question.database-password', { user, database, host })), false));
    }
    case 'keyboard-interactive': {
      for (const line of [question.name, question.instructions]) {
        if (line !== '') output.write(`${withoutControls(line)}\n`);
      }
      const answers: string[] = [];
      for (const { text: asked, echo } of question.questions) answers.push(await ask(withoutControls(asked), echo));
      return { kind: 'answers', answers, remember: false };
    }
    default:
      return question satisfies never;
  }
}

function one(answer: string): PromptAnswer {
  return { kind: 'answers', answers: [answer], remember: false };
}

/** What a server sends must not move the cursor or change the terminal. */
function withoutControls(line: string): string {
  return line.replace(/(?!\n)\p{Cc}/gu, '');
}

async function readLine(
  { input, output }: Terminal,
  prompt: string,
  echo: boolean,
  signal: AbortSignal,
): Promise<string> {
  output.write(prompt);
  // readline shows what is typed by writing it to its output.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: echo ? output : silent, terminal: true, historySize: 0 });
  const ended = new Promise<never>((_, reject) => {
    lines.once('close', () => reject(new ProblemError('cancelled')));
    lines.once('SIGINT', () => lines.close());
  });
  try {
    return await Promise.race([lines.question('', { signal }), ended]);
  } finally {
    lines.close();
    if (!echo) output.write('\n');
  }
}
