import { Button } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import type { DockerPlace } from '../../contract/server.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { setupPlace } from '../shell/places.ts';
import { dockerAt, placeKey } from '../store/setupDocker.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { DockerFoundView } from './DockerFoundView.tsx';
import { FoundServers } from './FoundServers.tsx';
import { dockerOf } from './position.ts';
import classes from './Setup.module.css';
import { SshHostChoice } from './SshHostChoice.tsx';

const choices = ['local', 'ssh', 'none'] as const;
type Choice = (typeof choices)[number];

/** Where Docker is: found and tested, or told why not; the Apertures that are there already can be taken over. */
export function DockerStep({ instance, existing = false }: { instance?: InstanceView; existing?: boolean }) {
  const [, go] = useLocation();
  const before = instance === undefined ? undefined : dockerOf(instance);
  const [choice, setChoice] = useState<Choice>(instance === undefined || before ? (before?.kind ?? 'local') : 'none');
  const [local, setLocal] = useState<DockerPlace>(before?.kind === 'local' ? before : { kind: 'local' });
  const [ssh, setSsh] = useState<DockerPlace | undefined>(before?.kind === 'ssh' ? before : undefined);
  const place = choice === 'local' ? local : choice === 'ssh' ? ssh : undefined;
  const view = useStore((state) => dockerAt(state, place));
  const look = useStore((state) => state.lookForDocker);
  const host = useHostName(place);

  // Here it costs next to nothing and asks nobody; a login over SSH may.
  useEffect(() => {
    if (choice === 'local' && dockerAt(useStore.getState(), local).found === undefined) void look(local);
  }, [choice, local, look]);

  const engine = view.found?.engine;
  const next = useAction(
    useCallback(async () => {
      const docker = place?.kind === 'ssh' ? { ...place, sudo: engine?.sudo === true } : place;
      const kept = await keepPlace(instance, docker);
      go(setupPlace(kept.id, 'database'));
    }, [place, engine, instance, go]),
  );
  const ready = choice === 'none' || (engine !== undefined && !view.looking);
  return (
    <form
      className={classes.body}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void next.run();
        else if (place !== undefined) void look(place);
      }}
    >
      <Panel flush>
        <fieldset className={classes.choices} aria-label={words('screen.docker.where')}>
          {choices.map((one) => (
            <div key={one} className={classes.choiceRow}>
              <label className={classes.choice}>
                <input type="radio" name="docker" checked={choice === one} onChange={() => setChoice(one)} />
                <strong>{words(`screen.docker.${one}`)}</strong>
                <p>{words(`screen.docker.${one}-text`)}</p>
              </label>
              {one === 'ssh' && choice === 'ssh' && (
                <div className={classes.inChoice}>
                  <SshHostChoice
                    chosen={ssh?.kind === 'ssh' ? ssh.sshHostId : undefined}
                    onChoose={(sshHostId) => setSsh({ kind: 'ssh', sshHostId, sudo: false })}
                  />
                </div>
              )}
            </div>
          ))}
        </fieldset>
      </Panel>
      {view.looking && view.found === undefined && (
        <Panel>
          <StatusMark tone="busy">{words('screen.docker.looking', { host })}</StatusMark>
          <p className={classes.hint}>{words('screen.docker.looking-text')}</p>
        </Panel>
      )}
      {view.failure !== undefined && (
        <Panel>
          <FailureView
            failure={view.failure}
            actions={
              <Button
                loading={view.looking}
                onClick={() => {
                  if (place !== undefined) void look(place);
                }}
              >
                {words('screen.docker.look-again')}
              </Button>
            }
          />
        </Panel>
      )}
      {place !== undefined && view.found !== undefined && (
        <DockerFoundView
          found={view.found}
          looking={view.looking}
          onLook={() => void look(place)}
          onUse={place.kind === 'local' ? (chosen) => setLocal({ kind: 'local', ...chosen }) : undefined}
        />
      )}
      {place !== undefined && engine !== undefined && (existing || (view.servers?.length ?? 0) > 0) && (
        <FoundServers place={place} instance={instance} view={view} host={host} />
      )}
      {next.failure !== undefined && <FailureView failure={next.failure} />}
      <div className={classes.foot}>
        <span className={classes.grow} />
        {place !== undefined && !ready && view.found === undefined && !view.looking && (
          <span className={classes.hint}>{words('screen.docker.chosen-first')}</span>
        )}
        {place !== undefined && choice === 'ssh' && (
          <Button
            variant={engine === undefined ? 'filled' : 'default'}
            loading={view.looking}
            onClick={() => void look(place)}
          >
            {words(view.found === undefined ? 'screen.docker.look' : 'screen.docker.look-again')}
          </Button>
        )}
        <Button
          type="submit"
          variant={ready ? 'filled' : 'default'}
          disabled={!ready}
          loading={next.pending}
          key={place === undefined ? 'none' : placeKey(place)}
        >
          {words('screen.continue')}
        </Button>
      </div>
    </form>
  );
}

/** What people call the place. */
export function useHostName(place: DockerPlace | undefined): string {
  const hosts = useStore((state) => state.sshHosts);
  if (place?.kind !== 'ssh') return words('server.this-computer');
  return hosts.find(({ id }) => id === place.sshHostId)?.name ?? '';
}

/** The instance with this place in its set-up; a new one where there is none yet. Settings for another place are no use here. */
async function keepPlace(instance: InstanceView | undefined, docker: DockerPlace | undefined): Promise<InstanceView> {
  const { createInstance, updateInstance } = useStore.getState();
  const chosen = docker === undefined ? {} : { docker };
  if (instance === undefined) {
    const setup = { step: 'database' as const, ...chosen };
    return createInstance({ name: 'Aperture', kind: 'external', route: { kind: 'direct' }, setup });
  }
  const { docker: before, server, ...rest } = instance.setup ?? {};
  const same = docker !== undefined && before !== undefined && placeKey(docker) === placeKey(before);
  return updateInstance({
    id: instance.id,
    setup: { ...rest, step: 'database', ...chosen, ...(same && server !== undefined ? { server } : {}) },
  });
}
