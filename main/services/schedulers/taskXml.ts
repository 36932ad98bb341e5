import path from 'node:path';
import type { Calendar } from '../backupRules/calendar.ts';
import { type Account, type Job, jobName, type Prepared, plainLine } from './scheduler.ts';
import { xmlText } from './xml.ts';

/** Triggers that one task may have besides those that look. */
const mostTriggers = 47;
const dayElements = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const monthElements = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A task of the user. At login and once an hour it looks as well, which makes up for what was missed. */
export function windowsTask(job: Job, account: Account): Prepared {
  const name = `\\Aperture Companion\\Backup ${jobName(job.instance.id)}`;
  const file = path.win32.join(account.dataFolder, 'schedules', `${jobName(job.instance.id)}.xml`);
  const domain = account.environment.USERDOMAIN;
  const user = domain === undefined ? account.userName : `${domain}\\${account.userName}`;
  return {
    kind: 'task-scheduler',
    // With its byte order mark it is what the program itself writes.
    files: [{ path: file, content: `\ufeff${task(job, user)}`, encoding: 'utf16le' }],
    available: ['schtasks', '/Query', '/FO', 'CSV', '/NH'],
    installed: ['schtasks', '/Query', '/TN', name],
    install: [{ argv: ['schtasks', '/Create', '/TN', name, '/XML', file, '/F'] }],
    remove: [{ argv: ['schtasks', '/Delete', '/TN', name, '/F'], mayFail: true }],
    afterRemoval: [],
  };
}

function task({ instance, argv, timing }: Job, user: string): string {
  const exact = timing.kind === 'times' ? calendarTriggers(timing.calendar) : [];
  const fits = timing.kind === 'times' && exact.length <= mostTriggers;
  const minutely = timing.kind === 'every' ? timing.unit === 'minute' : !fits;
  const [program, ...words] = argv;
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${xmlText(plainLine(instance.name))}: backup by Aperture Companion</Description>
  </RegistrationInfo>
  <Triggers>
${fits ? exact.join('') : ''}    <LogonTrigger>
      <UserId>${xmlText(user)}</UserId>
      <Delay>PT2M</Delay>
    </LogonTrigger>
    <TimeTrigger>
      <Repetition><Interval>${minutely ? 'PT1M' : 'PT1H'}</Interval></Repetition>
      <StartBoundary>2020-01-01T00:00:00</StartBoundary>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${xmlText(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xmlText(program)}</Command>
      <Arguments>${xmlText(words.map(windowsWord).join(' '))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

/** One trigger a time of the day; local time, because the boundary names no offset. */
function calendarTriggers({ minutes, hours, days, months, weekdays }: Calendar): string[] {
  const inMonths = `<Months>${(months ?? monthElements.map((_, index) => index + 1)).map((each) => `<${monthElements[each - 1]}/>`).join('')}</Months>`;
  const schedules: string[] = [];
  if (days !== undefined) {
    const inDays = days.map((day) => `<Day>${day}</Day>`).join('');
    schedules.push(`<ScheduleByMonth><DaysOfMonth>${inDays}</DaysOfMonth>${inMonths}</ScheduleByMonth>`);
  }
  if (weekdays !== undefined) {
    const inWeek = `<DaysOfWeek>${weekdays.map((day) => `<${dayElements[day]}/>`).join('')}</DaysOfWeek>`;
    schedules.push(
      months === undefined
        ? `<ScheduleByWeek><WeeksInterval>1</WeeksInterval>${inWeek}</ScheduleByWeek>`
        : `<ScheduleByMonthDayOfWeek><Weeks><Week>1</Week><Week>2</Week><Week>3</Week><Week>4</Week><Week>Last</Week></Weeks>${inWeek}${inMonths}</ScheduleByMonthDayOfWeek>`,
    );
  }
  if (schedules.length === 0) {
    const everyDay = Array.from({ length: 31 }, (_, index) => `<Day>${index + 1}</Day>`).join('');
    schedules.push(
      months === undefined
        ? '<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>'
        : `<ScheduleByMonth><DaysOfMonth>${everyDay}</DaysOfMonth>${inMonths}</ScheduleByMonth>`,
    );
  }
  const two = (number: number) => String(number).padStart(2, '0');
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) =>
      schedules.map(
        (schedule) => `    <CalendarTrigger>
      <StartBoundary>2020-01-01T${two(hour)}:${two(minute)}:00</StartBoundary>
      ${schedule}
    </CalendarTrigger>
`,
      ),
    ),
  );
}

/** A word of a command line as Windows programs take it apart. */
function windowsWord(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word;
  // Backslashes count double before a quotation mark only.
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
