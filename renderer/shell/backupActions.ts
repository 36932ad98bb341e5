import { IconDownload, IconFileSearch, IconSettings } from '@tabler/icons-react';
import type { InstanceView } from '../../contract/instance.ts';
import type { BackupSection } from '../store/backups.ts';
import { isReachable } from '../store/instances.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { places } from './places.ts';
import type { PaletteAction } from './usePaletteActions.ts';

/** What the palette offers for the backups of an instance. */
export function backupActions(instance: InstanceView | undefined, go: (place: string) => void): PaletteAction[] {
  if (instance === undefined) return [];
  const { openBackupSection, startBackup } = useStore.getState();
  const open = (section: BackupSection) => {
    openBackupSection(section);
    go(places.backups);
  };
  const page: PaletteAction = {
    id: 'backups',
    name: words('screen.backups.title'),
    icon: IconDownload,
    run: () => open('list'),
  };
  if (instance.kind === 'practice' || !isReachable(instance)) return [page];
  const hint = instance.name;
  return [
    page,
    {
      id: 'backup-now',
      name: words('screen.backups.now'),
      hint,
      icon: IconDownload,
      run: () => {
        open('list');
        void startBackup(instance.id);
      },
    },
    {
      id: 'backup-settings',
      name: words('screen.backups.section.settings'),
      hint,
      icon: IconSettings,
      run: () => open('settings'),
    },
    {
      id: 'backup-others',
      name: words('screen.backups.inspect'),
      hint,
      icon: IconFileSearch,
      run: () => open('others'),
    },
  ];
}
