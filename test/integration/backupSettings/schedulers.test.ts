import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { timingOf } from '../../../main/services/backupRules/calendar.ts';
import { scheduleTimes } from '../../../main/services/backupRules/scheduleTimes.ts';
import { cronLine } from '../../../main/services/schedulers/cronLine.ts';
import { launchdJob } from '../../../main/services/schedulers/launchdPlist.ts';
import type { Job } from '../../../main/services/schedulers/scheduler.ts';
import { onCalendar, systemdJob } from '../../../main/services/schedulers/systemdUnits.ts';
import { mustRun, run } from '../../support/processes.ts';
import { seedOf } from '../../support/seed.ts';
import { supportFolder } from '../../support/supportFolder.ts';

const seed = seedOf();
const home = supportFolder('scheduler');
const account = { home, userName: 'anna', uid: 501, environment: {}, dataFolder: path.join(home, 'data') };
const job = (more: Partial<Job> = {}): Job => ({
  instance: { id: 'home-1', name: 'Home 100% "quoted" \\' },
  argv: ['/usr/bin/env', 'backup', 'now'],
  environment: {},
  timing: timingOf({ kind: 'daily', at: '02:30' }),
  timeZone: 'UTC',
  ...more,
});

/** What systemd itself says about the units. */
async function verify(of: Job): Promise<string> {
  const { files } = systemdJob(of, account);
  for (const { path: file, content } of files) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const { code, stdout, stderr } = await run(
    ['systemd-analyze', 'verify', '--user', ...files.map((file) => file.path)],
    {
      env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, SYSTEMD_LOG_LEVEL: 'warning' },
    },
  );
  const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('aperture-companion'));
  return code === 0 && said.length === 0 ? '' : `${code}\n${stdout}${stderr}`;
}

/** A part of a path, with what shells and systemd treat specially. */
const part = fc
  .array(fc.constantFrom(' ', '%', '%h', '$HOME', "'", '"', '\\', 'é', 'a', '-', ';', '&', '#', '~', '*'), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => `p${parts.join('')}p`);

describe('units for systemd', () => {
  test('are what it reads without a complaint', async () => {
    expect(await verify(job())).toBe('');
    expect(await verify(job({ timeZone: 'Europe/Berlin' }))).toBe('');
    expect(await verify(job({ timing: timingOf({ kind: 'cron', expression: '0 0 L * *' }) }))).toBe('');
  });

  test('and it does complain about a program that is not there', async () => {
    expect(await verify(job({ argv: ['/nowhere/at all', 'backup'] }))).toContain('/nowhere/at all');
  });

  test('find a program whatever its path is', async () => {
    console.log(`COMPANION_SEED=${seed}`);
    await fc.assert(
      fc.asyncProperty(part, fc.array(part, { maxLength: 3 }), async (name, words) => {
        const program = path.join(supportFolder('program'), name);
        writeFileSync(program, '#!/bin/sh\n');
        chmodSync(program, 0o755);
        expect(await verify(job({ argv: [program, ...words], environment: { DATA: name } }))).toBe('');
      }),
      { seed, numRuns: 12 },
    );
  });

  test('call at the very times that the rule has', async () => {
    const field = (most: number, least = 0) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: least, max: most }).map(String),
        fc
          .tuple(fc.integer({ min: least, max: most - 1 }), fc.integer({ min: 1, max: most }))
          .map(([from, width]) => `${from}-${Math.min(most, from + width)}/2`),
        fc.constantFrom('*/5', '*/7'),
      );
    const expressions = fc
      .tuple(field(59), field(23), field(28, 1), field(12, 1), field(6))
      .map((fields) => fields.join(' '));
    await fc.assert(
      fc.asyncProperty(expressions, async (expression) => {
        const rule = { kind: 'cron', expression } as const;
        const timing = timingOf(rule);
        expect(timing.kind).toBe('times');
        const lines = onCalendar({ timing, timeZone: 'UTC' });
        const { stdout } = await mustRun(['systemd-analyze', 'calendar', '--iterations=4', ...lines], {
          env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
        });
        const told = [...stdout.matchAll(/(?:Next elapse|Iter\. #\d+): \w+ (\S+) (\S+) UTC/g)]
          .map(([, date, time]) => Date.parse(`${date}T${time}Z`))
          .sort((a, b) => a - b);
        const { next } = await scheduleTimes(rule, 'UTC');
        const first = told[0] ?? Number.NaN;
        // Each line tells four times, so the first four of all of them are told whichever line they come from.
        const expected: number[] = [];
        for (let time = next(first - 1); time !== undefined && expected.length < 4; time = next(time))
          expected.push(time);
        expect([...new Set(told)].slice(0, 4), expression).toEqual(expected);
      }),
      { seed, numRuns: 25 },
    );
  });
});

test('a line of a crontab starts the program with its very arguments', async () => {
  const show = ['/bin/sh', '-c', 'printf "%s\\0" "$DATA" "$@"', 'sh'] as const;
  await fc.assert(
    fc.asyncProperty(part, fc.array(part, { maxLength: 3 }), async (value, words) => {
      const rule = { kind: 'weekly', on: 'sunday', at: '04:00' } as const;
      const line = cronLine(rule, { argv: [...show, ...words], environment: { DATA: value } });
      expect(line?.startsWith('0 4 * * 0 ')).toBe(true);
      // As cron does before it hands the rest to a shell: the first % without a backslash would end it.
      const command = (line ?? '').slice('0 4 * * 0 '.length);
      expect(command.replaceAll('\\%', '')).not.toContain('%');
      const { stdout } = await mustRun(['/bin/sh', '-c', command.replaceAll('\\%', '%')]);
      expect(stdout.split('\0').slice(0, -1)).toEqual([value, ...words]);
    }),
    { seed, numRuns: 40 },
  );
});

test('a launch agent is a property list, by plutil where there is one', async () => {
  const [agent] = launchdJob(job({ environment: { DATA: '<&>' } }), account).files;
  const file = path.join(home, 'agent.plist');
  writeFileSync(file, agent?.content ?? '');
  if (process.platform === 'darwin') await mustRun(['plutil', '-lint', file]);
  else expect(XMLValidator.validate(agent?.content ?? '')).toBe(true);
});
