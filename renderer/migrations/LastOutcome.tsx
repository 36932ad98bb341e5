import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import { operationLine } from '../activity/operationLine.ts';
import { Moment } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { activityPlace } from '../shell/places.ts';
import { migrationsOf } from '../store/migrations.ts';
import { failureOfOperation, newestFirst } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { FailedMigration } from './FailedMigration.tsx';
import classes from './Migrations.module.css';
import { FilesReport, RowsReport } from './Reports.tsx';

/** How the last run or rehearsal ended, until it is put aside: what failed and where, how long each file took, what changed. */
export function LastOutcome({ instance }: { instance: InstanceView }) {
  const operations = useStore((state) => state.operations);
  const { run, rehearsal, dismissed } = useStore((state) => migrationsOf(state, instance.id));
  const last = useMemo(
    () =>
      newestFirst(operations).find(
        ({ subject, kind, state }) =>
          subject.instanceId === instance.id && state !== 'running' && (kind === 'migrate' || kind === 'rehearse'),
      ),
    [operations, instance.id],
  );
  if (last === undefined || last.id === dismissed) return null;
  const report = last.kind === 'migrate' ? run : rehearsal;
  const own = report !== undefined && report.at >= last.startedAt ? report : undefined;
  const failure = failureOfOperation(last);
  // One of an earlier start of the app is worth telling only while something is left to do about it.
  const recent = Date.parse(last.endedAt ?? last.startedAt) >= performance.timeOrigin;
  if (own === undefined && failure === undefined && !(recent && last.state === 'cancelled')) return null;
  const failedOnCopy = own?.files.find(({ state }) => state === 'failed')?.problem;
  return (
    <Outcome instanceId={instance.id} operation={last} failed={failure !== undefined || failedOnCopy !== undefined}>
      {failure?.kind === 'problem' && failure.problem.values.migration !== undefined ? (
        <FailedMigration problem={failure.problem} rehearsed={false} />
      ) : (
        failure !== undefined && <FailureView failure={failure} />
      )}
      {last.kind === 'rehearse' && failedOnCopy !== undefined && <FailedMigration problem={failedOnCopy} rehearsed />}
      {last.kind === 'rehearse' && own !== undefined && rehearsal !== undefined && <RowsReport report={rehearsal} />}
      {own !== undefined && (own.files.length > 1 || failure === undefined) && own.files.length > 0 && (
        <FilesReport files={own.files} />
      )}
    </Outcome>
  );
}

function Outcome({
  instanceId,
  operation,
  failed,
  children,
}: {
  instanceId: string;
  operation: OperationView;
  failed: boolean;
  children: React.ReactNode;
}) {
  const [, go] = useLocation();
  const { dismissOutcome } = useStore.getState();
  const { kind, state, endedAt } = operation;
  const tone = failed ? 'bad' : state === 'succeeded' ? 'ok' : 'quiet';
  return (
    <Panel
      title={words(kind === 'migrate' ? 'screen.migrations.outcome.run' : 'screen.migrations.outcome.rehearsal')}
      sub={
        <>
          {state === 'succeeded' && `${operationLine(operation)} · `}
          {endedAt !== undefined && <Moment at={endedAt} how="ago" />}
        </>
      }
      actions={
        <>
          <StatusMark tone={tone}>
            {words(failed ? 'screen.migrations.outcome.failed' : `operation.state.${state}`)}
          </StatusMark>
          <Button onClick={() => go(activityPlace(operation.id))}>{words('screen.migrations.outcome.log')}</Button>
          <Button onClick={() => dismissOutcome(instanceId, operation.id)}>{words('screen.close')}</Button>
        </>
      }
    >
      <div className={classes.form}>{children}</div>
    </Panel>
  );
}
