import { writeFile } from 'node:fs/promises';
import { dialog } from 'electron';
import { say, text } from '../../contract/copy/text.ts';
import type { Companion } from '../compose.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { presetFor } from '../services/composeFile/presets.ts';
import type { Keeping, ProvisionRequest } from '../services/provisioning.ts';
import type { MainWindow } from '../window.ts';
import type { Handlers } from './handlers.ts';

type SetupHandlers = Pick<
  Handlers,
  | 'docker.find'
  | 'provisioning.plan'
  | 'provisioning.run'
  | 'provisioning.script'
  | 'provisioning.saveScript'
  | 'install.defaults'
  | 'install.preset'
  | 'install.plan'
  | 'install.adopt'
  | 'install.run'
  | 'reach.run'
  | 'reach.latest'
  | 'networks.list'
  | 'networks.plan'
  | 'networks.run'
>;

/** An SSH host may have a question first (its key, a passphrase), which somebody has to read. Milliseconds. */
const patience = 5 * 60_000;

export function setupHandlers(
  { dockerHosts, provisioning, instances, installs, reach, networks, redactor }: Companion,
  main: MainWindow,
): SetupHandlers {
  const requestFor = async (instanceId: string): Promise<{ request: ProvisionRequest; name: string }> => {
    const { connection, route, name } = await instances.get(instanceId);
    if (connection === undefined) throw new ProblemError('invalid-input', { where: 'connection' });
    return {
      request: { at: { settings: connection, route }, role: connection.user, database: connection.database },
      name,
    };
  };
  const scriptFor = async (instanceId: string, place: Keeping['place']): Promise<string> => {
    const { request, name } = await requestFor(instanceId);
    return (await provisioning.script(request, { name, place }, AbortSignal.timeout(patience))).script;
  };
  return {
    'docker.find': ({ docker }) => dockerHosts.find(docker, AbortSignal.timeout(patience)),

    'provisioning.plan': async ({ instanceId, administrator }) => {
      redactor.add(administrator.password);
      const { request } = await requestFor(instanceId);
      return provisioning.plan(request, administrator, AbortSignal.timeout(patience));
    },
    'provisioning.run': async ({ instanceId, planId, administrator, place }) => {
      redactor.add(administrator.password);
      const { name } = await instances.get(instanceId);
      return { operationId: (await provisioning.run(planId, administrator, { name, place })).operationId };
    },
    'provisioning.script': async ({ instanceId, place }) => ({ script: await scriptFor(instanceId, place) }),
    'provisioning.saveScript': async ({ instanceId, place }) => {
      const script = await scriptFor(instanceId, place);
      const chosen = await dialog.showSaveDialog(main.window, {
        title: say(text('app.dialog.script')),
        defaultPath: 'aperture-database.sql',
        filters: [{ name: 'SQL', extensions: ['sql'] }],
      });
      if (chosen.canceled || chosen.filePath === '') return null;
      // It holds what PostgreSQL verifies the password with: nobody else on this computer needs it.
      try {
        await writeFile(chosen.filePath, script, { mode: 0o600 });
      } catch (cause) {
        throw new ProblemError('store-unwritable', { path: chosen.filePath }, { cause });
      }
      return { path: chosen.filePath };
    },

    'install.defaults': (request) => installs.defaults(request, AbortSignal.timeout(patience)),
    'install.preset': async ({ preset }) => {
      const { folder, settings } = presetFor(preset);
      return { folder, ...settings.folders };
    },
    'install.plan': (request) => installs.plan(request, AbortSignal.timeout(patience)),
    'install.adopt': async ({ instanceId, ...wish }) => {
      const instance = instanceId === undefined ? {} : { instance: await instances.get(instanceId) };
      const { instance: adopted, path } = await installs.adopt({ ...wish, ...instance }, AbortSignal.timeout(patience));
      return { instance: adopted, path };
    },
    'install.run': async ({ planId }) => ({ operationId: (await installs.run(planId)).operationId }),

    'reach.run': async (request) => ({ operationId: (await reach.run(request)).operationId }),
    'reach.latest': async ({ instanceId }) => reach.latest(instanceId) ?? null,

    'networks.list': ({ docker }) => networks.list(docker, AbortSignal.timeout(patience)),
    'networks.plan': ({ docker, changes }) => networks.plan(docker, changes, AbortSignal.timeout(patience)),
    'networks.run': async ({ planId, instanceId }) => {
      const instance = instanceId === undefined ? undefined : await instances.get(instanceId);
      return { operationId: (await networks.run(planId, instance)).operationId };
    },
  };
}
