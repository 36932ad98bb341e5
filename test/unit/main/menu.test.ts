import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { menuTemplate } from '../../../main/menu.ts';

const items = (entry: MenuItemConstructorOptions | undefined): MenuItemConstructorOptions[] =>
  Array.isArray(entry?.submenu) ? entry.submenu : [];
const flat = (template: MenuItemConstructorOptions[]) => template.flatMap(items);

describe('the menu', () => {
  it('on macOS starts with the application menu, which holds settings and quit', () => {
    const template = menuTemplate('darwin', false, () => undefined);
    expect(template[0]?.role).toBe('appMenu');
    const own = items(template[0]);
    expect(own.some(({ id }) => id === 'settings')).toBe(true);
    expect(own.at(-1)?.role).toBe('quit');
    expect(items(template[1]).some(({ role }) => role === 'quit')).toBe(false);
    expect(items(template[1]).at(-1)?.role).toBe('close');
  });

  it.each(['win32', 'linux'] as const)('on %s has settings and quit under File', (platform) => {
    const template = menuTemplate(platform, false, () => undefined);
    expect(template.some(({ role }) => role === 'appMenu')).toBe(false);
    const file = items(template[0]);
    expect(file.some(({ id }) => id === 'settings')).toBe(true);
    expect(file.at(-1)?.role).toBe('quit');
  });

  it('offers developer tools in a checkout only', () => {
    const has = (development: boolean) =>
      flat(menuTemplate('linux', development, () => undefined)).some(({ role }) => role === 'toggleDevTools');
    expect([has(true), has(false)]).toEqual([true, false]);
  });

  it('tells the window what was chosen, by a name and a shortcut that nothing else has', () => {
    const chosen: string[] = [];
    const commands = flat(menuTemplate('darwin', false, (name) => chosen.push(name))).filter(
      ({ id }) => id !== undefined,
    );
    for (const command of commands) (command.click as () => void)();
    expect(chosen.sort()).toEqual(['check-again', 'new-instance', 'palette', 'settings']);
    const shortcuts = commands.map(({ accelerator }) => accelerator);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
  });
});
