import { Button, NumberInput } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { BackupSettingsView } from '../../../contract/backupChannels.ts';
import type { PrunePlace, PrunePlan, Retention } from '../../../contract/backupSettings.ts';
import type { InstanceView } from '../../../contract/instance.ts';
import { ask } from '../../api.ts';
import { Moment } from '../../components/Moment.tsx';
import { Panel } from '../../components/Panel.tsx';
import { FailureView, ProblemView } from '../../components/ProblemView.tsx';
import { StatusIcon } from '../../components/StatusMark.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { useStore } from '../../store/store.ts';
import { useAction } from '../../store/useAction.ts';
import { words } from '../../words.ts';
import classes from '../Backups.module.css';

const rules = ['last', 'daily', 'weekly', 'monthly'] as const;

/** How long backups stay: rules, what they would remove now and why the rest stays, and doing it. */
export function RetentionSection({ instance, settings }: { instance: InstanceView; settings: BackupSettingsView }) {
  const [draft, setDraft] = useState<Retention>(settings.retention);
  const [plan, setPlan] = useState<PrunePlan>();
  const { loadBackupSettings, operationEnded } = useStore.getState();
  const instanceId = instance.id;
  const preview = useAction(
    useCallback(
      async (retention: Retention) => setPlan(await ask('backupSettings.planPrune', { instanceId, retention })),
      [instanceId],
    ),
  );
  const save = useAction(
    useCallback(
      async (retention: Retention) => {
        await ask('backupSettings.setRetention', { instanceId, retention });
        await loadBackupSettings(instanceId);
      },
      [instanceId, loadBackupSettings],
    ),
  );
  const prune = useAction(
    useCallback(async () => {
      const { operationId } = await ask('backupSettings.prune', { instanceId });
      await operationEnded(operationId);
      setPlan(undefined);
    }, [instanceId, operationEnded]),
  );
  const saved = rules.every((rule) => draft[rule] === settings.retention[rule]);
  const going = plan?.places.flatMap(({ verdicts }) => verdicts.filter(({ keep }) => !keep)).length ?? 0;
  const failure = preview.failure ?? save.failure ?? prune.failure;
  return (
    <Panel flush title={words('screen.backups.retention')} sub={words('screen.backups.retention.sub')}>
      <form
        className={`${classes.form} ${classes.inset}`}
        aria-label={words('screen.backups.retention')}
        onSubmit={(event) => {
          event.preventDefault();
          void save.run(draft);
        }}
      >
        <div className={classes.numbers}>
          {rules.map((rule) => (
            <NumberInput
              key={rule}
              label={words(`screen.backups.retention.${rule}`)}
              value={draft[rule]}
              min={0}
              max={10_000}
              allowDecimal={false}
              allowNegative={false}
              onChange={(value) => {
                setPlan(undefined);
                setDraft({ ...draft, [rule]: Math.max(0, Math.trunc(Number(value) || 0)) });
              }}
            />
          ))}
        </div>
        <p className={classes.quiet}>{words('screen.backups.retention.text')}</p>
        <div className={classes.actions}>
          <Button type="submit" variant="filled" loading={save.pending} disabled={saved}>
            {words('screen.backups.retention.save')}
          </Button>
          <Button loading={preview.pending} onClick={() => void preview.run(draft)}>
            {words('screen.backups.retention.preview')}
          </Button>
          {plan !== undefined && saved && going > 0 && (
            <Button variant="filled" color="red" loading={prune.pending} onClick={() => void prune.run()}>
              {words('screen.backups.retention.remove', { count: going })}
            </Button>
          )}
        </div>
        {failure !== undefined && <FailureView failure={failure} />}
      </form>
      {plan?.places.map((place) => (
        <Place key={place.destination?.id ?? ''} place={place} last={plan.retention.last} />
      ))}
    </Panel>
  );
}

/** "These 4 will go", and why each of the others stays. */
function Place({ place, last }: { place: PrunePlace; last: number }) {
  const name = place.destination?.name ?? words('screen.card.this-computer');
  const going = place.verdicts.filter(({ keep }) => !keep);
  return (
    <section aria-label={name}>
      <h3 className={classes.groupHead}>{words('screen.backups.retention.goes', { name, count: going.length })}</h3>
      {place.problem !== undefined && (
        <div className={classes.inset}>
          <ProblemView problem={place.problem} />
        </div>
      )}
      <ul>
        {[...going, ...place.verdicts.filter(({ keep }) => keep)].map((verdict) => (
          <li key={verdict.id} className={classes.verdict}>
            <StatusIcon tone={verdict.keep ? 'ok' : 'bad'} size={16} />
            <div>
              <Moment at={verdict.createdAt} /> <span className={classes.quiet}>{formatBytes(verdict.bytes)}</span>
              <p>
                {verdict.keep
                  ? verdict.reasons.map((reason) => words(`backup.retention.${reason}`, { count: last })).join('; ')
                  : words('screen.backups.retention.why')}
              </p>
            </div>
            <strong>
              {words(verdict.keep ? 'screen.backups.retention.stays' : 'screen.backups.retention.will-go')}
            </strong>
          </li>
        ))}
      </ul>
    </section>
  );
}
