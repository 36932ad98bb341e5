import { activity } from './screens/activity.ts';
import { backupSettingsScreens } from './screens/backupSettings.ts';
import { backupScreens } from './screens/backups.ts';
import { checkScreens } from './screens/checks.ts';
import { connection } from './screens/connection.ts';
import { migrationScreens } from './screens/migrations.ts';
import { overview } from './screens/overview.ts';
import { providers } from './screens/providers.ts';
import { serverScreens } from './screens/server.ts';
import { settingsScreens } from './screens/settings.ts';
import { setup } from './screens/setup.ts';
import { setupDocker } from './screens/setupDocker.ts';
import { setupInstall } from './screens/setupInstall.ts';
import { setupPrepare } from './screens/setupPrepare.ts';
import { setupReach } from './screens/setupReach.ts';
import { setupServer } from './screens/setupServer.ts';
import { shell } from './screens/shell.ts';
import { sshScreens } from './screens/ssh.ts';
import { tls } from './screens/tls.ts';
import { welcome } from './screens/welcome.ts';

/** The screens of the window. Keys start with `screen.`. */
export const screens = {
  ...shell,
  ...welcome,
  ...setup,
  ...setupDocker,
  ...setupPrepare,
  ...setupReach,
  ...setupServer,
  ...setupInstall,
  ...connection,
  ...tls,
  ...sshScreens,
  ...checkScreens,
  ...overview,
  ...serverScreens,
  ...backupScreens,
  ...backupSettingsScreens,
  ...migrationScreens,
  ...providers,
  ...activity,
  ...settingsScreens,
} as const;
