import { Button, TextInput } from '@mantine/core';
import { IconDatabaseExport, IconPlayerPlay, IconTestPipe } from '@tabler/icons-react';
import { type ReactNode, useCallback, useState } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { MigrationRunPlan } from '../../contract/migrationRun.ts';
import { ask, type Failure } from '../api.ts';
import { Banner } from '../components/Banner.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { migrationsOf } from '../store/migrations.ts';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { EffectSums } from './EffectSums.tsx';
import classes from './Migrations.module.css';
import { PreviewFiles } from './PreviewFiles.tsx';
import { furtherNotes, rehearsedWell, runParts } from './runParts.ts';

/** A run as it would be: what is at stake and what is safe first, then every statement. Without a backup the wish has to be typed. */
export function RunPlanView({
  instance,
  planned,
  back,
}: {
  instance: InstanceView;
  planned: MigrationRunPlan;
  back: ReactNode;
}) {
  const { id } = instance;
  const { plan, preview, pending, blocked, needsOverride, needsStop, destroys } = planned;
  const { rehearsal } = useStore((state) => migrationsOf(state, id));
  const { rehearseMigrations, runMigrations, openMigrationsSection } = useStore.getState();
  const [typed, setTyped] = useState('');
  const backup = useBackup(id);
  const run = useAction(
    useCallback(async () => {
      await runMigrations(id, plan.id, { withoutBackup: needsOverride });
      openMigrationsSection('list');
    }, [id, plan.id, needsOverride, runMigrations, openMigrationsSection]),
  );
  const [step] = plan.steps;
  const database = step?.kind === 'sql' ? step.database : instance.name;
  const confirmed = !needsOverride || typed.trim() === database;
  const well = rehearsedWell(planned, rehearsal);
  const busy = backup.pending || run.pending;
  const actions = {
    data: undefined,
    server: undefined,
    rehearsal: well !== true && (
      <Button
        size="xs"
        variant={needsOverride || well === undefined ? 'filled' : 'default'}
        leftSection={<IconTestPipe size={15} aria-hidden />}
        disabled={busy}
        onClick={() => void rehearseMigrations(id)}
      >
        {words('screen.migrations.plan.rehearse')}
      </Button>
    ),
    backup: planned.backup === undefined && instance.kind !== 'practice' && (
      <Button
        size="xs"
        leftSection={<IconDatabaseExport size={15} aria-hidden />}
        loading={backup.pending}
        disabled={busy}
        onClick={() => void backup.run()}
      >
        {words('screen.migrations.plan.back-up')}
      </Button>
    ),
  } as const;
  const failure = run.failure ?? backup.failure;
  return (
    <form
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault();
        if (confirmed && blocked.length === 0) void run.run();
      }}
    >
      {blocked.length > 0 && (
        <div className={classes.lead}>
          {blocked.map((reason) => (
            <Banner key={say(reason)} tone="bad" title={say(reason)}>
              {words('screen.migrations.plan.blocked')}
            </Banner>
          ))}
        </div>
      )}
      {backup.operation !== undefined && <OperationBar operation={backup.operation} />}
      <Panel flush title={say(plan.title)} sub={words('screen.migrations.plan.text')} actions={back}>
        <ul aria-label={words('screen.migrations.plan.before')} className={classes.parts}>
          {runParts(planned, rehearsal).map(({ part, tone, evidence }) => (
            <li key={part} className={classes.part} data-part={part}>
              <StatusIcon tone={tone} />
              <div>
                <strong>{words(`screen.migrations.plan.part.${part}`)}</strong>
                <p>{say(evidence)}</p>
              </div>
              {actions[part]}
            </li>
          ))}
        </ul>
        {furtherNotes(planned).length > 0 && (
          <ul className={classes.notes}>
            {furtherNotes(planned).map((note) => (
              <li key={say(note)}>{say(note)}</li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel flush title={words('screen.migrations.plan.effects')}>
        <EffectSums files={preview} />
      </Panel>
      <Panel>
        <div className={classes.form}>
          {needsOverride && (
            <>
              <p>
                <strong>{words('screen.migrations.plan.stake', { count: destroys })}</strong>{' '}
                {words('screen.migrations.plan.stake-more')}
              </p>
              <TextInput
                label={words('screen.migrations.plan.type', { database })}
                value={typed}
                autoComplete="off"
                spellCheck={false}
                className={classes.typed}
                classNames={{ input: classes.monoInput ?? '' }}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            </>
          )}
          {failure !== undefined && <FailureView failure={failure} />}
          <div className={classes.actions}>
            <Button
              type="submit"
              variant="filled"
              color={needsOverride ? 'red' : undefined}
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              loading={run.pending}
              disabled={!confirmed || blocked.length > 0 || busy}
            >
              {words('screen.migrations.plan.run', {
                count: pending.length,
                how: needsOverride ? 'without' : needsStop ? 'stop' : 'plain',
              })}
            </Button>
            {back}
          </div>
        </div>
      </Panel>
      <PreviewFiles files={preview} />
    </form>
  );
}

/** Makes a backup and, when it is good, has the plan put together again. */
function useBackup(instanceId: string) {
  const [failed, setFailed] = useState<Failure>();
  const [operationId, setOperationId] = useState<string>();
  const operation = useStore((state) => (operationId === undefined ? undefined : state.operations[operationId]));
  const { run, pending, failure } = useAction(
    useCallback(async () => {
      const { operationEnded, planMigrations } = useStore.getState();
      setFailed(undefined);
      const begun = await ask('backups.run', { instanceId });
      setOperationId(begun.operationId);
      const ended = await operationEnded(begun.operationId);
      setOperationId(undefined);
      setFailed(failureOfOperation(ended));
      if (ended.state === 'succeeded') await planMigrations(instanceId);
    }, [instanceId]),
  );
  return { run, pending, failure: failure ?? failed, operation };
}
