import { commandLine } from '../../contract/copy/commandLine.ts';
import type { Problem, ProblemCode } from '../../contract/problem.ts';
import { type ExitCode, exitCode, type Output } from './output.ts';

/**
 * The command was called in a wrong way, or with something that cannot be used. `explanation` says what is wrong with it; `more` is
 * added to the document of `--json`.
 */
export class WrongUsage extends Error {
  readonly explanation: string;
  readonly code: ProblemCode;
  readonly more: Record<string, unknown>;

  constructor(explanation: string, code: ProblemCode = 'invalid-input', more: Record<string, unknown> = {}) {
    super(`wrong usage: ${code}`);
    this.name = 'WrongUsage';
    this.explanation = explanation;
    this.code = code;
    this.more = more;
  }
}

/** An operation ended with an error that the app does not know; the log has it under this reference. */
export class UnexpectedEnd extends Error {
  readonly reference: string;

  constructor(reference: string) {
    super(`unexpected error ${reference}`);
    this.name = 'UnexpectedEnd';
    this.reference = reference;
  }
}

/** What was given is not there or cannot be read: like a mistake in the words of the command. */
const wrongInput = new Set<ProblemCode>([
  'invalid-input',
  'connection-string-invalid',
  'instance-missing',
  'operation-missing',
  'ssh-host-missing',
  'import-nothing-found',
  'file-unreadable',
  'certificate-file-unreadable',
]);

function exitCodeOf(problem: Problem): ExitCode {
  if (problem.code === 'cancelled') return exitCode.cancelled;
  return wrongInput.has(problem.code) ? exitCode.wrongUsage : exitCode.failed;
}

/** Tells why the command was called in a wrong way. Loads nothing that is not loaded. */
export function tellWrongUsage(output: Output, { explanation, code, more }: WrongUsage, hint: string): ExitCode {
  output.failure(
    { problem: { code, title: commandLine['cli.usage.title'], cause: explanation, next: hint, ...more } },
    () => `${explanation}\n${hint}`,
  );
  return exitCode.wrongUsage;
}

/** Tells a problem: what it is, why, what to do here. `redact` hides secrets in the other side's own words. */
export async function tellProblem(
  output: Output,
  problem: Problem,
  redact: <Value>(value: Value) => Value,
): Promise<ExitCode> {
  const { plainProblem, problemLines } = await import('./reportText.ts');
  const document = plainProblem(problem);
  output.failure({ problem: redact(document) }, () => redact(problemLines(problem, output)));
  return exitCodeOf(problem);
}

/** Tells that something happened which nobody foresaw, and where its report is. */
export async function tellUnexpected(output: Output, reference: string, path: string): Promise<ExitCode> {
  const { say, text } = await import('../../contract/copy/text.ts');
  const cause = say(text('cli.unexpected', { reference, path }));
  const title = commandLine['cli.unexpected.title'];
  const next = commandLine['cli.unexpected.next'];
  output.failure({ problem: { code: 'unexpected', title, cause, next } }, () => `${title}\n${cause}\n${next}`);
  return exitCode.failed;
}
