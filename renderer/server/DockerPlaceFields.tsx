import { Button, NativeSelect, Radio, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { DockerPlace } from '../../contract/server.ts';
import { SshHostForm } from '../settings/SshHostForm.tsx';
import setup from '../setup/Setup.module.css';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/** Which computer Docker is on. Over SSH `sudo` is found out by trying. */
export function DockerPlaceFields({ place, onChange }: { place: DockerPlace; onChange(place: DockerPlace): void }) {
  const hosts = useStore((state) => state.sshHosts);
  const load = useStore((state) => state.loadSshHosts);
  const [adding, setAdding] = useState(false);
  useEffect(() => {
    void load().catch(() => undefined);
  }, [load]);
  const bySsh = (sshHostId: string) => onChange({ kind: 'ssh', sshHostId, sudo: false });
  const remote = place.kind === 'ssh' || adding;
  return (
    <div className={setup.group}>
      <Radio.Group
        aria-label={words('screen.server.find.where')}
        value={remote ? 'ssh' : 'local'}
        onChange={(value) => {
          if (value === 'local') {
            setAdding(false);
            onChange({ kind: 'local' });
          } else if (hosts[0] === undefined) setAdding(true);
          else bySsh(hosts[0].id);
        }}
      >
        <Stack gap={8}>
          <Radio
            value="local"
            label={words('screen.server.find.local')}
            description={words('screen.server.find.local-text')}
          />
          <Radio
            value="ssh"
            label={words('screen.server.find.ssh')}
            description={words('screen.server.find.ssh-text')}
          />
        </Stack>
      </Radio.Group>
      {remote && !adding && (
        <div className={setup.end}>
          <NativeSelect
            label={words('screen.route.host')}
            value={place.kind === 'ssh' ? place.sshHostId : ''}
            data={hosts.map((host) => ({ value: host.id, label: host.name }))}
            onChange={(event) => bySsh(event.currentTarget.value)}
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
            bySsh(host.id);
          }}
        />
      )}
    </div>
  );
}
