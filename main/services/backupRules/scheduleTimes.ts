import type { ScheduleRule } from '../../../contract/backupSettings.ts';
import { weekdays } from '../../../contract/backupSettings.ts';
import { ProblemError } from '../../problems/ProblemError.ts';

/** The rule as a cron expression of five fields. */
export function cronOf(rule: ScheduleRule): string {
  if (rule.kind === 'cron') return rule.expression.trim().replace(/\s+/g, ' ');
  const [hour, minute] = rule.at.split(':').map(Number);
  return `${minute} ${hour} * * ${rule.kind === 'daily' ? '*' : (weekdays.indexOf(rule.on) + 1) % 7}`;
}

/**
 * The times of a rule in the local time of a zone. An hour that does not exist on the day that clocks go forward is made up for right
 * after it; one that comes twice counts once, the first time. Raises `schedule-invalid`, also for what never comes (30 February).
 */
export async function scheduleTimes(rule: ScheduleRule, timeZone: string) {
  const { Cron } = await import('croner');
  const given = cronOf(rule);
  const invalid = (cause?: unknown) =>
    new ProblemError(
      'schedule-invalid',
      { given },
      { detail: cause instanceof Error ? cause.message : undefined, cause },
    );
  if (given.split(' ').length !== 5) throw invalid();
  let cron: InstanceType<typeof Cron>;
  try {
    cron = new Cron(given, { timezone: timeZone, paused: true, mode: '5-part' });
  } catch (error) {
    throw invalid(error);
  }
  /** Strictly after; milliseconds. */
  const next = (after: number): number | undefined => cron.nextRun(new Date(after))?.getTime();
  if (next(Date.now()) === undefined) throw invalid();
  return {
    next,
    /** The last time at or before. */
    latest: (at: number): number | undefined => latestBefore(next, at),
  };
}

/** By going back further and further until one is found: expressions have no way back. */
function latestBefore(next: (after: number) => number | undefined, at: number): number | undefined {
  const day = 24 * 3_600_000;
  for (const back of [day / 24, day, 8 * day, 32 * day, 366 * day, 9 * 366 * day]) {
    let found: number | undefined;
    for (let time = next(at - back); time !== undefined && time <= at; time = next(time)) found = time;
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Whether a run is due: a time of the schedule has come since it was set and since the last run. What lies in the future was noted
 * before the clock was set back, and is passed over: one run too many is better than none for weeks.
 */
export function isDue(
  { latest }: { latest: (at: number) => number | undefined },
  { now, setAt, runs }: { now: number; setAt: number; runs: readonly number[] },
): boolean {
  const time = latest(now);
  const since = Math.max(0, ...[setAt, ...runs].filter((each) => each <= now));
  return time !== undefined && time > since;
}
