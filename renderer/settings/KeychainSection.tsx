import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ask, type Failure, failureOf } from '../api.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Settings.module.css';

/** What this app keeps in the system's keychain; never the secrets themselves. */
export function KeychainSection() {
  const keychain = useStore((state) => state.keychain);
  const loadKeychain = useStore((state) => state.loadKeychain);
  const [failure, setFailure] = useState<Failure | undefined>();
  useEffect(() => {
    loadKeychain().catch((error: unknown) => setFailure(failureOf(error)));
  }, [loadKeychain]);
  return (
    <Panel
      flush
      title={words('screen.keychain.title')}
      sub={words('screen.keychain.sub')}
      actions={
        keychain === undefined ? undefined : keychain.available ? (
          <StatusMark tone="ok">{words('screen.keychain.available')}</StatusMark>
        ) : (
          <StatusMark tone="warn">{words('screen.keychain.unavailable')}</StatusMark>
        )
      }
    >
      {failure !== undefined && (
        <div className={classes.inset}>
          <FailureView failure={failure} />
        </div>
      )}
      {keychain?.available === false && (
        <div className={classes.empty}>
          <p>{words('screen.keychain.unavailable-text')}</p>
          {keychain.detail !== undefined && <p className={classes.fingerprint}>{keychain.detail}</p>}
        </div>
      )}
      {keychain?.available === true && keychain.entries.length === 0 && (
        <p className={classes.empty}>{words('screen.keychain.empty')}</p>
      )}
      {keychain?.entries.map((entry) => (
        <div key={entry.account} className={classes.row}>
          <div>
            <strong>{entry.label}</strong>
            <p className={classes.fingerprint}>{entry.account}</p>
          </div>
          <Button
            size="xs"
            aria-label={words('screen.keychain.forget-name', { name: entry.label })}
            onClick={() => {
              ask('keychain.forget', { account: entry.account })
                .then(loadKeychain)
                .catch((error: unknown) => setFailure(failureOf(error)));
            }}
          >
            {words('screen.pins.forget')}
          </Button>
        </div>
      ))}
      {keychain !== undefined && keychain.sessionOnly > 0 && (
        <p className={classes.empty}>{words('screen.keychain.session', { count: keychain.sessionOnly })}</p>
      )}
    </Panel>
  );
}
