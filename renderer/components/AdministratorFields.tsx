import { PasswordInput, TextInput } from '@mantine/core';
import { words } from '../words.ts';
import classes from './AdministratorFields.module.css';

export type AdministratorLogin = { user: string; password: string };

/** The login of somebody who may do more than the app's own role. Used for one thing, never kept. */
export function AdministratorFields({
  login,
  onChange,
}: {
  login: AdministratorLogin;
  onChange(login: AdministratorLogin): void;
}) {
  return (
    <div className={classes.login}>
      <TextInput
        label={words('screen.fix.administrator')}
        value={login.user}
        onChange={(event) => onChange({ ...login, user: event.currentTarget.value })}
        required
        withAsterisk={false}
        autoComplete="off"
        spellCheck={false}
      />
      <PasswordInput
        label={words('screen.fix.administrator-password')}
        value={login.password}
        onChange={(event) => onChange({ ...login, password: event.currentTarget.value })}
        autoComplete="off"
        visibilityToggleButtonProps={{ 'aria-label': words('screen.password.reveal') }}
      />
    </div>
  );
}
