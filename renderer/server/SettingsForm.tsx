import { Button, Checkbox, TextInput } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { TextKey } from '../../contract/copy/text.ts';
import type { InstallPlan } from '../../contract/install.ts';
import type { FileChange, ServerSettings } from '../../contract/serverSettings.ts';
import { ask, type Failure } from '../api.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { DiffView } from './DiffView.tsx';
import classes from './Server.module.css';
import { draftOf, type SettingsDraft, type SettingsErrors, settingsOf } from './settingsDraft.ts';

type TypedField = Exclude<keyof SettingsDraft, 'runMigrations'>;

const fields: readonly { field: TypedField; label: TextKey; more?: TextKey; mono?: true }[] = [
  { field: 'image', label: 'screen.server.settings.image', more: 'screen.server.settings.image-text', mono: true },
  { field: 'url', label: 'screen.server.settings.url' },
  { field: 'port', label: 'screen.server.settings.port' },
  { field: 'bindAddress', label: 'screen.server.settings.bind', more: 'screen.server.settings.bind-text' },
  { field: 'timeZone', label: 'screen.server.settings.time-zone' },
  { field: 'libraries', label: 'screen.server.settings.libraries', mono: true },
  { field: 'backups', label: 'screen.server.settings.backups', mono: true },
  { field: 'media', label: 'screen.server.settings.media', more: 'screen.server.settings.media-text', mono: true },
];

/** The settings to be changed. What would come of it is asked for before anything is done. */
export function SettingsForm({
  instanceId,
  settings,
  draft,
  onDraft,
  onPlan,
}: {
  instanceId: string;
  settings: ServerSettings;
  draft: SettingsDraft;
  onDraft(draft: SettingsDraft): void;
  onPlan(plan: InstallPlan): void;
}) {
  const [errors, setErrors] = useState<SettingsErrors>({});
  const [same, setSame] = useState(false);
  const change = (part: Partial<SettingsDraft>) => {
    setSame(false);
    onDraft({ ...draft, ...part });
  };
  const review = useAction(
    useCallback(async () => {
      const { settings: wanted, errors: wrong } = settingsOf(settings, draft);
      setErrors(wrong);
      if (wanted === undefined) return;
      const plan = await ask('serverSettings.plan', { instanceId, settings: wanted });
      if (plan.changes.every(({ state }) => state === 'same') && plan.blocked.length === 0) setSame(true);
      else onPlan(plan);
    }, [instanceId, settings, draft, onPlan]),
  );
  const byHand = changeByHand(review.failure);
  return (
    <Panel title={words('screen.server.section.settings')} sub={words('screen.server.settings.text')}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void review.run();
        }}
      >
        <div className={classes.fields}>
          {fields.map(({ field, label, more, mono }) => {
            const error = errors[field];
            return (
              <TextInput
                key={field}
                label={words(label)}
                description={more && words(more)}
                value={draft[field]}
                error={error && words(error)}
                classNames={mono ? { input: classes.monoInput ?? '' } : undefined}
                spellCheck={false}
                autoComplete="off"
                onChange={(event) => change({ [field]: event.currentTarget.value })}
              />
            );
          })}
        </div>
        <Checkbox
          label={words('screen.server.settings.migrations')}
          description={words('screen.server.settings.migrations-text')}
          checked={draft.runMigrations}
          onChange={(event) => change({ runMigrations: event.currentTarget.checked })}
        />
        <div className={classes.actions}>
          <Button type="submit" variant="filled" loading={review.pending}>
            {words('screen.server.settings.review')}
          </Button>
          <Button
            onClick={() => {
              setErrors({});
              change(draftOf(settings));
            }}
          >
            {words('screen.server.settings.discard')}
          </Button>
          {same && (
            <span className={classes.quiet} role="status">
              {words('screen.server.settings.same')}
            </span>
          )}
        </div>
        {review.failure !== undefined && <FailureView failure={review.failure} />}
        {byHand !== undefined && (
          <>
            <span className={classes.path}>{byHand.path}</span>
            <DiffView change={byHand} />
          </>
        )}
      </form>
    </Panel>
  );
}

/** What the app does not change in a file that was written by hand, as a change to make there. */
function changeByHand(failure: Failure | undefined): FileChange | undefined {
  if (failure?.kind !== 'problem' || failure.problem.code !== 'compose-not-editable') return undefined;
  const { detail, values } = failure.problem;
  return detail === undefined ? undefined : { path: String(values.path ?? ''), state: 'changed', diff: detail };
}
