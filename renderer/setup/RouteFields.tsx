import { Button, NativeSelect, Radio, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { Route } from '../../contract/connection.ts';
import { SshHostForm } from '../settings/SshHostForm.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Setup.module.css';

/** Straight to the database, or through a host that is reached by SSH. */
export function RouteFields({ route, onChange }: { route: Route; onChange(route: Route): void }) {
  const hosts = useStore((state) => state.sshHosts);
  const load = useStore((state) => state.loadSshHosts);
  const [adding, setAdding] = useState(false);
  useEffect(() => {
    void load().catch(() => undefined);
  }, [load]);
  const throughSsh = route.kind === 'ssh' || adding;
  return (
    <div className={classes.group}>
      <Radio.Group
        aria-label={words('screen.route.title')}
        value={throughSsh ? 'ssh' : 'direct'}
        onChange={(value) => {
          if (value === 'direct') {
            setAdding(false);
            onChange({ kind: 'direct' });
          } else if (hosts[0] === undefined) setAdding(true);
          else onChange({ kind: 'ssh', sshHostId: hosts[0].id });
        }}
      >
        <Stack gap={8}>
          <Radio value="direct" label={words('screen.route.direct')} description={words('screen.route.direct-text')} />
          <Radio value="ssh" label={words('screen.route.ssh')} description={words('screen.route.ssh-text')} />
        </Stack>
      </Radio.Group>
      {throughSsh && !adding && (
        <div className={classes.end}>
          <NativeSelect
            label={words('screen.route.host')}
            value={route.kind === 'ssh' ? route.sshHostId : ''}
            data={hosts.map((host) => ({ value: host.id, label: host.name }))}
            onChange={(event) => onChange({ kind: 'ssh', sshHostId: event.currentTarget.value })}
          />
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {words('screen.ssh.add')}
          </Button>
        </div>
      )}
      {adding && (
        <SshHostForm
          nested
          onCancel={() => setAdding(false)}
          onSaved={(host) => {
            setAdding(false);
            onChange({ kind: 'ssh', sshHostId: host.id });
          }}
        />
      )}
    </div>
  );
}
