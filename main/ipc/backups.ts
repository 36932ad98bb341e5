import { dialog, shell } from 'electron';
import { say, text } from '../../contract/copy/text.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { removable } from '../services/backups/removable.ts';
import { redactDeep } from '../services/operations/journal.ts';
import type { MainWindow } from '../window.ts';
import type { Handlers } from './handlers.ts';

type BackupHandlers = Pick<
  Handlers,
  | 'backups.list'
  | 'backups.plan'
  | 'backups.run'
  | 'backups.verify'
  | 'backups.remove'
  | 'backups.showInFolder'
  | 'backups.copies'
  | 'backups.inspect'
  | 'backups.ofServer'
  | 'backups.chooseFolder'
>;

/** Milliseconds for what reads folders, and for what reads whole dumps. */
const patience = 120_000;
const longPatience = 3_600_000;

export function backupHandlers(
  { backups, backupRuns, backupCopies, backupSettings, instances, redactor, log }: Companion,
  main: MainWindow,
): BackupHandlers {
  const signal = () => AbortSignal.timeout(patience);

  return {
    'backups.list': async ({ instanceId }) => {
      const listed = await backups.list(instanceId, signal());
      return listed.map((view) => ({ ...view, removable: removable(view, listed) }));
    },
    'backups.plan': (request) => backups.plan(request, signal()),
    'backups.run': (request) =>
      new Promise((resolve, reject) => {
        let begun = false;
        const whole = backupRuns.run(request, new AbortController().signal, (operationId) => {
          begun = true;
          resolve({ operationId });
        });
        whole.catch((error: unknown) => {
          // What keeps a copy or a removal from beginning is told to people, and here to nobody who still waits.
          if (!begun) reject(error instanceof Error ? error : new Error(String(error)));
          else if (!(error instanceof ProblemError)) log.error('unexpected error', { channel: 'backups.run' }, error);
          else log.warn('after a backup', { problem: error.problem.code });
        });
      }),
    'backups.verify': async ({ backupId }) => ({ operationId: (await backups.verify(backupId)).operationId }),
    'backups.remove': ({ backupId }) => backups.remove(backupId, signal()),
    'backups.showInFolder': async ({ backupId }) => {
      shell.showItemInFolder((await backups.get(backupId, signal())).where.path);
    },
    'backups.copies': async ({ instanceId }) => {
      const { destinations } = await backupSettings.get(instanceId);
      return Promise.all(
        destinations.map(async (destination) => {
          try {
            const found = await backupCopies.list(instanceId, destination, signal());
            return {
              destination,
              backups: found.map(({ manifest }) => ({ id: manifest.id, encrypted: manifest.encryption !== undefined })),
            };
          } catch (error) {
            if (!(error instanceof ProblemError)) throw error;
            return { destination, backups: [], problem: error.problem };
          }
        }),
      );
    },
    'backups.inspect': async () => {
      const chosen = await dialog.showOpenDialog(main.window, {
        title: say(text('screen.backups.inspect.dialog')),
        filters: [
          { name: say(text('screen.backups.inspect.dumps')), extensions: ['dump', 'sql', 'gz', 'tar', 'backup'] },
          { name: '*', extensions: ['*'] },
        ],
        properties: ['openFile', 'showHiddenFiles'],
      });
      const file = chosen.canceled ? undefined : chosen.filePaths[0];
      return file === undefined ? null : backups.inspect(file, AbortSignal.timeout(longPatience));
    },
    'backups.ofServer': async ({ instanceId }) => {
      const { server, name } = await instances.get(instanceId);
      if (server === undefined) throw new ProblemError('server-not-found', { host: name });
      const found = await backups.serverBackups(server, AbortSignal.timeout(longPatience));
      return redactDeep(found, redactor.redact);
    },
    'backups.chooseFolder': async ({ purpose }) => {
      const chosen = await dialog.showOpenDialog(main.window, {
        title: say(text(`screen.backups.choose-folder.${purpose}`)),
        properties: ['openDirectory', 'createDirectory', 'showHiddenFiles'],
      });
      const folder = chosen.canceled ? undefined : chosen.filePaths[0];
      return folder === undefined ? null : { folder };
    },
  };
}
