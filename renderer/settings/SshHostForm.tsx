import { Autocomplete, Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { SshHost } from '../../contract/sshHost.ts';
import { ask } from '../api.ts';
import { FailureView } from '../components/ProblemView.tsx';
import classes from '../setup/Setup.module.css';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { JumpFields } from './JumpFields.tsx';
import { draftOf, type SshHostDraft, type SshHostErrors, sshHostOf } from './sshHostDraft.ts';

const methods = ['agent', 'key', 'password', 'config'] as const;

/** Adds or changes a host that is reached by SSH. `nested` inside another form, which must not be sent with it. */
export function SshHostForm({
  host,
  nested = false,
  onSaved,
  onCancel,
}: {
  host?: SshHost;
  nested?: boolean;
  onSaved(host: SshHost): void;
  onCancel(): void;
}) {
  const [draft, setDraft] = useState<SshHostDraft>(() => draftOf(host));
  const [errors, setErrors] = useState<SshHostErrors>({});
  const others = useStore((state) => state.sshHosts).filter((one) => one.id !== draft.id);
  const aliases = useStore((state) => state.sshAliases);
  const sockets = useStore((state) => state.agentSockets);
  const change = (part: Partial<SshHostDraft>) => setDraft((before) => ({ ...before, ...part }));
  const save = useAction(
    useCallback(async () => {
      const { host: ready, errors: wrong } = sshHostOf(draft);
      setErrors(wrong ?? {});
      if (ready !== undefined) onSaved(await useStore.getState().saveSshHost(ready));
    }, [draft, onSaved]),
  );
  const chooseKey = useAction(
    useCallback(async () => {
      const chosen = await ask('files.choose', { purpose: 'ssh-key' });
      if (chosen !== null) setDraft((before) => ({ ...before, keyPath: chosen.path }));
    }, []),
  );

  const fields = (
    <>
      <div className={classes.pair}>
        <Autocomplete
          label={words('screen.ssh.host')}
          description={words('screen.ssh.host-text')}
          value={draft.host}
          data={aliases}
          error={errors.host && words(errors.host)}
          onChange={(value) => change({ host: value })}
          spellCheck={false}
          comboboxProps={{ withinPortal: true }}
        />
        <TextInput
          label={words('screen.form.port')}
          placeholder="22"
          value={draft.port}
          inputMode="numeric"
          error={errors.port && words(errors.port)}
          onChange={(event) => change({ port: event.currentTarget.value })}
        />
      </div>
      <div className={classes.halves}>
        <TextInput
          label={words('screen.ssh.user')}
          value={draft.user}
          onChange={(event) => change({ user: event.currentTarget.value })}
          spellCheck={false}
          autoComplete="off"
        />
        <TextInput
          label={words('screen.ssh.name')}
          placeholder={draft.host}
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
      </div>
      <div className={classes.halves}>
        <NativeSelect
          label={words('screen.ssh.method')}
          value={draft.method}
          data={methods.map((value) => ({ value, label: words(`screen.ssh.method-${value}`) }))}
          onChange={(event) => {
            const chosen = methods.find((one) => one === event.currentTarget.value);
            if (chosen !== undefined) change({ method: chosen });
          }}
        />
        {draft.method === 'agent' && (
          <NativeSelect
            label={words('screen.ssh.agent')}
            value={draft.socket}
            data={[
              { value: '', label: words('screen.ssh.agent-default') },
              ...[...new Set([...sockets, ...(draft.socket === '' ? [] : [draft.socket])])].map((socket) => ({
                value: socket,
                label: socket,
              })),
            ]}
            onChange={(event) => change({ socket: event.currentTarget.value })}
          />
        )}
        {draft.method === 'key' && (
          <div className={classes.end}>
            <TextInput
              label={words('screen.ssh.key')}
              value={draft.keyPath}
              error={errors.key && words(errors.key)}
              onChange={(event) => change({ keyPath: event.currentTarget.value })}
              spellCheck={false}
            />
            <Button leftSection={<IconKey size={16} aria-hidden />} onClick={() => void chooseKey.run()}>
              {words('screen.choose-file')}
            </Button>
          </div>
        )}
      </div>
      <p className={classes.hint}>{words(`screen.ssh.method-${draft.method}-text`)}</p>
      {others.length > 0 && <JumpFields jumps={draft.jumps} hosts={others} onChange={(jumps) => change({ jumps })} />}
      <Checkbox
        label={words('screen.ssh.use-config')}
        description={words('screen.ssh.use-config-text')}
        checked={draft.useConfig}
        onChange={(event) => change({ useConfig: event.currentTarget.checked })}
      />
      {chooseKey.failure !== undefined && <FailureView failure={chooseKey.failure} />}
      {save.failure !== undefined && <FailureView failure={save.failure} />}
      <div className={classes.foot}>
        <Button
          type={nested ? 'button' : 'submit'}
          variant="filled"
          loading={save.pending}
          onClick={nested ? () => void save.run() : undefined}
        >
          {words('screen.ssh.save')}
        </Button>
        <Button onClick={onCancel}>{words('screen.cancel')}</Button>
      </div>
    </>
  );
  return nested ? (
    <fieldset className={`${classes.choices} ${classes.group}`} aria-label={words('screen.ssh.add')}>
      {fields}
    </fieldset>
  ) : (
    <form
      className={classes.group}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      {fields}
    </form>
  );
}
