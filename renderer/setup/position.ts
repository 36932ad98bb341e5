import type { ConnectionSettings } from '../../contract/connection.ts';
import type { Installation } from '../../contract/install.ts';
import { type InstanceView, type SetupDraft, type SetupStep, setupSteps } from '../../contract/instance.ts';
import type { DockerPlace } from '../../contract/server.ts';
import { installationOf } from './serverDraft.ts';

/** The practice database has no settings of its own: main knows where it is. */
type ReachableInstance = InstanceView & ({ connection: ConnectionSettings } | { kind: 'practice' });
export type InstanceInSetup = InstanceView & { setup: SetupDraft };

/** Where the wizard is. A step that needs something which is missing cannot be written. */
export type SetupPosition =
  | { step: 'docker'; instance?: InstanceView }
  | { step: 'database'; instance: InstanceView }
  | { step: 'connection'; instance: InstanceView }
  | { step: 'checks'; instance: ReachableInstance }
  | { step: 'server'; instance: InstanceInSetup; docker: DockerPlace }
  | { step: 'review'; instance: InstanceInSetup; installation: Installation }
  | { step: 'install'; instance: InstanceInSetup; installation: Installation }
  | { step: 'missing' };

const fromDatabase = ['database', 'connection', 'checks'] as const;
const toDatabase = ['docker', 'database', 'connection', 'checks'] as const;

/** The steps of the wizard for an instance: without a Docker nothing is installed, and an adopted server is there already. */
export function stepsFor(instance: InstanceView | undefined): readonly SetupStep[] {
  if (instance === undefined) return setupSteps;
  if (instance.kind === 'practice') return fromDatabase;
  const { server, installation, setup } = instance;
  const adopted = server !== undefined && (installation === undefined || setup?.source === 'builtin');
  return dockerOf(instance) === undefined || adopted ? toDatabase : setupSteps;
}

/** Where the server is, or is to be. */
export function dockerOf({ setup, installation, server }: InstanceView): DockerPlace | undefined {
  return setup?.docker ?? installation?.docker ?? server?.docker;
}

/** The database is made with the server: there is nothing to reach or to check before. */
export function comesWithServer({ setup, connection }: InstanceView): boolean {
  return setup?.source === 'new' && connection === undefined;
}

/** The step that was asked for, or the furthest one before it that has what it needs. */
export function setupPosition(
  instances: readonly InstanceView[],
  instanceId: string | undefined,
  wanted: string | undefined,
): SetupPosition {
  if (instanceId === undefined) return { step: 'docker' };
  const instance = instances.find((one) => one.id === instanceId);
  if (instance === undefined) return { step: 'missing' };
  if (instance.kind === 'practice') return { step: 'checks', instance: { ...instance, kind: 'practice' } };
  const begin = dockerOf(instance) === undefined ? 'docker' : 'connection';
  const step = setupSteps.find((one) => one === wanted) ?? instance.setup?.step ?? begin;
  switch (step) {
    case 'docker':
    case 'database':
      return { step, instance };
    case 'connection':
      return comesWithServer(instance) ? { step: 'database', instance } : { step, instance };
    case 'checks':
      return checksOrBefore(instance);
    case 'server':
    case 'review':
    case 'install':
      return serverStep(instance, step);
  }
}

function checksOrBefore(instance: InstanceView): SetupPosition {
  const { connection } = instance;
  if (connection !== undefined) return { step: 'checks', instance: { ...instance, connection } };
  return { step: comesWithServer(instance) ? 'database' : 'connection', instance };
}

function serverStep(instance: InstanceView, step: 'server' | 'review' | 'install'): SetupPosition {
  const { setup } = instance;
  if (setup === undefined) return checksOrBefore(instance);
  const docker = dockerOf(instance);
  if (docker === undefined) return { step: 'docker', instance };
  // Not before there is a database, or it is to be made with the server.
  if (instance.connection === undefined && setup.source !== 'new') return checksOrBefore(instance);
  const inSetup = { ...instance, setup };
  const { installation } = setup.server === undefined ? {} : installationOf(setup.server, docker, setup.source);
  if (step === 'server' || installation === undefined) return { step: 'server', instance: inSetup, docker };
  return { step, instance: inSetup, installation };
}
