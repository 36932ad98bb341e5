import { useState } from 'react';
import { useLocation } from 'wouter';
import type { OperationView } from '../../contract/operation.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import { setupPlace } from '../shell/places.ts';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';

/** Starts the practice database and goes on to its checks. */
export function usePractice(): {
  pending: boolean;
  operation?: OperationView;
  failure?: Failure;
  start(): Promise<void>;
} {
  const [, go] = useLocation();
  const [pending, setPending] = useState(false);
  const [operationId, setOperationId] = useState<string | undefined>();
  const [failure, setFailure] = useState<Failure | undefined>();
  const operation = useStore((state) => (operationId === undefined ? undefined : state.operations[operationId]));
  return {
    pending,
    operation: operation?.state === 'running' ? operation : undefined,
    failure,
    async start() {
      const { loadInstances, operationEnded, selectInstance } = useStore.getState();
      setPending(true);
      setFailure(undefined);
      try {
        const created = await ask('practice.create');
        setOperationId(created.operationId);
        const ended = await operationEnded(created.operationId);
        await loadInstances();
        const failed = failureOfOperation(ended);
        if (failed !== undefined) return setFailure(failed);
        if (ended.state !== 'succeeded') return;
        await selectInstance(created.instance.id);
        go(setupPlace(created.instance.id, 'checks'));
      } catch (error) {
        setFailure(failureOf(error));
      } finally {
        setPending(false);
      }
    },
  };
}
