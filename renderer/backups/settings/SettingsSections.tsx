import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { InstanceView } from '../../../contract/instance.ts';
import { Panel } from '../../components/Panel.tsx';
import { FailureView } from '../../components/ProblemView.tsx';
import { Reading } from '../../server/Reading.tsx';
import { backupsOf } from '../../store/backups.ts';
import { useStore } from '../../store/store.ts';
import { words } from '../../words.ts';
import classes from '../Backups.module.css';
import { DestinationsSection } from './DestinationsSection.tsx';
import { EncryptionSection } from './EncryptionSection.tsx';
import { NotificationsSection } from './NotificationsSection.tsx';
import { RetentionSection } from './RetentionSection.tsx';
import { ScheduleSection } from './ScheduleSection.tsx';

/** Where copies go, how they are encrypted, when backups are made, how long backups stay, who is told. */
export function SettingsSections({ instance }: { instance: InstanceView }) {
  const { settings, settingsFailure } = useStore((state) => backupsOf(state, instance.id));
  const load = useStore((state) => state.loadBackupSettings);
  if (settingsFailure !== undefined) {
    return (
      <Panel>
        <FailureView
          failure={settingsFailure}
          actions={
            <Button leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => void load(instance.id)}>
              {words('screen.server.look-again')}
            </Button>
          }
        />
      </Panel>
    );
  }
  if (settings === undefined) return <Reading />;
  const props = { instance, settings };
  return (
    <div className={classes.stack}>
      <DestinationsSection {...props} />
      <EncryptionSection {...props} />
      <ScheduleSection {...props} />
      <RetentionSection {...props} />
      <NotificationsSection />
    </div>
  );
}
