import { application } from './application.ts';
import { backupCommands } from './backupCommands.ts';
import { backupSchedule } from './backupSchedule.ts';
import { backupSettings } from './backupSettings.ts';
import { backupSettingsCommands } from './backupSettingsCommands.ts';
import { backupProblems, backups } from './backups.ts';
import { checks } from './checks.ts';
import { commandLine } from './commandLine.ts';
import { composeFile } from './composeFile.ts';
import { connecting } from './connecting.ts';
import { connectionStrings } from './connectionStrings.ts';
import { fixes } from './fixes.ts';
import { install } from './install.ts';
import { menu } from './menu.ts';
import { migrationRuns } from './migrationRuns.ts';
import { migrations } from './migrations.ts';
import { operations } from './operations.ts';
import { practice } from './practice.ts';
import { problems } from './problems.ts';
import { provisioning } from './provisioning.ts';
import { reach } from './reach.ts';
import { restoreCommands } from './restoreCommands.ts';
import { restoreProblems, restores } from './restores.ts';
import { restoreInPlaceProblems, restoresInPlace } from './restoresInPlace.ts';
import { screens } from './screens.ts';
import { server } from './server.ts';
import { ssh } from './ssh.ts';

/**
 * Every statement for people, one file per area, keys prefixed by the area. Neutral statements in sentence case that say what was
 * found, why it matters and what to do; ready for translation (ICU message syntax).
 */
export const catalogue = {
  ...application,
  ...backupCommands,
  ...backups,
  ...backupProblems,
  ...backupSchedule,
  ...backupSettings,
  ...backupSettingsCommands,
  ...checks,
  ...commandLine,
  ...composeFile,
  ...connecting,
  ...connectionStrings,
  ...fixes,
  ...install,
  ...menu,
  ...migrationRuns,
  ...migrations,
  ...operations,
  ...practice,
  ...problems,
  ...provisioning,
  ...reach,
  ...restoreCommands,
  ...restores,
  ...restoreProblems,
  ...restoresInPlace,
  ...restoreInPlaceProblems,
  ...screens,
  ...server,
  ...ssh,
} as const;
