import { text } from '../../contract/copy/text.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { Plan } from '../../contract/plan.ts';
import type { FileChange } from '../../contract/serverSettings.ts';
import { composeFor } from './composeFile/composeFor.ts';
import { maskEnvironment } from './composeFile/environmentFile.ts';
import {
  changedOnly,
  type FilesWish,
  type PlannedFile,
  planFiles,
  secretsFor,
  writePlanned,
} from './composeFile/plannedFiles.ts';
import { createPlans } from './plans.ts';
import type { Op, Operations } from './ports.ts';

export type ServerFilesRequest = FilesWish & { subject: { instanceId?: string; name: string } };

export interface ServerFiles {
  /** Both files as they would be without any that exist, `.env` with its values hidden. */
  preview(request: Pick<ServerFilesRequest, 'settings' | 'databaseUrl'>): { compose: string; env: string };
  /**
   * What writing would change in the folder. A compose file that exists is edited in place, an `.env` keeps its other values and its
   * session secret. Raises `compose-not-editable` with the change to make by hand, and what the host raises.
   */
  plan(request: ServerFilesRequest, signal: AbortSignal): Promise<{ plan: Plan; changes: FileChange[] }>;
  /**
   * Writes what was planned. Raises `plan-missing`, `plan-stale`, `operation-busy`; the operation fails with `file-changed`, and
   * nothing is written, when a file is no longer what it was.
   */
  write(planId: string): Promise<{ operationId: string; ended: Promise<OperationView> }>;
}

const steps = [{ name: text('compose.step.write'), weight: 1 }];

export function createServerFiles({
  operations,
  addToRedactor,
  now,
}: {
  operations: Operations;
  addToRedactor: (secret: string) => void;
  now?: () => Date;
}): ServerFiles {
  const plans = createPlans<{ request: ServerFilesRequest; files: PlannedFile[] }>({ now });

  return {
    preview(request) {
      const { compose, env } = composeFor(request.settings, secretsFor(request, ''));
      return { compose, env: maskEnvironment(env) };
    },

    async plan(request, signal) {
      const { host, folder } = request;
      const { files, changes, steps: todo, notes } = await planFiles(request, addToRedactor, signal);
      const changed = changedOnly(files);
      const title = text('compose.plan.title', { count: changed.length, folder, host: host.label });
      return { plan: plans.keep({ title, as: 'app', steps: todo, notes }, { request, files: changed }), changes };
    },

    async write(planId) {
      const { request, files } = plans.find(planId).detail;
      const body = async (op: Op) => {
        op.step(0);
        await writePlanned(request.host, request.folder, files, op);
        return text('compose.outcome', { count: files.length });
      };
      const { id, ended } = await operations.run('compose-write', request.subject, steps, body, { exclusive: true });
      return { operationId: id, ended };
    },
  };
}
