import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { RunnableFixId } from '../../contract/fix.ts';
import type { Plan } from '../../contract/plan.ts';
import { ask, type Failure, failureOf } from '../api.ts';
import { AdministratorFields } from '../components/AdministratorFields.tsx';
import { CopyButton } from '../components/CopyButton.tsx';
import { LinkButton } from '../components/FactCard.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Snippet } from '../components/Snippet.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './FixView.module.css';
import type { FixContext } from './fixContext.ts';
import { PlanSteps } from './PlanSteps.tsx';
import { planText } from './planText.ts';

type RunState =
  | { state: 'planning' }
  | { state: 'not-planned'; failure: Failure }
  | { state: 'planned'; plan: Plan; failure?: Failure }
  | { state: 'running'; plan: Plan; operationId?: string }
  | { state: 'done'; plan: Plan };

/** Shows the plan of some fixes, asks for an administrator's login where one is needed, and runs exactly what was shown. */
export function PlanRunner({
  fixes,
  as: suggestedAs,
  preview,
  label,
  runLabel,
  context,
}: {
  fixes: readonly RunnableFixId[];
  as: Plan['as'];
  preview: string;
  label: string;
  runLabel: string;
  context: FixContext;
}) {
  const [as, setAs] = useState(suggestedAs);
  const [run, setRun] = useState<RunState>({ state: 'planning' });
  const [administrator, setAdministrator] = useState({ user: 'postgres', password: '' });
  const operationEnded = useStore((state) => state.operationEnded);
  const operation = useStore((state) =>
    run.state === 'running' && run.operationId !== undefined ? state.operations[run.operationId] : undefined,
  );
  const names = fixes.join(' ');

  useEffect(() => {
    let current = true;
    setRun({ state: 'planning' });
    ask('fixes.plan', { instanceId: context.instanceId, fixes: names.split(' ') as RunnableFixId[], as })
      .then((plan) => current && setRun({ state: 'planned', plan }))
      .catch((error: unknown) => current && setRun({ state: 'not-planned', failure: failureOf(error) }));
    return () => {
      current = false;
    };
  }, [context.instanceId, names, as]);

  async function start(plan: Plan) {
    setRun({ state: 'running', plan });
    try {
      const { operationId } = await ask('fixes.run', {
        planId: plan.id,
        ...(plan.as === 'administrator' ? { administrator } : {}),
      });
      setAdministrator((before) => ({ ...before, password: '' }));
      setRun({ state: 'running', plan, operationId });
      const failure = failureOfOperation(await operationEnded(operationId));
      setRun(failure === undefined ? { state: 'done', plan } : { state: 'planned', plan, failure });
      if (failure === undefined) context.onDone();
    } catch (error) {
      setRun({ state: 'planned', plan, failure: failureOf(error) });
    }
  }

  if (run.state === 'planning') return <Snippet text={preview} label={label} />;
  if (run.state === 'not-planned') return <FailureView failure={run.failure} />;
  const { plan } = run;
  return (
    <form
      className={classes.item}
      onSubmit={(event) => {
        event.preventDefault();
        void start(plan);
      }}
    >
      <PlanSteps plan={plan} label={label} />
      {plan.notes.map((note) => (
        <p key={note.key} className={classes.note}>
          {say(note)}
        </p>
      ))}
      {plan.as === 'administrator' && run.state === 'planned' && (
        <AdministratorFields login={administrator} onChange={setAdministrator} />
      )}
      {run.state === 'planned' && run.failure !== undefined && <FailureView failure={run.failure} />}
      {operation !== undefined && <OperationBar operation={operation} />}
      {run.state === 'done' ? (
        <StatusMark tone="ok">{words('screen.fix.done')}</StatusMark>
      ) : (
        <div className={classes.actions}>
          <Button
            type="submit"
            variant="filled"
            loading={run.state === 'running'}
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
          >
            {runLabel}
          </Button>
          <CopyButton text={planText(plan)} />
          {run.state === 'planned' && context.administratorExists && (
            <LinkButton onClick={() => setAs(as === 'app' ? 'administrator' : 'app')}>
              {as === 'app' ? words('screen.fix.as-administrator') : words('screen.fix.as-app', { role: context.user })}
            </LinkButton>
          )}
        </div>
      )}
    </form>
  );
}
