import { existsSync } from 'node:fs';
import path from 'node:path';
import type { SchedulePlan, ScheduleView } from '../../contract/backupSchedule.ts';
import type { Schedule, ScheduleRule } from '../../contract/backupSettings.ts';
import { type Text, text } from '../../contract/copy/text.ts';
import type { Instance } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { Problem } from '../../contract/problem.ts';
import type { Host } from '../adapters/host.ts';
import { tryLock } from '../adapters/processLock.ts';
import { ProblemError } from '../problems/ProblemError.ts';
import { timingOf } from './backupRules/calendar.ts';
import { isDue, scheduleTimes } from './backupRules/scheduleTimes.ts';
import type { BackupRun, BackupRuns } from './backupRuns.ts';
import type { BackupSettingsService } from './backupSettings.ts';
import type { Instances } from './instances.ts';
import type { OperationsService } from './operations/operations.ts';
import { cronLine } from './schedulers/cronLine.ts';
import { installJob, jobState, removeJob } from './schedulers/install.ts';
import { type Account, type Job, jobName, type Prepared } from './schedulers/scheduler.ts';
import { prepareJob } from './schedulers/schedulerFor.ts';

/** What became of a call of the system's scheduler. `busy`: another operation, or another such call, works on the instance. */
export type ScheduledRun =
  | { ran: true; run: BackupRun }
  | { ran: false; why: 'not-scheduled' | 'not-due'; next?: string }
  | { ran: false; why: 'busy'; problem?: Problem };

export interface BackupSchedules {
  /** What setting this rule would write and run. Changes nothing. Raises `schedule-invalid`, `backup-practice`. */
  plan(instanceId: string, rule: ScheduleRule): Promise<SchedulePlan>;
  /**
   * Keeps the rule, writes the scheduler's files and has it take them. Where the scheduler can't be talked to the rule is kept all the
   * same, and `scheduler.problem` says so. Raises `schedule-invalid`, `backup-practice`, `store-unwritable`.
   */
  set(instanceId: string, rule: ScheduleRule, signal: AbortSignal): Promise<ScheduleView>;
  view(instanceId: string, signal: AbortSignal): Promise<ScheduleView>;
  /** Takes it from the system's scheduler and forgets the rule. */
  remove(instanceId: string, signal: AbortSignal): Promise<void>;
  /** Takes what an instance that is removed has at the system's scheduler. */
  uninstall(instance: Pick<Instance, 'id' | 'name'>, signal: AbortSignal): Promise<void>;
  /**
   * A backup with all that belongs to it, if a time of the rule has come since the last one; two at once make one. Rejects as
   * BackupRuns.run does.
   */
  run(instanceId: string, signal: AbortSignal, began?: (operationId: string) => void): Promise<ScheduledRun>;
}

/** Operations that are looked through for the last run. */
const enough = 500;

