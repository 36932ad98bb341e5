import { homedir, userInfo } from 'node:os';
import { launchdJob } from './launchdPlist.ts';
import type { Account, Job, Prepared } from './scheduler.ts';
import { systemdJob } from './systemdUnits.ts';
import { windowsTask } from './taskXml.ts';

/** The scheduler that the system has. */
export function prepareJob(platform: NodeJS.Platform, job: Job, account: Account): Prepared {
  switch (platform) {
    case 'darwin':
      return launchdJob(job, account);
    case 'win32':
      return windowsTask(job, account);
    default:
      return systemdJob(job, account);
  }
}

/** Whoever runs this process. */
export function ownAccount(dataFolder: string): Account {
  const { username, uid } = userInfo();
  return { home: homedir(), userName: username, uid, environment: process.env, dataFolder };
}
