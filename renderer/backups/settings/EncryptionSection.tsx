import { Button, PasswordInput, Radio, Stack, Textarea } from '@mantine/core';
import { IconDeviceFloppy, IconPrinter } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { BackupSettingsView } from '../../../contract/backupChannels.ts';
import type { ChannelInput } from '../../../contract/channels.ts';
import type { InstanceView } from '../../../contract/instance.ts';
import { ask } from '../../api.ts';
import { Panel } from '../../components/Panel.tsx';
import { FailureView } from '../../components/ProblemView.tsx';
import { StatusMark } from '../../components/StatusMark.tsx';
import { useStore } from '../../store/store.ts';
import { useAction } from '../../store/useAction.ts';
import { words } from '../../words.ts';
import classes from '../Backups.module.css';

const kinds = ['none', 'key', 'passphrase'] as const;
type Kind = (typeof kinds)[number];
type How = ChannelInput<'backupSettings.encrypt'>['how'];

/** How copies are encrypted, and the page that opens them without this app. */
export function EncryptionSection({ instance, settings }: { instance: InstanceView; settings: BackupSettingsView }) {
  const { encryption } = settings;
  const [kind, setKind] = useState<Kind>(encryption.kind);
  const [passphrase, setPassphrase] = useState({ first: '', again: '' });
  const [identity, setIdentity] = useState('');
  const [others, setOthers] = useState(encryption.kind === 'key' ? encryption.others.join('\n') : '');
  const reload = useStore((state) => state.loadBackupSettings);
  const save = useAction(
    useCallback(
      async (how: How) => {
        await ask('backupSettings.encrypt', { instanceId: instance.id, how });
        // What was typed is in the keychain; the page forgets it.
        setPassphrase({ first: '', again: '' });
        setIdentity('');
        await reload(instance.id);
      },
      [instance.id, reload],
    ),
  );
  const differ = passphrase.again !== '' && passphrase.first !== passphrase.again;
  const recipients = others.split(/[\s,]+/).filter((one) => one !== '');
  const how: How | undefined =
    kind === 'none'
      ? { kind }
      : kind === 'key'
        ? { kind, others: recipients, ...(identity.trim() === '' ? {} : { identity: identity.trim() }) }
        : passphrase.first !== '' && passphrase.first === passphrase.again
          ? { kind, passphrase: passphrase.first }
          : undefined;
  return (
    <Panel
      title={words('screen.backups.encryption')}
      sub={words('screen.backups.encryption.sub')}
      actions={
        <StatusMark tone={encryption.kind === 'none' ? 'quiet' : 'ok'}>
          {words(`screen.backups.encryption.is-${encryption.kind}`)}
        </StatusMark>
      }
    >
      <form
        className={classes.form}
        aria-label={words('screen.backups.encryption')}
        onSubmit={(event) => {
          event.preventDefault();
          if (how !== undefined) void save.run(how);
        }}
      >
        <Radio.Group
          aria-label={words('screen.backups.encryption')}
          value={kind}
          onChange={(value) => setKind(kinds.find((one) => one === value) ?? 'none')}
        >
          <Stack gap={8}>
            {kinds.map((one) => (
              <Radio
                key={one}
                value={one}
                label={words(`screen.backups.encryption.${one}`)}
                description={words(`screen.backups.encryption.${one}-text`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {kind === 'key' && (
          <div className={classes.fields}>
            <PasswordInput
              label={words('screen.backups.encryption.identity')}
              description={words(
                settings.keys.length > 0
                  ? 'screen.backups.encryption.identity-kept'
                  : 'screen.backups.encryption.identity-text',
              )}
              value={identity}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': words('screen.password.reveal') }}
              onChange={(event) => setIdentity(event.currentTarget.value)}
            />
            <Textarea
              label={words('screen.backups.encryption.others')}
              description={words('screen.backups.encryption.others-text')}
              value={others}
              spellCheck={false}
              autosize={false}
              rows={2}
              classNames={{ input: classes.mono ?? '' }}
              onChange={(event) => setOthers(event.currentTarget.value)}
            />
          </div>
        )}
        {kind === 'passphrase' && (
          <div className={classes.fields}>
            <PasswordInput
              label={words('screen.backups.encryption.passphrase-field')}
              description={words('screen.backups.encryption.passphrase-long')}
              value={passphrase.first}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': words('screen.password.reveal') }}
              onChange={(event) => setPassphrase({ ...passphrase, first: event.currentTarget.value })}
            />
            <PasswordInput
              label={words('screen.backups.encryption.again')}
              error={differ && words('screen.backups.encryption.differ')}
              value={passphrase.again}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': words('screen.password.reveal') }}
              onChange={(event) => setPassphrase({ ...passphrase, again: event.currentTarget.value })}
            />
          </div>
        )}
        {encryption.kind === 'key' && (
          <p className={classes.quiet}>
            {words('screen.backups.encryption.recipient')} <span className={classes.path}>{encryption.recipient}</span>
          </p>
        )}
        {save.failure !== undefined && <FailureView failure={save.failure} />}
        <div className={classes.actions}>
          <Button type="submit" variant="filled" loading={save.pending} disabled={how === undefined}>
            {words('screen.backups.encryption.save')}
          </Button>
        </div>
      </form>
      <RecoveryKit instanceId={instance.id} />
    </Panel>
  );
}

function RecoveryKit({ instanceId }: { instanceId: string }) {
  const [done, setDone] = useState<string>();
  const save = useAction(
    useCallback(async () => {
      setDone(undefined);
      const saved = await ask('backupSettings.saveKit', { instanceId });
      if (saved !== null) setDone(words('cli.backup.kit.written', { file: saved.file }));
    }, [instanceId]),
  );
  const print = useAction(
    useCallback(async () => {
      setDone(undefined);
      const printed = await ask('backupSettings.printKit', { instanceId });
      setDone(words(printed ? 'screen.backups.kit.printed' : 'screen.backups.kit.not-printed'));
    }, [instanceId]),
  );
  const failure = save.failure ?? print.failure;
  return (
    <section className={classes.kit} aria-labelledby="recovery-kit">
      <h3 id="recovery-kit">{words('screen.backups.kit')}</h3>
      <p className={classes.quiet}>{words('screen.backups.kit.text')}</p>
      <div className={classes.actions}>
        <Button
          leftSection={<IconPrinter size={16} aria-hidden />}
          loading={print.pending}
          onClick={() => void print.run()}
        >
          {words('screen.backups.kit.print')}
        </Button>
        <Button
          leftSection={<IconDeviceFloppy size={16} aria-hidden />}
          loading={save.pending}
          onClick={() => void save.run()}
        >
          {words('screen.backups.kit.save')}
        </Button>
      </div>
      {done !== undefined && (
        <p role="status" className={classes.quiet}>
          {done}
        </p>
      )}
      {failure !== undefined && <FailureView failure={failure} />}
    </section>
  );
}
