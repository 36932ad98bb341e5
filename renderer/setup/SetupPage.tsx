import { Button } from '@mantine/core';
import { useCallback, useState } from 'react';
import { Redirect, useLocation } from 'wouter';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView, SetupStep } from '../../contract/instance.ts';
import { sumLine } from '../checks/checkSum.ts';
import { PageHead } from '../components/PageHead.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { places, setupPlace } from '../shell/places.ts';
import { checksOf } from '../store/checks.ts';
import { connectionOf } from '../store/connections.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { ChecksStep } from './ChecksStep.tsx';
import { ConnectionStep } from './ConnectionStep.tsx';
import { DatabaseStep } from './DatabaseStep.tsx';
import { setupPosition } from './position.ts';
import classes from './Setup.module.css';
import { Stepper, type StepView } from './Stepper.tsx';

/** The wizard: which database, how to reach it, is it ready. Can be left and taken up at any step. */
export function SetupPage({ instanceId, step }: { instanceId?: string; step?: string }) {
  const instances = useStore((state) => state.instances);
  const position = setupPosition(instances, instanceId, step);
  const [, go] = useLocation();
  // What the open step does when one leaves: the connection step saves what was typed.
  const [onLeave, setOnLeave] = useState<(() => Promise<boolean>) | undefined>();
  const registerLeave = useCallback((leave: (() => Promise<boolean>) | undefined) => setOnLeave(() => leave), []);
  const instance = 'instance' in position ? position.instance : undefined;
  const leave = useAction(
    useCallback(async () => {
      if ((await onLeave?.()) === false) return;
      go(instance === undefined ? places.welcome : places.overview);
    }, [onLeave, go, instance]),
  );
  if (position.step === 'missing') return <Redirect to={places.welcome} replace />;

  const numbers: Record<SetupStep, number> = { database: 1, connection: 2, checks: 3 };
  return (
    <>
      <PageHead
        title={words('screen.setup.title')}
        sub={words('screen.setup.sub', {
          number: numbers[position.step],
          total: 3,
          question: words(`screen.setup.${position.step}.question`),
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
        {position.step === 'database' && <DatabaseStep instance={position.instance} />}
        {position.step === 'connection' && (
          <ConnectionStep key={position.instance.id} instance={position.instance} registerLeave={registerLeave} />
        )}
        {position.step === 'checks' && <ChecksStep instance={position.instance} />}
      </div>
    </>
  );
}

function SetupSteps({ instance, current }: { instance?: InstanceView; current: SetupStep }) {
  const [, go] = useLocation();
  const report = useStore((state) => checksOf(state, instance?.id).report);
  const connected = useStore((state) => connectionOf(state, instance?.id).report);
  const open = (step: SetupStep) => (instance === undefined ? undefined : () => go(setupPlace(instance.id, step)));
  const address = instance?.connection?.hosts[0];
  const practice = instance?.kind === 'practice';
  const source = practice ? 'practice' : instance?.setup?.source;
  const steps: StepView[] = [
    {
      id: 'database',
      name: words('screen.setup.database.name'),
      hint: source === undefined ? undefined : words(`screen.setup.source.${source}`),
      state: current === 'database' ? 'current' : instance === undefined ? 'closed' : 'done',
      onOpen: practice ? undefined : open('database'),
    },
    {
      id: 'connection',
      name: words('screen.setup.connection.name'),
      hint: address === undefined ? undefined : addressLine(address.host, address.port),
      state:
        current === 'connection'
          ? 'current'
          : practice || (address !== undefined && connected?.outcome !== 'failed')
            ? 'done'
            : instance === undefined
              ? 'closed'
              : 'open',
      onOpen: practice ? undefined : open('connection'),
    },
    {
      id: 'checks',
      name: words('screen.setup.checks.name'),
      hint: report === undefined ? undefined : say(sumLine(report.results).line),
      state:
        current === 'checks'
          ? 'current'
          : address === undefined && !practice
            ? 'closed'
            : report?.verdict === 'ready'
              ? 'done'
              : 'open',
      onOpen: open('checks'),
    },
  ];
  return <Stepper steps={steps} />;
}

function addressLine(host: string, port: number): string {
  return host.startsWith('/') ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
