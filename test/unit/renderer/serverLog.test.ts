import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { ServerLogLine } from '../../../contract/server.ts';
import { clockOf, lineText, markedParts } from '../../../renderer/server/log/lineText.ts';
import { LogModel, logLevels } from '../../../renderer/server/log/logModel.ts';

const line = (message: string, level: ServerLogLine['level'] = 'info'): ServerLogLine => ({ level, message });
const lines = fc.array(
  fc.record({
    level: fc.constantFrom(...logLevels),
    message: fc.string({ unit: fc.constantFrom('a', 'b', 'É'), maxLength: 4 }),
  }),
  { maxLength: 40 },
);
const change = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), lines }),
  fc.record({ kind: fc.constant('level' as const), level: fc.constantFrom(...logLevels) }),
  fc.record({ kind: fc.constant('query' as const), query: fc.constantFrom('', 'a', 'AB', 'é') }),
);

describe('the lines that a view keeps', () => {
  property.prop([fc.array(change, { maxLength: 30 }), fc.integer({ min: 1, max: 60 })])(
    'are the newest, and those with the level and the words, as if all had been looked through',
    (changes, capacity) => {
      const model = new LogModel(capacity);
      let all: ServerLogLine[] = [];
      let level: ServerLogLine['level'] = 'debug';
      let query = '';
      for (const one of changes) {
        if (one.kind === 'append') {
          model.append(one.lines);
          all = [...all, ...one.lines];
        } else if (one.kind === 'level') {
          level = one.level;
          model.setLevel(level);
        } else {
          query = one.query;
          model.setQuery(query);
        }
        const first = Math.max(0, all.length - capacity);
        const numbers = all.map((_, number) => number).filter((number) => number >= first);
        const shown = numbers.filter(
          (number) => logLevels.indexOf(all[number]?.level ?? 'debug') >= logLevels.indexOf(level),
        );
        const matches =
          query === ''
            ? []
            : shown.filter((number) => all[number]?.message.toLowerCase().includes(query.toLowerCase()));
        const listed = ({ shown: sequence }: { shown: LogModel['shown'] }) =>
          Array.from({ length: sequence.length }, (_, index) => sequence.at(index));
        expect(listed(model)).toEqual(shown);
        expect(listed({ shown: model.matches })).toEqual(matches);
        expect(shown.map((number) => model.line(number))).toEqual(shown.map((number) => all[number]));
        expect(model.letGo).toBe(first);
        expect(model.kept).toBe(numbers.length);
        for (const [index, number] of shown.entries()) expect(model.shown.indexFrom(number)).toBe(index);
      }
    },
  );

  test('stay as few as said after a million', () => {
    const model = new LogModel(50_000);
    for (let batch = 0; batch < 1000; batch += 1) {
      model.append(Array.from({ length: 1000 }, (_, index) => line(`line ${batch * 1000 + index}`)));
    }
    expect(model.kept).toBe(50_000);
    expect(model.letGo).toBe(950_000);
    expect(model.line(949_999)).toBeUndefined();
    expect(model.line(950_000)?.message).toBe('line 950000');
    expect(model.shown.at(model.shown.length - 1)).toBe(999_999);
  });

  test('tell who shows them of each change, once', () => {
    const model = new LogModel(10);
    let told = 0;
    const stop = model.subscribe(() => {
      told += 1;
    });
    model.append([line('a'), line('b', 'error')]);
    model.setLevel('error');
    model.setLevel('error');
    expect([told, model.shown.length]).toEqual([2, 1]);
    stop();
    model.append([line('c', 'error')]);
    expect([told, model.shown.length]).toEqual([2, 2]);
  });
});

describe('one line', () => {
  property.prop([fc.string(), fc.string({ minLength: 1, maxLength: 3 })])(
    'marked or not, nothing of it is lost',
    (text, query) => {
      const parts = markedParts(text, query.toLowerCase());
      expect(parts.map(({ part }) => part).join('')).toBe(text);
    },
  );

  test('is marked where the words are', () => {
    expect(markedParts('GET /Health, health', 'health')).toEqual([
      { part: 'GET /', marked: false },
      { part: 'Health', marked: true },
      { part: ', ', marked: false },
      { part: 'health', marked: true },
    ]);
    // Two letters long in lower case.
    expect(markedParts('İstanbul', 'stan')).toEqual([{ part: 'İstanbul', marked: true }]);
  });

  test('is copied with its time, level and module', () => {
    const full = { at: '2026-05-30T12:00:00.5Z', level: 'warn', module: 'api', message: 'slow' } as const;
    expect(lineText(full)).toBe('2026-05-30T12:00:00.5Z warn  api: slow');
    expect(lineText(line('plain'))).toBe('info  plain');
  });

  test('has no time where the engine told none, or nonsense', () => {
    expect([clockOf(undefined), clockOf('yesterday')]).toEqual(['', '']);
    expect(clockOf('2026-05-30T12:34:56.123456789Z')).toMatch(/^\d\d:34:56\.123$/);
  });
});
