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
import classes from './Setup.module.css';

/** Is this database ready: the checks with their fixes, and the end of the set-up. */
export function ChecksStep({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const view = useStore((state) => checksOf(state, instance.id));
  const ready = view.report !== undefined && view.report.verdict !== 'not-ready' && view.run === undefined;
  const finish = useAction(
    useCallback(async () => {
      await useStore.getState().updateInstance({ id: instance.id, setup: null });
      go(places.overview);
    }, [instance.id, go]),
  );
  return (
    <div className={classes.body}>
      <CheckList instance={instance} automatic />
      {finish.failure !== undefined && <FailureView failure={finish.failure} />}
      <div className={classes.foot}>
        {instance.kind !== 'practice' && (
          <Button onClick={() => go(setupPlace(instance.id, 'connection'))}>{words('screen.back')}</Button>
        )}
        <span className={classes.grow} />
        {!ready && view.report !== undefined && view.run === undefined && (
          <span className={classes.hint}>{words('screen.setup.not-ready-hint')}</span>
        )}
        <Button variant="filled" disabled={!ready} loading={finish.pending} onClick={() => void finish.run()}>
          {words('screen.setup.finish')}
        </Button>
      </div>
    </div>
  );
}
