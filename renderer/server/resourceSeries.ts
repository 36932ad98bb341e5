import type { UseSample } from '../store/servers.ts';
import type { Point } from './LineChart.tsx';

/** Bytes a second between looks. A counter that went down was set to zero by a restart: nothing is claimed for that while. */
export function networkRates(samples: readonly UseSample[]): Point[] {
  const rates: Point[] = [];
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1];
    if (before === undefined || sample.at <= before.at || sample.networkBytes < before.networkBytes) continue;
    const seconds = (sample.at - before.at) / 1000;
    rates.push({ at: sample.at, value: (sample.networkBytes - before.networkBytes) / seconds });
  }
  return rates;
}

/** Lowest and highest value, and the time between the first and the last, in milliseconds. */
export function range(points: readonly Point[]): { low: number; high: number; time: number } {
  const values = points.map(({ value }) => value);
  return {
    low: Math.min(...values),
    high: Math.max(...values),
    time: (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0),
  };
}
