import { say, text } from '../../contract/copy/text.ts';
import type { InstallPlan } from '../../contract/install.ts';
import type { FileChange, HostFinding } from '../../contract/serverSettings.ts';
import { type Output, paint, table } from './output.ts';
import { plainFix } from './reportText.ts';

/** What would change in the server's files, as diffs, and what to know about it. */
export function changesText(changes: readonly FileChange[], notes: readonly string[]): string {
  const files = changes.map(({ path, state, diff }) =>
    state === 'same' ? `${path}: ${say(text('cli.compose.same'))}` : diff.trimEnd(),
  );
  return [...files, '', ...notes.map((note) => `· ${note}`)].join('\n');
}

const styles = { pass: 'green', warn: 'yellow', fail: 'red', skipped: 'dim' } as const;

export function findingsText(findings: readonly HostFinding[], output: Pick<Output, 'colour'>): string {
  return table(
    findings.map(({ status, title, evidence }) => [
      paint(output, styles[status], say(text(`cli.status.${status}`))),
      say(title),
      say(evidence),
    ]),
  );
}

export function plainFinding({ id, status, title, evidence, fixes }: HostFinding): Record<string, unknown> {
  return { id, status, title: say(title), evidence: say(evidence), fixes: fixes.map(plainFix) };
}

/** A whole plan of an installation or a change: commands and statements, diffs, what the Docker host has, what stands in the way. */
export function installPlanText(
  { plan, changes, findings, limits, blocked }: InstallPlan,
  output: Pick<Output, 'colour'>,
): string {
  const steps = plan.steps.flatMap((step) => {
    if (step.kind === 'command') return [`$ ${step.argv.join(' ')}`];
    return step.kind === 'sql' ? [`${step.database}=# ${step.statement};`] : [`> ${step.path} (${step.mode})`];
  });
  const against = blocked.map((reason) => `${paint(output, 'red', say(text('cli.install.blocked')))} ${say(reason)}`);
  return [
    say(plan.title),
    findingsText(findings, output),
    changesText(changes, [...limits, ...plan.notes].map(say)),
    steps.join('\n'),
    ...(against.length === 0 ? [] : [against.join('\n')]),
  ].join('\n\n');
}

export function plainInstallPlan({ plan, changes, findings, limits, blocked }: InstallPlan): Record<string, unknown> {
  return {
    title: say(plan.title),
    steps: plan.steps,
    changes,
    findings: findings.map(plainFinding),
    notes: plan.notes.map(say),
    limits: limits.map(say),
    blocked: blocked.map(say),
  };
}
