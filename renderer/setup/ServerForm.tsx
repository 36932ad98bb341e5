import { Button } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { ServerDraft, SetupStep } from '../../contract/instance.ts';
import type { DockerPlace } from '../../contract/server.ts';
import { ask } from '../api.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { setupPlace } from '../shell/places.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import type { InstanceInSetup } from './position.ts';
import { ServerAddressFields } from './ServerAddressFields.tsx';
import { ServerAdvancedFields } from './ServerAdvancedFields.tsx';
import { ServerDatabaseFields } from './ServerDatabaseFields.tsx';
import { ServerFolderFields } from './ServerFolderFields.tsx';
import { ServerHostFields } from './ServerHostFields.tsx';
import classes from './Setup.module.css';
import type { RegisterLeave } from './SetupPage.tsx';
import { installationOf, type ServerErrors } from './serverDraft.ts';
import { useFindings } from './useFindings.ts';

/** The form of the server's settings; what the Docker host says to them appears while one types. */
export function ServerForm({
  instance,
  docker,
  draft,
  registerLeave,
}: {
  instance: InstanceInSetup;
  docker: DockerPlace;
  draft: ServerDraft;
  registerLeave: RegisterLeave;
}) {
  const [, go] = useLocation();
  const [values, setValues] = useState(draft);
  const [shown, setShown] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const change = useCallback((part: Partial<ServerDraft>) => setValues((before) => ({ ...before, ...part })), []);
  const { source } = instance.setup;
  const { installation, errors } = installationOf(values, docker, source);
  const { findings, looking, failure } = useFindings(instance.id, installation);
  const keep = useKeptDraft(instance.id, values);
  useEffect(() => {
    registerLeave(async () => {
      await keep('server');
      return true;
    });
    return () => registerLeave(undefined);
  }, [registerLeave, keep]);

  const next = useAction(
    useCallback(async () => {
      if (installation === undefined) {
        setShown(true);
        requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
        return;
      }
      await keep('review');
      go(setupPlace(instance.id, 'review'));
    }, [installation, keep, go, instance.id]),
  );
  const back = useAction(
    useCallback(async () => {
      const before = source === 'new' && instance.connection === undefined ? 'database' : 'checks';
      await keep('server');
      go(setupPlace(instance.id, before));
    }, [source, instance, keep, go]),
  );
  const usePreset = useAction(
    useCallback(
      async (preset: ServerDraft['preset']) => {
        change({ preset });
        const { folder, libraries, backups, media } = await ask('install.preset', { preset });
        change({ folder, libraries, backups, media: media ?? '' });
      },
      [change],
    ),
  );

  const wrong: ServerErrors = errors ?? {};
  const fields = { values, errors: wrong, findings, change };
  return (
    <form
      ref={form}
      className={classes.body}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void next.run();
      }}
    >
      <ServerHostFields {...fields} onPreset={(preset) => void usePreset.run(preset)} />
      <ServerAddressFields {...fields} />
      <ServerFolderFields {...fields} />
      {source === 'new' && values.database !== undefined && (
        <ServerDatabaseFields {...fields} database={values.database} />
      )}
      <ServerAdvancedFields {...fields} />
      {failure !== undefined && (
        <Panel title={words('screen.server-form.findings-failed')}>
          <FailureView failure={failure} />
        </Panel>
      )}
      {usePreset.failure !== undefined && <FailureView failure={usePreset.failure} />}
      {next.failure !== undefined && <FailureView failure={next.failure} />}
      <div className={classes.foot}>
        <Button onClick={() => void back.run()}>{words('screen.back')}</Button>
        <span className={classes.grow} />
        <span className={classes.hint} role="status">
          {shown && errors !== undefined
            ? words('screen.server-form.fix-first')
            : looking
              ? words('screen.server-form.looking')
              : ''}
        </span>
        <Button type="submit" variant="filled" loading={next.pending}>
          {words('screen.continue')}
        </Button>
      </div>
    </form>
  );
}

/** Keeps what was typed: soon after typing, and at once when one leaves, so that a crash takes little with it. */
function useKeptDraft(instanceId: string, values: ServerDraft): (step: SetupStep) => Promise<void> {
  const latest = useRef(values);
  useEffect(() => {
    latest.current = values;
  }, [values]);
  const keep = useCallback(
    async (step: SetupStep) => {
      const { instances, updateInstance } = useStore.getState();
      const setup = instances.find((one) => one.id === instanceId)?.setup;
      if (setup === undefined) return;
      if (setup.step === step && JSON.stringify(setup.server) === JSON.stringify(latest.current)) return;
      await updateInstance({ id: instanceId, setup: { ...setup, step, server: latest.current } });
    },
    [instanceId],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when something was typed.
  useEffect(() => {
    const timer = setTimeout(() => void keep('server').catch(() => undefined), 800);
    return () => clearTimeout(timer);
  }, [values, keep]);
  useEffect(
    () => () => {
      const setup = useStore.getState().instances.find((one) => one.id === instanceId)?.setup;
      // Gone on to another step by the step's own buttons: it was kept then.
      if (setup?.step === 'server') void keep('server').catch(() => undefined);
    },
    [instanceId, keep],
  );
  return keep;
}
