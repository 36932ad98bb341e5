import type { ScheduleRule } from '../../../contract/backupSettings.ts';
import { timingOf } from '../backupRules/calendar.ts';
import { cronOf } from '../backupRules/scheduleTimes.ts';
import type { Job } from './scheduler.ts';

/** A line for a crontab. Undefined where it can't be said in one line. */
export function cronLine(
  rule: ScheduleRule,
  { argv, environment }: Pick<Job, 'argv' | 'environment'>,
): string | undefined {
  const timing = timingOf(rule);
  const times = timing.kind === 'times' ? cronOf(rule) : timing.unit === 'hour' ? '0 * * * *' : '* * * * *';
  const set = Object.entries(environment).map(([key, value]) => `${key}=${shellWord(value)}`);
  const command = [...set, ...argv.map(shellWord)].join(' ');
  if (/[\n\r\0]/.test(command)) return undefined;
  // For cron a % ends the command, wherever it stands.
  return `${times} ${command.replaceAll('%', '\\%')}`;
}

function shellWord(word: string): string {
  return /^[\w./@:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
