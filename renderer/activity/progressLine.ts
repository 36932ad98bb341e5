import type { OperationProgress } from '../../contract/operation.ts';
import { formatBytes, formatCount } from '../format/bytes.ts';
import { formatDuration } from '../format/duration.ts';
import { words } from '../words.ts';

/** Progress in words: "196 MB of 317 MB", "25.8 MB/s", "5 s left". What cannot be known is left out. */
export function progressLine(progress: OperationProgress | undefined): {
  amount?: string;
  rate?: string;
  left?: string;
  parts?: string;
} {
  if (progress === undefined) return {};
  const quantity = (value: number) =>
    progress.unit === 'bytes'
      ? formatBytes(value)
      : words(`screen.unit.${progress.unit}`, { count: Math.round(value), amount: formatCount(value) });
  const done = progress.unit === 'bytes' ? formatBytes(progress.done) : formatCount(progress.done);
  return {
    amount:
      progress.total === undefined
        ? quantity(progress.done)
        : words('screen.operation.amount', { done, total: quantity(progress.total) }),
    ...(progress.parts === undefined
      ? {}
      : {
          parts: words('screen.operation.amount', {
            done: formatCount(progress.parts.done),
            total: words(`screen.unit.${progress.parts.unit}`, {
              count: progress.parts.total,
              amount: formatCount(progress.parts.total),
            }),
          }),
        }),
    ...(progress.rate === undefined
      ? {}
      : { rate: words('screen.operation.rate', { amount: quantity(progress.rate) }) }),
    ...(progress.secondsLeft === undefined
      ? {}
      : { left: words('screen.operation.left', { time: formatDuration(Math.max(1, progress.secondsLeft) * 1000) }) }),
  };
}
