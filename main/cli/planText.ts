import { say } from '../../contract/copy/text.ts';
import type { Plan, PlanStep } from '../../contract/plan.ts';

/** A plan of commands and files, as a reader and a program take it. */
export function commandPlanText({ title, steps, notes }: Plan): string {
  return [
    say(title),
    '',
    ...steps.map(stepText),
    ...(steps.length === 0 ? [] : ['']),
    ...notes.map((note) => `· ${say(note)}`),
  ]
    .join('\n')
    .trimEnd();
}

export function plainPlan({ title, steps, notes }: Plan): Record<string, unknown> {
  return { title: say(title), steps, notes: notes.map(say) };
}

function stepText(step: PlanStep): string {
  switch (step.kind) {
    case 'command':
      return `${step.host}: ${step.argv.join(' ')}`;
    case 'file':
      return `${step.host}: ${step.path}`;
    case 'sql':
      return `${step.database}: ${step.statement};`;
  }
}
