import { Button } from '@mantine/core';
import { useCallback, useState } from 'react';
import { text } from '../../contract/copy/text.ts';
import type { Problem, ProblemCode } from '../../contract/problem.ts';
import { ask } from '../api.ts';
import { AdministratorFields } from '../components/AdministratorFields.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Said } from '../components/Said.tsx';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Report.module.css';

/** Refusals whose reason PostgreSQL tells to nobody but an administrator. */
const unexplained: readonly ProblemCode[] = ['password-wrong', 'pg-hba-refused'];

export function mayBeExplained(problem: Problem): boolean {
  // Once the file with the rules is known, there is nothing more to ask.
  return unexplained.includes(problem.code) && problem.values.hbaFile === undefined;
}

/** Looks up why a login was refused, with an administrator's login. */
export function FindOutWhy({
  instanceId,
  user,
  onReason,
}: {
  instanceId: string;
  user: string;
  onReason(reason: Problem): void;
}) {
  const [open, setOpen] = useState(false);
  const [nothing, setNothing] = useState(false);
  const [administrator, setAdministrator] = useState({ user: 'postgres', password: '' });
  const look = useAction(
    useCallback(async () => {
      setNothing(false);
      const reason = await ask('connection.explain', { instanceId, administrator });
      setAdministrator((before) => ({ ...before, password: '' }));
      if (reason === null) setNothing(true);
      else onReason(reason);
    }, [instanceId, administrator, onReason]),
  );
  if (!open) return <Button onClick={() => setOpen(true)}>{words('screen.connection.why')}</Button>;
  // Not a form: this stands inside the form of the connection.
  return (
    <fieldset
      className={`${classes.plain} ${classes.stack}`}
      aria-label={words('screen.connection.why')}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        void look.run();
      }}
    >
      <p className={classes.quiet}>
        <Said text={text('screen.connection.why-text', { user })} />
      </p>
      <AdministratorFields login={administrator} onChange={setAdministrator} />
      {look.failure !== undefined && <FailureView failure={look.failure} />}
      {nothing && (
        <p role="status">
          <Said text={text('screen.connection.why-nothing', { user })} />
        </p>
      )}
      <div className={classes.actions}>
        <Button loading={look.pending} disabled={administrator.user.trim() === ''} onClick={() => void look.run()}>
          {words('screen.connection.why-ask')}
        </Button>
        <Button onClick={() => setOpen(false)}>{words('screen.cancel')}</Button>
      </div>
    </fieldset>
  );
}
