import { problemText } from '../../contract/copy/problemText.ts';
import { say } from '../../contract/copy/text.ts';
import type { OperationView } from '../../contract/operation.ts';
import { formatDuration } from '../format/duration.ts';
import { words } from '../words.ts';

/** One line about how an operation went: what it did, what stopped it, or which step it is at. */
export function operationLine(operation: OperationView): string {
  if (operation.state === 'running') {
    const step = operation.steps[operation.stepIndex];
    return step === undefined ? words('operation.state.running') : say(step.name);
  }
  if (operation.problem !== undefined) return problemText(operation.problem).title;
  if (operation.outcome !== undefined) return say(operation.outcome);
  return words(`operation.state.${operation.state}`);
}

/** How long an ended operation took, e.g. "11 s". */
export function operationDuration(operation: OperationView): string | undefined {
  if (operation.endedAt === undefined) return undefined;
  return formatDuration(Date.parse(operation.endedAt) - Date.parse(operation.startedAt));
}

export type ActivityFilter = { search: string; show: 'all' | 'running' | 'failed'; instanceId?: string };

/** The operations that a filter lets through, in their order. */
export function filterOperations(operations: readonly OperationView[], filter: ActivityFilter): OperationView[] {
  const wanted = filter.search.trim().toLowerCase();
  return operations.filter((operation) => {
    if (filter.show === 'running' && operation.state !== 'running') return false;
    if (filter.show === 'failed' && operation.state !== 'failed' && operation.state !== 'interrupted') return false;
    if (filter.instanceId !== undefined && operation.subject.instanceId !== filter.instanceId) return false;
    if (wanted === '') return true;
    const text = `${words(`operation.kind.${operation.kind}`)} ${operation.subject.name} ${operationLine(operation)}`;
    return text.toLowerCase().includes(wanted);
  });
}
