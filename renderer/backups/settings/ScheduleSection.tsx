import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import type { BackupSettingsView } from '../../../contract/backupChannels.ts';
import type { SchedulePlan, ScheduleView } from '../../../contract/backupSchedule.ts';
import { type ScheduleRule, weekdays } from '../../../contract/backupSettings.ts';
import { say } from '../../../contract/copy/text.ts';
import type { InstanceView } from '../../../contract/instance.ts';
import { ask } from '../../api.ts';
import { KeyValue } from '../../components/KeyValue.tsx';
import { Moment } from '../../components/Moment.tsx';
import { Panel } from '../../components/Panel.tsx';
import { FailureView, ProblemView } from '../../components/ProblemView.tsx';
import { Snippet } from '../../components/Snippet.tsx';
import { StatusIcon, StatusMark } from '../../components/StatusMark.tsx';
import { useStore } from '../../store/store.ts';
import { useAction } from '../../store/useAction.ts';
import { words } from '../../words.ts';
import classes from '../Backups.module.css';
import { scheduleLine } from '../backupLine.ts';
import { draftOf, ruleKinds, ruleOf, type ScheduleDraft } from './scheduleDraft.ts';

/** When backups are made by themselves: the rule, what the system's scheduler would be told, and what came of it. */
export function ScheduleSection({ instance, settings }: { instance: InstanceView; settings: BackupSettingsView }) {
  const instanceId = instance.id;
  const [view, setView] = useState<ScheduleView>();
  const [draft, setDraft] = useState<ScheduleDraft>(() => draftOf(settings.schedule?.rule));
  const [plan, setPlan] = useState<SchedulePlan>();
  const reload = useStore((state) => state.loadBackupSettings);
  const look = useAction(
    useCallback(async () => setView(await ask('backupSchedule.view', { instanceId })), [instanceId]),
  );
  const { run } = look;
  useEffect(() => void run(), [run]);
  const preview = useAction(
    useCallback(
      async (rule: ScheduleRule) => setPlan(await ask('backupSchedule.plan', { instanceId, rule })),
      [instanceId],
    ),
  );
  const set = useAction(
    useCallback(
      async (rule: ScheduleRule) => {
        setView(await ask('backupSchedule.set', { instanceId, rule }));
        setPlan(undefined);
        await reload(instanceId);
      },
      [instanceId, reload],
    ),
  );
  const remove = useAction(
    useCallback(async () => {
      await ask('backupSchedule.remove', { instanceId });
      setPlan(undefined);
      await reload(instanceId);
      await run();
    }, [instanceId, reload, run]),
  );
  const change = (part: Partial<ScheduleDraft>) => {
    setPlan(undefined);
    setDraft({ ...draft, ...part });
  };
  const rule = ruleOf(draft);
  const failure = look.failure ?? preview.failure ?? set.failure ?? remove.failure;
  return (
    <Panel
      title={words('screen.backups.schedule')}
      sub={words('screen.backups.schedule.sub')}
      actions={view === undefined ? undefined : <ScheduleMark view={view} />}
    >
      <form
        className={classes.form}
        aria-label={words('screen.backups.schedule')}
        onSubmit={(event) => {
          event.preventDefault();
          if (rule !== undefined) void preview.run(rule);
        }}
      >
        {view?.schedule !== undefined && <Found view={view} />}
        <div className={classes.scheduleFields}>
          <SegmentedControl
            aria-label={words('screen.backups.schedule.kind')}
            value={draft.kind}
            onChange={(value) => change({ kind: ruleKinds.find((one) => one === value) ?? 'daily' })}
            data={ruleKinds.map((value) => ({ value, label: words(`screen.backups.schedule.${value}`) }))}
          />
          {draft.kind === 'weekly' && (
            <NativeSelect
              aria-label={words('screen.backups.schedule.day')}
              value={draft.on}
              data={weekdays.map((value) => ({ value, label: words(`screen.backups.day.${value}`) }))}
              onChange={(event) => {
                const { value } = event.currentTarget;
                change({ on: weekdays.find((one) => one === value) ?? 'sunday' });
              }}
            />
          )}
          {draft.kind === 'cron' ? (
            <TextInput
              aria-label={words('screen.backups.schedule.expression')}
              placeholder="30 2 * * 1-5"
              value={draft.expression}
              spellCheck={false}
              classNames={{ input: classes.mono ?? '' }}
              onChange={(event) => change({ expression: event.currentTarget.value })}
            />
          ) : (
            <TextInput
              type="time"
              aria-label={words('screen.backups.schedule.at')}
              value={draft.at}
              onChange={(event) => change({ at: event.currentTarget.value })}
            />
          )}
        </div>
        <p className={classes.quiet}>{words(`screen.backups.schedule.${draft.kind}-text`)}</p>
        {failure !== undefined && <FailureView failure={failure} />}
        {plan !== undefined && <Planned plan={plan} />}
        <div className={classes.actions}>
          <Button
            type="submit"
            variant={plan === undefined ? 'filled' : 'default'}
            loading={preview.pending}
            disabled={rule === undefined}
          >
            {words('screen.backups.schedule.preview')}
          </Button>
          {plan !== undefined && (
            <Button variant="filled" loading={set.pending} onClick={() => void set.run(plan.rule)}>
              {words('screen.backups.schedule.set')}
            </Button>
          )}
          {settings.schedule !== undefined && (
            <Button loading={remove.pending} onClick={() => void remove.run()}>
              {words('screen.backups.schedule.remove')}
            </Button>
          )}
        </div>
      </form>
    </Panel>
  );
}

