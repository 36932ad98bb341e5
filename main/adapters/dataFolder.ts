import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder that holds everything the app keeps: the same for the window and the command line.
 * `APERTURE_COMPANION_DATA` names another one (a portable installation, a second profile).
 */
export function dataFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
  home = homedir(),
): string {
  const chosen = environment.APERTURE_COMPANION_DATA;
  if (chosen) return chosen;
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Aperture Companion');
    case 'win32':
      return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Aperture Companion');
    default:
      return join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'aperture-companion');
  }
}
