import type { Schedule, ScheduleRule } from './backupSettings.ts';
import type { Text } from './copy/text.ts';
import type { OperationView } from './operation.ts';
import type { Problem } from './problem.ts';

export const schedulerKinds = ['systemd', 'launchd', 'task-scheduler'] as const;
export type SchedulerKind = (typeof schedulerKinds)[number];

/** What a schedule would write and run on this computer. Nothing of it is done yet. */
export type SchedulePlan = {
  instanceId: string;
  rule: ScheduleRule;
  /** IANA; the times of the rule are meant in it. */
  timeZone: string;
  /** The next times, ISO 8601, UTC. */
  next: string[];
  scheduler: SchedulerKind;
  files: { path: string; content: string }[];
  /** Program and arguments of each. */
  commands: string[][];
  /** For a crontab, where the scheduler is not to be used. Missing where cron can't say it. */
  cronLine?: string;
  notes: Text[];
};

/** `missing`: the system does not know of the schedule. `unavailable`: its scheduler can't be asked, `problem` says what to do. */
export type SchedulerState = {
  kind: SchedulerKind;
  state: 'installed' | 'missing' | 'unavailable';
  files: string[];
  problem?: Problem;
};

/** The schedule of an instance, and what came of it. Times are ISO 8601, UTC. */
export type ScheduleView = {
  schedule?: Schedule;
  next?: string;
  /** A time of the rule has passed without a run. */
  due: boolean;
  /** The last backup that the schedule began. */
  last?: Pick<OperationView, 'id' | 'startedAt' | 'endedAt' | 'state' | 'problem'>;
  scheduler: SchedulerState;
  cronLine?: string;
  notes: Text[];
};
