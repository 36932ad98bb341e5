import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { SshHost } from '../../contract/sshHost.ts';
import { type Failure, failureOf } from '../api.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Settings.module.css';
import { SshHostForm } from './SshHostForm.tsx';
import { SshTestResult } from './SshTestResult.tsx';

/** Hosts that are reached by SSH: add, change, try, remove. */
export function SshHostsSection() {
  const hosts = useStore((state) => state.sshHosts);
  const load = useStore((state) => state.loadSshHosts);
  const [failure, setFailure] = useState<Failure | undefined>();
  const [editing, setEditing] = useState<string | 'new' | undefined>();
  useEffect(() => {
    load().catch((error: unknown) => setFailure(failureOf(error)));
  }, [load]);
  return (
    <Panel
      flush
      title={words('screen.ssh.title')}
      sub={words('screen.ssh.sub')}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
          {words('screen.ssh.add')}
        </Button>
      }
    >
      {failure !== undefined && (
        <div className={classes.inset}>
          <FailureView failure={failure} />
        </div>
      )}
      {editing === 'new' && (
        <div className={classes.inset}>
          <SshHostForm onSaved={() => setEditing(undefined)} onCancel={() => setEditing(undefined)} />
        </div>
      )}
      {hosts.length === 0 && editing !== 'new' && <p className={classes.empty}>{words('screen.ssh.empty')}</p>}
      {hosts.map((host) =>
        editing === host.id ? (
          <div key={host.id} className={classes.inset}>
            <SshHostForm host={host} onSaved={() => setEditing(undefined)} onCancel={() => setEditing(undefined)} />
          </div>
        ) : (
          <HostRow key={host.id} host={host} onEdit={() => setEditing(host.id)} />
        ),
      )}
    </Panel>
  );
}

function HostRow({ host, onEdit }: { host: SshHost; onEdit(): void }) {
  const [failure, setFailure] = useState<Failure | undefined>();
  const [confirming, setConfirming] = useState(false);
  const test = useStore((state) => state.sshTests[host.id]);
  const hosts = useStore((state) => state.sshHosts);
  const { testSshHost, removeSshHost } = useStore.getState();
  return (
    <>
      <div className={classes.row}>
        <div>
          <strong>{host.name}</strong>
          <p>{hostLine(host, hosts)}</p>
        </div>
        <div className={classes.actions}>
          <Button size="xs" loading={test?.testing === true} onClick={() => void testSshHost(host.id)}>
            {words('screen.ssh.test')}
          </Button>
          <Button size="xs" onClick={onEdit} aria-label={words('screen.ssh.edit-name', { name: host.name })}>
            {words('screen.edit')}
          </Button>
          <Button
            size="xs"
            variant={confirming ? 'filled' : 'subtle'}
            color={confirming ? 'red' : undefined}
            onBlur={() => setConfirming(false)}
            aria-label={words(confirming ? 'screen.ssh.remove-confirm' : 'screen.ssh.remove-name', { name: host.name })}
            onClick={() => {
              if (!confirming) return setConfirming(true);
              removeSshHost(host.id).catch((error: unknown) => setFailure(failureOf(error)));
            }}
          >
            {words(confirming ? 'screen.remove-confirm' : 'screen.remove')}
          </Button>
        </div>
      </div>
      {(failure !== undefined || test !== undefined) && (
        <div className={classes.result}>
          {failure !== undefined && <FailureView failure={failure} />}
          {test !== undefined && <SshTestResult test={test} />}
        </div>
      )}
    </>
  );
}

function hostLine(host: SshHost, hosts: readonly SshHost[]): string {
  const address = `${host.user === undefined ? '' : `${host.user}@`}${host.host}${host.port === undefined ? '' : `:${host.port}`}`;
  const method = words(`screen.ssh.method-${host.authentication?.method ?? 'config'}`);
  if (host.jumps.length === 0) return `${address} · ${method}`;
  const hops = host.jumps.map((id) => hosts.find((one) => one.id === id)?.name ?? '…').join(', ');
  return words('screen.ssh.line-through', { address, method, hops });
}
