import type { MenuItemConstructorOptions } from 'electron';
import { say, text } from '../contract/copy/text.ts';
import type { Events } from '../contract/events.ts';

export type MenuCommand = Exclude<Events['command']['command'], 'find'>;

/**
 * The menu of a platform: on macOS the application menu comes first and holds settings and quit; elsewhere they are under File.
 * Standard roles keep the platform's own words and shortcuts.
 */
export function menuTemplate(
  platform: NodeJS.Platform,
  development: boolean,
  run: (command: MenuCommand) => void,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const command = (name: MenuCommand, accelerator: string): MenuItemConstructorOptions => ({
    id: name,
    label: say(text(`app.menu.${name}`)),
    accelerator,
    click: () => run(name),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const application: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      separator,
      command('settings', 'CmdOrCtrl+,'),
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
  return [
    ...(mac ? [application] : []),
    {
      label: say(text('app.menu.file')),
      submenu: [
        command('new-instance', 'CmdOrCtrl+N'),
        separator,
        ...(mac
          ? [{ role: 'close' } as const]
          : [command('settings', 'CmdOrCtrl+,'), separator, { role: 'quit' } as const]),
      ],
    },
    { role: 'editMenu' },
    {
      label: say(text('app.menu.view')),
      submenu: [
        command('palette', 'CmdOrCtrl+K'),
        command('check-again', 'CmdOrCtrl+R'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(development ? [separator, { role: 'forceReload' } as const, { role: 'toggleDevTools' } as const] : []),
      ],
    },
    { role: 'windowMenu' },
  ];
}
