import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import type { ProblemCode } from '../../contract/problem.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { setupPlace } from '../shell/places.ts';
import { connectionOf } from '../store/connections.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { AddressFields } from './AddressFields.tsx';
import { ConnectionTest } from './ConnectionTest.tsx';
import { keepDraft, sameForm, useDraftKeptOnLeaving } from './connectionDraft.ts';
import { type FormErrors, type FormValues, formOf, formWith, savedForm, settingsOf } from './formValues.ts';
import { MoreFields } from './MoreFields.tsx';
import { PasswordFields } from './PasswordFields.tsx';
import { PrepareDatabase } from './PrepareDatabase.tsx';
import { RouteFields } from './RouteFields.tsx';
import classes from './Setup.module.css';
import { TlsFields } from './TlsFields.tsx';

const PasteString = lazy(async () => ({ default: (await import('./PasteString.tsx')).PasteString }));

/** How to reach the database: typed into fields or pasted, tried, and corrected. */
export function ConnectionStep({
  instance,
  registerLeave,
}: {
  instance: InstanceView;
  /** What saves the form when one leaves; it answers whether one may. */
  registerLeave?(leave: (() => Promise<boolean>) | undefined): void;
}) {
  const [, go] = useLocation();
  const [values, setValues] = useState<FormValues>(() => formOf(instance));
  const [errors, setErrors] = useState<FormErrors>({});
  const [how, setHow] = useState<'fields' | 'paste'>('fields');
  const [place, setPlace] = useState<'keychain' | 'session'>('keychain');
  const keychain = useStore((state) => state.keychain);
  const view = useStore((state) => connectionOf(state, instance.id));
  const form = useRef<HTMLFormElement>(null);
  const change = useCallback((part: Partial<FormValues>) => setValues((before) => ({ ...before, ...part })), []);

  useEffect(() => {
    const { loadKeychain, loadConnection } = useStore.getState();
    void loadKeychain().catch(() => undefined);
    void loadConnection(instance.id);
  }, [instance.id]);

  // A fix (a trusted certificate, another TLS mode) changed the saved settings: the form follows.
  const saved = JSON.stringify(instance.connection);
  const [shown, setShown] = useState(saved);
  useEffect(() => {
    if (saved === shown) return;
    setShown(saved);
    if (saved !== undefined) setValues((before) => formWith(before, JSON.parse(saved)));
  }, [saved, shown]);

  const keepIn = keychain?.available === false ? 'session' : place;
  const save = useCallback(async (): Promise<boolean> => {
    const { settings, errors: wrong } = settingsOf(values);
    setErrors(wrong ?? {});
    if (settings === undefined) return false;
    const { updateInstance, setPassword } = useStore.getState();
    await updateInstance({
      id: instance.id,
      name: values.name.trim(),
      connection: settings,
      route: values.route,
      ...(instance.setup === undefined
        ? {}
        : { setup: { ...instance.setup, step: 'connection' as const, form: undefined } }),
    });
    if (values.password !== '') await setPassword(instance.id, values.password, keepIn);
    // As it was saved (without blanks around it), and the password not longer here than it must be.
    setValues((before) => ({ ...formWith(before, settings), name: before.name.trim(), password: '' }));
    return true;
  }, [values, instance.id, instance.setup, keepIn]);

  const leave = useCallback(async (): Promise<boolean> => {
    if (await save()) return true;
    // Settings that were fit once stay as they are: what is wrong with the new ones is shown instead.
    if (instance.setup === undefined) return false;
    await keepDraft(instance, values);
    return true;
  }, [save, values, instance]);
  useEffect(() => {
    registerLeave?.(leave);
    return () => registerLeave?.(undefined);
  }, [registerLeave, leave]);
  useDraftKeptOnLeaving(instance.id, values);

  const test = useAction(
    useCallback(async () => {
      if (!(await save())) {
        setHow('fields');
        requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
        return;
      }
      await useStore.getState().testConnection(instance.id);
    }, [save, instance.id]),
  );
  const goOn = useAction(
    useCallback(async () => {
      const { updateInstance } = useStore.getState();
      if (instance.setup !== undefined) {
        await updateInstance({ id: instance.id, setup: { ...instance.setup, step: 'checks', form: undefined } });
      }
      go(setupPlace(instance.id, 'checks'));
    }, [instance, go]),
  );
  // A report is about what was saved: it says nothing about what has been typed since.
  const typedSince = values.password !== '' || !sameForm(values, savedForm(instance));
  const connected = view.report?.outcome === 'connected' && !view.testing && !test.pending && !typedSince;

  return (
    <form
      ref={form}
      className={classes.body}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void test.run();
      }}
    >
      <Panel>
        <div className={classes.group}>
          <TextInput
            label={words('screen.form.name')}
            description={words('screen.form.name-text')}
            value={values.name}
            error={errors.name && words(errors.name)}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <SegmentedControl
            value={how}
            onChange={(chosen) => setHow(chosen === 'paste' ? 'paste' : 'fields')}
            data={[
              { value: 'fields', label: words('screen.form.how-fields') },
              { value: 'paste', label: words('screen.form.how-paste') },
            ]}
            aria-label={words('screen.form.how')}
          />
          {how === 'paste' ? (
            <Suspense fallback={null}>
              <PasteString
                onUse={(settings, password) => {
                  setValues((before) => ({
                    ...formWith(before, settings),
                    ...(password === undefined ? {} : { password }),
                  }));
                  setHow('fields');
                }}
              />
            </Suspense>
          ) : (
            <AddressFields values={values} errors={errors} change={change} />
          )}
        </div>
      </Panel>
      {how === 'fields' && (
        <>
          <Panel>
            <PasswordFields
              values={values}
              change={change}
              kept={instance.password}
              place={keepIn}
              onPlace={setPlace}
              generates={instance.setup !== undefined}
            />
          </Panel>
          <Panel title={words('screen.route.title')} sub={words('screen.route.sub')}>
            <RouteFields route={values.route} onChange={(route) => change({ route })} />
          </Panel>
          <Panel title={words('screen.tls.title')} sub={words('screen.tls.sub')}>
            <TlsFields values={values} errors={errors} change={change} />
          </Panel>
          <Panel>
            <MoreFields values={values} errors={errors} change={change} />
          </Panel>
        </>
      )}
      {test.failure !== undefined && <FailureView failure={test.failure} />}
      {!(typedSince && view.report?.outcome === 'connected') && <ConnectionTest instance={instance} />}
      {instance.setup !== undefined && !connected && (
        <PrepareDatabase
          instance={instance}
          place={keepIn}
          save={save}
          open={perhapsNotPrepared(view.report?.problem?.code)}
          onPrepared={() => void useStore.getState().testConnection(instance.id)}
        />
      )}
      <div className={classes.foot}>
        {instance.setup !== undefined && (
          <Button onClick={() => go(setupPlace(instance.id, 'database'))}>{words('screen.back')}</Button>
        )}
        <span className={classes.grow} />
        <Button type="submit" variant={connected ? 'default' : 'filled'} loading={test.pending || view.testing}>
          {words(view.report === undefined ? 'screen.connection.test' : 'screen.connection.test-again')}
        </Button>
        {instance.setup !== undefined && (
          <Button
            variant={connected ? 'filled' : 'default'}
            disabled={!connected}
            loading={goOn.pending}
            onClick={() => void goOn.run()}
          >
            {words('screen.continue')}
          </Button>
        )}
      </div>
    </form>
  );
}

/** Refusals that a server gives which knows no role or database for Aperture yet. To a wrong password it answers the same. */
function perhapsNotPrepared(code: ProblemCode | undefined): boolean {
  return code === 'database-missing' || code === 'role-missing' || code === 'role-cannot-login';
}
