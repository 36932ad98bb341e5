import { Autocomplete, Radio, Stack, TextInput } from '@mantine/core';
import { Panel } from '../components/Panel.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { words } from '../words.ts';
import { FindingLine } from './FindingLine.tsx';
import type { ServerFieldsProps } from './ServerHostFields.tsx';
import classes from './Setup.module.css';

const timeZones = [...new Set(['Etc/UTC', ...Intl.supportedValuesOf('timeZone')])];

/** Where people find the server, who can reach it, and the time there. */
export function ServerAddressFields({ values, errors, findings, change }: ServerFieldsProps) {
  const everywhere = values.bindAddress === '';
  return (
    <Panel title={words('screen.server-form.address')} sub={words('screen.server-form.address-text')}>
      <div className={classes.group}>
        <div>
          <div className={classes.widePair}>
            <TextInput
              label={words('screen.server-form.url')}
              description={words('screen.server-form.url-text')}
              value={values.url}
              error={errors.url && words(errors.url)}
              onChange={(event) => change({ url: event.currentTarget.value })}
              spellCheck={false}
              autoComplete="off"
            />
            <TextInput
              label={words('screen.server-form.port')}
              value={values.port}
              inputMode="numeric"
              error={errors.port && words(errors.port)}
              onChange={(event) => {
                const port = event.currentTarget.value;
                change({ port, url: urlAtPort(values.url, values.port, port) });
              }}
            />
          </div>
          <FindingLine findings={findings} id="server-port" />
        </div>
        <Radio.Group
          label={words('screen.server-form.bind')}
          value={everywhere ? 'all' : 'one'}
          onChange={(value) => change({ bindAddress: value === 'all' ? '' : '127.0.0.1' })}
        >
          <Stack gap={6} mt={4}>
            <Radio value="all" label={words('screen.server-form.bind-all')} />
            <Radio value="one" label={words('screen.server-form.bind-one')} />
          </Stack>
        </Radio.Group>
        {everywhere ? (
          <div className={classes.warning}>
            <StatusMark tone="warn">{words('screen.server-form.bind-warning')}</StatusMark>
            <p className={classes.hint}>{words('screen.server-form.bind-warning-text')}</p>
          </div>
        ) : (
          <TextInput
            label={words('screen.server-form.bind-address')}
            value={values.bindAddress}
            error={errors.bindAddress && words(errors.bindAddress)}
            onChange={(event) => change({ bindAddress: event.currentTarget.value || ' ' })}
            spellCheck={false}
            autoComplete="off"
          />
        )}
        <Autocomplete
          label={words('screen.server-form.time-zone')}
          description={words('screen.server-form.time-zone-text')}
          value={values.timeZone}
          data={timeZones}
          limit={40}
          maxDropdownHeight={220}
          error={errors.timeZone && words(errors.timeZone)}
          onChange={(timeZone) => change({ timeZone })}
          spellCheck={false}
          autoComplete="off"
        />
      </div>
    </Panel>
  );
}

/** The address follows the port, as long as it names that port. */
export function urlAtPort(url: string, before: string, after: string): string {
  return before !== '' && /^\d+$/.test(after) ? url.replace(new RegExp(`:${before}(?=/|$)`), `:${after}`) : url;
}
