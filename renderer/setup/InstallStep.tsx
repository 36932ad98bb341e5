import { Button } from '@mantine/core';
import { IconDownload, IconPlayerPlay } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { Installation } from '../../contract/install.ts';
import type { SetupStep } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import { Banner } from '../components/Banner.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { setupPlace } from '../shell/places.ts';
import { failureOfOperation } from '../store/operations.ts';
import { lastInstall } from '../store/setupInstall.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { InstallLog } from './InstallLog.tsx';
import { InstallProgress } from './InstallProgress.tsx';
import { stepForProblem } from './installFixes.ts';
import { PullLayers } from './PullLayers.tsx';
import { type InstanceInSetup, stepsFor } from './position.ts';
import classes from './Setup.module.css';
import { Verified } from './Verified.tsx';

/** The installation while it runs, where it stopped, or what it led to; also one that an earlier start of the app began. */
export function InstallStep({ instance, installation }: { instance: InstanceInSetup; installation: Installation }) {
  const [, go] = useLocation();
  const [loaded, setLoaded] = useState(false);
  const operation = useStore((state) => lastInstall(state, instance.id));
  useEffect(() => {
    void useStore
      .getState()
      .loadOperations()
      .then(() => setLoaded(true));
  }, []);
  if (operation === undefined) {
    if (!loaded) return <div className={classes.body} aria-busy />;
    return (
      <div className={classes.body}>
        <Panel>
          <EmptyState
            icon={IconDownload}
            title={words('screen.install.none')}
            actions={
              <Button variant="filled" onClick={() => go(setupPlace(instance.id, 'review'))}>
                {words('screen.install.to-review')}
              </Button>
            }
          >
            {words('screen.install.none-text')}
          </EmptyState>
        </Panel>
      </div>
    );
  }
  if (operation.state === 'succeeded') {
    return <Verified instance={instance} installation={installation} operation={operation} />;
  }
  return (
    <div className={classes.body}>
      {operation.state === 'running' ? (
        <OperationBar key={operation.id} operation={operation} />
      ) : (
        <Stopped instance={instance} installation={installation} operation={operation} />
      )}
      <InstallProgress operation={operation} />
      <PullLayers operation={operation} />
      <InstallLog operation={operation} />
      <div className={classes.foot}>
        <Button disabled={operation.state === 'running'} onClick={() => go(setupPlace(instance.id, 'review'))}>
          {words('screen.install.to-review')}
        </Button>
      </div>
    </div>
  );
}

/** What stopped it, the way back to where that is put right, and going on. */
function Stopped({
  instance,
  installation,
  operation,
}: {
  instance: InstanceInSetup;
  installation: Installation;
  operation: OperationView;
}) {
  const [, go] = useLocation();
  const again = useAction(
    useCallback(async () => {
      const { planInstall, startInstall } = useStore.getState();
      const plan = await planInstall(instance.id, installation);
      // What has not been shown yet is shown first; and what can't be done, in the review.
      const shown =
        plan !== undefined && plan.blocked.length === 0 && plan.changes.every(({ state }) => state === 'same');
      if (!shown) return go(setupPlace(instance.id, 'review'));
      await startInstall(instance.id, plan.plan.id);
    }, [instance.id, installation, go]),
  );
  const { state, problem } = operation;
  const failure = state === 'failed' ? failureOfOperation(operation) : undefined;
  const step = problem === undefined ? undefined : offeredStep(instance, stepForProblem(problem.code));
  const said = state === 'failed' || state === 'interrupted' ? state : 'cancelled';
  return (
    <>
      <Banner
        tone={said === 'cancelled' ? 'quiet' : said === 'interrupted' ? 'warn' : 'bad'}
        title={words(`screen.install.${said}`)}
        actions={
          <Button
            variant="filled"
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            loading={again.pending}
            onClick={() => void again.run()}
          >
            {words(said === 'failed' ? 'screen.install.retry' : 'screen.install.go-on')}
          </Button>
        }
      >
        {words(`screen.install.${said}-text`)}
      </Banner>
      {failure !== undefined && (
        <Panel>
          <FailureView
            failure={failure}
            actions={
              step !== undefined && (
                <Button onClick={() => go(setupPlace(instance.id, step))}>
                  {words('screen.install.back-to', { step: words(`screen.setup.${step}.name`) })}
                </Button>
              )
            }
          />
        </Panel>
      )}
      {again.failure !== undefined && (
        <Panel>
          <FailureView failure={again.failure} />
        </Panel>
      )}
    </>
  );
}

/** A database that is made beside the server has no connection to correct: its settings are the server's. */
function offeredStep(instance: InstanceInSetup, step: SetupStep | undefined): SetupStep | undefined {
  if (step === undefined || !stepsFor(instance).includes(step)) return undefined;
  return instance.setup.source === 'new' && (step === 'connection' || step === 'checks') ? 'server' : step;
}
