import { Button, SegmentedControl } from '@mantine/core';
import { IconDeviceFloppy, IconPlayerPlay } from '@tabler/icons-react';
import { type KeyboardEvent, useCallback, useState } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import type { Plan } from '../../contract/plan.ts';
import { ask } from '../api.ts';
import { AdministratorFields } from '../components/AdministratorFields.tsx';
import { CopyButton } from '../components/CopyButton.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Snippet } from '../components/Snippet.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { PlanSteps } from '../fixes/PlanSteps.tsx';
import { planText } from '../fixes/planText.ts';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Setup.module.css';

type Place = 'keychain' | 'session';

export type PrepareProps = {
  instance: InstanceView;
  place: Place;
  /** Saves the form, whose names are used; answers whether it could be. */
  save(): Promise<boolean>;
  /** Tries the connection with the role's own login. */
  onPrepared(): void;
};

/** Makes role, database, extensions and rights with an administrator's login; or a script for whoever has one. */
export function PrepareDatabase(props: PrepareProps & { open: boolean }) {
  const [opened, setOpened] = useState(false);
  const [how, setHow] = useState<'login' | 'script'>('login');
  const open = opened || props.open;
  return (
    <Panel
      title={words('screen.prepare.title')}
      sub={words('screen.prepare.sub')}
      actions={!open && <Button onClick={() => setOpened(true)}>{words('screen.prepare.open')}</Button>}
    >
      {open && (
        <div className={classes.group}>
          <SegmentedControl
            value={how}
            onChange={(chosen) => setHow(chosen === 'script' ? 'script' : 'login')}
            data={[
              { value: 'login', label: words('screen.prepare.how-login') },
              { value: 'script', label: words('screen.prepare.how-script') },
            ]}
            aria-label={words('screen.prepare.how')}
          />
          {how === 'login' ? <WithLogin {...props} /> : <AsScript {...props} />}
        </div>
      )}
    </Panel>
  );
}

function WithLogin({ instance, place, save, onPrepared }: PrepareProps) {
  const [administrator, setAdministrator] = useState({ user: 'postgres', password: '' });
  const [plan, setPlan] = useState<Plan | undefined>();
  const [done, setDone] = useState(false);
  const [operationId, setOperationId] = useState<string | undefined>();
  const operation = useStore((state) => (operationId === undefined ? undefined : state.operations[operationId]));
  const operationFailure = operation === undefined ? undefined : failureOfOperation(operation);
  const look = useAction(
    useCallback(async () => {
      setPlan(undefined);
      setOperationId(undefined);
      setDone(false);
      if (await save()) setPlan(await ask('provisioning.plan', { instanceId: instance.id, administrator }));
    }, [save, instance.id, administrator]),
  );
  const run = useAction(
    useCallback(
      async (planId: string) => {
        const { operationEnded, loadChecks } = useStore.getState();
        const { operationId: id } = await ask('provisioning.run', {
          instanceId: instance.id,
          planId,
          administrator,
          place,
        });
        setOperationId(id);
        const ended = await operationEnded(id);
        if (ended.state !== 'succeeded') return;
        setAdministrator((before) => ({ ...before, password: '' }));
        setPlan(undefined);
        setDone(true);
        void loadChecks(instance.id);
        onPrepared();
      },
      [instance.id, administrator, place, onPrepared],
    ),
  );
  const nothing = plan !== undefined && plan.steps.length === 0;
  // The connection's form is around this one: Enter would try the connection.
  const onEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    if (plan === undefined) void look.run();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the fields inside.
    <div className={classes.group} onKeyDown={onEnter}>
      <p className={classes.hint}>{words('screen.prepare.login-text')}</p>
      <AdministratorFields
        login={administrator}
        onChange={(login) => {
          setAdministrator(login);
          setPlan(undefined);
        }}
      />
      {plan !== undefined && !nothing && <PlanSteps plan={plan} label={say(plan.title)} />}
      {plan?.notes.map((note) => (
        <p key={say(note)} className={classes.hint}>
          {say(note)}
        </p>
      ))}
      {nothing && <StatusMark tone="ok">{words('screen.prepare.nothing')}</StatusMark>}
      {look.failure !== undefined && <FailureView failure={look.failure} />}
      {run.failure !== undefined && <FailureView failure={run.failure} />}
      {operation?.state === 'running' && <OperationBar operation={operation} />}
      {operationFailure !== undefined && <FailureView failure={operationFailure} />}
      {done && <StatusMark tone="ok">{words('screen.prepare.done')}</StatusMark>}
      <div className={classes.foot}>
        {plan === undefined || nothing ? (
          <Button loading={look.pending} disabled={administrator.user === ''} onClick={() => void look.run()}>
            {words('screen.prepare.look')}
          </Button>
        ) : (
          <>
            <Button
              variant="filled"
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              loading={run.pending}
              onClick={() => void run.run(plan.id)}
            >
              {words('screen.prepare.run')}
            </Button>
            <CopyButton text={planText(plan)} />
          </>
        )}
        {nothing && <Button onClick={onPrepared}>{words('screen.connection.test-again')}</Button>}
      </div>
    </div>
  );
}

function AsScript({ instance, place, save, onPrepared }: PrepareProps) {
  const [script, setScript] = useState<string | undefined>();
  const [saved, setSaved] = useState<string | undefined>();
  const make = useAction(
    useCallback(async () => {
      if (!(await save())) return;
      setScript((await ask('provisioning.script', { instanceId: instance.id, place })).script);
    }, [save, instance.id, place]),
  );
  const keep = useAction(
    useCallback(async () => {
      setSaved((await ask('provisioning.saveScript', { instanceId: instance.id, place }))?.path);
    }, [instance.id, place]),
  );
  const address = instance.connection?.hosts[0];
  return (
    <div className={classes.group}>
      <p className={classes.hint}>{words('screen.prepare.script-text')}</p>
      {script !== undefined && (
        <>
          <Snippet text={script} label={words('screen.prepare.script-label')} />
          <p className={classes.hint}>
            {words('screen.prepare.script-run', { host: address?.host ?? '', port: String(address?.port ?? 5432) })}
          </p>
        </>
      )}
      {saved !== undefined && (
        <StatusMark tone="ok">{words('screen.prepare.script-saved', { path: saved })}</StatusMark>
      )}
      {make.failure !== undefined && <FailureView failure={make.failure} />}
      {keep.failure !== undefined && <FailureView failure={keep.failure} />}
      <div className={classes.foot}>
        {script === undefined ? (
          <Button loading={make.pending} onClick={() => void make.run()}>
            {words('screen.prepare.script-make')}
          </Button>
        ) : (
          <>
            <CopyButton text={script} />
            <Button
              leftSection={<IconDeviceFloppy size={16} aria-hidden />}
              loading={keep.pending}
              onClick={() => void keep.run()}
            >
              {words('screen.prepare.script-save')}
            </Button>
            <Button variant="filled" onClick={onPrepared}>
              {words('screen.prepare.script-again')}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
