import type { BackupView } from '../../../contract/backup.ts';
import type { OperationView } from '../../../contract/operation.ts';
import { ProblemError } from '../../problems/ProblemError.ts';
import type { Backups } from '../backups.ts';
import type { Op, Operations } from '../ports.ts';

/** Backups whose work is done as a part of what these operations stand for. */
export type BackupsWithin = (operations: Operations) => Pick<Backups, 'run'>;

/**
 * Makes a verified backup as a part of an operation that runs already and holds the instance: no operation of its own, but its log, its
 * progress, its cancelling. Raises what keeps it from being made.
 */
export async function backupWithin(
  op: Op,
  within: BackupsWithin,
  request: { instanceId: string; label: string },
): Promise<BackupView> {
  let failure: unknown;
  const backups = within({
    run(kind, subject, steps, body) {
      const part: Op = { ...op, step: () => undefined };
      const view: OperationView = {
        id: op.id,
        kind,
        subject,
        state: 'running',
        startedAt: new Date().toISOString(),
        steps,
        stepIndex: 0,
        overall: 0,
        startedBy: 'window',
      };
      const ended = body(part).then(
        (): OperationView => ({ ...view, state: 'succeeded' }),
        (error: unknown): OperationView => {
          failure = error;
          return { ...view, state: 'failed' };
        },
      );
      return Promise.resolve({ id: op.id, ended });
    },
  });
  const { backup, ended } = await backups.run(request);
  await ended;
  const made = await backup;
  if (failure !== undefined) throw failure;
  if (made === undefined || made.verification.state !== 'verified') {
    throw new ProblemError('backup-damaged', { path: made?.where.path ?? '', reason: 'archive' });
  }
  return made;
}
