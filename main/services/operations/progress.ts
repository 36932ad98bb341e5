import type { OperationProgress, OperationStep, ProgressUnit } from '../../../contract/operation.ts';

/** Seconds over which the rate is measured. */
const windowMilliseconds = 5_000;
/** Before this much has been seen, a rate means nothing. */
const minimumMilliseconds = 1_000;

type Sample = { at: number; done: number };

/** Progress of one step: remembers the last few seconds, so that rate and time left are steady. Times in milliseconds of any one clock. */
export function createStepProgress(): {
  report(at: number, done: number, total: number | undefined, unit: ProgressUnit): OperationProgress;
} {
  let samples: Sample[] = [];
  return {
    report(at, done, total, unit) {
      const latest = samples.at(-1);
      // A counter that starts again, or a clock that went back: what was seen before says nothing any more.
      if (latest !== undefined && (done < latest.done || at < latest.at)) samples = [];
      samples.push({ at, done });
      while (samples.length > 2 && (samples[1]?.at ?? at) <= at - windowMilliseconds) samples.shift();
      // Bounded when reports come by the thousand: every other one tells the same.
      if (samples.length > 400)
        samples = samples.filter((_, position) => position % 2 === 0 || position === samples.length - 1);
      const progress: OperationProgress = { done, unit };
      if (total !== undefined) progress.total = total;
      const rate = rateOf(samples);
      if (rate !== undefined) progress.rate = rate;
      const left = total === undefined ? undefined : secondsLeft(samples, total - done);
      if (left !== undefined) progress.secondsLeft = left;
      return progress;
    },
  };
}

/** Units per second over the samples. */
function rateOf(samples: readonly Sample[]): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < minimumMilliseconds) return undefined;
  return ((last.done - first.done) * 1000) / (last.at - first.at);
}

/** Only when both halves of what was seen ran at rates within a factor of two of each other. */
function secondsLeft(samples: readonly Sample[], remaining: number): number | undefined {
  const rate = rateOf(samples);
  const first = samples[0];
  const last = samples.at(-1);
  if (rate === undefined || rate <= 0 || first === undefined || last === undefined || remaining < 0) return undefined;
  const half = (first.at + last.at) / 2;
  const middle = samples.find((sample) => sample.at >= half);
  if (middle === undefined || middle.at === first.at || middle.at === last.at) return undefined;
  const early = (middle.done - first.done) / (middle.at - first.at);
  const late = (last.done - middle.done) / (last.at - middle.at);
  if (Math.max(early, late) > 2 * Math.min(early, late)) return undefined;
  return Math.ceil(remaining / rate);
}

/**
 * Share of the whole that is done, 0 to 1: all steps before `stepIndex`, and of that step the share of its own progress.
 * Steps count by weight; when no weight is above zero, all count the same.
 */
export function overallProgress(
  steps: readonly OperationStep[],
  stepIndex: number,
  progress?: { done: number; total?: number },
): number {
  if (steps.length === 0) return 0;
  const weighted = steps.some((step) => step.weight > 0);
  const weights = steps.map((step) => (weighted ? Math.max(0, step.weight) : 1));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const before = weights.slice(0, stepIndex).reduce((total, weight) => total + weight, 0);
  const within =
    progress?.total === undefined || progress.total <= 0
      ? 0
      : clamp(progress.done / progress.total) * (weights[stepIndex] ?? 0);
  return clamp((before + within) / sum);
}

function clamp(share: number): number {
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
}
