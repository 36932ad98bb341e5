import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { say } from '../../contract/copy/text.ts';
import type { OperationView } from '../../contract/operation.ts';
import { type Failure, failureOf } from '../api.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { KeyValue } from '../components/KeyValue.tsx';
import { Moment } from '../components/Moment.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusIcon, StatusMark } from '../components/StatusMark.tsx';
import { places } from '../shell/places.ts';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Activity.module.css';
import { OperationLog } from './OperationLog.tsx';
import { operationDuration, operationLine } from './operationLine.ts';
import { stateTone } from './stateTone.ts';

/** One operation: its steps, how it ended, and every line that it logged. */
export function OperationDetail({
  id,
  operation,
  loaded,
}: {
  id: string;
  operation: OperationView | undefined;
  loaded: boolean;
}) {
  const [, go] = useLocation();
  const log = useStore((state) => state.operationLogs[id]);
  const loadLog = useStore((state) => state.loadOperationLog);
  const [logFailure, setLogFailure] = useState<Failure | undefined>();
  useEffect(() => {
    loadLog(id).catch((error: unknown) => setLogFailure(failureOf(error)));
  }, [id, loadLog]);
  const back = <Button onClick={() => go(places.activity)}>{words('screen.back')}</Button>;
  if (operation === undefined) {
    return (
      <PageHead
        title={words('screen.activity.title')}
        sub={words(loaded ? 'screen.activity.gone' : 'screen.loading')}
        actions={back}
      />
    );
  }
  const failure = failureOfOperation(operation);
  return (
    <>
      <PageHead title={words(`operation.kind.${operation.kind}`)} sub={operation.subject.name} actions={back} />
      <div className={classes.stack}>
        {operation.state === 'running' && <OperationBar operation={operation} />}
        {failure !== undefined && (
          <Panel>
            <FailureView failure={failure} />
          </Panel>
        )}
        <Panel
          title={failure === undefined ? operationLine(operation) : words('screen.activity.details')}
          actions={
            <StatusMark tone={stateTone[operation.state]}>{words(`operation.state.${operation.state}`)}</StatusMark>
          }
        >
          <KeyValue
            rows={[
              [words('screen.activity.started'), <Moment key="started" at={operation.startedAt} />],
              [words('screen.activity.took'), operationDuration(operation)],
              [words('screen.activity.by'), words(`screen.activity.by.${operation.startedBy}`)],
            ]}
          />
        </Panel>
        <Panel title={words('screen.activity.steps')}>
          <ol className={classes.steps}>
            {operation.steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the steps of an operation never change places.
              <li key={index} className={classes.step}>
                <StatusIcon tone={stepTone(operation, index)} />
                {say(step.name)}
              </li>
            ))}
          </ol>
        </Panel>
        <Panel
          flush
          title={words('screen.activity.log')}
          actions={
            log !== undefined && log.length > 0 ? (
              <CopyButton text={log.map((line) => `${line.at} ${line.level} ${line.line}`).join('\n')} />
            ) : undefined
          }
        >
          {logFailure !== undefined ? (
            <FailureView failure={logFailure} />
          ) : log === undefined || log.length === 0 ? (
            <p className={classes.quiet}>{words(log === undefined ? 'screen.loading' : 'screen.activity.no-log')}</p>
          ) : (
            <OperationLog lines={log} follow={operation.state === 'running'} />
          )}
        </Panel>
      </div>
    </>
  );
}

function stepTone(operation: OperationView, index: number): 'ok' | 'busy' | 'bad' | 'quiet' {
  if (operation.state === 'succeeded' || index < operation.stepIndex) return 'ok';
  if (index > operation.stepIndex) return 'quiet';
  if (operation.state === 'running') return 'busy';
  return operation.state === 'cancelled' ? 'quiet' : 'bad';
}
