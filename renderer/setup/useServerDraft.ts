import { useEffect, useState } from 'react';
import type { InstanceView, ServerDraft } from '../../contract/instance.ts';
import type { DockerPlace } from '../../contract/server.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import { useStore } from '../store/store.ts';
import { draftOfInstallation } from './serverDraft.ts';

/**
 * The server's settings as they were left; what suits the Docker host where nobody has typed any yet. That is kept at once, so that
 * suggestions don't change under one's hands.
 */
export function useServerDraft(
  instance: InstanceView,
  docker: DockerPlace,
): { draft?: ServerDraft; failure?: Failure; retry(): void } {
  const [failure, setFailure] = useState<Failure | undefined>();
  const [attempt, setAttempt] = useState(0);
  const { id, setup, server } = instance;
  const withDatabase = setup?.source === 'new';
  const draft = setup?.server;
  const needed = setup !== undefined && (draft === undefined || (withDatabase && draft.database === undefined));
  const place = JSON.stringify(docker);
  // An adopted server has its settings already.
  const wanted = needed && server === undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is asked for by its number.
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    setFailure(undefined);
    ask('install.defaults', { docker: JSON.parse(place) as DockerPlace, withDatabase })
      .then(async (installation) => {
        const now = useStore.getState().instances.find((one) => one.id === id);
        if (!current || now?.setup === undefined) return;
        const suggested = draftOfInstallation(installation);
        // What was typed stays; the database beside the server is what was missing.
        const kept = now.setup.server === undefined ? suggested : { ...now.setup.server, database: suggested.database };
        await useStore.getState().updateInstance({ id, setup: { ...now.setup, server: kept } });
      })
      .catch((error: unknown) => {
        if (current) setFailure(failureOf(error));
      });
    return () => {
      current = false;
    };
  }, [wanted, place, withDatabase, id, attempt]);
  return {
    ...(needed || draft === undefined ? {} : { draft }),
    ...(failure === undefined ? {} : { failure }),
    retry: () => setAttempt((before) => before + 1),
  };
}
