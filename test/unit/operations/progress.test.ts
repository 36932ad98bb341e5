import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { text } from '../../../contract/copy/text.ts';
import type { OperationStep } from '../../../contract/operation.ts';
import { createStepProgress, overallProgress } from '../../../main/services/operations/progress.ts';

const steps = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1e6, noNaN: true })), { minLength: 1, maxLength: 12 })
  .map((weights): OperationStep[] => weights.map((weight) => ({ name: text('operation.kind.check'), weight })));
const place = steps.chain((list) => fc.tuple(fc.constant(list), fc.nat({ max: list.length - 1 })));

describe('overall progress', () => {
  test.prop([place, fc.double({ noNaN: true }), fc.double({ noNaN: true })])(
    'is a share whatever is reported',
    ([list, index], done, total) => {
      const overall = overallProgress(list, index, { done, total });
      expect(overall).toBeGreaterThanOrEqual(0);
      expect(overall).toBeLessThanOrEqual(1);
    },
  );

  test.prop([place, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })])(
    'grows within a step, and the end of one is the beginning of the next',
    ([list, index], a, b) => {
      const at = (done: number) => overallProgress(list, index, { done, total: 1 });
      expect(at(Math.max(a, b))).toBeGreaterThanOrEqual(at(Math.min(a, b)));
      const after = index + 1 < list.length ? overallProgress(list, index + 1) : 1;
      expect(at(1)).toBeCloseTo(after, 9);
      expect(overallProgress(list, 0)).toBe(0);
    },
  );

  it('counts steps by weight, and evenly when none has any', () => {
    const list = (...weights: number[]) => weights.map((weight) => ({ name: text('operation.kind.check'), weight }));
    expect(overallProgress(list(1, 9), 1)).toBeCloseTo(0.1);
    expect(overallProgress(list(1, 9), 1, { done: 50, total: 100 })).toBeCloseTo(0.55);
    expect(overallProgress(list(0, 0), 1)).toBeCloseTo(0.5);
    expect(overallProgress(list(1, 1), 0, { done: 5 })).toBe(0);
    expect(overallProgress([], 0)).toBe(0);
  });
});

describe('rate and time left', () => {
  test.prop([fc.double({ min: 0.5, max: 1e9, noNaN: true }), fc.integer({ min: 50, max: 400 })])(
    'are exact for steady work',
    (rate, interval) => {
      const progress = createStepProgress();
      const total = rate * 100;
      let last = progress.report(0, 0, total, 'bytes');
      expect(last.rate).toBeUndefined();
      const reports = Math.ceil(6_000 / interval);
      for (let number = 1; number <= reports; number += 1) {
        last = progress.report(number * interval, (rate * number * interval) / 1000, total, 'bytes');
      }
      const seconds = (reports * interval) / 1000;
      expect(last.rate).toBeCloseTo(rate, rate > 1e6 ? -2 : 3);
      expect(Math.abs((last.secondsLeft ?? -99) - (100 - seconds))).toBeLessThan(1.01);
    },
  );

  test.prop([fc.array(fc.tuple(fc.nat({ max: 3_000 }), fc.nat({ max: 1e6 })), { maxLength: 60 })])(
    'are never negative or endless, whatever comes',
    (reports) => {
      const progress = createStepProgress();
      let at = 0;
      for (const [wait, done] of reports) {
        at += wait;
        const { rate, secondsLeft } = progress.report(at, done, 1e6, 'rows');
        for (const value of [rate ?? 0, secondsLeft ?? 0]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(value)).toBe(true);
        }
      }
    },
  );

  it('says no time left while the rate changes, or the total is unknown', () => {
    const bursty = createStepProgress();
    bursty.report(0, 0, 1_000, 'items');
    bursty.report(1_000, 500, 1_000, 'items');
    expect(bursty.report(2_000, 501, 1_000, 'items')).toEqual({ done: 501, total: 1_000, unit: 'items', rate: 250.5 });
    const open = createStepProgress();
    open.report(0, 0, undefined, 'items');
    open.report(1_000, 10, undefined, 'items');
    expect(open.report(2_000, 20, undefined, 'items')).toEqual({ done: 20, unit: 'items', rate: 10 });
  });

  it('forgets what was slow before: only the last seconds count', () => {
    const progress = createStepProgress();
    for (let second = 0; second <= 30; second += 1) progress.report(second * 1_000, second, 10_000, 'items');
    let last = progress.report(31_000, 130, 10_000, 'items');
    for (let second = 32; second <= 45; second += 1)
      last = progress.report(second * 1_000, 130 + (second - 31) * 100, 10_000, 'items');
    expect(last.rate).toBeCloseTo(100);
  });
});
