import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { NetworkFound } from '../../contract/network.ts';
import type { Plan } from '../../contract/plan.ts';
import type { DockerPlace } from '../../contract/server.ts';
import { ask, type Failure } from '../api.ts';
import { FailureView } from '../components/ProblemView.tsx';
import { PlanSteps } from '../fixes/PlanSteps.tsx';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Server.module.css';

/** A network that the server is not in: what connecting it would run is shown, then exactly that runs. */
export function ConnectNetwork({
  network,
  docker,
  container,
  onDone,
}: {
  network: NetworkFound;
  docker: DockerPlace;
  container: string;
  onDone(): void;
}) {
  const [plan, setPlan] = useState<Plan>();
  const [failed, setFailed] = useState<Failure>();
  const { name } = network;
  const planning = useAction(
    useCallback(
      async () =>
        setPlan(await ask('networks.plan', { docker, changes: [{ kind: 'connect', network: name, container }] })),
      [docker, name, container],
    ),
  );
  const running = useAction(
    useCallback(
      async (planId: string) => {
        const { operationId } = await ask('networks.run', { planId });
        const ended = await useStore.getState().operationEnded(operationId);
        setFailed(failureOfOperation(ended));
        if (ended.state === 'succeeded') onDone();
      },
      [onDone],
    ),
  );
  const failure = planning.failure ?? running.failure ?? failed;
  return (
    <li className={classes.other}>
      <div className={classes.actions}>
        <span className={classes.code}>{name}</span>
        <span className={classes.quiet}>
          {[...network.subnets, ...network.containers.map((one) => one.name)].join(' · ')}
        </span>
        <span className={classes.grow} />
        {plan === undefined && (
          <Button loading={planning.pending} onClick={() => void planning.run()}>
            {words('screen.server.networks.connect')}
          </Button>
        )}
      </div>
      {plan !== undefined && (
        <div className={classes.form}>
          <PlanSteps plan={plan} label={words('screen.server.networks.connect-sub', { network: name })} />
          {plan.notes.map((note) => (
            <p key={note.key} className={classes.quiet}>
              {say(note)}
            </p>
          ))}
          <div className={classes.actions}>
            <Button
              variant="filled"
              loading={running.pending}
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              onClick={() => void running.run(plan.id)}
            >
              {words('screen.server.networks.run')}
            </Button>
            <Button onClick={() => setPlan(undefined)}>{words('screen.cancel')}</Button>
          </div>
        </div>
      )}
      {failure !== undefined && <FailureView failure={failure} />}
    </li>
  );
}
