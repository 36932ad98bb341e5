import type { InstanceView, SetupStep } from '../../contract/instance.ts';

/** Where the wizard is. A step that needs something which is missing cannot be written. */
export type SetupPosition =
  | { step: 'database'; instance?: InstanceView }
  | { step: 'connection'; instance: InstanceView }
  | { step: 'checks'; instance: InstanceView & Required<Pick<InstanceView, 'connection'>> }
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
  if (step === 'database') return { step, instance };
  if (step === 'checks' && hasConnection(instance)) return { step, instance };
  if (instance.kind === 'practice' && hasConnection(instance)) return { step: 'checks', instance };
  return { step: 'connection', instance };
}

function hasConnection(instance: InstanceView): instance is InstanceView & Required<Pick<InstanceView, 'connection'>> {
  return instance.connection !== undefined;
}

function isStep(step: string | undefined): step is SetupStep {
  return step === 'database' || step === 'connection' || step === 'checks';
}
