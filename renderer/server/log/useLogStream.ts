import { useCallback, useEffect, useRef, useState } from 'react';
import type { Events } from '../../../contract/events.ts';
import { ask, type Failure, failureOf } from '../../api.ts';
import { serverOf } from '../../store/servers.ts';
import { useStore } from '../../store/store.ts';
import { LogModel } from './logModel.ts';

/** Lines that are kept in memory. */
const capacity = 50_000;
/** Lines from before that are asked for. */
const tail = 5_000;

export type StreamState =
  | { kind: 'opening' }
  | { kind: 'open'; held: boolean }
  | { kind: 'ended'; at: number }
  | { kind: 'failed'; failure: Failure };

/**
 * The log of an instance's server while this is mounted: opened, held back, ended with the container and taken up where it left off
 * once the container runs again. Leaving closes it, which ends the command on the Docker host.
 */
export function useLogStream(instanceId: string): {
  model: LogModel;
  stream: StreamState;
  hold(held: boolean): void;
  reopen(): void;
} {
  const [model] = useState(() => new LogModel(capacity));
  const [stream, setStream] = useState<StreamState>({ kind: 'opening' });
  const [attempt, setAttempt] = useState(0);
  const id = useRef<string>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens it anew.
  useEffect(() => {
    let current = true;
    let own: string | undefined;
    // Until it is known which stream is ours, lines of any are kept aside.
    const early: Events['server.log'][] = [];
    const since = model.lastAt;
    const take = ({ lines }: Events['server.log']) =>
      model.append(since === undefined ? lines : lines.filter(({ at }) => at === undefined || at > since));
    const stops = [
      window.companion.on('server.log', (event) => {
        if (own === undefined) early.push(event);
        else if (event.streamId === own) take(event);
      }),
      window.companion.on('server.log.ended', ({ streamId, problem }) => {
        if (streamId !== own) return;
        id.current = undefined;
        setStream(
          problem === undefined
            ? { kind: 'ended', at: Date.now() }
            : { kind: 'failed', failure: { kind: 'problem', problem } },
        );
      }),
    ];
    setStream({ kind: 'opening' });
    ask('server.log.open', { instanceId, tail, ...(since === undefined ? {} : { since }) })
      .then(({ streamId }) => {
        own = streamId;
        if (!current) return void ask('server.log.close', { streamId });
        id.current = streamId;
        for (const event of early) if (event.streamId === streamId) take(event);
        setStream({ kind: 'open', held: false });
      })
      .catch((error: unknown) => current && setStream({ kind: 'failed', failure: failureOf(error) }));
    return () => {
      current = false;
      for (const stop of stops) stop();
      if (own !== undefined) void ask('server.log.close', { streamId: own });
      id.current = undefined;
    };
  }, [instanceId, attempt, model]);

  const reopen = useCallback(() => setAttempt((before) => before + 1), []);
  const hold = useCallback((held: boolean) => {
    if (id.current === undefined) return;
    void ask('server.log.hold', { streamId: id.current, held });
    setStream({ kind: 'open', held });
  }, []);

  // A container that runs again writes again.
  const runsSince = useStore((state) => {
    const { status, lookedAt } = serverOf(state, instanceId);
    return status?.state.kind === 'running' ? lookedAt : undefined;
  });
  const endedAt = stream.kind === 'ended' ? stream.at : undefined;
  useEffect(() => {
    if (endedAt !== undefined && runsSince !== undefined && runsSince > endedAt + 500) reopen();
  }, [endedAt, runsSince, reopen]);

  return { model, stream, hold, reopen };
}
