import { Button, Modal } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import type { ListedBackup } from '../../contract/backupChannels.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { FailureView } from '../components/ProblemView.tsx';
import { formatBytes, formatCount } from '../format/bytes.ts';
import { formatMoment } from '../format/moment.ts';
import { places } from '../shell/places.ts';
import { backupsOf } from '../store/backups.ts';
import { useStore } from '../store/store.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import classes from './Backups.module.css';
import { copiesOf, fileName, madeAt, newestGood } from './backupLine.ts';

/** Removes one backup of this computer, after it was said what is lost with it and what stays. */
export function RemoveBackup({
  instance,
  backup,
  disabled,
}: {
  instance: InstanceView;
  backup: ListedBackup;
  disabled: boolean;
}) {
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const { list, copies } = useStore((state) => backupsOf(state, instance.id));
  const remove = useAction(
    useCallback(async () => {
      await useStore.getState().removeBackup(instance.id, backup.id);
      go(places.backups);
    }, [instance.id, backup.id, go]),
  );
  const rows = backup.manifest?.tables.reduce((sum, table) => sum + table.rows, 0);
  const stays = newestGood(list);
  const elsewhere = copiesOf(backup, copies).map(({ name }) => name);
  return (
    <>
      <Button leftSection={<IconTrash size={16} aria-hidden />} disabled={disabled} onClick={() => setAsking(true)}>
        {words('screen.backups.remove')}
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={words('screen.backups.remove.question')}>
        <div className={classes.form}>
          <p>
            {rows === undefined
              ? words('screen.backups.remove.file', { size: formatBytes(backup.bytes) })
              : words('screen.backups.remove.what', {
                  size: formatBytes(backup.bytes),
                  tables: backup.manifest?.tables.length ?? 0,
                  rows: formatCount(rows),
                })}
          </p>
          <p className={classes.path}>{fileName(backup.where.path)}</p>
          <p>
            {elsewhere.length > 0
              ? words('screen.backups.remove.copies', { names: elsewhere.join(', ') })
              : words('screen.backups.remove.no-copies')}{' '}
            {stays !== undefined &&
              words('screen.backups.remove.stays', { when: formatMoment(new Date(madeAt(stays)), new Date()) })}
          </p>
          {remove.failure !== undefined && <FailureView failure={remove.failure} />}
          <div className={classes.actions}>
            <Button data-autofocus onClick={() => setAsking(false)}>
              {words('screen.backups.remove.keep')}
            </Button>
            <Button variant="filled" color="red" loading={remove.pending} onClick={() => void remove.run()}>
              {words('screen.backups.remove')}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
