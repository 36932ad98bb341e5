import { Button } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import { OperationBar } from '../components/OperationBar.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { setupPlace } from '../shell/places.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { usePractice } from '../welcome/usePractice.ts';
import { words } from '../words.ts';
import classes from './Setup.module.css';

const sources = ['own', 'managed', 'practice'] as const;
type Source = (typeof sources)[number];

/** Which PostgreSQL: one's own, a managed service, or a practice one; with when each is right. */
export function DatabaseStep({ instance }: { instance?: InstanceView }) {
  const [, go] = useLocation();
  const practice = usePractice();
  const [source, setSource] = useState<Source>(instance?.setup?.source ?? 'own');
  const next = useAction(
    useCallback(async () => {
      if (source === 'practice') return practice.start();
      const { createInstance, updateInstance } = useStore.getState();
      const setup = { step: 'connection', source } as const;
      const kept =
        instance === undefined
          ? await createInstance({ name: 'Aperture', kind: 'external', route: { kind: 'direct' }, setup })
          : await updateInstance({ id: instance.id, setup: { ...instance.setup, ...setup } });
      go(setupPlace(kept.id, 'connection'));
    }, [source, practice, instance, go]),
  );
  const offered = instance === undefined ? sources : sources.filter((one) => one !== 'practice');
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
            <label key={one} className={classes.choice}>
              <input type="radio" name="source" checked={source === one} onChange={() => setSource(one)} />
              <strong>{words(`screen.setup.source.${one}`)}</strong>
              <p>{words(`screen.setup.source.${one}-text`)}</p>
              <p className={classes.when}>{words(`screen.setup.source.${one}-when`)}</p>
            </label>
          ))}
        </fieldset>
      </Panel>
      <Panel title={words('screen.setup.needs.title')}>
        <ul className={classes.needs}>
          <li>{words('screen.setup.needs.version')}</li>
          <li>{words('screen.setup.needs.extensions')}</li>
          <li>{words('screen.setup.needs.database')}</li>
        </ul>
      </Panel>
      {practice.operation !== undefined && <OperationBar operation={practice.operation} />}
      {practice.failure !== undefined && <FailureView failure={practice.failure} />}
      {next.failure !== undefined && <FailureView failure={next.failure} />}
      <div className={classes.foot}>
        <span className={classes.grow} />
        <Button type="submit" variant="filled" loading={next.pending}>
          {words('screen.continue')}
        </Button>
      </div>
    </form>
  );
}
