import { Button, Checkbox, Radio, Stack, TextInput } from '@mantine/core';
import { IconFileCertificate } from '@tabler/icons-react';
import { useCallback } from 'react';
import type { TlsMode } from '../../contract/connection.ts';
import { ask } from '../api.ts';
import { FailureView } from '../components/ProblemView.tsx';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import type { FieldsProps } from './AddressFields.tsx';
import type { FormValues } from './formValues.ts';
import classes from './Setup.module.css';

const modes = ['verify-full', 'verify-ca', 'require', 'prefer', 'disable'] as const satisfies readonly TlsMode[];

/** How the connection is encrypted, whom it trusts, and the client's own certificate where the server wants one. */
export function TlsFields({ values, errors, change }: FieldsProps) {
  const encrypted = values.tlsMode !== 'disable';
  return (
    <div className={classes.group}>
      <Radio.Group
        aria-label={words('screen.tls.title')}
        value={values.tlsMode}
        onChange={(value) => change({ tlsMode: modes.find((mode) => mode === value) ?? 'prefer' })}
      >
        <Stack gap={8}>
          {modes.map((mode) => (
            <Radio
              key={mode}
              value={mode}
              label={words(`screen.tls.${mode}`)}
              description={words(`screen.tls.${mode}-text`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {values.tlsMode === 'prefer' && (
        <Checkbox
          label={words('screen.tls.plain-accepted')}
          checked={values.plainAccepted}
          onChange={(event) => change({ plainAccepted: event.currentTarget.checked })}
        />
      )}
      {encrypted && (
        <details className={classes.more} open={values.ca !== '' || values.clientCertificatePath !== '' || undefined}>
          <summary>{words('screen.tls.files')}</summary>
          <div className={classes.group}>
            <FileField
              label={words('screen.tls.ca')}
              none={words('screen.tls.ca-none')}
              path={values.caPath !== '' ? values.caPath : values.ca !== '' ? words('screen.tls.ca-trusted') : ''}
              purpose="certificate-authority"
              onChoose={(path, text) => change({ caPath: path, ca: text ?? '' })}
              onClear={() => change({ caPath: '', ca: '' })}
            />
            <FileField
              label={words('screen.tls.client-certificate')}
              none={words('screen.tls.client-none')}
              path={values.clientCertificatePath}
              purpose="client-certificate"
              onChoose={(path) => change({ clientCertificatePath: path })}
              onClear={() => change({ clientCertificatePath: '' })}
            />
            <FileField
              label={words('screen.tls.client-key')}
              none={words('screen.tls.client-none')}
              path={values.clientKeyPath}
              purpose="client-key"
              onChoose={(path) => change({ clientKeyPath: path })}
              onClear={() => change({ clientKeyPath: '' })}
              error={errors.clientKey && words(errors.clientKey)}
            />
            {values.tlsMode === 'verify-full' && (
              <TextInput
                label={words('screen.tls.server-name')}
                description={words('screen.tls.server-name-text')}
                value={values.serverName}
                onChange={(event) => change({ serverName: event.currentTarget.value })}
                spellCheck={false}
              />
            )}
          </div>
        </details>
      )}
    </div>
  );
}

function FileField({
  label,
  none,
  path,
  purpose,
  error,
  onChoose,
  onClear,
}: {
  label: string;
  none: string;
  path: FormValues['caPath'];
  purpose: 'certificate-authority' | 'client-certificate' | 'client-key';
  error?: string;
  onChoose(path: string, text: string | undefined): void;
  onClear(): void;
}) {
  const choose = useAction(
    useCallback(async () => {
      const chosen = await ask('files.choose', { purpose });
      if (chosen !== null) onChoose(chosen.path, chosen.text);
    }, [purpose, onChoose]),
  );
  return (
    <fieldset className={classes.choices} aria-label={label}>
      <p className={classes.label}>{label}</p>
      <div className={classes.file}>
        <Button
          size="xs"
          leftSection={<IconFileCertificate size={15} aria-hidden />}
          onClick={() => void choose.run()}
          aria-label={words('screen.tls.choose-for', { name: label })}
        >
          {words('screen.choose-file')}
        </Button>
        <span className={classes.path}>{path === '' ? none : path}</span>
        {path !== '' && (
          <Button size="xs" variant="subtle" onClick={onClear}>
            {words('screen.remove')}
          </Button>
        )}
      </div>
      {error !== undefined && <p role="alert">{error}</p>}
      {choose.failure !== undefined && <FailureView failure={choose.failure} />}
    </fieldset>
  );
}
