import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { Plan } from '../../contract/plan.ts';
import type { DockerPlace } from '../../contract/server.ts';
import { ask, type Failure } from '../api.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Snippet } from '../components/Snippet.tsx';
import { PlanSteps } from '../fixes/PlanSteps.tsx';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Setup.module.css';

type NetworkFixOf = Extract<Fix, { kind: 'network' }>;

/** A way for the server to find the database: networks are changed as shown, then its settings name the address. */
export function NetworkFix({
  instance,
  docker,
  fix,
  onDone,
}: {
  instance: InstanceView;
  docker: DockerPlace;
  fix: NetworkFixOf;
  /** The settings are changed: it is tried again. */
  onDone(): Promise<void>;
}) {
  const [plan, setPlan] = useState<Plan | undefined>();
  const [failed, setFailed] = useState<Failure | undefined>();
  const act = useAction(
    useCallback(async () => {
      if (fix.changes.length > 0 && plan === undefined) {
        return setPlan(await ask('networks.plan', { docker, changes: fix.changes }));
      }
      const { operationEnded, updateInstance } = useStore.getState();
      if (plan !== undefined && plan.steps.length > 0) {
        const { operationId } = await ask('networks.run', { planId: plan.id, instanceId: instance.id });
        const failure = failureOfOperation(await operationEnded(operationId));
        setFailed(failure);
        if (failure !== undefined) return;
      }
      await updateInstance({ id: instance.id, seenByServer: fix.seenByServer, ...draftWith(instance, fix) });
      setPlan(undefined);
      await onDone();
    }, [fix, plan, docker, instance, onDone]),
  );
  return (
    <fieldset className={classes.fix} aria-label={say(fix.title)}>
      <p className={classes.label}>{say(fix.title)}</p>
      {fix.why !== undefined && <p className={classes.hint}>{say(fix.why)}</p>}
      {plan === undefined ? (
        <Snippet text={fix.preview} label={say(fix.title)} />
      ) : (
        <PlanSteps plan={plan} label={say(plan.title)} />
      )}
      {plan?.notes.map((note) => (
        <p key={say(note)} className={classes.hint}>
          {say(note)}
        </p>
      ))}
      {failed !== undefined && <FailureView failure={failed} />}
      {act.failure !== undefined && <FailureView failure={act.failure} />}
      <div className={classes.foot}>
        <Button
          variant="filled"
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          loading={act.pending}
          onClick={() => void act.run()}
        >
          {words(fix.changes.length > 0 && plan === undefined ? 'screen.prepare.look' : 'screen.reach.do')}
        </Button>
        <CopyButton text={fix.preview} />
      </div>
    </fieldset>
  );
}

/** The server's settings with the networks that it has to join; they are used once the server is installed. */
function draftWith(instance: InstanceView, fix: NetworkFixOf): { setup?: NonNullable<InstanceView['setup']> } {
  const { setup } = instance;
  if (setup?.server === undefined) return {};
  const networks = [...new Set([...setup.server.networks, ...fix.networks])];
  const hostGateway = setup.server.hostGateway || fix.hostGateway;
  return { setup: { ...setup, server: { ...setup.server, networks, hostGateway } } };
}
