import type { SchedulerKind } from '../../../contract/backupSchedule.ts';
import type { Timing } from '../backupRules/calendar.ts';

/** What the system is to call, and when. */
export type Job = {
  instance: { id: string; name: string };
  /** Program and arguments. */
  argv: readonly [string, ...string[]];
  /** Besides the environment that the scheduler gives. */
  environment: Readonly<Record<string, string>>;
  timing: Timing;
  timeZone: string;
};

/** Who is logged in, and where things of theirs are. */
export type Account = {
  home: string;
  userName: string;
  uid: number;
  environment: NodeJS.ProcessEnv;
  dataFolder: string;
};

/** All that a scheduler needs to take a job. No shell is involved: commands are programs with their arguments. */
export type Prepared = {
  kind: SchedulerKind;
  /** `encoding` as the scheduler wants to read it. */
  files: { path: string; content: string; encoding: 'utf8' | 'utf16le' }[];
  /** Succeeds where the scheduler can be talked to. */
  available: string[];
  /** Succeeds where it knows the job. */
  installed: string[];
  install: SchedulerCommand[];
  /** Before the files are removed, and after. */
  remove: SchedulerCommand[];
  afterRemoval: SchedulerCommand[];
};

/** `mayFail`: it only takes away what may not be there. */
export type SchedulerCommand = { argv: string[]; mayFail?: true };

/** An id as part of a file's and a job's name: letters, digits and hyphens, different for different ids. */
export function jobName(instanceId: string): string {
  return /^[0-9a-z-]{1,64}$/.test(instanceId) ? instanceId : `x${Buffer.from(instanceId).toString('hex')}`;
}

/** An instance's name where only one line of plain text fits. */
export function plainLine(name: string): string {
  return name.replaceAll(/[\p{C}\\]+/gu, ' ').trim();
}
