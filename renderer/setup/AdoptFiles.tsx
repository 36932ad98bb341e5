import { Button, TextInput } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import type { DockerPlace } from '../../contract/server.ts';
import { ask } from '../api.ts';
import { FailureView } from '../components/ProblemView.tsx';
import { setupPlace } from '../shell/places.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Setup.module.css';

/** Takes an Aperture over by its compose file on the Docker host, whether its container is there or not. */
export function AdoptFiles({ place, instance }: { place: DockerPlace; instance?: InstanceView }) {
  const [, go] = useLocation();
  const [folder, setFolder] = useState('');
  const adopt = useAction(
    useCallback(async () => {
      const { keychain, loadInstances, selectInstance, updateInstance } = useStore.getState();
      const { instance: adopted } = await ask('install.adopt', {
        docker: place,
        folder: folder.trim(),
        name: instance?.name ?? 'Aperture',
        ...(instance === undefined ? {} : { instanceId: instance.id }),
        keep: keychain?.available === false ? 'session' : 'keychain',
      });
      await loadInstances();
      await selectInstance(adopted.id);
      await updateInstance({ id: adopted.id, setup: { step: 'checks', docker: place, source: 'builtin' } });
      go(setupPlace(adopted.id, 'checks'));
    }, [place, folder, instance, go]),
  );
  return (
    <details className={classes.more}>
      <summary>{words('screen.docker.by-file')}</summary>
      <div className={classes.group}>
        <p className={classes.hint}>{words('screen.docker.by-file-text')}</p>
        <div className={classes.end}>
          <TextInput
            label={words('screen.docker.by-file-folder')}
            value={folder}
            placeholder="/opt/aperture"
            onChange={(event) => setFolder(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              // The step's own form is around this one.
              event.preventDefault();
              if (folder.trim() !== '') void adopt.run();
            }}
            spellCheck={false}
            autoComplete="off"
          />
          <Button loading={adopt.pending} disabled={folder.trim() === ''} onClick={() => void adopt.run()}>
            {words('screen.docker.adopt')}
          </Button>
        </div>
        {adopt.failure !== undefined && <FailureView failure={adopt.failure} />}
      </div>
    </details>
  );
}
