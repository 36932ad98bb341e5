import { readFile } from 'node:fs/promises';

/**
 * The theme, read before anything else is loaded so that the window opens with the right background. Only that: a damaged
 * settings file is dealt with (put aside, reported) by the settings service later.
 */
export async function readLaunchTheme(settingsPath: string): Promise<'system' | 'light' | 'dark'> {
  try {
    const content = await readFile(settingsPath, 'utf8');
    const theme = /"theme"\s*:\s*"(system|light|dark)"/.exec(content)?.[1];
    return theme === 'light' || theme === 'dark' ? theme : 'system';
  } catch {
    return 'system';
  }
}
