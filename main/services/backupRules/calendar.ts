import type { ScheduleRule } from '../../../contract/backupSettings.ts';
import { cronOf } from './scheduleTimes.ts';

/** Times of the clock, in ascending lists; what is missing is not restricted. Sunday is 0. `days` and `weekdays` together: either. */
export type Calendar = {
  minutes: number[];
  hours: number[];
  days?: number[];
  months?: number[];
  weekdays?: number[];
};

/** When a system's scheduler is to call: at the times themselves, or so often that none is missed by more than that. */
export type Timing = { kind: 'times'; calendar: Calendar } | { kind: 'every'; unit: 'hour' | 'minute' };

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** The last days of months and counted weekdays (`L`, `5#2`) are no times of the clock: then it is looked every hour or every minute. */
export function timingOf(rule: ScheduleRule): Timing {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cronOf(rule).split(' ');
  const minutes = values(minute, 0, 59);
  const hours = values(hour, 0, 23);
  const days = values(day, 1, 31);
  const months = values(month, 1, 12, monthNames);
  const weekdays = values(weekday, 0, 7, dayNames);
  if (!minutes || !hours || !days || !months || !weekdays) {
    return { kind: 'every', unit: minute === '0' ? 'hour' : 'minute' };
  }
  return {
    kind: 'times',
    calendar: {
      minutes,
      hours,
      ...(day === '*' ? {} : { days }),
      ...(month === '*' ? {} : { months }),
      ...(weekday === '*' ? {} : { weekdays: ascending(weekdays.map((each) => each % 7)) }),
    },
  };
}

/** What a field of a cron expression names. Undefined for what is more than numbers, ranges and steps. */
function values(field: string, from: number, to: number, names: readonly string[] = []): number[] | undefined {
  const found: number[] = [];
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, first, last, step] = match;
    // A step from a single number on is read in different ways.
    if (first !== undefined && last === undefined && step !== undefined) return undefined;
    const begin = first === undefined ? from : numberOf(first, names, from);
    const end = first === undefined ? to : numberOf(last ?? first, names, from);
    const width = step === undefined ? 1 : Number(step);
    if (begin === undefined || end === undefined || begin < from || end > to || begin > end || width < 1) {
      return undefined;
    }
    for (let value = begin; value <= end; value += width) found.push(value);
  }
  return ascending(found);
}

function numberOf(word: string, names: readonly string[], from: number): number | undefined {
  if (/^\d+$/.test(word)) return Number(word);
  const index = names.indexOf(word.toUpperCase());
  return index < 0 ? undefined : index + from;
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