export function createBackupSchedules({
  folder,
  program,
  environment,
  account,
  host,
  instances,
  settings,
  runs,
  operations,
  platform = process.platform,
  systemZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  now = () => new Date(),
}: {
  /** Locks go here. */
  folder: string;
  /** How the command line is started by others. Undefined where this process does not know. */
  program: readonly [string, ...string[]] | undefined;
  /** What it has to find in its environment. */
  environment: Readonly<Record<string, string>>;
  account: () => Account;
  /** This computer. */
  host: Pick<Host, 'run'>;
  instances: Pick<Instances, 'get'>;
  settings: Pick<BackupSettingsService, 'get' | 'setSchedule'>;
  runs: Pick<BackupRuns, 'run'>;
  operations: Pick<OperationsService, 'list'>;
  platform?: NodeJS.Platform;
  systemZone?: () => string;
  now?: () => Date;
}): BackupSchedules {
  const jobOf = (
    instance: Pick<Instance, 'id' | 'name'>,
    { rule, timeZone }: Pick<Schedule, 'rule' | 'timeZone'>,
  ): Job => {
    const [first, ...rest] = program ?? [process.execPath];
    const words = ['backup', 'now', '--instance', instance.id, '--scheduled', '--json'];
    return { instance, argv: [first, ...rest, ...words], environment, timing: timingOf(rule), timeZone };
  };
  const prepare = (job: Job): Prepared => prepareJob(platform, job, account());
  /** For what only asks for and removes the job: there need be no rule any more. */
  const anyRule = () => ({ rule: { kind: 'daily', at: '00:00' } as const, timeZone: systemZone() });

  const instanceFor = async (id: string): Promise<Instance> => {
    const instance = await instances.get(id);
    if (instance.kind === 'practice') throw new ProblemError('backup-practice', { name: instance.name });
    return instance;
  };

  const notesFor = (job: Job, kind: Prepared['kind']): Text[] => [
    ...(job.timing.kind === 'every' ? [text('backup.schedule.note.looks', { every: job.timing.unit })] : []),
    text(`backup.schedule.note.${kind}`, { user: account().userName }),
    ...(kind === 'task-scheduler' && Object.keys(environment).length > 0
      ? [text('backup.schedule.note.data-folder', { folder: account().dataFolder })]
      : []),
    text('backup.schedule.note.keychain'),
  ];

  const known = (instanceId: string): Promise<OperationView[]> => operations.list({ instanceId, limit: enough });

  /** Times that count as runs: what succeeded, however it was begun, and what the schedule tried. */
  const runTimes = async (instanceId: string, { passedAt }: Schedule): Promise<number[]> => {
    const counted = (await known(instanceId)).filter(
      ({ kind, state, startedBy }) =>
        kind === 'backup' && (state === 'succeeded' || (startedBy === 'schedule' && state === 'failed')),
    );
    const times = counted.map(({ startedAt }) => Date.parse(startedAt));
    return passedAt === undefined ? times : [...times, Date.parse(passedAt)];
  };

  const dueness = async (instanceId: string, schedule: Schedule) => {
    const times = await scheduleTimes(schedule.rule, schedule.timeZone);
    const at = now().getTime();
    const due = isDue(times, {
      now: at,
      setAt: Date.parse(schedule.setAt),
      runs: await runTimes(instanceId, schedule),
    });
    const next = times.next(at);
    return { due, ...(next === undefined ? {} : { next: new Date(next).toISOString() }) };
  };

  const view = async (instanceId: string, signal: AbortSignal): Promise<ScheduleView> => {
    const instance = await instances.get(instanceId);
    const { schedule } = await settings.get(instanceId);
    const job = jobOf(instance, schedule ?? anyRule());
    const prepared = prepare(job);
    const scheduler = await jobState(prepared, host, signal);
    const last = (await known(instanceId)).find(({ kind, startedBy }) => kind === 'backup' && startedBy === 'schedule');
    const of = { scheduler, ...(last === undefined ? {} : { last: pickOutcome(last) }) };
    if (schedule === undefined) return { due: false, ...of, notes: [] };
    const line = cronLine(schedule.rule, job);
    return {
      schedule,
      ...(await dueness(instanceId, schedule)),
      ...of,
      ...(line === undefined ? {} : { cronLine: line }),
      notes: notesFor(job, prepared.kind),
    };
  };

  const attempt = async (
    instance: Instance,
    schedule: Schedule,
    signal: AbortSignal,
    began: ((operationId: string) => void) | undefined,
  ): Promise<ScheduledRun> => {
    const { due, next } = await dueness(instance.id, schedule);
    if (!due) return { ran: false, why: 'not-due', ...(next === undefined ? {} : { next }) };
    let run: BackupRun;
    try {
      run = await runs.run({ instanceId: instance.id }, signal, began);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'operation-busy') throw error;
      return { ran: false, why: 'busy', problem: error.problem };
    }
    // A system that shuts down ends this process, and the run is made up for; somebody who cancels it does not want it.
    if (run.operation.state === 'cancelled' && !signal.aborted) {
      await settings.setSchedule(instance.id, { ...schedule, passedAt: now().toISOString() });
    }
    return { ran: true, run };
  };

  return {
    view,

    async plan(instanceId, rule) {
      const instance = await instanceFor(instanceId);
      const timeZone = systemZone();
      const times = await scheduleTimes(rule, timeZone);
      const job = jobOf(instance, { rule, timeZone });
      const prepared = prepare(job);
      const line = cronLine(rule, job);
      const next: string[] = [];
      for (let time = times.next(now().getTime()); time !== undefined && next.length < 3; time = times.next(time)) {
        next.push(new Date(time).toISOString());
      }
      return {
        instanceId,
        rule,
        timeZone,
        next,
        scheduler: prepared.kind,
        files: prepared.files.map(({ path: file, content }) => ({ path: file, content })),
        commands: prepared.install.map(({ argv }) => argv),
        ...(line === undefined ? {} : { cronLine: line }),
        notes: notesFor(job, prepared.kind),
      };
    },

    async set(instanceId, rule, signal) {
      const instance = await instanceFor(instanceId);
      if (program === undefined) throw new Error('this process does not know how the command line is started');
      const timeZone = systemZone();
      await scheduleTimes(rule, timeZone);
      await settings.setSchedule(instanceId, { rule, timeZone, setAt: now().toISOString() });
      try {
        await installJob(prepare(jobOf(instance, { rule, timeZone })), host, signal);
      } catch (error) {
        if (!(error instanceof ProblemError) || error.problem.code !== 'scheduler-unavailable') throw error;
        const seen = await view(instanceId, signal);
        return { ...seen, scheduler: { ...seen.scheduler, state: 'unavailable', problem: error.problem } };
      }
      return view(instanceId, signal);
    },

    async remove(instanceId, signal) {
      const instance = await instances.get(instanceId);
      await removeJob(prepare(jobOf(instance, anyRule())), host, signal);
      await settings.setSchedule(instanceId, undefined);
    },

    async uninstall(instance, signal) {
      const prepared = prepare(jobOf(instance, anyRule()));
      if (prepared.files.some(({ path: file }) => existsSync(file))) await removeJob(prepared, host, signal);
    },

    async run(instanceId, signal, began) {
      const instance = await instanceFor(instanceId);
      const { schedule } = await settings.get(instanceId);
      if (schedule === undefined) return { ran: false, why: 'not-scheduled' };
      // Held while it is found out whether it is due, so that the second of two finds what the first has done.
      const taken = await tryLock(path.join(folder, `${jobName(instanceId)}.schedule.lock`), { name: instance.name });
      if ('holder' in taken) return { ran: false, why: 'busy' };
      try {
        return await attempt(instance, schedule, signal, began);
      } finally {
        await taken.lock.release();
      }
    },
  };
}

function pickOutcome({ id, startedAt, endedAt, state, problem }: OperationView): NonNullable<ScheduleView['last']> {
  return {
    id,
    startedAt,
    state,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(problem === undefined ? {} : { problem }),
  };
}
