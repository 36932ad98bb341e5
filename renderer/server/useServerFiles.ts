import { useCallback, useEffect, useState } from 'react';
import type { ChannelOutput } from '../../contract/channels.ts';
import { ask, type Failure, failureOf } from '../api.ts';

type Files = ChannelOutput<'serverSettings.read'>;

/** The server's files as they are on the Docker host now: read when this is mounted, and again on request. */
export function useServerFiles(instanceId: string): {
  state: { kind: 'reading' } | { kind: 'read'; files: Files } | { kind: 'failed'; failure: Failure };
  read(): void;
} {
  const [state, setState] = useState<ReturnType<typeof useServerFiles>['state']>({ kind: 'reading' });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads them again.
  useEffect(() => {
    let current = true;
    setState({ kind: 'reading' });
    ask('serverSettings.read', { instanceId })
      .then((files) => current && setState({ kind: 'read', files }))
      .catch((error: unknown) => current && setState({ kind: 'failed', failure: failureOf(error) }));
    return () => {
      current = false;
    };
  }, [instanceId, attempt]);
  return { state, read: useCallback(() => setAttempt((before) => before + 1), []) };
}
