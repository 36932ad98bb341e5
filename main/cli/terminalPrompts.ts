import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { say, text } from '../../contract/copy/text.ts';
import type { PromptAnswer } from '../../contract/prompt.ts';
import { cancelled, ProblemError } from '../problems/ProblemError.ts';
import type { Ask, Question } from '../services/ports.ts';
import { printable } from './output.ts';

export type TerminalPrompts = {
  input: NodeJS.ReadStream;
  /** Standard error: standard output belongs to the result. */
  output: NodeJS.WriteStream;
  /** Fingerprints (`SHA256:…`) that were accepted beforehand. */
  acceptedHostKeys: readonly string[];
  /** Whether answers may be kept in the keychain. */
  offerToKeep: boolean;
  /** Ctrl+C while a question is open: the terminal then sends no signal. */
  interrupt: () => void;
  /** Before something is written. */
  clear: () => void;
};

/**
 * Questions at the terminal, one at a time; secrets are not shown. Without a terminal an unknown host key is refused (unless it was
 * accepted beforehand), and everything else is `question-unanswered`.
 */
export function createTerminalAsk(terminal: TerminalPrompts): Ask {
  let last: Promise<unknown> = Promise.resolve();
  return (question, signal) => {
    const answer = last.then(() => askOne(terminal, question, signal));
    last = answer.catch(() => undefined);
    return answer;
  };
}

async function askOne(terminal: TerminalPrompts, question: Question, signal: AbortSignal): Promise<PromptAnswer> {
  const { input, output, acceptedHostKeys, clear } = terminal;
  const present = input.isTTY === true && output.isTTY === true;
  if (question.kind === 'host-key') {
    if (acceptedHostKeys.includes(question.fingerprint)) return { kind: 'accept' };
    if (!present) return { kind: 'refuse' };
  }
  if (!present) throw new ProblemError('question-unanswered');
  clear();
  switch (question.kind) {
    case 'host-key': {
      const { host, port, algorithm, fingerprint } = question;
      tell(terminal, say(text('cli.ask.host-key', { host, port: String(port), algorithm, fingerprint })));
      const yes = await yesOrNo(terminal, say(text('cli.ask.host-key-accept')), signal);
      return { kind: yes ? 'accept' : 'refuse' };
    }
    case 'database-password': {
      const { user, host, retry } = question;
      return secret(terminal, say(text('cli.ask.database-password', { user, host, retry: String(retry) })), signal);
    }
    case 'ssh-password': {
      const { user, host, retry } = question;
      return secret(terminal, say(text('cli.ask.ssh-password', { user, host, retry: String(retry) })), signal);
    }
    case 'key-passphrase': {
      const { path, retry } = question;
      return secret(terminal, say(text('cli.ask.key-passphrase', { path, retry: String(retry) })), signal);
    }
    case 'keyboard-interactive': {
      for (const words of [question.name, question.instructions]) if (words !== '') tell(terminal, words);
      const answers: string[] = [];
      for (const { text: words, echo } of question.questions) {
        answers.push(await line(terminal, words.endsWith(' ') ? words : `${words} `, { hidden: !echo, signal }));
      }
      return { kind: 'answers', answers, remember: false };
    }
    default:
      return question satisfies never;
  }
}

function tell({ output }: TerminalPrompts, words: string): void {
  output.write(`${printable(words)}\n`);
}

async function secret(terminal: TerminalPrompts, words: string, signal: AbortSignal): Promise<PromptAnswer> {
  const answer = await line(terminal, `${words} `, { hidden: true, signal });
  const remember =
    terminal.offerToKeep && answer !== '' && (await yesOrNo(terminal, say(text('cli.ask.keep')), signal));
  return { kind: 'answers', answers: [answer], remember };
}

async function yesOrNo(terminal: TerminalPrompts, words: string, signal: AbortSignal): Promise<boolean> {
  const answer = await line(terminal, `${words} [y/N] `, { hidden: false, signal });
  return /^y(?:es)?$/i.test(answer.trim());
}

/** One line. Rejects with `cancelled`, or `question-unanswered` when the input ends. */
function line(
  { input, output, interrupt }: TerminalPrompts,
  words: string,
  { hidden, signal }: { hidden: boolean; signal: AbortSignal },
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled(signal.reason));
      return;
    }
    const shown = printable(words);
    if (hidden) output.write(shown);
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const reader = createInterface({ input, output: hidden ? silent : output, terminal: true, historySize: 0 });
    const close = () => {
      signal.removeEventListener('abort', abort);
      reader.close();
      if (hidden) output.write('\n');
    };
    const abort = () => {
      reject(cancelled(signal.reason));
      close();
    };
    signal.addEventListener('abort', abort, { once: true });
    reader.on('SIGINT', () => {
      if (!hidden) output.write('\n');
      interrupt();
    });
    reader.once('close', () => reject(new ProblemError('question-unanswered')));
    reader.question(hidden ? '' : shown, (answer) => {
      resolve(answer);
      close();
    });
  });
}
