import path from 'node:path';
import type { Calendar } from '../backupRules/calendar.ts';
import { type Account, type Job, jobName, type Prepared } from './scheduler.ts';
import { xmlText } from './xml.ts';

/** Times that one job may have; with more it is looked every hour or every minute. */
const mostTimes = 96;

/** A user's launch agent. Once an hour and at login it looks as well: launchd forgets what passes while the computer is off. */
export function launchdJob(job: Job, account: Account): Prepared {
  const label = `org.aperture-companion.backup.${jobName(job.instance.id)}`;
  const file = path.join(account.home, 'Library', 'LaunchAgents', `${label}.plist`);
  const domain = `gui/${account.uid}`;
  const bootout = { argv: ['launchctl', 'bootout', `${domain}/${label}`], mayFail: true as const };
  return {
    kind: 'launchd',
    files: [{ path: file, content: plist(job, label), encoding: 'utf8' }],
    available: ['launchctl', 'print', domain],
    installed: ['launchctl', 'print', `${domain}/${label}`],
    install: [bootout, { argv: ['launchctl', 'bootstrap', domain, file] }],
    remove: [bootout],
    afterRemoval: [],
  };
}

function plist({ argv, environment, timing }: Job, label: string): string {
  const strings = argv.map((word) => `      <string>${xmlText(word)}</string>\n`).join('');
  const variables = Object.entries(environment)
    .map(([key, value]) => `      <key>${xmlText(key)}</key>\n      <string>${xmlText(value)}</string>\n`)
    .join('');
  const times = timing.kind === 'times' ? entries(timing.calendar) : [];
  const exact = timing.kind === 'times' && times.length <= mostTimes;
  const minutely = timing.kind === 'every' ? timing.unit === 'minute' : !exact;
  const calendar = exact ? `    <key>StartCalendarInterval</key>\n    <array>\n${times.join('')}    </array>\n` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
  <dict>
    <key>Label</key>
    <string>${xmlText(label)}</string>
    <key>ProgramArguments</key>
    <array>
${strings}    </array>
    <key>EnvironmentVariables</key>
    <dict>
${variables}    </dict>
${calendar}    <key>StartInterval</key>
    <integer>${minutely ? 60 : 3600}</integer>
    <key>RunAtLoad</key>
    <true/>
    <key>ProcessType</key>
    <string>Background</string>
  </dict>
</plist>
`;
}

/** One dictionary a time; missing keys mean every. */
function entries({ minutes, hours, days, months, weekdays }: Calendar): string[] {
  const dates = (months ?? [undefined]).flatMap((Month) => [
    ...(days === undefined ? [] : days.map((Day) => ({ Month, Day }))),
    ...(weekdays === undefined ? [] : weekdays.map((Weekday) => ({ Month, Weekday }))),
    ...(days === undefined && weekdays === undefined ? [{ Month }] : []),
  ]);
  const everyHour = hours.length === 24 ? [undefined] : hours;
  return dates.flatMap((date) =>
    everyHour.flatMap((Hour) => minutes.map((Minute) => dictionary({ ...date, Hour, Minute }))),
  );
}

function dictionary(fields: Readonly<Record<string, number | undefined>>): string {
  const inner = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `<key>${key}</key><integer>${value}</integer>`);
  return `      <dict>${inner.join('')}</dict>\n`;
}
