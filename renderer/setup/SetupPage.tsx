import { Button } from '@mantine/core';
import { useCallback, useState } from 'react';
import { Redirect, useLocation } from 'wouter';
import { PageHead } from '../components/PageHead.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { places } from '../shell/places.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { ChecksStep } from './ChecksStep.tsx';
import { ConnectionStep } from './ConnectionStep.tsx';
import { DatabaseStep } from './DatabaseStep.tsx';
import { DockerStep } from './DockerStep.tsx';
import { InstallStep } from './InstallStep.tsx';
import { type SetupPosition, setupPosition, stepsFor } from './position.ts';
import { ReviewStep } from './ReviewStep.tsx';
import { ServerStep } from './ServerStep.tsx';
import classes from './Setup.module.css';
import { SetupSteps } from './SetupSteps.tsx';

/** What saves a step when one leaves it; it answers whether one may. */
export type RegisterLeave = (leave: (() => Promise<boolean>) | undefined) => void;

/** The wizard, from where Docker is to a server that runs. Can be left and taken up at any step. */
export function SetupPage({
  instanceId,
  step,
  existing = false,
}: {
  instanceId?: string;
  step?: string;
  /** One came to connect a server that runs already. */
  existing?: boolean;
}) {
  const instances = useStore((state) => state.instances);
  const position = setupPosition(instances, instanceId, step);
  const [, go] = useLocation();
  const [onLeave, setOnLeave] = useState<(() => Promise<boolean>) | undefined>();
  const registerLeave = useCallback<RegisterLeave>((leave) => setOnLeave(() => leave), []);
  const instance = 'instance' in position ? position.instance : undefined;
  const leave = useAction(
    useCallback(async () => {
      if ((await onLeave?.()) === false) return;
      go(instance === undefined ? places.welcome : places.overview);
    }, [onLeave, go, instance]),
  );
  if (position.step === 'missing') return <Redirect to={places.welcome} replace />;

  const steps = stepsFor(instance);
  const question =
    position.step === 'docker' && existing ? 'docker.question-existing' : (`${position.step}.question` as const);
  return (
    <>
      <PageHead
        title={words(steps.includes('install') ? 'screen.setup.title' : 'screen.setup.title-database')}
        sub={words('screen.setup.sub', {
          number: steps.indexOf(position.step) + 1,
          total: steps.length,
          question: words(`screen.setup.${question}`),
        })}
        actions={
          <Button loading={leave.pending} onClick={() => void leave.run()}>
            {words(instance === undefined ? 'screen.setup.leave' : 'screen.setup.save-and-leave')}
          </Button>
        }
      />
      {leave.failure !== undefined && <FailureView failure={leave.failure} />}
      <div className={classes.columns}>
        <SetupSteps instance={instance} current={position.step} />
        <Step position={position} existing={existing} registerLeave={registerLeave} />
      </div>
    </>
  );
}

function Step({
  position,
  existing,
  registerLeave,
}: {
  position: Exclude<SetupPosition, { step: 'missing' }>;
  existing: boolean;
  registerLeave: RegisterLeave;
}) {
  switch (position.step) {
    case 'docker':
      return <DockerStep key={position.instance?.id} instance={position.instance} existing={existing} />;
    case 'database':
      return <DatabaseStep key={position.instance.id} instance={position.instance} />;
    case 'connection':
      return <ConnectionStep key={position.instance.id} instance={position.instance} registerLeave={registerLeave} />;
    case 'checks':
      return <ChecksStep key={position.instance.id} instance={position.instance} />;
    case 'server':
      return (
        <ServerStep
          key={position.instance.id}
          instance={position.instance}
          docker={position.docker}
          registerLeave={registerLeave}
        />
      );
    case 'review':
      return <ReviewStep instance={position.instance} installation={position.installation} />;
    case 'install':
      return <InstallStep instance={position.instance} installation={position.installation} />;
  }
}
