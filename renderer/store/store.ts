import { create } from 'zustand';
import { type AppSlice, appSlice } from './app.ts';
import { type BackupsSlice, backupsSlice } from './backups.ts';
import { type ChecksSlice, checksSlice } from './checks.ts';
import { type ConnectionsSlice, connectionsSlice } from './connections.ts';
import { type InstancesSlice, instancesSlice } from './instances.ts';
import { type MigrationsSlice, migrationsSlice } from './migrations.ts';
import { type OperationsSlice, operationsSlice } from './operations.ts';
import { type PromptsSlice, promptsSlice } from './prompts.ts';
import { type ServersSlice, serversSlice } from './servers.ts';
import { type SetupDockerSlice, setupDockerSlice } from './setupDocker.ts';
import { type SetupInstallSlice, setupInstallSlice } from './setupInstall.ts';
import { type SshHostsSlice, sshHostsSlice } from './sshHosts.ts';

export type Store = AppSlice &
  InstancesSlice &
  OperationsSlice &
  ChecksSlice &
  ConnectionsSlice &
  PromptsSlice &
  SetupDockerSlice &
  SetupInstallSlice &
  ServersSlice &
  BackupsSlice &
  MigrationsSlice &
  SshHostsSlice;

/** What the window knows: one store of slices, each with its actions beside its state. */
export const useStore = create<Store>()((...all) => ({
  ...appSlice(...all),
  ...instancesSlice(...all),
  ...operationsSlice(...all),
  ...checksSlice(...all),
  ...connectionsSlice(...all),
  ...promptsSlice(...all),
  ...setupDockerSlice(...all),
  ...setupInstallSlice(...all),
  ...serversSlice(...all),
  ...backupsSlice(...all),
  ...migrationsSlice(...all),
  ...sshHostsSlice(...all),
}));
