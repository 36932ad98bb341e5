import type { SetupStep } from '../../contract/instance.ts';

/** Addresses of the screens, kept in the hash so that a reloaded window comes back to the same place. */
export const places = {
  welcome: '/welcome',
  imports: '/import',
  overview: '/overview',
  database: '/database',
  server: '/server',
  migrations: '/migrations',
  backups: '/backups',
  activity: '/activity',
  settings: '/settings',
  newSetup: '/setup',
  /** The set-up, begun with a server that runs already. */
  existing: '/connect',
} as const;

export function setupPlace(instanceId: string, step: SetupStep): string {
  return `/setup/${instanceId}/${step}`;
}

export function settingsPlace(section: 'ssh-hosts' | 'keychain' | 'tools'): string {
  return `${places.settings}/${section}`;
}

export function activityPlace(operationId: string): string {
  return `/activity/${operationId}`;
}

export function backupPlace(backupId: string): string {
  return `${places.backups}/${backupId}`;
}

/** Whether the window still shows what it opened with: nothing was gone to yet. */
export function isFirstPlace(): boolean {
  return history.length <= 1;
}
