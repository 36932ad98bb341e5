import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconFolder, IconRefresh } from '@tabler/icons-react';
import { useCallback, useEffect } from 'react';
import type { BackupPlan, BackupToolChoice } from '../../contract/backup.ts';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { ask } from '../api.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView, ProblemView } from '../components/ProblemView.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { formatBytes, formatCount } from '../format/bytes.ts';
import { formatDuration } from '../format/duration.ts';
import { backupsOf } from '../store/backups.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Backups.module.css';

/** What a backup would do now, before it is made: the tool, the place, how much, how long, what to know. */
export function PlanPanel({ instance }: { instance: InstanceView }) {
  const { plan, planning, planFailure } = useStore((state) => backupsOf(state, instance.id));
  const label = useStore((state) => state.backupLabel);
  const { planBackup, labelBackup } = useStore.getState();
  // Nobody is asked for a password by looking at a page.
  const quiet = instance.password !== 'none';
  useEffect(() => {
    if (quiet) void planBackup(instance.id);
  }, [quiet, instance.id, planBackup]);
  const look = (
    <Button
      size="xs"
      leftSection={<IconRefresh size={14} aria-hidden />}
      loading={planning}
      onClick={() => void planBackup(instance.id)}
    >
      {words(plan === undefined && planFailure === undefined ? 'screen.backups.plan.look' : 'screen.server.look-again')}
    </Button>
  );
  return (
    <Panel title={words('screen.backups.plan')} actions={look}>
      <div className={classes.form}>
        {plan === undefined && planning && (
          <p className={classes.quiet} role="status">
            {words('screen.backups.plan.looking')}
          </p>
        )}
        {planFailure !== undefined && <FailureView failure={planFailure} />}
        {plan !== undefined && <Plan plan={plan} />}
        <div className={classes.label}>
          <label htmlFor="backup-label">{words('screen.backups.label')}</label>
          <TextInput
            id="backup-label"
            placeholder={words('screen.backups.label-text')}
            value={label}
            maxLength={200}
            onChange={(event) => labelBackup(event.currentTarget.value)}
          />
        </div>
        {plan !== undefined && <ChangePlan plan={plan} />}
      </div>
    </Panel>
  );
}

function Plan({ plan }: { plan: BackupPlan }) {
  const { tool, folder, problem, warnings, server } = plan;
  return (
    <>
      <dl className={classes.planFacts}>
        <div>
          <dt>{words('screen.backups.plan.tool')}</dt>
          <dd>
            {words('screen.backups.plan.tool-is', { version: tool.version, compression: tool.compression })}
            <small>{tool.place}</small>
          </dd>
        </div>
        <div>
          <dt>{words('screen.backups.plan.from')}</dt>
          <dd>
            {words('screen.backups.plan.from-is', { version: server.version })}
            <small>
              {words('screen.backups.plan.database', {
                size: formatBytes(plan.databaseBytes),
                count: plan.tables,
                amount: formatCount(plan.tables),
              })}
            </small>
          </dd>
        </div>
        <div>
          <dt>{words('screen.backups.plan.estimate')}</dt>
          <dd>
            {words('screen.backups.plan.about', { size: formatBytes(plan.estimatedBytes) })}
            <small>{words('screen.backups.plan.in', { time: formatDuration(plan.estimatedSeconds * 1000) })}</small>
          </dd>
        </div>
        <div>
          <dt>{words('screen.backups.plan.to')}</dt>
          <dd>
            {words('screen.backups.plan.free', { size: formatBytes(plan.freeBytes) })}
            <small className={classes.path}>{folder}</small>
          </dd>
        </div>
      </dl>
      {problem !== undefined && <ProblemView problem={problem} />}
      {warnings.length > 0 && (
        <ul className={classes.warnings} aria-label={words('screen.backups.plan.warnings')}>
          {warnings.map((warning) => (
            <li key={say(warning)}>
              <StatusIcon tone={warning.key === 'backup.warning.secrets' ? 'info' : 'warn'} size={16} />
              {say(warning)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Another tool or another folder; both are remembered for the instance. */
function ChangePlan({ plan }: { plan: BackupPlan }) {
  const { instanceId, choices, tool } = plan;
  const remember = useStore((state) => state.rememberForBackups);
  const change = useAction(remember);
  const folder = useAction(
    useCallback(async () => {
      const chosen = await ask('backups.chooseFolder', { purpose: 'backups' });
      if (chosen !== null) await remember({ instanceId, folder: chosen.folder });
    }, [instanceId, remember]),
  );
  const failure = change.failure ?? folder.failure;
  return (
    <details className={classes.more}>
      <summary>{words('screen.backups.plan.change')}</summary>
      <div className={classes.changes}>
        <NativeSelect
          label={words('screen.backups.plan.tool')}
          value={String(choices.findIndex((choice) => same(choice, tool)))}
          disabled={change.pending}
          data={choices.map((choice, index) => ({
            value: String(index),
            label: toolLabel(choice),
            disabled: choice.unusable !== undefined,
          }))}
          onChange={(event) => {
            const chosen = choices[Number(event.currentTarget.value)];
            if (chosen !== undefined) void change.run({ instanceId, route: chosen.route });
          }}
        />
        <Button
          leftSection={<IconFolder size={16} aria-hidden />}
          loading={folder.pending}
          onClick={() => void folder.run()}
        >
          {words('screen.backups.folder.choose')}
        </Button>
      </div>
      {failure !== undefined && <FailureView failure={failure} />}
    </details>
  );
}

function same(a: BackupToolChoice, b: BackupToolChoice): boolean {
  return JSON.stringify(a.route) === JSON.stringify(b.route);
}

function toolLabel({ version, place, route, unusable }: BackupToolChoice): string {
  const path = 'path' in route ? `, ${route.path}` : '';
  const name = `pg_dump ${version}, ${place}${path}`;
  return unusable === undefined ? name : words('screen.backups.plan.unusable', { name });
}
