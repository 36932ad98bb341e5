import { z } from 'zod';
import { type Text, text } from '../../contract/copy/text.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import { type DrillReport, drillReportSchema } from '../../contract/restore.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { BackupSettingsService } from './backupSettings.ts';
import type { Backups } from './backups.ts';
import type { DocumentDefinition, StoredDocument } from './documents.ts';
import type { Instances } from './instances.ts';
import type { Op, Operations } from './ports.ts';
import { type OpenArchive, openArchive } from './restores/archive.ts';
import { dropQuietly, type MakeNeed, makeBeside } from './restores/makeBeside.ts';
import { type SourceRequest, sourceFor, sourceOf } from './restores/source.ts';
import { requirePossible, survey } from './restores/survey.ts';

const drillsSchema = z.record(z.string(), drillReportSchema);

/** The last drill of each instance, by its id. */
export const drillsDocument: DocumentDefinition<z.infer<typeof drillsSchema>> = {
  name: 'drills',
  version: 1,
  schema: drillsSchema,
  empty: () => ({}),
};

export type DrillRequest = SourceRequest;

export interface Drills {
  /**
   * Restores a backup to see whether it can be, proves it as a restore does, and removes everything again: an operation `drill`. The
   * report is kept also where it failed; the operation fails then.
   */
  run(
    request: DrillRequest,
  ): Promise<{ id: string; ended: Promise<OperationView>; report: Promise<DrillReport | undefined> }>;
  /** When it was last tried, and what came of it. */
  last(instanceId: string): Promise<DrillReport | undefined>;
}

export type DrillsNeed = MakeNeed & {
  document: StoredDocument<z.infer<typeof drillsSchema>>;
  instances: Pick<Instances, 'get'>;
  backups: Pick<Backups, 'get' | 'newestVerified'>;
  backupSettings: Pick<BackupSettingsService, 'keys'>;
  operations: Operations;
  /** Where decrypted backups wait. */
  folder: string;
  now?: () => Date;
};

const steps = [
  { name: text('restore.step.read'), weight: 2 },
  { name: text('restore.step.check'), weight: 1 },
  { name: text('restore.step.create'), weight: 1 },
  { name: text('restore.step.restore'), weight: 30 },
  { name: text('restore.step.verify'), weight: 4 },
  { name: text('restore.step.remove'), weight: 1 },
];

export function createDrills(need: DrillsNeed): Drills {
  const { instances, operations, document, now = () => new Date() } = need;

  /** Nothing takes the name of the database in use, so that these don't matter. */
  const beside = async (instance: Instance & { database: string }, archive: OpenArchive, op: Op) => {
    op.step(1);
    const looked = await survey(need, instance, archive, op.signal);
    requirePossible(looked.verdicts, ['sessions', 'ledger']);
    const started = performance.now();
    const made = await makeBeside(need, { instance, archive, looked, op, now }, { create: 2, restore: 3, verify: 4 });
    const restoreSeconds = secondsSince(started);
    op.step(5);
    await dropQuietly(need, instance, made.side.name, op);
    return { proof: made.proof, ignored: made.ignored, restoreSeconds };
  };

  const drill = async (
    request: DrillRequest,
    instance: Instance & { database: string },
    op: Op,
  ): Promise<DrillReport> => {
    const source = await sourceFor(need.backups, request, instance, op.signal);
    op.step(0);
    const archive = await openArchive(
      source,
      { ...need, keys: (signal) => need.backupSettings.keys(instance.id, signal) },
      op,
    );
    const started = performance.now();
    const common = {
      at: now().toISOString(),
      instanceId: instance.id,
      source: sourceOf(source, archive),
      in: 'server' as const,
    };
    try {
      const result = await beside(instance, archive, op);
      return { ...common, proven: true, ...result };
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code === 'cancelled') throw error;
      const { code, values, detail } = error.problem;
      const problem = { code, values, ...(detail === undefined ? {} : { detail }) };
      return { ...common, proven: false, problem, restoreSeconds: secondsSince(started), ignored: [] };
    } finally {
      await archive.close();
    }
  };

  return {
    async last(instanceId) {
      return (await document.read()).value[instanceId];
    },

    async run(request) {
      const found = await instances.get(request.instanceId);
      const { name, connection, kind } = found;
      if (kind === 'practice') throw new ProblemError('backup-practice', { name });
      if (connection === undefined) throw new ProblemError('invalid-input', { field: 'connection', name });
      const instance = { ...found, database: connection.database };
      let report: DrillReport | undefined;
      const body = async (op: Op): Promise<Text> => {
        const result = await drill(request, instance, op);
        report = result;
        await document.update((all) => ({ ...all, [instance.id]: result }));
        const { problem, proof, source, restoreSeconds } = result;
        if (problem !== undefined) throw new ProblemError(problem.code, problem.values, problem);
        const { tables = 0, rows = 0 } = proof?.numbers ?? {};
        const key = proof?.compared === 0 ? 'drill.outcome.no-manifest' : 'drill.outcome.proven';
        return text(key, { name: source.name, tables, rows, seconds: Math.max(1, Math.round(restoreSeconds)) });
      };
      const subject = { instanceId: instance.id, name };
      const begun = await operations.run('drill', subject, steps, body, { exclusive: true });
      return { ...begun, report: begun.ended.then(() => report) };
    },
  };
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}
