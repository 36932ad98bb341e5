import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { InstanceView } from '../../contract/instance.ts';
import { backupsOf } from '../store/backups.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/** The one button. */
export function BackUpNowButton({
  instance,
  busy,
  onStart,
}: {
  instance: InstanceView;
  busy: boolean;
  /** Where the start is elsewhere than on the Backups page. */
  onStart?: () => void;
}) {
  const starting = useStore((state) => backupsOf(state, instance.id).starting);
  const start = useStore((state) => state.startBackup);
  return (
    <Button
      variant="filled"
      leftSection={<IconDownload size={16} aria-hidden />}
      loading={starting}
      disabled={busy}
      onClick={() => {
        onStart?.();
        void start(instance.id);
      }}
    >
      {words('screen.backups.now')}
    </Button>
  );
}
