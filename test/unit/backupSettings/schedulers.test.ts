import { fc, test as property } from '@fast-check/vitest';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { ruleOf } from '../../../main/cli/backupSchedule.ts';
import { WrongUsage } from '../../../main/cli/failure.ts';
import { timingOf } from '../../../main/services/backupRules/calendar.ts';
import { launchdJob } from '../../../main/services/schedulers/launchdPlist.ts';
import { type Account, type Job, jobName } from '../../../main/services/schedulers/scheduler.ts';
import { onCalendar, systemdJob } from '../../../main/services/schedulers/systemdUnits.ts';
import { windowsTask } from '../../../main/services/schedulers/taskXml.ts';

const account: Account = {
  home: '/home/anna',
  userName: 'anna',
  uid: 501,
  environment: { USERDOMAIN: 'PC' },
  dataFolder: '/data',
};
const cron = (expression: string) => timingOf({ kind: 'cron', expression });
const job = (more: Partial<Job> = {}): Job => ({
  instance: { id: 'home-1', name: 'Home' },
  argv: ['/opt/app', 'backup', 'now'],
  environment: {},
  timing: timingOf({ kind: 'daily', at: '02:30' }),
  timeZone: 'Europe/Berlin',
  ...more,
});
const content = (prepared: { files: { path: string; content: string }[] }, ending: string) =>
  prepared.files.find(({ path }) => path.endsWith(ending))?.content ?? '';

/** Anything that may be in a path or an argument, with what each format treats specially more often than chance has it. */
const word = fc
  .array(
    fc.oneof(
      fc.constantFrom('%', '$', '"', "'", '\\', ' ', '%h', '${HOME}', '&', '<', ']]>', '\t', 'é', '映'),
      fc.string(),
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));
/** Without what XML 1.0 has no way to say. */
const xmlWord = word.map((text) => text.replaceAll(/[^\t\x20-\ud7ff\ue000-\ufffd]/g, ''));

describe('the times of a rule', () => {
  test.each([
    ['30 2 * * *', ['*-*-* 02:30:00 UTC']],
    ['0 4 * * 7', ['Sun *-*-* 04:00:00 UTC']],
    ['*/15 9-17 * * MON-FRI', ['Mon,Tue,Wed,Thu,Fri *-*-* 09,10,11,12,13,14,15,16,17:00,15,30,45:00 UTC']],
    ['0 0 1 jan,JUL *', ['*-01,07-01 00:00:00 UTC']],
    ['5 3 1,15 * 5-7', ['*-*-01,15 03:05:00 UTC', 'Sun,Fri,Sat *-*-* 03:05:00 UTC']],
    ['* * * * *', ['*-*-* *:*:00 UTC']],
    ['0 0 L * *', ['*-*-* *:00:00']],
    ['0 0 * * 5#2', ['*-*-* *:00:00']],
    ['10 0 L * *', ['*-*-* *:*:00']],
  ])('%s for systemd', (expression, expected) => {
    expect(onCalendar({ timing: cron(expression), timeZone: 'UTC' })).toEqual(expected);
  });

  test('are looked for again an hour later where clocks change, because a night may have no such hour', () => {
    expect(onCalendar({ timing: timingOf({ kind: 'daily', at: '02:30' }), timeZone: 'Europe/Berlin' })).toEqual([
      '*-*-* 02:30:00 Europe/Berlin',
      '*-*-* 03:30:00 Europe/Berlin',
    ]);
  });

  test('are dictionaries for launchd, and an hourly look where there are too many', () => {
    const of = (expression: string) => content(launchdJob(job({ timing: cron(expression) }), account), '.plist');
    expect(of('30 2 1 * 1')).toContain(
      '<dict><key>Day</key><integer>1</integer><key>Hour</key><integer>2</integer><key>Minute</key><integer>30</integer></dict>\n' +
        '      <dict><key>Weekday</key><integer>1</integer><key>Hour</key><integer>2</integer><key>Minute</key><integer>30</integer></dict>',
    );
    expect(of('30 2 1 * 1')).toContain('<key>StartInterval</key>\n    <integer>3600</integer>');
    expect(of('*/2 1-20 * * 1-5')).not.toContain('StartCalendarInterval');
    expect(of('*/2 1-20 * * 1-5')).toContain('<integer>60</integer>');
    expect(of('0 0 L * *')).toContain('<integer>3600</integer>');
  });

  test('are triggers for Windows', () => {
    const of = (expression: string) => content(windowsTask(job({ timing: cron(expression) }), account), '.xml');
    expect(of('30 2 * * *')).toContain(
      'T02:30:00</StartBoundary>\n      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>',
    );
    expect(of('0 4 * * 0')).toContain('<DaysOfWeek><Sunday/></DaysOfWeek></ScheduleByWeek>');
    expect(of('0 4 15 1 *')).toContain(
      '<ScheduleByMonth><DaysOfMonth><Day>15</Day></DaysOfMonth><Months><January/></Months></ScheduleByMonth>',
    );
    expect(of('*/5 * * * *')).not.toContain('CalendarTrigger');
    expect(of('*/5 * * * *')).toContain('<Interval>PT1M</Interval>');
    expect(of('30 2 * * *')).toContain('<Interval>PT1H</Interval>');
  });
});

