import { ActionIcon, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { words } from '../words.ts';
import type { FormErrors, FormValues } from './formValues.ts';
import classes from './Setup.module.css';

export type FieldsProps = { values: FormValues; errors: FormErrors; change(part: Partial<FormValues>): void };

/** Host and port (one or several), database and user. */
export function AddressFields({ values, errors, change }: FieldsProps) {
  const set = (index: number, part: Partial<FormValues['addresses'][number]>) =>
    change({ addresses: values.addresses.map((one, at) => (at === index ? { ...one, ...part } : one)) });
  const several = values.addresses.length > 1;
  return (
    <>
      {values.addresses.map((address, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: addresses have no identity beyond their order.
        <div className={classes.end} key={index}>
          <div className={classes.pair}>
            <TextInput
              label={several ? words('screen.form.host-number', { number: index + 1 }) : words('screen.form.host')}
              description={index === 0 ? words('screen.form.host-text') : undefined}
              placeholder="192.168.1.50"
              value={address.host}
              error={index === 0 && errors.host && words(errors.host)}
              onChange={(event) => set(index, { host: event.currentTarget.value })}
              spellCheck={false}
              autoComplete="off"
            />
            <TextInput
              label={words('screen.form.port')}
              value={address.port}
              inputMode="numeric"
              error={index === 0 && errors.port && words(errors.port)}
              onChange={(event) => set(index, { port: event.currentTarget.value })}
            />
          </div>
          {several && (
            <ActionIcon
              size="lg"
              aria-label={words('screen.form.remove-address', { number: index + 1 })}
              onClick={() => change({ addresses: values.addresses.filter((_, at) => at !== index) })}
            >
              <IconTrash size={17} aria-hidden />
            </ActionIcon>
          )}
        </div>
      ))}
      <div className={classes.halves}>
        <TextInput
          label={words('screen.form.database')}
          value={values.database}
          error={errors.database && words(errors.database)}
          onChange={(event) => change({ database: event.currentTarget.value })}
          spellCheck={false}
          autoComplete="off"
        />
        <TextInput
          label={words('screen.form.user')}
          value={values.user}
          error={errors.user && words(errors.user)}
          onChange={(event) => change({ user: event.currentTarget.value })}
          spellCheck={false}
          autoComplete="off"
        />
      </div>
    </>
  );
}
