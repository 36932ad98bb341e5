import { Button } from '@mantine/core';
import { IconFolder, IconPlus } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { BackupSettingsView } from '../../../contract/backupChannels.ts';
import type { DestinationSettings } from '../../../contract/backupSettings.ts';
import type { InstanceView } from '../../../contract/instance.ts';
import { ask } from '../../api.ts';
import { Panel } from '../../components/Panel.tsx';
import { FailureView, ProblemView } from '../../components/ProblemView.tsx';
import { StatusMark } from '../../components/StatusMark.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { backupsOf } from '../../store/backups.ts';
import { useStore } from '../../store/store.ts';
import { useAction } from '../../store/useAction.ts';
import { words } from '../../words.ts';
import classes from '../Backups.module.css';
import { DestinationForm } from './DestinationForm.tsx';

/** The folder of this computer that backups are made in, and the places that get copies. */
export function DestinationsSection({ instance, settings }: { instance: InstanceView; settings: BackupSettingsView }) {
  const [adding, setAdding] = useState(false);
  const { destinations, folder } = settings;
  return (
    <Panel
      flush
      title={words('screen.backups.destinations')}
      sub={words('screen.backups.destinations.sub')}
      actions={
        !adding && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {words('screen.backups.destinations.add')}
          </Button>
        )
      }
    >
      <ul aria-label={words('screen.backups.destinations')}>
        <OwnFolder instance={instance} folder={folder} />
        {destinations.map((destination) => (
          <Destination key={destination.id} instance={instance} destination={destination} />
        ))}
      </ul>
      {adding && (
        <div className={classes.formInset}>
          <DestinationForm instance={instance} onClose={() => setAdding(false)} />
        </div>
      )}
    </Panel>
  );
}

function OwnFolder({ instance, folder }: { instance: InstanceView; folder: string }) {
  const remember = useStore((state) => state.rememberForBackups);
  const choose = useAction(
    useCallback(async () => {
      const chosen = await ask('backups.chooseFolder', { purpose: 'backups' });
      if (chosen !== null) await remember({ instanceId: instance.id, folder: chosen.folder });
    }, [instance.id, remember]),
  );
  return (
    <li className={classes.row}>
      <div>
        <strong>{words('screen.card.this-computer')}</strong>{' '}
        <span className={classes.quiet}>{words('screen.backups.folder.first')}</span>
        <p className={classes.path}>{folder}</p>
      </div>
      <Button
        leftSection={<IconFolder size={16} aria-hidden />}
        loading={choose.pending}
        onClick={() => void choose.run()}
      >
        {words('screen.backups.folder.choose')}
      </Button>
      {choose.failure !== undefined && <FailureView failure={choose.failure} />}
    </li>
  );
}

function Destination({ instance, destination }: { instance: InstanceView; destination: DestinationSettings }) {
  const { id, name } = destination;
  const [works, setWorks] = useState<{ freeBytes: number | null }>();
  const reload = useStore((state) => state.loadBackupSettings);
  const hosts = useStore((state) => state.sshHosts);
  const copies = useStore((state) => backupsOf(state, instance.id).copies)?.find((one) => one.destination.id === id);
  const test = useAction(
    useCallback(async () => {
      setWorks(undefined);
      setWorks(await ask('backupSettings.testDestination', { instanceId: instance.id, destinationId: id }));
    }, [instance.id, id]),
  );
  const remove = useAction(
    useCallback(async () => {
      await ask('backupSettings.removeDestination', { instanceId: instance.id, destinationId: id });
      await reload(instance.id);
    }, [instance.id, id, reload]),
  );
  const [asking, setAsking] = useState(false);
  const failure = test.failure ?? remove.failure;
  return (
    <li className={classes.row}>
      <div>
        <strong>{name}</strong>{' '}
        <span className={classes.quiet}>{words(`screen.backups.destination.${destination.kind}`)}</span>
        <p className={classes.path}>{placeOf(destination, hosts)}</p>
      </div>
      <div className={classes.actions}>
        <Button
          loading={test.pending}
          aria-label={words('screen.backups.destinations.test-name', { name })}
          onClick={() => void test.run()}
        >
          {words('screen.backups.test')}
        </Button>
        <Button
          color={asking ? 'red' : undefined}
          variant={asking ? 'filled' : 'default'}
          loading={remove.pending}
          aria-label={words(asking ? 'screen.backups.destinations.really' : 'screen.backups.destinations.remove-name', {
            name,
          })}
          onBlur={() => setAsking(false)}
          onClick={() => (asking ? void remove.run() : setAsking(true))}
        >
          {words(asking ? 'screen.remove-confirm' : 'screen.remove')}
        </Button>
      </div>
      {works !== undefined && (
        <p role="status">
          <StatusMark tone="ok">
            {works.freeBytes === null
              ? words('screen.backups.destinations.works')
              : words('screen.backups.destinations.works-free', { size: formatBytes(works.freeBytes) })}
          </StatusMark>
        </p>
      )}
      {asking && <p className={classes.quiet}>{words('screen.backups.destinations.remove-text')}</p>}
      {failure !== undefined && <FailureView failure={failure} />}
      {failure === undefined && copies?.problem !== undefined && <ProblemView problem={copies.problem} />}
    </li>
  );
}

function placeOf(destination: DestinationSettings, hosts: readonly { id: string; name: string }[]): string {
  switch (destination.kind) {
    case 'folder':
      return destination.path;
    case 'ssh':
      return `${hosts.find(({ id }) => id === destination.sshHostId)?.name ?? destination.sshHostId}:${destination.path}`;
    case 's3':
      return [destination.endpoint.replace(/\/$/, ''), destination.bucket, destination.prefix]
        .filter(Boolean)
        .join('/');
  }
}
