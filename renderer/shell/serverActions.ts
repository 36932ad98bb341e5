import {
  IconExternalLink,
  IconFileText,
  IconPlayerPlay,
  IconPlayerStop,
  IconRotateClockwise,
  IconServer2,
} from '@tabler/icons-react';
import type { InstanceView } from '../../contract/instance.ts';
import { ask } from '../api.ts';
import { canStart, canStop } from '../server/serverLine.ts';
import { serverOf } from '../store/servers.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { places } from './places.ts';
import type { PaletteAction } from './usePaletteActions.ts';

const icons = { start: IconPlayerPlay, stop: IconPlayerStop, restart: IconRotateClockwise } as const;

/** What the palette offers for the server of an instance. Before the first look both start and stop are: each ends well if there is nothing to do. */
export function serverActions(instance: InstanceView | undefined, go: (place: string) => void): PaletteAction[] {
  const { openServerSection, changeServer } = useStore.getState();
  const page: PaletteAction = {
    id: 'server',
    name: words('screen.server.title'),
    icon: IconServer2,
    run: () => go(places.server),
  };
  if (instance?.server === undefined) {
    return [
      ...(instance === undefined ? [] : [page]),
      { ...page, id: 'server-find', name: words('screen.server.find') },
    ];
  }
  const { id, name, server } = instance;
  const { status } = serverOf(useStore.getState(), id);
  const changes = (['start', 'stop', 'restart'] as const)
    .filter((what) => status === undefined || (what === 'start' ? canStart(status) : canStop(status)))
    .map((what) => ({
      id: `server-${what}`,
      name: words(`screen.server.${what}-server`),
      hint: name,
      icon: icons[what],
      run: () => {
        openServerSection('state');
        go(places.server);
        // What stands in the way is told by the operation, or by the page when it looks.
        void changeServer(id, what).catch(() => undefined);
      },
    }));
  return [
    page,
    ...changes,
    {
      id: 'server-logs',
      name: words('screen.server.open-logs'),
      hint: name,
      icon: IconFileText,
      run: () => {
        openServerSection('logs');
        go(places.server);
      },
    },
    ...(server.url === undefined
      ? []
      : [
          {
            id: 'server-open',
            name: words('screen.server.open-browser'),
            hint: server.url,
            icon: IconExternalLink,
            run: () => void ask('server.open', { instanceId: id }),
          },
        ]),
  ];
}
