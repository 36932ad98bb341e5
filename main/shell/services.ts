import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { app } from 'electron';
import { compose } from '../compose.ts';
import { createHandlers } from '../ipc/createHandlers.ts';
import type { Handlers } from '../ipc/handlers.ts';
import { createPrompts } from '../services/prompts.ts';
import type { MainWindow } from '../window.ts';
import { commandLineProgram } from './arguments.ts';
import { forkUtility } from './forkUtility.ts';

export type RunningServices = {
  handlers: Handlers;
  /** Notes an unexpected error in the log; answers the reference to find it by. */
  unexpected: (error: unknown, channel: string) => string;
  stop(): Promise<void>;
};

/** The services of the window. `entries` is the folder of main's built entry files. */
export async function startServices(folder: string, entries: string, main: MainWindow): Promise<RunningServices> {
  const prompts = createPrompts({ emit: main.emit });
  const companion = compose({
    folder,
    emit: main.emit,
    ask: prompts.ask,
    spawnPractice: forkUtility(join(entries, 'practice.js')),
    startedBy: 'window',
    program: commandLineProgram(app.isPackaged, entries),
  });
  companion.log.info('started', { version: app.getVersion(), electron: process.versions.electron });
  const recovered = await companion.operations.recover();
  for (const view of recovered) main.emit('operation.changed', view);
  // Docker may be slow to answer; the window does not wait for it.
  void companion.pauses.recover(AbortSignal.timeout(120_000)).then(
    ({ started, failed }) => {
      for (const container of started) companion.log.info('a server left stopped was started again', { container });
      for (const { container, error } of failed) {
        companion.log.warn('a server left stopped could not be started', { container }, error);
      }
    },
    (error: unknown) => companion.log.warn('whether a server was left stopped could not be found out', {}, error),
  );
  return {
    handlers: createHandlers(companion, prompts, main, folder),
    unexpected: (error, channel) => {
      const reference = randomUUID().slice(0, 8);
      companion.log.error('unexpected error', { reference, channel }, error);
      return reference;
    },
    stop: async () => {
      prompts.withdrawAll();
      await companion.stop();
    },
  };
}
