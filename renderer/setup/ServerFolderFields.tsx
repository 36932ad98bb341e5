import { Checkbox, TextInput } from '@mantine/core';
import type { HostFindingId } from '../../contract/serverSettings.ts';
import { Panel } from '../components/Panel.tsx';
import { words } from '../words.ts';
import { FindingLine } from './FindingLine.tsx';
import type { ServerFieldsProps } from './ServerHostFields.tsx';
import classes from './Setup.module.css';

const folders = ['folder', 'libraries', 'backups', 'media'] as const;
const findingOf: Record<(typeof folders)[number], HostFindingId> = {
  folder: 'compose-folder',
  libraries: 'folder-libraries',
  backups: 'folder-backups',
  media: 'folder-media',
};

/** Where the server's files are on the Docker host, each looked at; and what it does at its start. */
export function ServerFolderFields({ values, errors, findings, change }: ServerFieldsProps) {
  return (
    <>
      <Panel title={words('screen.server-form.folders')} sub={words('screen.server-form.folders-text')}>
        <div className={classes.group}>
          {folders.map((name) => {
            const error = errors[name];
            return (
              <div key={name}>
                <TextInput
                  label={words(`screen.server-form.${name}`)}
                  description={name === 'media' ? words('screen.server-form.media-text') : undefined}
                  value={values[name]}
                  error={error && words(error)}
                  onChange={(event) => change({ [name]: event.currentTarget.value })}
                  spellCheck={false}
                  autoComplete="off"
                />
                <FindingLine findings={findings} id={findingOf[name]} />
              </div>
            );
          })}
        </div>
      </Panel>
      <Panel title={words('screen.server-form.start')}>
        <Checkbox
          label={words('screen.server-form.migrations')}
          description={words('screen.server-form.migrations-text')}
          checked={values.runMigrations}
          onChange={(event) => change({ runMigrations: event.currentTarget.checked })}
        />
      </Panel>
    </>
  );
}
