import { Button, NativeSelect, TextInput } from '@mantine/core';
import { words } from '../words.ts';
import type { FieldsProps } from './AddressFields.tsx';
import classes from './Setup.module.css';

const bindings = ['prefer', 'require', 'disable'] as const;
const targets = ['any', 'read-write', 'primary', 'prefer-standby', 'standby', 'read-only'] as const;

/** What is seldom needed: further addresses, time limit, options, channel binding. */
export function MoreFields({ values, errors, change }: FieldsProps) {
  return (
    <details className={classes.more} open={errors.timeout !== undefined || undefined}>
      <summary>{words('screen.more.title')}</summary>
      <div className={classes.group}>
        <div>
          <Button
            size="xs"
            onClick={() => change({ addresses: [...values.addresses, { host: '', port: '5432' }] })}
            disabled={values.addresses.length >= 16}
          >
            {words('screen.more.add-address')}
          </Button>
        </div>
        <div className={classes.halves}>
          <TextInput
            label={words('screen.more.timeout')}
            value={values.connectTimeoutSeconds}
            inputMode="numeric"
            error={errors.timeout && words(errors.timeout)}
            onChange={(event) => change({ connectTimeoutSeconds: event.currentTarget.value })}
          />
          <NativeSelect
            label={words('screen.more.target')}
            value={values.targetSessionAttrs}
            data={targets.map((value) => ({ value, label: words(`screen.more.target-${value}`) }))}
            onChange={(event) => {
              const chosen = targets.find((one) => one === event.currentTarget.value);
              if (chosen !== undefined) change({ targetSessionAttrs: chosen });
            }}
          />
          <NativeSelect
            label={words('screen.more.binding')}
            value={values.channelBinding}
            data={bindings.map((value) => ({ value, label: words(`screen.more.binding-${value}`) }))}
            onChange={(event) => {
              const chosen = bindings.find((one) => one === event.currentTarget.value);
              if (chosen !== undefined) change({ channelBinding: chosen });
            }}
          />
          <TextInput
            label={words('screen.more.options')}
            description={words('screen.more.options-text')}
            value={values.options}
            onChange={(event) => change({ options: event.currentTarget.value })}
            spellCheck={false}
          />
        </div>
      </div>
    </details>
  );
}
