import { dialog } from 'electron';
import { say, text } from '../../contract/copy/text.ts';
import type { MigrationSource } from '../../contract/migration.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import type { MainWindow } from '../window.ts';
import type { Handlers } from './handlers.ts';

type MigrationHandlers = Pick<Handlers, Extract<keyof Handlers, `migrations.${string}` | `identity.${string}`>>;

/** Each part has a limit of its own; this one is for questions that are never answered. */
const patience = 300_000;

export function migrationHandlers(
  { migrationReadings, migrationRuns, onStart, companionSchema, instances, operations }: Companion,
  main: MainWindow,
): MigrationHandlers {
  const soon = () => AbortSignal.timeout(patience);
  /** The page names a folder; only what somebody has chosen is read. */
  const chosenFolders = new Set<string>();
  const permitted = (source: MigrationSource): MigrationSource => {
    if (source.kind === 'folder' && !chosenFolders.has(source.path)) {
      throw new ProblemError('invalid-input', { where: 'source.path' });
    }
    return source;
  };

  return {
    'migrations.status': async ({ instanceId, source }) =>
      migrationReadings.status(await instances.get(instanceId), permitted(source), soon()),
    'migrations.ledger': async ({ instanceId }) => {
      const { query, there, rows } = await migrationReadings.ledger(await instances.get(instanceId), soon());
      return { query, there, rows };
    },
    'migrations.preview': async ({ instanceId, source }) =>
      migrationReadings.preview(await instances.get(instanceId), permitted(source), soon()),
    'migrations.plan': ({ instanceId, source }) => migrationRuns.plan(instanceId, permitted(source), soon()),
    'migrations.run': async ({ planId, ...wishes }) => {
      const { operationId } = await migrationRuns.run(planId, wishes);
      return { operationId };
    },
    'migrations.rehearse': async ({ instanceId, source }) => {
      const { operationId } = await migrationRuns.rehearse(instanceId, permitted(source));
      return { operationId };
    },
    'migrations.latest': async ({ instanceId }) => {
      const run = migrationRuns.latestRun(instanceId);
      const rehearsal = migrationRuns.latestRehearsal(instanceId);
      return { ...(run === undefined ? {} : { run }), ...(rehearsal === undefined ? {} : { rehearsal }) };
    },
    'migrations.chooseFolder': async () => {
      const chosen = await dialog.showOpenDialog(main.window, {
        title: say(text('app.dialog.migrations')),
        properties: ['openDirectory', 'showHiddenFiles'],
      });
      const [path] = chosen.filePaths;
      if (chosen.canceled || path === undefined) return null;
      chosenFolders.add(path);
      return path;
    },
    'migrations.onStart.plan': ({ instanceId, on }) => onStart.plan(instanceId, on, undefined, soon()),
    'migrations.onStart.write': async ({ planId }) => ({ operationId: (await onStart.write(planId)).operationId }),

    'identity.read': ({ instanceId }) => companionSchema.state(instanceId, soon()),
    'identity.create': async ({ instanceId }) => {
      const { name } = await instances.get(instanceId);
      const { id } = await operations.run(
        'companion-schema',
        { instanceId, name },
        [{ name: text('companion-schema.step.run'), weight: 1 }],
        async (op) => {
          op.step(0);
          await companionSchema.ensure(instanceId, op);
          return text('companion-schema.outcome');
        },
        { exclusive: true },
      );
      return { operationId: id };
    },
    'identity.settle': ({ instanceId }) => companionSchema.settle(instanceId, soon()),
  };
}
