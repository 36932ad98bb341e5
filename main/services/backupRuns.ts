import type { BackupView, RunBackup } from '../../contract/backup.ts';
import type { PrunePlan } from '../../contract/backupSettings.ts';
import { problemText } from '../../contract/copy/problemText.ts';
import { say, text } from '../../contract/copy/text.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { Message } from '../adapters/notify.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { BackupCopies, CopyOutcome } from './backupCopies.ts';
import type { BackupSettingsService } from './backupSettings.ts';
import type { Backups } from './backups.ts';
import type { Instances } from './instances.ts';
import type { Notifications, Told } from './notifications.ts';

export type BackupRun = {
  operation: OperationView;
  /** Missing when none was made. */
  backup?: BackupView;
  copies: CopyOutcome[];
  /** Every destination has what it should have; also true where there is none. */
  copied: boolean;
  /** Missing when nothing was to be removed, or could not. */
  pruned?: PrunePlan;
  told: Told[];
};

export interface BackupRuns {
  /**
   * A backup with all that belongs to it: made and read back, copied to the destinations, old ones removed, people told. `began` gets
   * the id of each operation as it begins. Rejects only with what keeps it from beginning, and people are told of that, too.
   */
  run(request: RunBackup, signal: AbortSignal, began?: (operationId: string) => void): Promise<BackupRun>;
}

export function createBackupRuns({
  instances,
  backups,
  copies,
  settings,
  notifications,
  now = () => new Date(),
}: {
  instances: Pick<Instances, 'get'>;
  backups: Pick<Backups, 'run'>;
  copies: Pick<BackupCopies, 'copy' | 'prune'>;
  settings: Pick<BackupSettingsService, 'get'>;
  notifications: Pick<Notifications, 'tell'>;
  now?: () => Date;
}): BackupRuns {
  /** Cancelling stops what is done, but whoever waits for news still gets them. */
  const tell = (instance: Instance, message: Pick<Message, 'outcome' | 'title' | 'body'>) =>
    notifications.tell({ ...message, instance: instance.name, at: now().toISOString() }, AbortSignal.timeout(60_000));

  return {
    async run(request, signal, began = () => undefined) {
      const instance = await instances.get(request.instanceId);
      const { name } = instance;
      const failedTitle = say(text('notify.title.failed', { instance: name }));
      let begun: Awaited<ReturnType<Backups['run']>>;
      try {
        begun = await backups.run(request);
      } catch (error) {
        // What holds the instance now is no failure of a backup.
        if (error instanceof ProblemError && error.problem.code !== 'operation-busy')
          await tell(instance, { outcome: 'failed', title: failedTitle, body: bodyOf(error) });
        throw error;
      }
      began(begun.operationId);
      const operation = await begun.ended;
      const backup = await begun.backup;
      if (backup === undefined || operation.state !== 'succeeded') {
        const told = await tell(instance, { outcome: 'failed', title: failedTitle, body: endText(operation) });
        return { operation, copies: [], copied: false, told };
      }
      const copying = signal.aborted ? undefined : await copies.copy(instance);
      if (copying !== undefined) began(copying.id);
      const copyEnd = await copying?.ended;
      const outcomes = (await copying?.result) ?? [];
      const pruned = signal.aborted ? undefined : await prune(instance, began);
      const incomplete = copyEnd !== undefined && copyEnd.state !== 'succeeded';
      const told = await tell(
        instance,
        incomplete
          ? {
              outcome: 'failed',
              title: say(text('notify.title.incomplete', { instance: name })),
              body: problemsOf(outcomes) || endText(copyEnd),
            }
          : {
              outcome: 'succeeded',
              title: say(text('notify.title.succeeded', { instance: name })),
              body: say(
                text('notify.body.succeeded', {
                  name: backup.manifest?.file.name ?? '',
                  megabytes: Math.max(1, Math.round(backup.bytes / 1e6)),
                  copies: outcomes.length,
                }),
              ).trim(),
            },
      );
      return {
        operation,
        backup,
        copies: outcomes,
        copied: !incomplete,
        ...(pruned === undefined ? {} : { pruned }),
        told,
      };
    },
  };

  async function prune(instance: Instance, began: (id: string) => void): Promise<PrunePlan | undefined> {
    const { retention } = await settings.get(instance.id);
    if (Object.values(retention).every((count) => count === 0)) return undefined;
    const pruning = await copies.prune(instance);
    began(pruning.id);
    return pruning.result;
  }
}

function problemsOf(outcomes: readonly CopyOutcome[]): string {
  return outcomes
    .flatMap(({ problem, destination }) => {
      if (problem === undefined) return [];
      const { title, cause } = problemText(problem);
      return [`${destination.name}: ${say(text('notify.body.problem', { title, cause }))}`];
    })
    .join('\n');
}

function endText({ problem, unexpected, state }: OperationView): string {
  if (problem !== undefined) return bodyOf({ problem });
  if (unexpected !== undefined) return say(text('notify.body.unexpected', { reference: unexpected }));
  return state === 'succeeded' ? '' : say(text('notify.body.interrupted'));
}

function bodyOf({ problem }: Pick<ProblemError, 'problem'>): string {
  const { title, cause } = problemText(problem);
  return say(text('notify.body.problem', { title, cause }));
}
