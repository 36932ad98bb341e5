import path from 'node:path';
import type { Calendar } from '../backupRules/calendar.ts';
import { type Account, type Job, jobName, type Prepared, plainLine } from './scheduler.ts';

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A user's service and the timer that starts it. */
export function systemdJob(job: Job, account: Account): Prepared {
  const folder = path.join(account.environment.XDG_CONFIG_HOME || path.join(account.home, '.config'), 'systemd/user');
  const name = `aperture-companion-backup-${jobName(job.instance.id)}`;
  const timer = `${name}.timer`;
  const systemctl = (...words: string[]) => ({ argv: ['systemctl', '--user', ...words] });
  return {
    kind: 'systemd',
    files: [
      { path: path.join(folder, `${name}.service`), content: service(job), encoding: 'utf8' },
      { path: path.join(folder, timer), content: timerUnit(job), encoding: 'utf8' },
    ],
    available: systemctl('show-environment').argv,
    installed: systemctl('is-active', '--quiet', timer).argv,
    install: [systemctl('daemon-reload'), systemctl('enable', timer), systemctl('restart', timer)],
    remove: [{ ...systemctl('disable', '--now', timer), mayFail: true }],
    afterRemoval: [{ ...systemctl('daemon-reload'), mayFail: true }],
  };
}

/** A busy instance (exit code 1) is tried again; what failed, was wrong or was cancelled is not. */
function service({ instance, argv, environment }: Job): string {
  const set = Object.entries(environment).map(([key, value]) => `Environment=${quoted(`${key}=${value}`)}\n`);
  return `# Written by Aperture Companion: aperture-companion backup schedule
[Unit]
Description=Backup of ${plainLine(instance.name).replaceAll('%', '%%')} by Aperture Companion

[Service]
Type=oneshot
ExecStart=:${executable(argv).map(quoted).join(' ')}
${set.join('')}Restart=on-failure
RestartSec=15min
RestartPreventExitStatus=2 3 130
`;
}

/** Persistent and OnStartupSec make up for what was missed; the command itself knows whether something is due. */
function timerUnit(job: Job): string {
  const lines = onCalendar(job).map((line) => `OnCalendar=${line}\n`);
  return `# Written by Aperture Companion: aperture-companion backup schedule
[Unit]
Description=Schedule of the backup of ${plainLine(job.instance.name).replaceAll('%', '%%')} by Aperture Companion

[Timer]
${lines.join('')}OnStartupSec=2min
Persistent=true

[Install]
WantedBy=timers.target
`;
}

/** Times in the zone of the job. Where clocks change, an hour that a night has not got is looked for again an hour later. */
export function onCalendar({ timing, timeZone }: Pick<Job, 'timing' | 'timeZone'>): string[] {
  if (timing.kind === 'every') return [timing.unit === 'hour' ? '*-*-* *:00:00' : '*-*-* *:*:00'];
  const { calendar } = timing;
  const again = calendar.hours.map((hour) => hour + 1).filter((hour) => hour < 24 && !calendar.hours.includes(hour));
  const all = again.length > 0 && clocksChange(timeZone) ? [calendar, { ...calendar, hours: again }] : [calendar];
  return all.flatMap((each) => expressions(each)).map((each) => `${each} ${timeZone}`);
}

function expressions({ minutes, hours, days, months, weekdays }: Calendar): string[] {
  const two = (number: number) => String(number).padStart(2, '0');
  const list = (numbers: readonly number[] | undefined, all: number) =>
    numbers === undefined || numbers.length === all ? '*' : numbers.map(two).join(',');
  const clock = `${list(hours, 24)}:${list(minutes, 60)}:00`;
  const date = (restricted: readonly number[] | undefined) => `*-${list(months, 12)}-${list(restricted, 31)}`;
  const onWeekdays =
    weekdays === undefined ? [] : [`${weekdays.map((day) => dayNames[day]).join(',')} ${date(undefined)} ${clock}`];
  if (weekdays !== undefined && days === undefined) return onWeekdays;
  return [`${date(days)} ${clock}`, ...onWeekdays];
}

function clocksChange(timeZone: string): boolean {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const year = new Date().getUTCFullYear();
  const offsets = Array.from(
    { length: 24 },
    (_, month) => format.formatToParts(Date.UTC(year, month, 15)).find(({ type }) => type === 'timeZoneName')?.value,
  );
  return new Set(offsets).size > 1;
}

/** systemd refuses programs whose paths have quotes or backslashes; `env` starts them. */
function executable(argv: readonly [string, ...string[]]): string[] {
  return /['"\\]/.test(argv[0]) ? ['/usr/bin/env', ...argv] : [...argv];
}

/** One word as systemd reads it: quoted, C escapes, `%` doubled. `$` means nothing because the line begins with a colon. */
function quoted(word: string): string {
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('%', '%%')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what has to be escaped
    .replaceAll(/[\x01-\x1f\x7f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${escaped}"`;
}
