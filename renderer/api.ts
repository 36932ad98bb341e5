import type { Bridge } from '../contract/bridge.ts';
import type { ChannelInput, ChannelName, ChannelOutput } from '../contract/channels.ts';
import type { Problem } from '../contract/problem.ts';

declare global {
  interface Window {
    readonly companion: Bridge;
  }
}

/** A question that main answered with a problem that it recognises. */
class ProblemFailure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.name = 'ProblemFailure';
    this.problem = problem;
  }
}

/** A question that ended in an error which nobody expected. `reference` names its report in the log. */
class UnexpectedFailure extends Error {
  readonly reference: string;

  constructor(reference: string) {
    super(`unexpected: ${reference}`);
    this.name = 'UnexpectedFailure';
    this.reference = reference;
  }
}

/** A failure as data, for the store and for views. */
export type Failure = { kind: 'problem'; problem: Problem } | { kind: 'unexpected'; reference: string };

type InputArguments<Name extends ChannelName> = undefined extends ChannelInput<Name> ? [] : [input: ChannelInput<Name>];

/** Asks main. Rejects with `ProblemFailure` or `UnexpectedFailure`, and with nothing else that main says. */
export async function ask<Name extends ChannelName>(
  name: Name,
  ...input: InputArguments<Name>
): Promise<ChannelOutput<Name>> {
  const envelope = await window.companion.ask(name, input[0] as ChannelInput<Name>);
  if (envelope.ok) return envelope.value;
  if ('problem' in envelope) throw new ProblemFailure(envelope.problem);
  throw new UnexpectedFailure(envelope.unexpected.reference);
}

/** What to show for anything that was caught. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ProblemFailure) return { kind: 'problem', problem: error.problem };
  if (error instanceof UnexpectedFailure) return { kind: 'unexpected', reference: error.reference };
  console.error(error);
  return { kind: 'unexpected', reference: error instanceof Error ? error.message : String(error) };
}
