import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../components/Panel.tsx';
import { words } from '../words.ts';
import type { ServerFieldsProps } from './ServerHostFields.tsx';
import classes from './Setup.module.css';

/** What is seldom changed: names, the container's user, networks. */
export function ServerAdvancedFields({ values, errors, change }: ServerFieldsProps) {
  // As typed: a comma at the end is the beginning of another name.
  const [networks, setNetworks] = useState(values.networks.join(', '));
  const wrong = errors.containerName ?? errors.project ?? errors.user ?? errors.networks ?? errors.image;
  return (
    <Panel>
      <details className={classes.more} open={wrong !== undefined || undefined}>
        <summary>{words('screen.server-form.advanced')}</summary>
        <div className={classes.group}>
          <div className={classes.halves}>
            <TextInput
              label={words('screen.server-form.container')}
              value={values.containerName}
              error={errors.containerName && words(errors.containerName)}
              onChange={(event) => change({ containerName: event.currentTarget.value })}
              spellCheck={false}
            />
            <TextInput
              label={words('screen.server-form.project')}
              value={values.project}
              error={errors.project && words(errors.project)}
              onChange={(event) => change({ project: event.currentTarget.value })}
              spellCheck={false}
            />
            <TextInput
              label={words('screen.server-form.user')}
              description={words('screen.server-form.user-text')}
              value={values.user}
              error={errors.user && words(errors.user)}
              onChange={(event) => change({ user: event.currentTarget.value })}
              spellCheck={false}
            />
            <TextInput
              label={words('screen.server-form.networks')}
              description={words('screen.server-form.networks-text')}
              value={networks}
              error={errors.networks && words(errors.networks)}
              onChange={(event) => {
                setNetworks(event.currentTarget.value);
                const names = event.currentTarget.value.split(',').map((name) => name.trim());
                change({ networks: names.filter((name) => name !== '').slice(0, 20) });
              }}
              spellCheck={false}
            />
          </div>
          <TextInput
            label={words('screen.server-form.image')}
            value={values.image}
            error={errors.image && words(errors.image)}
            onChange={(event) => change({ image: event.currentTarget.value })}
            spellCheck={false}
          />
          <Checkbox
            label={words('screen.server-form.host-gateway')}
            description={words('screen.server-form.host-gateway-text')}
            checked={values.hostGateway}
            onChange={(event) => change({ hostGateway: event.currentTarget.checked })}
          />
        </div>
      </details>
    </Panel>
  );
}
