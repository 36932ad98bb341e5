import { Button, Checkbox, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { DockerPlace, FoundServer } from '../../contract/server.ts';
import { ask } from '../api.ts';
import { Banner } from '../components/Banner.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { DockerPlaceFields } from './DockerPlaceFields.tsx';
import classes from './Server.module.css';
import { foundLine } from './serverLine.ts';

/** Looks through the containers of a Docker and links one to the instance, or to a new one. */
export function FindServer({ instance }: { instance?: InstanceView }) {
  const [place, setPlace] = useState<DockerPlace>(() => placeBeside(instance));
  const [found, setFound] = useState<{ docker: DockerPlace; servers: FoundServer[] }>();
  const [name, setName] = useState('Aperture');
  const [session, setSession] = useState(false);
  const look = useAction(
    useCallback(async () => {
      setFound(undefined);
      setFound({ docker: place, servers: await ask('server.find', { docker: place }) });
    }, [place]),
  );
  const keepsDatabase = instance?.connection !== undefined;
  const adopt = useAction(
    useCallback(
      async (docker: DockerPlace, container: string) => {
        await useStore.getState().adoptServer({
          docker,
          container,
          name: instance?.name ?? name,
          keep: session ? 'session' : 'keychain',
          ...(instance === undefined ? {} : { instanceId: instance.id }),
        });
      },
      [instance, name, session],
    ),
  );
  return (
    <div className={classes.stack}>
      <Panel title={words('screen.server.find.title')}>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            void look.run();
          }}
        >
          <DockerPlaceFields
            place={place}
            onChange={(next) => {
              setPlace(next);
              setFound(undefined);
              look.clear();
            }}
          />
          <div className={classes.actions}>
            <Button
              type="submit"
              variant={found === undefined ? 'filled' : 'default'}
              loading={look.pending}
              leftSection={<IconSearch size={16} aria-hidden />}
            >
              {words('screen.server.find.look')}
            </Button>
            {look.pending && (
              <span className={classes.quiet} role="status">
                {words('screen.server.find.looking')}
              </span>
            )}
          </div>
          {look.failure !== undefined && <FailureView failure={look.failure} />}
        </form>
      </Panel>
      {found !== undefined && found.servers.length === 0 && (
        <Banner tone="quiet" title={words('screen.server.find.none')}>
          {words('screen.server.find.none-text')}
        </Banner>
      )}
      {found !== undefined && found.servers.length > 0 && (
        <Panel
          flush
          title={words('screen.server.find.found', { count: found.servers.length })}
          sub={words(keepsDatabase ? 'screen.server.find.keeps' : 'screen.server.find.takes')}
        >
          {!keepsDatabase && (
            <div className={`${classes.form} ${classes.inset}`}>
              {instance === undefined && (
                <TextInput
                  label={words('screen.server.find.name')}
                  value={name}
                  required
                  maxLength={200}
                  onChange={(event) => setName(event.currentTarget.value)}
                />
              )}
              <Checkbox
                label={words('screen.server.find.session')}
                checked={session}
                onChange={(event) => setSession(event.currentTarget.checked)}
              />
            </div>
          )}
          <ul aria-label={words('screen.server.find.title')}>
            {found.servers.map((server) => (
              <FoundRow
                key={server.id}
                server={server}
                disabled={adopt.pending || (instance === undefined && name.trim() === '')}
                onAdopt={() => void adopt.run(found.docker, server.container)}
              />
            ))}
          </ul>
          {adopt.failure !== undefined && (
            <div className={classes.inset}>
              <FailureView failure={adopt.failure} />
            </div>
          )}
        </Panel>
      )}
    </div>
  );
}

function FoundRow({ server, disabled, onAdopt }: { server: FoundServer; disabled: boolean; onAdopt(): void }) {
  const { tone, text } = foundLine(server.state);
  const evidence = server.evidence.map((one) => words(`screen.server.find.evidence.${one}`)).join(', ');
  return (
    <li className={classes.found}>
      <StatusIcon tone={tone} />
      <div>
        <strong>{server.container}</strong> <span className={classes.quiet}>{say(text)}</span>
        <p className={classes.code}>{server.image}</p>
        {server.database !== undefined && <p>{words('screen.server.find.database', server.database)}</p>}
        <p>{words('screen.server.find.evidence', { list: evidence })}</p>
      </div>
      <Button variant="filled" disabled={disabled} onClick={onAdopt}>
        {words('screen.server.find.adopt')}
      </Button>
    </li>
  );
}

/** A database that is reached through SSH often has its server on the same host. */
function placeBeside(instance: InstanceView | undefined): DockerPlace {
  const route = instance?.route;
  return route?.kind === 'ssh' ? { kind: 'ssh', sshHostId: route.sshHostId, sudo: false } : { kind: 'local' };
}
