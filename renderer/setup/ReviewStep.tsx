import { Button } from '@mantine/core';
import { IconDownload, IconRefresh } from '@tabler/icons-react';
import { useCallback, useEffect } from 'react';
import { useLocation } from 'wouter';
import type { Installation } from '../../contract/install.ts';
import { Banner } from '../components/Banner.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { setupPlace } from '../shell/places.ts';
import { installPlanOf } from '../store/setupInstall.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { useHostName } from './DockerStep.tsx';
import { InstallPlanView } from './InstallPlanView.tsx';
import type { InstanceInSetup } from './position.ts';
import classes from './Setup.module.css';

/** Everything that would be done, before any of it is. */
export function ReviewStep({ instance, installation }: { instance: InstanceInSetup; installation: Installation }) {
  const [, go] = useLocation();
  const view = useStore((state) => installPlanOf(state, instance.id));
  const host = useHostName(installation.docker);
  const of = JSON.stringify(installation);
  const look = useCallback(
    () => void useStore.getState().planInstall(instance.id, JSON.parse(of) as Installation),
    [instance.id, of],
  );
  // Always anew: the plan of the step before was made for a host that may have changed since.
  useEffect(look, [look]);
  const plan = view.of === of ? view.plan : undefined;
  const install = useAction(
    useCallback(
      async (planId: string) => {
        const { startInstall, updateInstance } = useStore.getState();
        await startInstall(instance.id, planId);
        await updateInstance({ id: instance.id, setup: { ...instance.setup, step: 'install' } });
        go(setupPlace(instance.id, 'install'));
      },
      [instance, go],
    ),
  );
  const blocked = plan?.blocked.length ?? 0;
  return (
    <form
      className={classes.body}
      onSubmit={(event) => {
        event.preventDefault();
        if (plan !== undefined && blocked === 0 && !view.planning) void install.run(plan.plan.id);
      }}
    >
      {plan === undefined && view.failure === undefined && (
        <Panel>
          <StatusMark tone="busy">{words('screen.review.planning', { host })}</StatusMark>
          <p className={classes.hint}>{words('screen.review.planning-text')}</p>
        </Panel>
      )}
      {view.failure !== undefined && (
        <Panel>
          <FailureView
            failure={view.failure}
            actions={<Button onClick={look}>{words('screen.review.again')}</Button>}
          />
        </Panel>
      )}
      {plan !== undefined && (
        <div>
          <Banner
            tone={blocked > 0 ? 'bad' : 'info'}
            title={blocked > 0 ? words('screen.review.blocked', { count: blocked }) : words('screen.review.ready')}
            actions={
              <Button leftSection={<IconRefresh size={16} aria-hidden />} loading={view.planning} onClick={look}>
                {words('screen.review.again')}
              </Button>
            }
          >
            {words(blocked > 0 ? 'screen.review.blocked-text' : 'screen.review.ready-text')}
          </Banner>
          <InstallPlanView plan={plan} host={host} />
        </div>
      )}
      {install.failure !== undefined && (
        <Panel>
          <FailureView failure={install.failure} />
        </Panel>
      )}
      <div className={classes.foot}>
        <Button onClick={() => go(setupPlace(instance.id, 'server'))}>{words('screen.review.change')}</Button>
        <span className={classes.grow} />
        <Button
          type="submit"
          variant="filled"
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={plan === undefined || blocked > 0 || view.planning}
          loading={install.pending}
        >
          {words('screen.review.install')}
        </Button>
      </div>
    </form>
  );
}
