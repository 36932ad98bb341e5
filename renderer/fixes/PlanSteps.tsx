import type { Plan } from '../../contract/plan.ts';
import { Snippet } from '../components/Snippet.tsx';
import { groupedSteps } from './planText.ts';

/** The very statements, files and commands of a plan, in order. */
export function PlanSteps({ plan, label }: { plan: Plan; label: string }) {
  return groupedSteps(plan).map(({ note, body }) => (
    <Snippet key={`${note}${body}`} note={note} text={body} label={label} />
  ));
}
