import { Button, Checkbox, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { IconFolder } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { InstanceView } from '../../../contract/instance.ts';
import { ask } from '../../api.ts';
import { FailureView } from '../../components/ProblemView.tsx';
import { SshHostChoice } from '../../setup/SshHostChoice.tsx';
import { useStore } from '../../store/store.ts';
import { useAction } from '../../store/useAction.ts';
import { words } from '../../words.ts';
import classes from '../Backups.module.css';
import {
  type DestinationDraft,
  destinationKinds,
  destinationOf,
  emptyDestination,
  isComplete,
} from './destinationDraft.ts';

/** A new place for copies. It is written to and read from before it is kept. */
export function DestinationForm({ instance, onClose }: { instance: InstanceView; onClose(): void }) {
  const [draft, setDraft] = useState<DestinationDraft>(emptyDestination);
  const change = (part: Partial<DestinationDraft>) => setDraft((before) => ({ ...before, ...part }));
  const reload = useStore((state) => state.loadBackupSettings);
  const add = useAction(
    useCallback(async () => {
      await ask('backupSettings.addDestination', {
        instanceId: instance.id,
        destination: destinationOf(draft),
        ...(draft.kind === 's3' ? { secret: draft.secret } : {}),
      });
      await reload(instance.id);
      onClose();
    }, [instance.id, draft, reload, onClose]),
  );
  const choose = useAction(
    useCallback(async () => {
      const chosen = await ask('backups.chooseFolder', { purpose: 'copies' });
      if (chosen !== null) setDraft((before) => ({ ...before, path: chosen.folder }));
    }, []),
  );
  const field = (name: Exclude<keyof DestinationDraft, 'kind' | 'byHost'>, mono = true) => ({
    value: draft[name],
    spellCheck: false,
    autoComplete: 'off',
    ...(mono ? { classNames: { input: classes.mono ?? '' } } : {}),
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => change({ [name]: event.currentTarget.value }),
  });
  return (
    <form
      className={classes.form}
      aria-label={words('screen.backups.destinations.add')}
      onSubmit={(event) => {
        event.preventDefault();
        void add.run();
      }}
    >
      <SegmentedControl
        aria-label={words('screen.backups.destination.kind')}
        value={draft.kind}
        onChange={(value) => change({ kind: destinationKinds.find((one) => one === value) ?? 'folder' })}
        data={destinationKinds.map((value) => ({ value, label: words(`screen.backups.destination.${value}`) }))}
      />
      <p className={classes.quiet}>{words(`screen.backups.destination.${draft.kind}-text`)}</p>
      <TextInput
        label={words('screen.backups.destination.name')}
        description={words('screen.backups.destination.name-text')}
        {...field('name', false)}
      />
      {draft.kind === 'ssh' && (
        <SshHostChoice
          chosen={draft.sshHostId === '' ? undefined : draft.sshHostId}
          onChoose={(sshHostId) => setDraft((before) => ({ ...before, sshHostId }))}
        />
      )}
      {draft.kind !== 's3' && (
        <div className={classes.changes}>
          <TextInput label={words('screen.backups.destination.path')} {...field('path')} />
          {draft.kind === 'folder' && (
            <Button leftSection={<IconFolder size={16} aria-hidden />} onClick={() => void choose.run()}>
              {words('screen.backups.folder.choose')}
            </Button>
          )}
        </div>
      )}
      {draft.kind === 's3' && (
        <>
          <div className={classes.fields}>
            <TextInput
              label={words('screen.backups.s3.endpoint')}
              description={words('screen.backups.s3.endpoint-text')}
              {...field('endpoint')}
            />
            <TextInput
              label={words('screen.backups.s3.bucket')}
              description={words('screen.backups.s3.bucket-text')}
              {...field('bucket')}
            />
            <TextInput
              label={words('screen.backups.s3.prefix')}
              description={words('screen.backups.s3.prefix-text')}
              {...field('prefix')}
            />
            <TextInput label={words('screen.backups.s3.region')} {...field('region')} />
            <TextInput label={words('screen.backups.s3.access-key')} {...field('accessKeyId')} />
            <PasswordInput
              label={words('screen.backups.s3.secret')}
              description={words('screen.backups.s3.secret-text')}
              visibilityToggleButtonProps={{ 'aria-label': words('screen.password.reveal') }}
              {...field('secret', false)}
            />
          </div>
          <Checkbox
            label={words('screen.backups.s3.by-host')}
            description={words('screen.backups.s3.by-host-text')}
            checked={draft.byHost}
            onChange={(event) => change({ byHost: event.currentTarget.checked })}
          />
        </>
      )}
      {choose.failure !== undefined && <FailureView failure={choose.failure} />}
      {add.failure !== undefined && <FailureView failure={add.failure} />}
      <div className={classes.actions}>
        <Button type="submit" variant="filled" loading={add.pending} disabled={!isComplete(draft)}>
          {words('screen.backups.destinations.try')}
        </Button>
        <Button onClick={onClose}>{words('screen.cancel')}</Button>
        <span className={classes.quiet}>{words('screen.backups.destinations.try-text')}</span>
      </div>
    </form>
  );
}
