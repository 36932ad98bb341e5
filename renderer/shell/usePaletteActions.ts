import {
  IconActivityHeartbeat,
  IconDatabase,
  IconDeviceDesktop,
  IconFileImport,
  IconFolder,
  IconHome,
  IconKey,
  IconMoon,
  IconPlus,
  IconRefresh,
  IconSettings,
  IconSun,
  IconSwitchHorizontal,
  IconTerminal2,
  IconTool,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { useLocation } from 'wouter';
import { ask } from '../api.ts';
import { isReachable, selectedInstance } from '../store/instances.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { backupActions } from './backupActions.ts';
import { instanceLine } from './instanceLine.ts';
import { migrationActions } from './migrationActions.ts';
import { places, settingsPlace } from './places.ts';
import { serverActions } from './serverActions.ts';

export type PaletteAction = {
  id: string;
  name: string;
  hint?: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  run(): void;
};

/** What the palette offers now: only what can really be done. */
export function usePaletteActions(): PaletteAction[] {
  const [, go] = useLocation();
  const instances = useStore((state) => state.instances);
  const selected = useStore(selectedInstance);
  const { selectInstance, runChecks, testConnection, changeSettings } = useStore.getState();
  const actions: PaletteAction[] = [];

  if (selected !== undefined) {
    actions.push(
      { id: 'overview', name: words('screen.overview.title'), icon: IconHome, run: () => go(places.overview) },
      { id: 'database', name: words('screen.database.title'), icon: IconDatabase, run: () => go(places.database) },
    );
  }
  actions.push(...serverActions(selected, go), ...migrationActions(selected, go));
  actions.push(...backupActions(selected, go));
  if (selected !== undefined && isReachable(selected)) {
    const { id, name } = selected;
    actions.push(
      {
        id: 'check',
        name: words('screen.overview.run-checks'),
        hint: name,
        icon: IconRefresh,
        run: () => {
          go(places.database);
          void runChecks(id);
        },
      },
      {
        id: 'test',
        name: words('screen.connection.test'),
        hint: name,
        icon: IconRefresh,
        run: () => {
          go(places.database);
          void testConnection(id);
        },
      },
    );
  }
  actions.push(
    {
      id: 'activity',
      name: words('screen.activity.title'),
      icon: IconActivityHeartbeat,
      run: () => go(places.activity),
    },
    {
      id: 'settings',
      name: words('screen.settings.title'),
      hint: key(','),
      icon: IconSettings,
      run: () => go(places.settings),
    },
    {
      id: 'ssh-hosts',
      name: words('screen.ssh.title'),
      hint: words('screen.settings.title'),
      icon: IconTerminal2,
      run: () => go(settingsPlace('ssh-hosts')),
    },
    {
      id: 'keychain',
      name: words('screen.keychain.title'),
      hint: words('screen.settings.title'),
      icon: IconKey,
      run: () => go(settingsPlace('keychain')),
    },
    {
      id: 'tools',
      name: words('screen.tools.title'),
      hint: words('screen.settings.title'),
      icon: IconTool,
      run: () => go(settingsPlace('tools')),
    },
    { id: 'add', name: words('screen.rail.add'), hint: key('N'), icon: IconPlus, run: () => go(places.welcome) },
    { id: 'import', name: words('screen.import.title'), icon: IconFileImport, run: () => go(places.imports) },
  );
  for (const instance of instances) {
    if (instance.id === selected?.id) continue;
    actions.push({
      id: `select-${instance.id}`,
      name: words('screen.palette.switch', { name: instance.name }),
      hint: instanceLine(instance),
      icon: IconSwitchHorizontal,
      run: () => {
        void selectInstance(instance.id);
        go(places.overview);
      },
    });
  }
  const theme = words('screen.settings.appearance');
  actions.push(
    {
      id: 'light',
      name: words('screen.settings.theme.light'),
      hint: theme,
      icon: IconSun,
      run: () => void changeSettings({ theme: 'light' }),
    },
    {
      id: 'dark',
      name: words('screen.settings.theme.dark'),
      hint: theme,
      icon: IconMoon,
      run: () => void changeSettings({ theme: 'dark' }),
    },
    {
      id: 'system',
      name: words('screen.settings.theme.system'),
      hint: theme,
      icon: IconDeviceDesktop,
      run: () => void changeSettings({ theme: 'system' }),
    },
    {
      id: 'folder',
      name: words('screen.settings.show-folder'),
      icon: IconFolder,
      run: () => void ask('app.showDataFolder'),
    },
  );
  return actions;
}

function key(letter: string): string {
  return navigator.platform.startsWith('Mac') ? `⌘${letter}` : `Ctrl ${letter}`;
}