describe('the rule of the command line', () => {
  test.each([
    [{ daily: '02:30' }, { kind: 'daily', at: '02:30' }],
    [{ weekly: ['Sun', '04:00'] }, { kind: 'weekly', on: 'sunday', at: '04:00' }],
    [{ weekly: ['tu', '23:59'] }, { kind: 'weekly', on: 'tuesday', at: '23:59' }],
    [{ cron: '*/5 * * * *' }, { kind: 'cron', expression: '*/5 * * * *' }],
  ])('%o', (options, rule) => {
    expect(ruleOf(options)).toEqual(rule);
  });

  test.each([
    [{ daily: '25:00' }],
    [{ daily: '2:30' }],
    [{ weekly: ['someday', '02:00'] }],
    [{ weekly: ['s', '02:00'] }],
    [{ weekly: ['sunday'] }],
    [{ weekly: ['sunday', '02:00', '03:00'] }],
    [{ cron: '*' }],
    [{}],
  ])('%o is wrong usage', (options) => {
    expect(() => ruleOf(options)).toThrow(WrongUsage);
  });
});

describe('a job keeps its program, arguments and environment', () => {
  property.prop([fc.array(word, { maxLength: 4 }), word])('in a systemd service', (words, value) => {
    const prepared = systemdJob(job({ argv: ['/opt/app', ...words], environment: { DATA: value } }), account);
    const lines = content(prepared, '.service').split('\n');
    const exec = lines.find((line) => line.startsWith('ExecStart=')) ?? '';
    expect(exec.startsWith('ExecStart=:')).toBe(true);
    expect(systemdWords(exec.slice('ExecStart=:'.length))).toEqual(['/opt/app', ...words]);
    const environment = lines.find((line) => line.startsWith('Environment=')) ?? '';
    expect(systemdWords(environment.slice('Environment='.length))).toEqual([`DATA=${value}`]);
  });

  property.prop([fc.string(), fc.string({ minLength: 1 })])('whatever the instance is called', (name, id) => {
    const prepared = systemdJob(job({ instance: { id, name } }), account);
    for (const { content: unit, path } of prepared.files) {
      expect(
        unit.split('\n').filter((line) => line.startsWith('Description=')),
        name,
      ).toHaveLength(1);
      expect(
        unit.split('\n').every((line) => line === '' || /^(#|\[|[A-Z][A-Za-z]+=)/.test(line)),
        unit,
      ).toBe(true);
      expect(path).toMatch(
        /^\/home\/anna\/\.config\/systemd\/user\/aperture-companion-backup-[0-9a-zx-]+\.(service|timer)$/,
      );
    }
  });

  property.prop([fc.string({ minLength: 1 }), fc.string({ minLength: 1 })])(
    'and no two instances share one',
    (one, two) => {
      if (one !== two) expect(jobName(one)).not.toBe(jobName(two));
    },
  );

  const xml = new XMLParser({ ignoreAttributes: true, trimValues: false, parseTagValue: false, htmlEntities: true });

  property.prop([fc.array(xmlWord, { minLength: 1, maxLength: 4 }), xmlWord])('in a launch agent', (words, value) => {
    const plist = content(
      launchdJob(job({ argv: ['/opt/app', ...words], environment: { DATA: value } }), account),
      '.plist',
    );
    const { dict } = (
      xml.parse(plist) as {
        plist: { dict: { array: { string: string[] }[] | { string: string[] }; dict: { string: string } } };
      }
    ).plist;
    const [first] = [dict.array].flat();
    expect(first?.string.map(decoded)).toEqual(['/opt/app', ...words]);
    expect(decoded([dict.dict].flat()[0]?.string ?? '')).toBe(value);
  });

  property.prop([xmlWord, fc.array(xmlWord, { minLength: 1, maxLength: 4 })])(
    'in a task of Windows',
    (program, words) => {
      const task = content(windowsTask(job({ argv: [`C:\\${program}`, ...words] }), account), '.xml');
      const parsed = xml.parse(task.replace('\ufeff', '')) as {
        Task: { Actions: { Exec: { Command: string; Arguments: string } } };
      };
      const { Command, Arguments } = parsed.Task.Actions.Exec;
      expect(decoded(Command)).toBe(`C:\\${program}`);
      expect(windowsWords(decoded(Arguments))).toEqual(words);
    },
  );
});

/** Numeric entities, which the parser leaves as they are. */
function decoded(text: string): string {
  return String(text).replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** Words of a line of a unit as systemd.service(5) and systemd.syntax(7) have it: quotes, C escapes, then specifiers. */
function systemdWords(line: string): string[] {
  const words: string[] = [];
  for (let at = 0; at < line.length; ) {
    if (line[at] === ' ') {
      at += 1;
      continue;
    }
    if (line[at] !== '"') throw new Error(`an unquoted word at ${at} of ${line}`);
    const bytes: string[] = [];
    at += 1;
    for (; line[at] !== '"'; at += 1) {
      if (at >= line.length) throw new Error(`no end of a quotation: ${line}`);
      if (line[at] !== '\\') {
        bytes.push(line[at] ?? '');
        continue;
      }
      at += 1;
      if (line[at] === 'x') {
        bytes.push(String.fromCharCode(Number.parseInt(line.slice(at + 1, at + 3), 16)));
        at += 2;
      } else if (line[at] === '\\' || line[at] === '"') bytes.push(line[at] ?? '');
      else throw new Error(`escape \\${line[at]}`);
    }
    at += 1;
    words.push(bytes.join(''));
  }
  return words.map((each) =>
    each.replaceAll(/%(.?)/gs, (_, specifier: string) => {
      if (specifier !== '%') throw new Error(`specifier %${specifier}`);
      return '%';
    }),
  );
}

/** As CommandLineToArgvW and Microsoft's run-time library take a line apart. */
function windowsWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (character === '\\') {
      let count = 1;
      while (line[at + count] === '\\') count += 1;
      const before = line[at + count] === '"';
      word = (word ?? '') + '\\'.repeat(before ? Math.floor(count / 2) : count);
      at += count - 1;
      if (before && count % 2 === 1) {
        word += '"';
        at += 1;
      }
    } else if (character === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (!quoted && (character === ' ' || character === '\t')) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}
