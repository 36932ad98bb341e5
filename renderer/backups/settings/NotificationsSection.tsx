import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import { type NotificationTarget, notificationKinds } from '../../../contract/backupSettings.ts';
import { ask } from '../../api.ts';
import { Panel } from '../../components/Panel.tsx';
import { FailureView } from '../../components/ProblemView.tsx';
import { StatusMark } from '../../components/StatusMark.tsx';
import { useAction } from '../../store/useAction.ts';
import { words } from '../../words.ts';
import classes from '../Backups.module.css';

/** Who is told about backups, of all instances. Their addresses are in the keychain and not shown again. */
export function NotificationsSection() {
  const [targets, setTargets] = useState<NotificationTarget[]>();
  const [adding, setAdding] = useState(false);
  const load = useAction(useCallback(async () => setTargets(await ask('notifications.list')), []));
  const { run } = load;
  useEffect(() => void run(), [run]);
  return (
    <Panel
      flush
      title={words('screen.backups.notify')}
      sub={words('screen.backups.notify.sub')}
      actions={
        !adding && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {words('screen.backups.notify.add')}
          </Button>
        )
      }
    >
      {load.failure !== undefined && (
        <div className={classes.inset}>
          <FailureView failure={load.failure} />
        </div>
      )}
      {targets?.length === 0 && !adding && (
        <p className={`${classes.inset} ${classes.quiet}`}>{words('screen.backups.notify.none')}</p>
      )}
      {targets !== undefined && targets.length > 0 && (
        <ul aria-label={words('screen.backups.notify')}>
          {targets.map((target) => (
            <Target key={target.id} target={target} onRemoved={() => void run()} />
          ))}
        </ul>
      )}
      {adding && (
        <div className={classes.formInset}>
          <TargetForm
            onClose={() => setAdding(false)}
            onAdded={() => {
              setAdding(false);
              void run();
            }}
          />
        </div>
      )}
    </Panel>
  );
}

function Target({ target, onRemoved }: { target: NotificationTarget; onRemoved(): void }) {
  const { id, name, kind, on } = target;
  const [sent, setSent] = useState(false);
  const test = useAction(
    useCallback(async () => {
      setSent(false);
      await ask('notifications.test', { id });
      setSent(true);
    }, [id]),
  );
  const remove = useAction(
    useCallback(async () => {
      await ask('notifications.remove', { id });
      onRemoved();
    }, [id, onRemoved]),
  );
  const failure = test.failure ?? remove.failure;
  return (
    <li className={classes.row}>
      <div>
        <strong>{name}</strong>{' '}
        <span className={classes.quiet}>
          {words(`screen.backups.notify.${kind}`)} ·{' '}
          {words(kind === 'push' ? 'screen.backups.notify.on-push' : `screen.backups.notify.on-${on}`)}
        </span>
      </div>
      <div className={classes.actions}>
        <Button
          loading={test.pending}
          aria-label={words('screen.backups.notify.test-name', { name })}
          onClick={() => void test.run()}
        >
          {words('screen.backups.notify.test')}
        </Button>
        <Button
          loading={remove.pending}
          aria-label={words('screen.backups.destinations.remove-name', { name })}
          onClick={() => void remove.run()}
        >
          {words('screen.remove')}
        </Button>
      </div>
      {sent && (
        <p role="status">
          <StatusMark tone="ok">{words('screen.backups.notify.sent')}</StatusMark>
        </p>
      )}
      {failure !== undefined && <FailureView failure={failure} />}
    </li>
  );
}

function TargetForm({ onClose, onAdded }: { onClose(): void; onAdded(): void }) {
  const [draft, setDraft] = useState<Omit<NotificationTarget, 'id'>>({ name: '', kind: 'ntfy', on: 'failure' });
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const add = useAction(
    useCallback(async () => {
      await ask('notifications.add', {
        target: { ...draft, name: draft.name.trim() },
        url: url.trim(),
        ...(token.trim() === '' ? {} : { token: token.trim() }),
      });
      onAdded();
    }, [draft, url, token, onAdded]),
  );
  const push = draft.kind === 'push';
  return (
    <form
      className={classes.form}
      aria-label={words('screen.backups.notify.add')}
      onSubmit={(event) => {
        event.preventDefault();
        void add.run();
      }}
    >
      <div className={classes.fields}>
        <TextInput
          label={words('screen.backups.destination.name')}
          value={draft.name}
          maxLength={200}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
        />
        <NativeSelect
          label={words('screen.backups.notify.kind')}
          value={draft.kind}
          data={notificationKinds.map((value) => ({ value, label: words(`screen.backups.notify.${value}`) }))}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setDraft({ ...draft, kind: notificationKinds.find((one) => one === value) ?? 'ntfy' });
          }}
        />
        {!push && (
          <NativeSelect
            label={words('screen.backups.notify.when')}
            value={draft.on}
            data={(['failure', 'always'] as const).map((value) => ({
              value,
              label: words(`screen.backups.notify.on-${value}`),
            }))}
            onChange={(event) =>
              setDraft({ ...draft, on: event.currentTarget.value === 'always' ? 'always' : 'failure' })
            }
          />
        )}
        <PasswordInput
          label={words('screen.backups.notify.address')}
          description={words(`screen.backups.notify.address-${draft.kind}`)}
          value={url}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': words('screen.password.reveal') }}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        {!push && (
          <PasswordInput
            label={words('screen.backups.notify.token')}
            description={words('screen.backups.notify.token-text')}
            value={token}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': words('screen.password.reveal') }}
            onChange={(event) => setToken(event.currentTarget.value)}
          />
        )}
      </div>
      {add.failure !== undefined && <FailureView failure={add.failure} />}
      <div className={classes.actions}>
        <Button
          type="submit"
          variant="filled"
          loading={add.pending}
          disabled={draft.name.trim() === '' || url.trim() === ''}
        >
          {words('screen.backups.notify.add')}
        </Button>
        <Button onClick={onClose}>{words('screen.cancel')}</Button>
      </div>
    </form>
  );
}
