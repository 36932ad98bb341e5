import { Button } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { Plan } from '../../contract/plan.ts';
import type { FileChange } from '../../contract/serverSettings.ts';
import { ask, type Failure } from '../api.ts';
import { LinkButton } from '../components/FactCard.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { DiffView } from '../server/DiffView.tsx';
import { places } from '../shell/places.ts';
import { migrationsOf } from '../store/migrations.ts';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Migrations.module.css';

type Change = { on: boolean; plan: Plan; change: FileChange };

/** Whether the server migrates when it starts or somebody does by hand, switched after the compose file's diff was seen. */
export function OnStartPanel({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const onStart = useStore((state) => migrationsOf(state, instance.id).status.value?.onStart);
  const [change, setChange] = useState<Change>();
  const [written, setWritten] = useState<Plan>();
  const [failed, setFailed] = useState<Failure>();
  const plan = useAction(
    useCallback(
      async (on: boolean) => {
        setWritten(undefined);
        setFailed(undefined);
        setChange({ on, ...(await ask('migrations.onStart.plan', { instanceId: instance.id, on })) });
      },
      [instance.id],
    ),
  );
  const write = useAction(
    useCallback(async () => {
      if (change === undefined) return;
      const { operationId } = await ask('migrations.onStart.write', { planId: change.plan.id });
      const ended = await useStore.getState().operationEnded(operationId);
      setFailed(failureOfOperation(ended));
      if (ended.state !== 'succeeded') return;
      setWritten(change.plan);
      setChange(undefined);
    }, [change]),
  );
  const failure = plan.failure ?? write.failure ?? failed;
  const server = instance.server ?? instance.installation;
  return (
    <Panel
      title={words('screen.migrations.fact.who')}
      sub={words('screen.migrations.who.text')}
      actions={
        onStart !== undefined && (
          <StatusMark tone={onStart ? 'ok' : 'info'}>
            {words(onStart ? 'screen.migrations.who.server' : 'screen.migrations.who.hand')}
          </StatusMark>
        )
      }
    >
      <div className={classes.form}>
        <dl className={classes.choicesTold}>
          <dt>{words('screen.migrations.who.server')}</dt>
          <dd>{words('screen.migrations.who.server-text')}</dd>
          <dt>{words('screen.migrations.who.hand')}</dt>
          <dd>{words('screen.migrations.who.hand-text')}</dd>
        </dl>
        {server === undefined ? (
          <p className={classes.quiet}>
            {words('screen.migrations.who.no-server')}{' '}
            <LinkButton onClick={() => go(places.server)}>{words('screen.card.server.see')}</LinkButton>
          </p>
        ) : change === undefined ? (
          <div className={classes.actions}>
            {([true, false] as const)
              .filter((on) => on !== onStart || written !== undefined)
              .map((on) => (
                <Button key={String(on)} loading={plan.pending} onClick={() => void plan.run(on)}>
                  {words(on ? 'screen.migrations.who.to-server' : 'screen.migrations.who.to-hand')}
                </Button>
              ))}
          </div>
        ) : (
          <>
            <p>
              <strong>{say(change.plan.title)}</strong>
            </p>
            {change.change.state !== 'same' && (
              <>
                <code className={classes.path}>{change.change.path}</code>
                <DiffView change={change.change} />
              </>
            )}
            {change.plan.notes.map((note) => (
              <p key={say(note)} className={classes.quiet}>
                {say(note)}
              </p>
            ))}
            <div className={classes.actions}>
              {change.change.state !== 'same' && (
                <Button variant="filled" loading={write.pending} onClick={() => void write.run()}>
                  {words('screen.migrations.who.write')}
                </Button>
              )}
              <Button disabled={write.pending} onClick={() => setChange(undefined)}>
                {words('screen.back')}
              </Button>
            </div>
          </>
        )}
        {written !== undefined && (
          <div role="status" className={classes.form}>
            <StatusMark tone="ok">{words('screen.migrations.who.written')}</StatusMark>
            {written.notes.map((note) => (
              <p key={say(note)} className={classes.quiet}>
                {say(note)}
              </p>
            ))}
          </div>
        )}
        {failure !== undefined && <FailureView failure={failure} />}
      </div>
    </Panel>
  );
}
