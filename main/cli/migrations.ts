import type { MigrationsPreview } from '../../contract/migration.ts';
import type { Context } from './context.ts';
import { findInstance } from './findInstance.ts';
import { sourceOf } from './migrateRuns.ts';
import { ledgerText, previewText, statusText } from './migrationText.ts';
import { type ExitCode, exitCode } from './output.ts';

export type ReadingOptions = { instance: string; source: string };
export type StatusOptions = ReadingOptions & { sql?: true };

/** `migrate status`: exits with 1 when something is pending, or when it can't be told. */
export async function status(options: StatusOptions, context: Context): Promise<ExitCode> {
  const { output, signal } = context;
  const source = sourceOf(options.source);
  const companion = await context.companion();
  const { id, name } = await findInstance(companion, options.instance);
  const instance = await companion.instances.get(id);
  if (options.sql === true) {
    const result = await companion.migrationReadings.ledger(instance, signal);
    output.result({ instance: { id, name }, ...result }, () => ledgerText(result));
    return result.there ? exitCode.good : exitCode.problemFound;
  }
  const seen = await companion.migrationReadings.status(instance, source, signal);
  output.result({ instance: { id, name }, status: seen }, () => statusText(seen, output));
  return seen.pending > 0 || seen.sourceProblem !== undefined ? exitCode.problemFound : exitCode.good;
}

/** `migrate preview`: exits with 1 when something destroys data, or is known to fail. */
export async function preview(options: ReadingOptions, context: Context): Promise<ExitCode> {
  const { output, signal } = context;
  const source = sourceOf(options.source);
  const companion = await context.companion();
  const { id, name } = await findInstance(companion, options.instance);
  const seen = await companion.migrationReadings.preview(await companion.instances.get(id), source, signal);
  output.result({ instance: { id, name }, preview: seen }, () => previewText(seen, output));
  return seen.effects['destroys-data'] > 0 || willFail(seen) ? exitCode.problemFound : exitCode.good;
}

function willFail({ files }: MigrationsPreview): boolean {
  return files.some(
    ({ problem, statements }) =>
      problem !== undefined ||
      statements.some(
        ({ needs, warnings }) =>
          needs.some((need) => need.kind === 'privilege' || need.state !== 'available') ||
          warnings.some(({ reason }) => reason === 'outside-transaction' || reason === 'not-null-without-default'),
      ),
  );
}
