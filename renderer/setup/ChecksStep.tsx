import { Button } from '@mantine/core';
import { useCallback } from 'react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import { CheckList } from '../checks/CheckList.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { places, setupPlace } from '../shell/places.ts';
import { checksOf } from '../store/checks.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { dockerOf, stepsFor } from './position.ts';
import { ReachPanel } from './ReachPanel.tsx';
import classes from './Setup.module.css';

/** Is this database ready: the checks with their fixes, and the way to it as the server will see it. */
export function ChecksStep({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const view = useStore((state) => checksOf(state, instance.id));
  const ready = view.report !== undefined && view.report.verdict !== 'not-ready' && view.run === undefined;
  const docker = dockerOf(instance);
  const installs = stepsFor(instance).includes('server') && instance.setup !== undefined;
  const finish = useAction(
    useCallback(async () => {
      const { updateInstance } = useStore.getState();
      if (installs && instance.setup !== undefined) {
        await updateInstance({ id: instance.id, setup: { ...instance.setup, step: 'server' } });
        return go(setupPlace(instance.id, 'server'));
      }
      await updateInstance({ id: instance.id, setup: null });
      go(places.overview);
    }, [instance, installs, go]),
  );
  return (
    <div className={classes.body}>
      <CheckList instance={instance} automatic />
      {docker !== undefined && instance.connection !== undefined && <ReachPanel instance={instance} docker={docker} />}
      {finish.failure !== undefined && <FailureView failure={finish.failure} />}
      <div className={classes.foot}>
        {instance.kind !== 'practice' && (
          <Button onClick={() => go(setupPlace(instance.id, 'connection'))}>{words('screen.back')}</Button>
        )}
        <span className={classes.grow} />
        {!ready && view.report !== undefined && view.run === undefined && (
          <span className={classes.hint}>
            {words(installs ? 'screen.setup.not-ready-continue' : 'screen.setup.not-ready-hint')}
          </span>
        )}
        <Button variant="filled" disabled={!ready} loading={finish.pending} onClick={() => void finish.run()}>
          {words(installs ? 'screen.continue' : 'screen.setup.finish')}
        </Button>
      </div>
    </div>
  );
}
