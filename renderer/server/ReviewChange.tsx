import { Button } from '@mantine/core';
import { useCallback, useState } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { InstallPlan } from '../../contract/install.ts';
import { ask, type Failure } from '../api.ts';
import { Banner } from '../components/Banner.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Snippet } from '../components/Snippet.tsx';
import { StatusIcon, type Tone } from '../components/StatusMark.tsx';
import { groupedSteps } from '../fixes/planText.ts';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { DiffView } from './DiffView.tsx';
import classes from './Server.module.css';

const tones = { pass: 'ok', warn: 'warn', fail: 'bad', skipped: 'quiet' } as const satisfies Record<string, Tone>;

/** What a change would do, file by file and command by command, before it is done. */
export function ReviewChange({ plan, onBack, onApplied }: { plan: InstallPlan; onBack(): void; onApplied(): void }) {
  const { operationEnded } = useStore.getState();
  const [failed, setFailed] = useState<Failure>();
  const apply = useAction(
    useCallback(async () => {
      const { operationId } = await ask('serverSettings.apply', { planId: plan.plan.id });
      const ended = await operationEnded(operationId);
      setFailed(failureOfOperation(ended));
      if (ended.state === 'succeeded') onApplied();
    }, [plan, operationEnded, onApplied]),
  );
  const failure = apply.failure ?? failed;
  const changed = plan.changes.filter(({ state }) => state !== 'same');
  const commands = groupedSteps({ ...plan.plan, steps: plan.plan.steps.filter(({ kind }) => kind === 'command') });
  const worth = plan.findings.filter(({ status }) => status === 'warn' || status === 'fail');
  return (
    <div className={classes.stack}>
      {plan.blocked.map((reason) => (
        <Banner key={say(reason)} tone="bad" title={say(reason)} />
      ))}
      <Panel title={words('screen.server.settings.changes')} sub={say(plan.plan.title)}>
        <div className={classes.form}>
          {changed.map((change) => (
            <div key={change.path} className={classes.form}>
              <span className={classes.path}>{change.path}</span>
              <DiffView change={change} />
            </div>
          ))}
          {commands.map(({ note, body }) => (
            <Snippet key={`${note}${body}`} note={note} text={body} label={note} />
          ))}
          {worth.length > 0 && (
            <ul className={classes.form}>
              {worth.map(({ id, status, title, evidence }) => (
                <li key={id} className={classes.finding}>
                  <StatusIcon tone={tones[status]} />
                  <span>
                    <strong>{say(title)}</strong> {say(evidence)}
                  </span>
                </li>
              ))}
            </ul>
          )}
          {[...plan.limits, ...plan.plan.notes].map((note) => (
            <p key={say(note)} className={classes.quiet}>
              {say(note)}
            </p>
          ))}
          {failure !== undefined && <FailureView failure={failure} />}
          <div className={classes.actions}>
            <Button
              variant="filled"
              loading={apply.pending}
              disabled={plan.blocked.length > 0 || failure !== undefined}
              onClick={() => void apply.run()}
            >
              {words('screen.server.settings.apply')}
            </Button>
            <Button disabled={apply.pending} onClick={onBack}>
              {words('screen.server.settings.back')}
            </Button>
          </div>
        </div>
      </Panel>
    </div>
  );
}
