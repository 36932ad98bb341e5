import { useEffect, useState } from 'react';
import { serverOf } from '../store/servers.ts';
import { useStore } from '../store/store.ts';

/** Milliseconds between the end of a look and the next one. */
const rest = 4_000;

/**
 * Looks at the server again and again while the window is visible, and at once when it becomes visible. The first look asks for no
 * resource use, which takes the engine two seconds.
 */
export function useServerWatch(instanceId: string | undefined, resources: boolean, every = rest): void {
  useEffect(() => {
    if (instanceId === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current = true;
    let busy = false;
    let first = useStore.getState().servers[instanceId]?.status === undefined;
    const look = async () => {
      if (busy || !current || document.visibilityState !== 'visible') return;
      clearTimeout(timer);
      busy = true;
      await useStore.getState().lookAtServer(instanceId, resources && !first);
      busy = false;
      const again = first ? 0 : every;
      first = false;
      if (current && !declined(instanceId)) timer = setTimeout(look, again);
    };
    void look();
    document.addEventListener('visibilitychange', look);
    return () => {
      current = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [instanceId, resources, every]);
}

/** Somebody was asked for a login and would rather not: asking again is left to a button. */
function declined(instanceId: string): boolean {
  const { failure, status } = serverOf(useStore.getState(), instanceId);
  const problem = failure?.kind === 'problem' ? failure.problem : status?.problem;
  return problem?.code === 'cancelled';
}

/** Whether so much time has passed since a moment that what was seen then may be different by now. */
export function useStale(at: number | undefined, after = 20_000): boolean {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 2_000);
    return () => clearInterval(timer);
  }, []);
  return at !== undefined && now - at > after;
}
