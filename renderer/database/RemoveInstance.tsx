import { Button, Modal } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { places } from '../shell/places.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Report.module.css';

/** Takes the instance out of this app. The database itself is not touched, and that is said. */
export function RemoveInstance({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const remove = useAction(
    useCallback(async () => {
      await useStore.getState().removeInstance(instance.id);
      go(places.overview);
    }, [instance.id, go]),
  );
  const effect = words(instance.kind === 'practice' ? 'screen.remove.practice-text' : 'screen.remove.text');
  return (
    <Panel
      title={words('screen.remove.title')}
      sub={effect}
      actions={<Button onClick={() => setAsking(true)}>{words('screen.remove.ask')}</Button>}
    >
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={words('screen.remove.question', { name: instance.name })}
      >
        <div className={classes.stack}>
          <p>{effect}</p>
          {remove.failure !== undefined && <FailureView failure={remove.failure} />}
          <div className={classes.actions}>
            <Button data-autofocus onClick={() => setAsking(false)}>
              {words('screen.remove.keep')}
            </Button>
            <Button variant="filled" color="red" loading={remove.pending} onClick={() => void remove.run()}>
              {words('screen.remove.ask')}
            </Button>
          </div>
        </div>
      </Modal>
    </Panel>
  );
}
