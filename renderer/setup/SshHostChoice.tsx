import { Button, NativeSelect } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { SshHostForm } from '../settings/SshHostForm.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Setup.module.css';

/** One of the hosts that are reached by SSH, or a new one; the only one there is is chosen by itself. */
export function SshHostChoice({ chosen, onChoose }: { chosen: string | undefined; onChoose(sshHostId: string): void }) {
  const hosts = useStore((state) => state.sshHosts);
  const load = useStore((state) => state.loadSshHosts);
  const [loaded, setLoaded] = useState(false);
  const [adding, setAdding] = useState(false);
  useEffect(() => {
    void load()
      .catch(() => undefined)
      .then(() => setLoaded(true));
  }, [load]);
  const first = hosts[0]?.id;
  useEffect(() => {
    if (chosen === undefined && first !== undefined) onChoose(first);
  }, [chosen, first, onChoose]);
  if (adding || (loaded && first === undefined)) {
    return (
      <SshHostForm
        nested
        onCancel={() => setAdding(false)}
        onSaved={(host) => {
          setAdding(false);
          onChoose(host.id);
        }}
      />
    );
  }
  return (
    <div className={classes.end}>
      <NativeSelect
        label={words('screen.route.host')}
        value={chosen ?? ''}
        data={hosts.map((host) => ({ value: host.id, label: host.name }))}
        onChange={(event) => onChoose(event.currentTarget.value)}
      />
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
        {words('screen.ssh.add')}
      </Button>
    </div>
  );
}
