import type { Plan, PlanStep } from '../../contract/plan.ts';
import { words } from '../words.ts';

/** The comment line above a step: where it happens, and as whom. */
function stepNote(step: PlanStep): string {
  switch (step.kind) {
    case 'sql':
      return words('screen.plan.sql', { host: step.host, database: step.database, role: step.role });
    case 'file':
      return words('screen.plan.file', { host: step.host, path: step.path, mode: step.mode });
    case 'command':
      return words('screen.plan.command', { host: step.host });
  }
}

/** What a step does, as it would be typed. */
function stepBody(step: PlanStep): string {
  switch (step.kind) {
    case 'sql':
      return step.statement.trimEnd().endsWith(';') ? step.statement : `${step.statement};`;
    case 'file':
      return step.content;
    case 'command':
      return step.argv.map(quoted).join(' ');
  }
}

/** All steps as text to paste: steps in one place stand under one comment. */
export function planText(plan: Plan): string {
  return groupedSteps(plan)
    .map(({ note, body }) => `${note}\n${body}`)
    .join('\n\n');
}

/** Steps that follow each other in the same place, under one comment line. */
export function groupedSteps(plan: Plan): { note: string; body: string }[] {
  const groups: { note: string; body: string }[] = [];
  for (const step of plan.steps) {
    const note = stepNote(step);
    const last = groups.at(-1);
    if (last !== undefined && last.note === note && step.kind === 'sql') last.body += `\n${stepBody(step)}`;
    else groups.push({ note, body: stepBody(step) });
  }
  return groups;
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
