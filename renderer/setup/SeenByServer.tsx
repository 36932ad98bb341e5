import { Button, TextInput } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import { FailureView } from '../components/ProblemView.tsx';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Setup.module.css';

/** The database's address as the server's container finds it, where that is another than the app's. */
export function SeenByServer({ instance, onChanged }: { instance: InstanceView; onChanged(): Promise<void> }) {
  const seen = instance.seenByServer;
  const [host, setHost] = useState(seen?.host ?? '');
  const [port, setPort] = useState(String(seen?.port ?? instance.connection?.hosts[0]?.port ?? 5432));
  const number = /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535 ? Number(port) : undefined;
  const change = useAction(
    useCallback(
      async (seenByServer: { host: string; port: number } | null) => {
        await useStore.getState().updateInstance({ id: instance.id, seenByServer });
        await onChanged();
      },
      [instance.id, onChanged],
    ),
  );
  return (
    <details className={classes.more} open={seen !== undefined || undefined}>
      <summary>{words('screen.reach.change')}</summary>
      <div className={classes.group}>
        <p className={classes.hint}>{words('screen.reach.change-text')}</p>
        <div className={classes.pair}>
          <TextInput
            label={words('screen.reach.host')}
            value={host}
            placeholder="host.docker.internal"
            onChange={(event) => setHost(event.currentTarget.value)}
            spellCheck={false}
            autoComplete="off"
          />
          <TextInput
            label={words('screen.reach.port')}
            value={port}
            inputMode="numeric"
            error={number === undefined && words('screen.form.port-invalid')}
            onChange={(event) => setPort(event.currentTarget.value)}
          />
        </div>
        {change.failure !== undefined && <FailureView failure={change.failure} />}
        <div className={classes.foot}>
          <Button
            loading={change.pending}
            disabled={host.trim() === '' || number === undefined}
            onClick={() => {
              if (number !== undefined) void change.run({ host: host.trim(), port: number });
            }}
          >
            {words('screen.reach.use')}
          </Button>
          {seen !== undefined && (
            <Button disabled={change.pending} onClick={() => void change.run(null)}>
              {words('screen.reach.same')}
            </Button>
          )}
        </div>
      </div>
    </details>
  );
}
