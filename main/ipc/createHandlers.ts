import type { Companion } from '../compose.ts';
import type { Prompts } from '../services/prompts.ts';
import type { MainWindow } from '../window.ts';
import { appHandlers } from './app.ts';
import { backupSettingsHandlers } from './backupSettings.ts';
import { backupHandlers } from './backups.ts';
import { databaseHandlers } from './databases.ts';
import type { Handlers } from './handlers.ts';
import { importHandlers } from './imports.ts';
import { instanceHandlers } from './instances.ts';
import { migrationHandlers } from './migrations.ts';
import { operationHandlers } from './operations.ts';
import { serverHandlers } from './servers.ts';
import { setupHandlers } from './setup.ts';
import { sshHandlers } from './ssh.ts';

/** One function for each channel, area by area. */
export function createHandlers(companion: Companion, prompts: Prompts, main: MainWindow, folder: string): Handlers {
  return {
    ...appHandlers(companion, folder),
    ...instanceHandlers(companion),
    ...importHandlers(companion, main),
    ...databaseHandlers(companion),
    ...setupHandlers(companion, main),
    ...sshHandlers(companion),
    ...operationHandlers(companion, prompts),
    ...serverHandlers(companion, main),
    ...backupHandlers(companion, main),
    ...backupSettingsHandlers(companion, main),
    ...migrationHandlers(companion, main),
  };
}