function ScheduleMark({ view }: { view: ScheduleView }) {
  if (view.schedule === undefined) {
    return <StatusMark tone="quiet">{words('screen.backups.schedule.none')}</StatusMark>;
  }
  const { state } = view.scheduler;
  return (
    <StatusMark tone={state === 'installed' ? 'ok' : 'bad'}>{words(`screen.backups.schedule.is-${state}`)}</StatusMark>
  );
}

/** The rule that is in force, when it comes next, what became of it last. */
function Found({ view }: { view: ScheduleView }) {
  const { schedule, next, last, due, scheduler } = view;
  if (schedule === undefined) return null;
  return (
    <>
      <KeyValue
        rows={[
          [words('screen.backups.schedule.rule'), scheduleLine(schedule)],
          [
            words('screen.backups.schedule.next'),
            next !== undefined && (
              <>
                <Moment at={next} /> · <Moment at={next} how="ago" />
              </>
            ),
          ],
          [
            words('screen.backups.schedule.last'),
            last === undefined ? (
              words('screen.backups.schedule.never')
            ) : (
              <>
                <Moment at={last.startedAt} /> · {words(`operation.state.${last.state}`)}
              </>
            ),
          ],
          [words('screen.backups.schedule.due'), due && words('screen.backups.schedule.due-text')],
        ]}
      />
      {last?.problem !== undefined && <ProblemView problem={last.problem} />}
      {scheduler.problem !== undefined && <ProblemView problem={scheduler.problem} />}
    </>
  );
}

/** What would be written and run, before it is. */
function Planned({ plan }: { plan: SchedulePlan }) {
  return (
    <div className={classes.form}>
      <KeyValue
        rows={[
          [
            words('screen.backups.schedule.next'),
            plan.next.map((at, index) => (
              <span key={at}>
                {index > 0 && ' · '}
                <Moment at={at} />
              </span>
            )),
          ],
          [words('screen.backups.schedule.zone'), plan.timeZone],
        ]}
      />
      <ul className={classes.warnings}>
        {plan.notes.map((note) => (
          <li key={say(note)}>
            <StatusIcon tone="info" size={16} />
            {say(note)}
          </li>
        ))}
      </ul>
      <details className={classes.more}>
        <summary>{words('screen.backups.schedule.files', { count: plan.files.length })}</summary>
        <div className={`${classes.form} ${classes.below}`}>
          {plan.files.map(({ path, content }) => (
            <Snippet key={path} text={content} note={`# ${path}`} label={path} />
          ))}
          {plan.commands.length > 0 && (
            <Snippet
              text={plan.commands.map((argv) => argv.join(' ')).join('\n')}
              label={words('screen.backups.schedule.commands')}
            />
          )}
        </div>
      </details>
    </div>
  );
}
