import { TextInput } from '@mantine/core';
import type { TextKey } from '../../contract/copy/text.ts';
import type { ServerDraft } from '../../contract/instance.ts';
import { Panel } from '../components/Panel.tsx';
import { words } from '../words.ts';
import { FindingLine } from './FindingLine.tsx';
import type { ServerFieldsProps } from './ServerHostFields.tsx';
import classes from './Setup.module.css';

type Database = NonNullable<ServerDraft['database']>;

const names = [
  'user',
  'database',
  'publishedPort',
  'sharedMemoryMegabytes',
  'containerName',
  'volume',
  'image',
] as const satisfies readonly (keyof Database)[];

const explained: Partial<Record<keyof Database, TextKey>> = {
  volume: 'screen.server-form.database-volume-text',
  sharedMemoryMegabytes: 'screen.server-form.database-sharedMemoryMegabytes-text',
  publishedPort: 'screen.server-form.database-publishedPort-text',
};

/** The PostgreSQL container that is made beside the server. */
export function ServerDatabaseFields({
  values,
  errors,
  findings,
  database,
  change,
}: ServerFieldsProps & { database: Database }) {
  return (
    <Panel title={words('screen.server-form.database')} sub={words('screen.server-form.database-text')}>
      <div className={classes.twos}>
        {names.map((name) => {
          const error = errors[`database-${name}`];
          const text = explained[name];
          return (
            <div key={name} className={name === 'image' ? classes.whole : undefined}>
              <TextInput
                label={words(`screen.server-form.database-${name}`)}
                description={text && words(text)}
                value={database[name]}
                error={error && words(error)}
                onChange={(event) =>
                  change({ database: { ...values.database, ...database, [name]: event.currentTarget.value } })
                }
                spellCheck={false}
                autoComplete="off"
              />
              {name === 'publishedPort' && <FindingLine findings={findings} id="database-port" />}
            </div>
          );
        })}
      </div>
    </Panel>
  );
}
