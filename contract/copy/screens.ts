import { activity } from './screens/activity.ts';
import { checkScreens } from './screens/checks.ts';
import { connection } from './screens/connection.ts';
import { overview } from './screens/overview.ts';
import { providers } from './screens/providers.ts';
import { settingsScreens } from './screens/settings.ts';
import { setup } from './screens/setup.ts';
import { shell } from './screens/shell.ts';
import { sshScreens } from './screens/ssh.ts';
import { tls } from './screens/tls.ts';
import { welcome } from './screens/welcome.ts';

/** The screens of the window. Keys start with `screen.`. */
export const screens = {
  ...shell,
  ...welcome,
  ...setup,
  ...connection,
  ...tls,
  ...sshScreens,
  ...checkScreens,
  ...overview,
  ...providers,
  ...activity,
  ...settingsScreens,
} as const;
