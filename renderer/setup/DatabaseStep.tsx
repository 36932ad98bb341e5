import { Button } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { DatabaseSource, InstanceView } from '../../contract/instance.ts';
import { databaseSources } from '../../contract/instance.ts';
import { OperationBar } from '../components/OperationBar.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { setupPlace } from '../shell/places.ts';
import { dockerAt } from '../store/setupDocker.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { usePractice } from '../welcome/usePractice.ts';
import { words } from '../words.ts';
import { useHostName } from './DockerStep.tsx';
import { FoundServers } from './FoundServers.tsx';
import { dockerOf } from './position.ts';
import classes from './Setup.module.css';

/** Which PostgreSQL: made for one, one's own, a managed service, an existing Aperture's; with when each is right. */
export function DatabaseStep({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const practice = usePractice();
  const docker = dockerOf(instance);
  const offered = sourcesFor(instance, docker !== undefined);
  const before = instance.setup?.source;
  const [source, setSource] = useState<DatabaseSource>(
    before !== undefined && offered.includes(before) ? before : (offered[0] ?? 'own'),
  );
  const look = useStore((state) => state.lookForDocker);
  const view = useStore((state) => dockerAt(state, docker));
  const host = useHostName(docker);
  useEffect(() => {
    if (source === 'builtin' && docker !== undefined && dockerAt(useStore.getState(), docker).found === undefined) {
      void look(docker);
    }
  }, [source, docker, look]);

  const startPractice = practice.start;
  const next = useAction(
    useCallback(async () => {
      const { updateInstance, removeInstance } = useStore.getState();
      if (source === 'practice') {
        // The practice database is an instance of its own: this one has nothing in it yet.
        await startPractice();
        return removeInstance(instance.id);
      }
      const step = source === 'new' ? 'server' : 'connection';
      await updateInstance({ id: instance.id, setup: { ...instance.setup, step, source } });
      go(setupPlace(instance.id, step));
    }, [source, startPractice, instance, go]),
  );
  return (
    <form
      className={classes.body}
      onSubmit={(event) => {
        event.preventDefault();
        void next.run();
      }}
    >
      <Panel flush>
        <fieldset className={classes.choices} aria-label={words('screen.setup.database.question')}>
          {offered.map((one) => (
            <div key={one} className={classes.choiceRow}>
              <label className={classes.choice}>
                <input type="radio" name="source" checked={source === one} onChange={() => setSource(one)} />
                <strong>{words(`screen.setup.source.${one}`)}</strong>
                <p>{words(`screen.setup.source.${one}-text`)}</p>
                <p className={classes.when}>{words(`screen.setup.source.${one}-when`)}</p>
              </label>
            </div>
          ))}
        </fieldset>
      </Panel>
      {source === 'builtin' && docker !== undefined && (
        <>
          {view.looking && view.servers === undefined && (
            <Panel>
              <StatusMark tone="busy">{words('screen.docker.looking', { host })}</StatusMark>
            </Panel>
          )}
          {(view.servers !== undefined || view.serversFailure !== undefined) && (
            <FoundServers place={docker} instance={instance} view={view} host={host} />
          )}
        </>
      )}
      {(source === 'own' || source === 'managed') && (
        <Panel title={words('screen.setup.needs.title')}>
          <ul className={classes.needs}>
            <li>{words('screen.setup.needs.version')}</li>
            <li>{words('screen.setup.needs.extensions')}</li>
            <li>{words('screen.setup.needs.database')}</li>
          </ul>
        </Panel>
      )}
      {practice.operation !== undefined && <OperationBar operation={practice.operation} />}
      {practice.failure !== undefined && <FailureView failure={practice.failure} />}
      {next.failure !== undefined && <FailureView failure={next.failure} />}
      <div className={classes.foot}>
        <Button onClick={() => go(setupPlace(instance.id, 'docker'))}>{words('screen.back')}</Button>
        <span className={classes.grow} />
        {source !== 'builtin' && (
          <Button type="submit" variant="filled" loading={next.pending || practice.pending}>
            {words('screen.continue')}
          </Button>
        )}
      </div>
    </form>
  );
}

/** What can be had: a database beside the server needs a Docker, and an instance that has something in it is no practice. */
function sourcesFor(instance: InstanceView, docker: boolean): readonly DatabaseSource[] {
  const empty = instance.connection === undefined && instance.server === undefined;
  return databaseSources.filter((one) => {
    if (one === 'new' || one === 'builtin') return docker;
    return one !== 'practice' || empty;
  });
}
