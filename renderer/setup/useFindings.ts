import { useEffect } from 'react';
import type { Installation } from '../../contract/install.ts';
import type { HostFinding } from '../../contract/serverSettings.ts';
import type { Failure } from '../api.ts';
import { installPlanOf } from '../store/setupInstall.ts';
import { useStore } from '../store/store.ts';

/** Milliseconds of not typing after which the Docker host is asked. */
const pause = 700;

/** What the Docker host says to these settings. What it said to others is not shown; settings that are none are not asked about. */
export function useFindings(
  instanceId: string,
  installation: Installation | undefined,
): { findings: readonly HostFinding[]; looking: boolean; failure?: Failure } {
  const view = useStore((state) => installPlanOf(state, instanceId));
  const of = installation === undefined ? undefined : JSON.stringify(installation);
  useEffect(() => {
    if (of === undefined) return;
    const { installPlans, planInstall } = useStore.getState();
    const before = installPlans[instanceId];
    if (before?.of === of && (before.planning || before.plan !== undefined)) return;
    const timer = setTimeout(() => void planInstall(instanceId, JSON.parse(of) as Installation), pause);
    return () => clearTimeout(timer);
  }, [instanceId, of]);
  const current = view.of === of;
  return {
    findings: (current ? view.plan?.findings : undefined) ?? nothing,
    looking: of !== undefined && (!current || view.planning),
    ...(current && view.failure !== undefined ? { failure: view.failure } : {}),
  };
}

const nothing: readonly HostFinding[] = [];
