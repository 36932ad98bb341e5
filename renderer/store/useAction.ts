import { useCallback, useState } from 'react';
import { type Failure, failureOf } from '../api.ts';

/** Runs something asynchronous from a view: whether it runs, and what it failed with. */
export function useAction<Arguments extends unknown[]>(action: (...all: Arguments) => Promise<unknown>) {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>();
  const run = useCallback(
    async (...all: Arguments) => {
      setPending(true);
      setFailure(undefined);
      try {
        await action(...all);
      } catch (error) {
        setFailure(failureOf(error));
      } finally {
        setPending(false);
      }
    },
    [action],
  );
  return { pending, failure, run, clear: () => setFailure(undefined) };
}
