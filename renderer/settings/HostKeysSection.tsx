import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { type Failure, failureOf } from '../api.ts';
import { Moment } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Settings.module.css';

/** Host keys that were accepted in this app, and the way to forget one. */
export function HostKeysSection() {
  const pins = useStore((state) => state.hostKeyPins);
  const { loadHostKeys, forgetHostKey } = useStore.getState();
  const [failure, setFailure] = useState<Failure | undefined>();
  useEffect(() => {
    loadHostKeys().catch((error: unknown) => setFailure(failureOf(error)));
  }, [loadHostKeys]);
  return (
    <Panel flush title={words('screen.pins.title')} sub={words('screen.pins.sub')}>
      {failure !== undefined && (
        <div className={classes.inset}>
          <FailureView failure={failure} />
        </div>
      )}
      {pins?.length === 0 && <p className={classes.empty}>{words('screen.pins.empty')}</p>}
      {pins?.map((pin) => (
        <div key={`${pin.host}:${pin.port} ${pin.algorithm}`} className={classes.row}>
          <div>
            <strong>
              {pin.host}:{pin.port}
            </strong>
            <p>
              {pin.algorithm} · {words('screen.pins.since')} <Moment at={pin.pinnedAt} />
            </p>
            <span className={classes.fingerprint}>{pin.fingerprint}</span>
          </div>
          <Button
            size="xs"
            aria-label={words('screen.pins.forget-name', { host: pin.host })}
            onClick={() => {
              forgetHostKey(pin.host, pin.port).catch((error: unknown) => setFailure(failureOf(error)));
            }}
          >
            {words('screen.pins.forget')}
          </Button>
        </div>
      ))}
    </Panel>
  );
}
