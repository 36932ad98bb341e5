import { useEffect, useMemo } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import { newestFirst } from '../store/operations.ts';
import { useStore } from '../store/store.ts';

const kinds: ReadonlySet<string> = new Set(['backup', 'backup-verify', 'backup-copy', 'backup-prune']);

/** What runs and ran on the backups of an instance, newest first. */
function useBackupOperations(instanceId: string): OperationView[] {
  const operations = useStore((state) => state.operations);
  return useMemo(
    () => newestFirst(operations).filter(({ kind, subject }) => kinds.has(kind) && subject.instanceId === instanceId),
    [operations, instanceId],
  );
}

/** Lists the backups of an instance, and again whenever something on them has ended. */
export function useBackups(instance: InstanceView): { running: OperationView[]; all: OperationView[] } {
  const all = useBackupOperations(instance.id);
  const running = useMemo(() => all.filter(({ state }) => state === 'running'), [all]);
  const ended = all.length - running.length;
  const { loadBackups } = useStore.getState();
  const listed = instance.kind !== 'practice';
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has just ended has changed the list.
  useEffect(() => {
    if (listed) void loadBackups(instance.id);
  }, [ended, listed, instance.id, loadBackups]);
  return { running, all };
}
