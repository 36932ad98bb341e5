import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount } from '../../../renderer/format/bytes.ts';
import { formatDuration } from '../../../renderer/format/duration.ts';
import { formatAgo, formatMoment } from '../../../renderer/format/moment.ts';

const MB = 1024 * 1024;

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 kB'],
    [788 * MB, '788 MB'],
    [25.8 * MB, '25.8 MB'],
    [3.1 * 1024 * MB, '3.1 GB'],
    [1024 * MB - 1, '1 GB'],
    [-1, '–'],
    [Number.NaN, '–'],
  ])('%d bytes are %s', (bytes, said) => expect(formatBytes(bytes)).toBe(said));

  it('separates thousands', () => expect(formatCount(412_907)).toBe('412,907'));
});

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [64, '64 ms'],
    [999.6, '1 s'],
    [1_449, '1.4 s'],
    [11_000, '11 s'],
    [59_600, '1 min'],
    [130_000, '2 min 10 s'],
    [3 * 3_600_000 + 5 * 60_000, '3 h 5 min'],
    [12 * 86_400_000, '12 days'],
    [-1, '–'],
  ])('%d ms is said as %s', (milliseconds, said) => expect(formatDuration(milliseconds)).toBe(said));
});

describe('moments', () => {
  // Local time on purpose: "today" is what the clock on the wall says.
  const now = new Date(2026, 10, 23, 15, 30);
  it.each([
    [new Date(2026, 10, 23, 2, 0), 'Today, 02:00'],
    [new Date(2026, 10, 22, 23, 59), 'Yesterday, 23:59'],
    [new Date(2026, 10, 20, 18, 22), 'Friday, 18:22'],
    [new Date(2026, 10, 16, 2, 0), '16 Nov, 02:00'],
    [new Date(2024, 0, 3, 2, 0), '3 Jan 2024'],
  ])('%s is said as %s', (at, said) => expect(formatMoment(at, now)).toBe(said));

  it.each([
    [new Date(2026, 10, 23, 15, 29, 30), 'just now'],
    [new Date(2026, 10, 23, 15, 25), '5 minutes ago'],
    [new Date(2026, 10, 23, 12, 30), '3 hours ago'],
    [new Date(2026, 10, 22, 12, 0), 'yesterday'],
    [new Date(2026, 10, 25, 18, 0), 'in 2 days'],
    [new Date(2027, 7, 15), 'in 9 months'],
  ])('%s is said as %s', (at, said) => expect(formatAgo(at, now)).toBe(said));
});
