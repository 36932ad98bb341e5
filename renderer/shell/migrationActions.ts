import { IconEye, IconPlayerPlay, IconStairsUp, IconTestPipe } from '@tabler/icons-react';
import type { InstanceView } from '../../contract/instance.ts';
import { isReachable } from '../store/instances.ts';
import { migrationsOf } from '../store/migrations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { places } from './places.ts';
import type { PaletteAction } from './usePaletteActions.ts';

/** What the palette offers for the migrations of an instance. Before the first look it is not known that nothing is pending. */
export function migrationActions(instance: InstanceView | undefined, go: (place: string) => void): PaletteAction[] {
  if (instance === undefined) return [];
  const { openMigrationsSection, rehearseMigrations } = useStore.getState();
  const { id, name } = instance;
  const page = { hint: name, icon: IconStairsUp };
  const list: PaletteAction = {
    ...page,
    id: 'migrations',
    name: words('screen.migrations.title'),
    run: () => {
      openMigrationsSection('list');
      go(places.migrations);
    },
  };
  const { value: status } = migrationsOf(useStore.getState(), id).status;
  if (!isReachable(instance) || (status !== undefined && status.pending === 0)) return [list];
  return [
    list,
    {
      ...page,
      id: 'migrations-preview',
      name: words('screen.migrations.palette.preview'),
      icon: IconEye,
      run: () => {
        openMigrationsSection('preview');
        go(places.migrations);
      },
    },
    {
      ...page,
      id: 'migrations-rehearse',
      name: words('screen.migrations.palette.rehearse'),
      icon: IconTestPipe,
      run: () => {
        openMigrationsSection('list');
        go(places.migrations);
        void rehearseMigrations(id);
      },
    },
    {
      ...page,
      id: 'migrations-run',
      name: words('screen.migrations.palette.run'),
      icon: IconPlayerPlay,
      run: () => {
        openMigrationsSection('run');
        go(places.migrations);
      },
    },
  ];
}
