import { Button } from '@mantine/core';
import { IconServerOff } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { TextKey } from '../../contract/copy/text.ts';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { ContainerState, DockerPlace, FoundServer } from '../../contract/server.ts';
import { ask } from '../api.ts';
import { Banner } from '../components/Banner.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark, type Tone } from '../components/StatusMark.tsx';
import { setupPlace } from '../shell/places.ts';
import type { DockerView } from '../store/setupDocker.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { AdoptFiles } from './AdoptFiles.tsx';
import classes from './Setup.module.css';

/** The Apertures at a place: each can be taken over with its database. */
export function FoundServers({
  place,
  instance,
  view,
  host,
}: {
  place: DockerPlace;
  instance?: InstanceView;
  view: DockerView;
  host: string;
}) {
  const [, go] = useLocation();
  const keychain = useStore((state) => state.keychain);
  const [other, setOther] = useState<string | undefined>();
  useEffect(() => {
    void useStore
      .getState()
      .loadKeychain()
      .catch(() => undefined);
  }, []);
  const adopt = useAction(
    useCallback(
      async (container: string) => {
        const { loadInstances, selectInstance, updateInstance } = useStore.getState();
        const { instance: adopted, otherDatabase } = await ask('server.adopt', {
          docker: place,
          container,
          name: instance?.name ?? 'Aperture',
          ...(instance === undefined ? {} : { instanceId: instance.id }),
          keep: keychain?.available === false ? 'session' : 'keychain',
        });
        await loadInstances();
        await selectInstance(adopted.id);
        if (otherDatabase !== undefined) return setOther(otherDatabase);
        await updateInstance({ id: adopted.id, setup: { step: 'checks', docker: place, source: 'builtin' } });
        go(setupPlace(adopted.id, 'checks'));
      },
      [place, instance, keychain, go],
    ),
  );
  if (view.serversFailure !== undefined) {
    return (
      <Panel>
        <FailureView failure={view.serversFailure} />
      </Panel>
    );
  }
  const servers = view.servers ?? [];
  if (servers.length === 0) {
    return view.looking ? null : (
      <Panel>
        <EmptyState icon={IconServerOff} title={words('screen.docker.servers-none', { host })}>
          {words('screen.docker.servers-none-text')}
        </EmptyState>
        <AdoptFiles place={place} instance={instance} />
      </Panel>
    );
  }
  return (
    <Panel title={words('screen.docker.servers', { count: servers.length })} sub={words('screen.docker.servers-text')}>
      <ul className={classes.rows}>
        {servers.map((server) => (
          <li key={server.id} className={classes.row}>
            <div>
              <strong>{server.container}</strong>
              <StatusMark tone={toneOf(server.state)}>{stateLine(server.state)}</StatusMark>
              <small className={classes.rowMore}>
                <code>{server.image}</code>
              </small>
              {server.database !== undefined && (
                <small className={classes.rowMore}>{databaseLine(server.database)}</small>
              )}
              {server.composeFile !== undefined && (
                <small className={classes.rowMore}>
                  <code>{server.composeFile}</code>
                </small>
              )}
            </div>
            <Button
              loading={adopt.pending}
              aria-label={words('screen.docker.adopt-name', { container: server.container })}
              onClick={() => void adopt.run(server.container)}
            >
              {words('screen.docker.adopt')}
            </Button>
          </li>
        ))}
      </ul>
      {other !== undefined && <Banner tone="warn" title={words('screen.docker.adopted-other', { database: other })} />}
      {adopt.failure !== undefined && <FailureView failure={adopt.failure} />}
      <AdoptFiles place={place} instance={instance} />
    </Panel>
  );
}

function databaseLine(database: NonNullable<FoundServer['database']>): string {
  const { user, host, port, database: name } = database;
  return words('screen.docker.server-database', { user, host, port: String(port), database: name });
}

/** The state of a container in words. */
function stateLine(state: ContainerState): string {
  const key: TextKey = state.kind === 'running' ? `server.state.running.${state.health}` : `server.state.${state.kind}`;
  const values: Record<string, number> = {};
  if ('exitCode' in state && state.exitCode !== undefined) values.exitCode = state.exitCode;
  if ('restarts' in state) values.restarts = state.restarts;
  return say({ key, values });
}

function toneOf(state: ContainerState): Tone {
  switch (state.kind) {
    case 'running':
      return state.health === 'unhealthy' ? 'bad' : 'ok';
    case 'created':
    case 'paused':
    case 'stopped':
      return 'quiet';
    case 'restarting':
      return 'warn';
    case 'crash-loop':
    case 'exited':
    case 'out-of-memory':
    case 'missing':
    case 'docker-unreachable':
      return 'bad';
  }
}
