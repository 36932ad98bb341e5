import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { decideRetention, type Kept } from '../../../main/services/backupRules/retention.ts';

const none = { last: 0, daily: 0, weekly: 0, monthly: 0 };
const at = (time: string) => Date.parse(time);
const good = (time: string): Kept => ({ id: time, createdAt: at(time), verified: true });
const stays = (backups: Kept[], rules: Partial<typeof none>, zone = 'UTC') =>
  decideRetention(backups, { ...none, ...rules }, zone)
    .filter(({ keep }) => keep)
    .map(({ id }) => id);

describe('retention', () => {
  test('keeps the newest so many', () => {
    const backups = [1, 2, 3, 4, 5].map((day) => good(`2026-03-0${day}T02:00:00Z`));
    expect(stays(backups, { last: 2 })).toEqual(['2026-03-05T02:00:00Z', '2026-03-04T02:00:00Z']);
    expect(stays(backups, {})).toHaveLength(5);
  });

  test('keeps the newest of each day, week (from Monday) and month that has one', () => {
    const backups = [
      '2026-01-31T02:00:00Z',
      '2026-02-27T02:00:00Z',
      '2026-03-01T02:00:00Z', // Sunday
      '2026-03-02T02:00:00Z', // Monday
      '2026-03-02T14:00:00Z',
      '2026-03-04T02:00:00Z',
    ].map(good);
    expect(stays(backups, { daily: 2 })).toEqual(['2026-03-04T02:00:00Z', '2026-03-02T14:00:00Z']);
    expect(stays(backups, { weekly: 2 })).toEqual(['2026-03-04T02:00:00Z', '2026-03-01T02:00:00Z']);
    expect(stays(backups, { monthly: 3 })).toEqual([
      '2026-03-04T02:00:00Z',
      '2026-02-27T02:00:00Z',
      '2026-01-31T02:00:00Z',
    ]);
  });

  test('counts days where the user lives', () => {
    const backups = [good('2026-03-01T22:30:00Z'), good('2026-03-01T23:30:00Z')];
    expect(stays(backups, { daily: 5 }, 'UTC')).toEqual(['2026-03-01T23:30:00Z']);
    // In Berlin the second one is of the next day.
    expect(stays(backups, { daily: 5 }, 'Europe/Berlin')).toHaveLength(2);
    // The night in which clocks go back has two times half past two, of one day.
    const night = [good('2026-10-25T00:30:00Z'), good('2026-10-25T01:30:00Z')];
    expect(stays(night, { daily: 5 }, 'Europe/Berlin')).toEqual(['2026-10-25T01:30:00Z']);
  });

  test('says why each stays', () => {
    const backups = [good('2026-03-02T02:00:00Z'), { ...good('2026-03-03T02:00:00Z'), verified: false }];
    expect(decideRetention(backups, { ...none, last: 1, monthly: 1 }, 'UTC')).toEqual([
      { id: '2026-03-03T02:00:00Z', createdAt: at('2026-03-03T02:00:00Z'), keep: true, reasons: ['not-verified'] },
      {
        id: '2026-03-02T02:00:00Z',
        createdAt: at('2026-03-02T02:00:00Z'),
        keep: true,
        reasons: ['newest-good', 'last', 'monthly'],
      },
    ]);
  });
});

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'];
const rules = fc.record({
  last: fc.nat(5),
  daily: fc.nat(8),
  weekly: fc.nat(5),
  monthly: fc.nat(13),
});
const backups = fc
  .uniqueArray(
    fc.record({
      id: fc.uuid(),
      createdAt: fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
      verified: fc.boolean(),
    }),
    { selector: ({ id }) => id, maxLength: 60 },
  )
  .map((list) => list.map((each, index) => ({ ...each, createdAt: each.createdAt + index })));

describe('whatever there is and whatever the rules', () => {
  property.prop([backups, rules, fc.constantFrom(...zones)], { numRuns: 2000 })(
    'promises are kept',
    (list, rule, zone) => {
      const verdicts = decideRetention(list, rule, zone);
      const of = (id: string) => list.find((each) => each.id === id);
      const kept = verdicts.filter(({ keep }) => keep).map(({ id }) => of(id));
      const gone = verdicts.filter(({ keep }) => !keep).map(({ id }) => of(id));
      // Each once, none lost.
      expect(verdicts.map(({ id }) => id).sort()).toEqual(list.map(({ id }) => id).sort());
      // The newest good one stays.
      const newest = Math.max(...list.filter(({ verified }) => verified).map(({ createdAt }) => createdAt));
      if (Number.isFinite(newest)) expect(kept.map((each) => each?.createdAt)).toContain(newest);
      for (const each of gone) {
        // What is not known to be good is not touched, and a newer good one stays for each that goes.
        expect(each?.verified).toBe(true);
        expect(kept.some((other) => other?.verified && other.createdAt > (each?.createdAt ?? 0))).toBe(true);
      }
      const goodOnes = list.filter(({ verified }) => verified).length;
      const goodKept = kept.filter((each) => each?.verified).length;
      expect(goodKept).toBeGreaterThanOrEqual(Math.min(goodOnes, Math.max(rule.last, 1)));
      if (rule.last + rule.daily + rule.weekly + rule.monthly > 0) {
        expect(goodKept).toBeLessThanOrEqual(Math.max(1, rule.last + rule.daily + rule.weekly + rule.monthly));
      }
    },
  );

  property.prop([backups, rules, fc.constantFrom(...zones)], { numRuns: 500 })(
    'what is removed is enough: deciding again removes nothing',
    (list, rule, zone) => {
      const left = decideRetention(list, rule, zone)
        .filter(({ keep }) => keep)
        .flatMap(({ id }) => list.filter((each) => each.id === id));
      expect(decideRetention(left, rule, zone).every(({ keep }) => keep)).toBe(true);
    },
  );

  property.prop([backups, rules, fc.constantFrom(...zones)], { numRuns: 500 })(
    'failed backups change nothing for the good ones',
    (list, rule, zone) => {
      const decided = (of: Kept[]) =>
        decideRetention(of, rule, zone)
          .filter(({ id }) => list.find((each) => each.id === id)?.verified)
          .map(({ id, keep }) => `${id} ${keep}`);
      expect(decided(list)).toEqual(decided(list.filter(({ verified }) => verified)));
    },
  );
});
