import { dialog, shell } from 'electron';
import { say, text } from '../../contract/copy/text.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { passwordAccount } from '../services/instances.ts';
import { redactDeep } from '../services/operations/journal.ts';
import { createLogStreams, type LogStreams } from '../services/server/logStreams.ts';
import { saveLog } from '../services/server/saveLog.ts';
import type { ServerTarget } from '../services/servers.ts';
import { serverAddress } from '../shell/links.ts';
import type { MainWindow } from '../window.ts';
import type { Handlers } from './handlers.ts';

type ServerHandlers = Pick<
  Handlers,
  | 'server.status'
  | 'server.start'
  | 'server.stop'
  | 'server.restart'
  | 'server.find'
  | 'server.adopt'
  | 'server.log.open'
  | 'server.log.hold'
  | 'server.log.close'
  | 'server.log.save'
  | 'server.open'
  | 'serverSettings.read'
  | 'serverSettings.plan'
  | 'serverSettings.apply'
>;

/** Each command to the engine has a limit of its own; this one is for questions that are never answered. */
const patience = 300_000;

export function serverHandlers(
  { servers, installs, instances, credentials, operations, redactor, log }: Companion,
  main: MainWindow,
): ServerHandlers {
  const { redact } = redactor;
  const streams = createLogStreams({
    servers,
    emit: main.emit,
    redact,
    unexpected: (error) => log.error('unexpected error', { channel: 'server.log' }, error),
  });
  endWithThePage(main, streams);

  const targetOf = async (instanceId: string): Promise<ServerTarget> => {
    const instance = await instances.get(instanceId);
    if (instance.server === undefined) throw new ProblemError('server-not-found', { host: instance.name });
    return { place: instance.server, instance };
  };
  /** The window looks again and again: nobody is asked for the database's password by that, the ledger then just isn't read. */
  const quietTarget = async (instanceId: string): Promise<ServerTarget> => {
    const { place, instance } = await targetOf(instanceId);
    if (instance === undefined || (await credentials.place(passwordAccount(instanceId))) !== 'none') {
      return { place, ...(instance === undefined ? {} : { instance }) };
    }
    const { connection: _unasked, ...rest } = instance;
    return { place, instance: rest };
  };
  const change = async (what: 'start' | 'stop' | 'restart', instanceId: string) => ({
    operationId: (await servers[what](await targetOf(instanceId))).id,
  });

  return {
    'server.status': async ({ instanceId, resources }) => {
      const options = { resources, signal: AbortSignal.timeout(patience) };
      return redactDeep(await servers.status(await quietTarget(instanceId), options), redact);
    },
    'server.start': ({ instanceId }) => change('start', instanceId),
    'server.stop': ({ instanceId }) => change('stop', instanceId),
    'server.restart': ({ instanceId }) => change('restart', instanceId),
    'server.find': async ({ docker }) => redactDeep(await servers.find(docker, AbortSignal.timeout(patience)), redact),
    'server.adopt': async ({ instanceId, ...wish }) => {
      const instance = instanceId === undefined ? {} : { instance: await instances.get(instanceId) };
      return servers.adopt({ ...wish, ...instance }, AbortSignal.timeout(patience));
    },
    'server.log.open': async ({ instanceId, tail, since }) => {
      const target = await targetOf(instanceId);
      return { streamId: streams.open(target, { tail, ...(since === undefined ? {} : { since }) }) };
    },
    'server.log.hold': async ({ streamId, held }) => streams.hold(streamId, held),
    'server.log.close': async ({ streamId }) => streams.close(streamId),
    'server.log.save': async ({ instanceId }) => {
      const target = await targetOf(instanceId);
      const day = new Date().toISOString().slice(0, 10);
      const chosen = await dialog.showSaveDialog(main.window, {
        title: say(text('app.dialog.save-log')),
        defaultPath: `${target.place.container}-${day}.log`,
        filters: [
          { name: 'Log', extensions: ['log', 'txt'] },
          { name: '*', extensions: ['*'] },
        ],
      });
      if (chosen.canceled || chosen.filePath === '') return null;
      const { id } = await saveLog({ servers, operations, redact }, target, chosen.filePath);
      return { operationId: id };
    },
    'server.open': async ({ instanceId }) => {
      const { place } = await targetOf(instanceId);
      const address = serverAddress(place.url);
      if (address === undefined) throw new ProblemError('invalid-input', { where: 'url' });
      await shell.openExternal(address.href);
    },
    'serverSettings.read': ({ instanceId }) => installs.read(instanceId, AbortSignal.timeout(patience)),
    'serverSettings.plan': async (request) => {
      const signal = AbortSignal.timeout(patience);
      const { installation } = await instances.get(request.instanceId);
      // A server that was linked runs from a file that the app has read by now: from here on it knows how it is installed.
      const found = installation === undefined ? await installs.read(request.instanceId, signal) : null;
      if (found?.installation !== undefined) {
        await instances.update(request.instanceId, { installation: found.installation });
      }
      return installs.planChange(request, signal);
    },
    'serverSettings.apply': async ({ planId }) => ({ operationId: (await installs.applyChange(planId)).operationId }),
  };
}

/** A page that is reloaded, has crashed or was closed watches no log any more. */
function endWithThePage({ window }: MainWindow, streams: LogStreams): void {
  window.webContents.on('render-process-gone', () => streams.closeAll());
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) streams.closeAll();
  });
  window.once('closed', () => streams.closeAll());
}
