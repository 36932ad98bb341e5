import { Button } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { problemText } from '../../contract/copy/problemText.ts';
import type { CompanionSchemaState } from '../../contract/identity.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { ask, type Failure } from '../api.ts';
import { KeyValue } from '../components/KeyValue.tsx';
import { Moment } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark, type Tone } from '../components/StatusMark.tsx';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Migrations.module.css';

/** What the app keeps in the database for itself: which installation it is, made on request; a copy or a move is noticed. */
export function CompanionSchemaPanel({ instance }: { instance: InstanceView }) {
  const { id } = instance;
  const [schema, setSchema] = useState<CompanionSchemaState>();
  const [failed, setFailed] = useState<Failure>();
  const read = useAction(useCallback(async () => setSchema(await ask('identity.read', { instanceId: id })), [id]));
  const settle = useAction(useCallback(async () => setSchema(await ask('identity.settle', { instanceId: id })), [id]));
  const create = useAction(
    useCallback(async () => {
      setFailed(undefined);
      const { operationId } = await ask('identity.create', { instanceId: id });
      const ended = await useStore.getState().operationEnded(operationId);
      setFailed(failureOfOperation(ended));
      setSchema(await ask('identity.read', { instanceId: id }));
    }, [id]),
  );
  const asked = instance.password === 'none';
  const { run: readNow } = read;
  useEffect(() => {
    if (!asked) void readNow();
  }, [asked, readNow]);
  const failure = create.failure ?? settle.failure ?? read.failure ?? failed;
  const { tone, state } = markOf(schema, instance.companionSchema === 'not-permitted');
  return (
    <Panel
      title={words('screen.migrations.own.title')}
      sub={words('screen.migrations.own.text')}
      actions={<StatusMark tone={read.pending ? 'busy' : tone}>{words(`screen.migrations.own.${state}`)}</StatusMark>}
    >
      <div className={classes.form}>
        {schema !== undefined && <SchemaWords schema={schema} refused={instance.companionSchema === 'not-permitted'} />}
        {failure !== undefined && <FailureView failure={failure} />}
        <div className={classes.actions}>
          {schema === undefined && !read.pending && (
            <Button onClick={() => void read.run()}>{words('screen.migrations.look')}</Button>
          )}
          {(schema?.kind === 'missing' || (schema?.kind === 'there' && schema.pending > 0)) && (
            <Button loading={create.pending} onClick={() => void create.run()}>
              {words(schema.kind === 'missing' ? 'screen.migrations.own.create' : 'screen.migrations.own.update')}
            </Button>
          )}
          {schema?.kind === 'there' && schema.identity.place === 'moved' && (
            <Button loading={settle.pending} onClick={() => void settle.run()}>
              {words('screen.migrations.own.settle')}
            </Button>
          )}
        </div>
      </div>
    </Panel>
  );
}

type Mark = 'looking' | 'missing' | 'refused' | 'foreign' | 'there' | 'moved' | 'newer';

function markOf(schema: CompanionSchemaState | undefined, refused: boolean): { tone: Tone; state: Mark } {
  switch (schema?.kind) {
    case undefined:
      return { tone: 'quiet', state: 'looking' };
    case 'missing':
      return { tone: 'quiet', state: refused ? 'refused' : 'missing' };
    case 'foreign':
      return { tone: 'info', state: 'foreign' };
    case 'newer':
      return { tone: 'warn', state: 'newer' };
    case 'there':
      return schema.identity.place === 'moved' ? { tone: 'warn', state: 'moved' } : { tone: 'ok', state: 'there' };
  }
}

function SchemaWords({ schema, refused }: { schema: CompanionSchemaState; refused: boolean }) {
  switch (schema.kind) {
    case 'missing':
      return (
        <p className={classes.quiet}>
          {words(refused ? 'identity.not-permitted' : 'screen.migrations.own.missing-text')}
        </p>
      );
    case 'foreign': {
      const { cause, next } = problemText({ code: 'companion-schema-foreign', values: { database: '' } });
      return (
        <p className={classes.quiet}>
          {cause} {next}
        </p>
      );
    }
    case 'there':
    case 'newer': {
      const { id, name, createdAt, appVersion, place, lastPlace } = schema.identity;
      return (
        <>
          {place === 'moved' && (
            <p>{words('identity.moved', { database: lastPlace.database, since: localTime(lastPlace.since) })}</p>
          )}
          {schema.kind === 'newer' && (
            <p>{words('problem.companion-schema-newer.cause', { names: schema.unknown.join(', ') })}</p>
          )}
          <KeyValue
            rows={[
              [words('screen.migrations.own.name'), name],
              [
                words('screen.migrations.own.id'),
                <span key="id" className={classes.path}>
                  {id}
                </span>,
              ],
              [words('screen.migrations.own.since'), <Moment key="since" at={createdAt} />],
              [words('screen.migrations.own.by'), appVersion],
              [words('screen.migrations.own.place'), lastPlace.database],
            ]}
          />
        </>
      );
    }
  }
}

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function localTime(iso: string): string {
  return moment.format(new Date(iso));
}
