import path from 'node:path';
import { dialog } from 'electron';
import type { DestinationSettings } from '../../contract/backupSettings.ts';
import { say, text } from '../../contract/copy/text.ts';
import { writeAtomically } from '../adapters/files.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { printPage } from '../shell/printPage.ts';
import type { MainWindow } from '../window.ts';
import type { Handlers } from './handlers.ts';

type BackupSettingsHandlers = Pick<
  Handlers,
  | 'backupSettings.get'
  | 'backupSettings.remember'
  | 'backupSettings.addDestination'
  | 'backupSettings.testDestination'
  | 'backupSettings.removeDestination'
  | 'backupSettings.encrypt'
  | 'backupSettings.saveKit'
  | 'backupSettings.printKit'
  | 'backupSchedule.view'
  | 'backupSchedule.plan'
  | 'backupSchedule.set'
  | 'backupSchedule.remove'
  | 'backupSettings.setRetention'
  | 'backupSettings.planPrune'
  | 'backupSettings.prune'
  | 'notifications.list'
  | 'notifications.add'
  | 'notifications.remove'
  | 'notifications.test'
>;

/** Milliseconds for what may have to wait for another computer. */
const patience = 120_000;

export function backupSettingsHandlers(
  { backups, backupSettings, backupCopies, backupSchedules, notifications, instances, redactor }: Companion,
  main: MainWindow,
): BackupSettingsHandlers {
  const signal = () => AbortSignal.timeout(patience);
  const typed = (secret: string | undefined) => {
    if (secret !== undefined) redactor.add(secret);
    return secret;
  };

  const destinationOf = async (instanceId: string, destinationId: string): Promise<DestinationSettings> => {
    const { destinations } = await backupSettings.get(instanceId);
    const found = destinations.find(({ id }) => id === destinationId);
    if (found === undefined) throw new ProblemError('invalid-input', { where: 'destinationId' });
    return found;
  };

  /** The page with the key in it. It never goes to the window. */
  const kit = async (instanceId: string): Promise<{ name: string; html: string }> => {
    const { recoveryKit } = await import('../services/recoveryKit.ts');
    const { name } = await instances.get(instanceId);
    const settings = await backupSettings.get(instanceId);
    const keys = await backupSettings.keys(instanceId, signal());
    const listed = await backups.list(instanceId, signal());
    return { name, html: recoveryKit({ name, settings, keys, backups: listed, now: new Date() }) };
  };

  return {
    'backupSettings.get': async ({ instanceId }) => ({
      ...(await backupSettings.get(instanceId)),
      folder: await backups.folder(instanceId),
    }),
    'backupSettings.remember': (request) => backups.remember(request),
    'backupSettings.addDestination': async ({ instanceId, destination, secret }) =>
      backupSettings.addDestination(await instances.get(instanceId), destination, typed(secret), signal()),
    'backupSettings.testDestination': async ({ instanceId, destinationId }) => {
      const { freeBytes } = await backupSettings.testDestination(
        await destinationOf(instanceId, destinationId),
        signal(),
      );
      return { freeBytes: freeBytes ?? null };
    },
    'backupSettings.removeDestination': ({ instanceId, destinationId }) =>
      backupSettings.removeDestination(instanceId, destinationId),
    'backupSettings.encrypt': async ({ instanceId, how }) => {
      const instance = await instances.get(instanceId);
      switch (how.kind) {
        case 'none':
          await backupSettings.encryptNothing(instanceId);
          return { kind: 'none' };
        case 'passphrase':
          typed(how.passphrase);
          return backupSettings.encryptWithPassphrase(instance, how.passphrase);
        case 'key': {
          const identity = typed(how.identity?.trim());
          return backupSettings.encryptWithKey(instance, {
            others: how.others,
            ...(identity === undefined ? {} : { identity }),
          });
        }
      }
    },
    'backupSettings.saveKit': async ({ instanceId }) => {
      const { name, html } = await kit(instanceId);
      const chosen = await dialog.showSaveDialog(main.window, {
        title: say(text('screen.backups.kit.dialog')),
        defaultPath: `${say(text('kit.title', { name })).replaceAll(/[\\/:*?"<>|]/g, '-')}.html`,
        filters: [{ name: 'HTML', extensions: ['html'] }],
      });
      if (chosen.canceled || chosen.filePath === '') return null;
      const file = path.resolve(chosen.filePath);
      await writeAtomically(file, html, { mode: 0o600 });
      return { file };
    },
    'backupSettings.printKit': async ({ instanceId }) => printPage(main.window, (await kit(instanceId)).html),
    'backupSchedule.view': ({ instanceId }) => backupSchedules.view(instanceId, signal()),
    'backupSchedule.plan': ({ instanceId, rule }) => backupSchedules.plan(instanceId, rule),
    'backupSchedule.set': ({ instanceId, rule }) => backupSchedules.set(instanceId, rule, signal()),
    'backupSchedule.remove': ({ instanceId }) => backupSchedules.remove(instanceId, signal()),
    'backupSettings.setRetention': ({ instanceId, retention }) => backupSettings.setRetention(instanceId, retention),
    'backupSettings.planPrune': ({ instanceId, retention }) => backupCopies.planPrune(instanceId, signal(), retention),
    'backupSettings.prune': async ({ instanceId }) => ({
      operationId: (await backupCopies.prune(await instances.get(instanceId))).id,
    }),

    'notifications.list': () => notifications.list(),
    'notifications.add': ({ target, url, token }) =>
      notifications.add(target, { url: url.trim(), ...(token === undefined ? {} : { token }) }),
    'notifications.remove': ({ id }) => notifications.remove(id),
    'notifications.test': ({ id }) => {
      const at = new Date().toISOString();
      const message = {
        outcome: 'test' as const,
        title: say(text('notify.title.test')),
        body: say(text('notify.body.test')),
        at,
      };
      return notifications.test(id, message, signal());
    },
  };
}
