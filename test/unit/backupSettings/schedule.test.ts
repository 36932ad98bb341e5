import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { ScheduleRule } from '../../../contract/backupSettings.ts';
import { cronOf, isDue, scheduleTimes } from '../../../main/services/backupRules/scheduleTimes.ts';
import { problemOf } from '../../integration/ssh/harness.ts';

const at = (time: string) => Date.parse(time);
const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());
const daily = (time: string): ScheduleRule => ({ kind: 'daily', at: time });

async function nexts(rule: ScheduleRule, zone: string, from: string, count: number) {
  const { next } = await scheduleTimes(rule, zone);
  const found: (string | undefined)[] = [];
  let time: number | undefined = at(from);
  for (let number = 0; number < count && time !== undefined; number += 1) {
    time = next(time);
    found.push(iso(time));
  }
  return found;
}

describe('schedules', () => {
  test('are cron expressions', () => {
    expect(cronOf(daily('02:05'))).toBe('5 2 * * *');
    expect(cronOf({ kind: 'weekly', on: 'sunday', at: '23:00' })).toBe('0 23 * * 0');
    expect(cronOf({ kind: 'weekly', on: 'monday', at: '00:30' })).toBe('30 0 * * 1');
    expect(cronOf({ kind: 'cron', expression: ' */15  2-4 * * 1-5 ' })).toBe('*/15 2-4 * * 1-5');
  });

  test('stay at the same local time when clocks change', async () => {
    expect(await nexts(daily('04:00'), 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T03:00:00.000Z',
      '2026-03-29T02:00:00.000Z',
      '2026-03-30T02:00:00.000Z',
    ]);
    expect(
      await nexts({ kind: 'weekly', on: 'sunday', at: '04:00' }, 'America/New_York', '2026-10-26T00:00:00Z', 2),
    ).toEqual(['2026-11-01T09:00:00.000Z', '2026-11-08T09:00:00.000Z']);
  });

  test('run once in the night that has no such hour, and once in the one that has it twice', async () => {
    const forward = await nexts(daily('02:30'), 'Europe/Berlin', '2026-03-28T12:00:00Z', 2);
    // 02:30 does not exist on 29 March: it is made up for within the hour after.
    expect(forward[0]).toMatch(/^2026-03-29T01:/);
    expect(forward[1]).toBe('2026-03-30T00:30:00.000Z');
    const back = await nexts(daily('02:30'), 'Europe/Berlin', '2026-10-24T12:00:00Z', 2);
    expect(back[0]).toMatch(/^2026-10-25T0[01]:30/);
    expect(back[1]).toBe('2026-10-26T01:30:00.000Z');
  });

  test.each(['', '* * * *', '* * * * * *', '61 * * * *', '0 0 30 2 *', 'every day', '@daily', '0 2 * * * ; rm'])(
    '“%s” is none',
    async (expression) => {
      expect((await problemOf(scheduleTimes({ kind: 'cron', expression }, 'UTC'))).code).toBe('schedule-invalid');
    },
  );

  test('are due once for each time that came, however many were missed', async () => {
    const times = await scheduleTimes(daily('02:00'), 'UTC');
    const setAt = at('2026-05-01T12:00:00Z');
    const due = (now: string, lastRun?: string) =>
      isDue(times, { now: at(now), setAt, runs: lastRun === undefined ? [] : [at(lastRun)] });
    expect(due('2026-05-01T13:00:00Z')).toBe(false);
    expect(due('2026-05-02T01:59:00Z')).toBe(false);
    expect(due('2026-05-02T02:00:00Z')).toBe(true);
    expect(due('2026-05-02T02:05:00Z', '2026-05-02T02:00:01Z')).toBe(false);
    // The computer was off for a week.
    expect(due('2026-05-09T09:00:00Z', '2026-05-02T02:00:01Z')).toBe(true);
    expect(due('2026-05-09T09:10:00Z', '2026-05-09T09:00:30Z')).toBe(false);
    // A backup by hand after the time has come does for it.
    expect(due('2026-05-03T08:00:00Z', '2026-05-03T07:00:00Z')).toBe(false);
  });

  test('go on after the clock was set back, once for each time', async () => {
    const times = await scheduleTimes(daily('02:00'), 'UTC');
    const setAt = at('2026-05-01T00:00:00Z');
    const runs = [at('2026-05-01T02:00:01Z'), at('2031-01-01T02:00:01Z')];
    const now = at('2026-05-02T09:00:00Z');
    expect(isDue(times, { now, setAt, runs })).toBe(true);
    expect(isDue(times, { now: now + 600_000, setAt, runs: [...runs, now] })).toBe(false);
    // Set back to before the schedule was set.
    expect(isDue(times, { now: at('2025-01-01T09:00:00Z'), setAt, runs })).toBe(true);
  });
});

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu'];

property.prop(
  [
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
    fc.constantFrom(...zones),
    fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') }),
  ],
  { numRuns: 300 },
)('a daily schedule comes once each calendar day of any zone', async (hour, minute, zone, from) => {
  const rule = daily(`${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  const { next, latest } = await scheduleTimes(rule, zone);
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  let time = from;
  let before: string | undefined;
  for (let count = 0; count < 10; count += 1) {
    const following = next(time);
    if (following === undefined) throw new Error('there is no next');
    expect(following).toBeGreaterThan(time);
    const today = day.format(following);
    if (before !== undefined) {
      const gap = (Date.parse(today) - Date.parse(before)) / 86_400_000;
      expect(gap, `${before} to ${today} in ${zone}`).toBe(1);
    }
    expect(latest(following)).toBe(following);
    before = today;
    time = following;
  }
});
