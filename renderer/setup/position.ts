import type { ConnectionSettings } from '../../contract/connection.ts';
import type { InstanceView, SetupStep } from '../../contract/instance.ts';

/** The practice database has no settings of its own: main knows where it is. */
type ReachableInstance = InstanceView & ({ connection: ConnectionSettings } | { kind: 'practice' });

/** Where the wizard is. A step that needs something which is missing cannot be written. */
export type SetupPosition =
  | { step: 'database'; instance?: InstanceView }
  | { step: 'connection'; instance: InstanceView }
  | { step: 'checks'; instance: ReachableInstance }
  | { step: 'missing' };

/** The step that was asked for, or the furthest one before it that has what it needs. */
export function setupPosition(
  instances: readonly InstanceView[],
  instanceId: string | undefined,
  wanted: string | undefined,
): SetupPosition {
  if (instanceId === undefined) return { step: 'database' };
  const instance = instances.find((one) => one.id === instanceId);
  if (instance === undefined) return { step: 'missing' };
  const step = isStep(wanted) ? wanted : (instance.setup?.step ?? 'connection');
  if (instance.kind === 'practice') return { step: 'checks', instance: { ...instance, kind: 'practice' } };
  if (step === 'database') return { step, instance };
  const { connection } = instance;
  if (step === 'checks' && connection !== undefined) return { step, instance: { ...instance, connection } };
  return { step: 'connection', instance };
}

function isStep(step: string | undefined): step is SetupStep {
  return step === 'database' || step === 'connection' || step === 'checks';
}
