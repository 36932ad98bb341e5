import type { Plan } from '../../contract/plan.ts';
import { Snippet } from '../components/Snippet.tsx';
import { groupedSteps } from './planText.ts';

/** The very statements, files and commands of a plan, in order. */
export function PlanSteps({ plan, label }: { plan: Plan; label: string }) {
  const groups = groupedSteps(plan);
  return groups.map(({ note, body }, index) => (
    <Snippet
      key={`${note}${body}`}
      note={note}
      text={body}
      // Regions are told apart by their names.
      label={groups.length === 1 ? label : `${label} (${index + 1})`}
    />
  ));
}
