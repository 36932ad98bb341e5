import { Button, PasswordInput, Radio, Stack } from '@mantine/core';
import { IconWand } from '@tabler/icons-react';
import { useState } from 'react';
import type { SecretPlace } from '../../contract/instance.ts';
import { StatusMark } from '../components/StatusMark.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import type { FormValues } from './formValues.ts';
import { generatePassword } from './generatePassword.ts';
import classes from './Setup.module.css';

/** The one field for it, for whoever sends people there. */
export const passwordFieldId = 'database-password';

/** The password, and where it is kept. It goes to main once and never comes back. */
export function PasswordFields({
  values,
  change,
  kept,
  place,
  onPlace,
  generates = false,
}: {
  values: FormValues;
  change(part: Partial<FormValues>): void;
  kept: SecretPlace;
  place: 'keychain' | 'session';
  onPlace(place: 'keychain' | 'session'): void;
  /** For a role that is still to be made. */
  generates?: boolean;
}) {
  const keychain = useStore((state) => state.keychain);
  const [made, setMade] = useState('');
  const generated = made !== '' && made === values.password;
  return (
    <div className={classes.group}>
      <div className={classes.besideField}>
        <PasswordInput
          id={passwordFieldId}
          label={words('screen.password.label')}
          description={words(generated ? 'screen.prepare.generated' : `screen.password.kept-${kept}`)}
          placeholder={kept === 'none' ? undefined : words('screen.password.unchanged')}
          value={values.password}
          onChange={(event) => change({ password: event.currentTarget.value })}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': words('screen.password.reveal') }}
        />
        {generates && (
          <Button
            leftSection={<IconWand size={16} aria-hidden />}
            onClick={() => {
              const password = generatePassword();
              setMade(password);
              change({ password });
            }}
          >
            {words('screen.prepare.generate')}
          </Button>
        )}
      </div>
      {keychain?.available === false ? (
        <div>
          <StatusMark tone="warn">{words('screen.password.no-keychain')}</StatusMark>
          <p className={classes.hint}>{words('screen.password.no-keychain-text')}</p>
        </div>
      ) : (
        <Radio.Group
          label={words('screen.password.where')}
          value={place}
          onChange={(value) => onPlace(value === 'session' ? 'session' : 'keychain')}
        >
          <Stack gap={6} mt={4}>
            <Radio value="keychain" label={words('screen.password.keychain')} />
            <Radio value="session" label={words('screen.password.session')} />
          </Stack>
        </Radio.Group>
      )}
    </div>
  );
}
