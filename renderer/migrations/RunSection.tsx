import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { Banner } from '../components/Banner.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { migrationsOf } from '../store/migrations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Migrations.module.css';
import { RunPlanView } from './RunPlanView.tsx';

/** Before a run: what it would do and what stands in its way, put together anew each time. */
export function RunSection({ instance }: { instance: InstanceView }) {
  const { id } = instance;
  const { plan } = useStore((state) => migrationsOf(state, id));
  const { planMigrations, openMigrationsSection } = useStore.getState();
  useEffect(() => {
    void planMigrations(id);
  }, [id, planMigrations]);
  const back = (
    <Button leftSection={<IconArrowLeft size={16} aria-hidden />} onClick={() => openMigrationsSection('list')}>
      {words('screen.back')}
    </Button>
  );
  const again = <Button onClick={() => void planMigrations(id)}>{words('screen.migrations.look-again')}</Button>;
  if (plan.failure !== undefined) {
    return (
      <Panel>
        <FailureView
          failure={plan.failure}
          actions={
            <>
              {again}
              {back}
            </>
          }
        />
      </Panel>
    );
  }
  if (plan.value === undefined) {
    return (
      <div className={classes.lead}>
        <Banner tone="busy" title={words('screen.migrations.plan.looking')} actions={back}>
          {words('screen.migrations.plan.looking-more')}
        </Banner>
      </div>
    );
  }
  if (plan.value.pending.length === 0) {
    return (
      <div className={classes.lead}>
        <Banner tone="ok" title={words('screen.migrations.line.complete')} actions={back}>
          {say(plan.value.plan.title)}.
        </Banner>
      </div>
    );
  }
  return <RunPlanView key={plan.value.plan.id} instance={instance} planned={plan.value} back={back} />;
}
