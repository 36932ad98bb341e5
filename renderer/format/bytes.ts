const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/**
 * A size for people: powers of 1024 under the names that PostgreSQL's pg_size_pretty uses, three significant digits at most,
 * e.g. "788 MB", "3.1 GB".
 */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–';
  let value = bytes;
  let unit = 0;
  while (unit < units.length - 1 && Math.round(value) >= 1024) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? (unit >= 2 ? 1 : 0) : 1;
  return `${trimZero(value.toFixed(digits))} ${units[unit]}`;
}

function trimZero(number: string): string {
  return number.replace(/\.0+$/, '');
}

/** A whole number with thousands separated, e.g. "412,907". */
export function formatCount(value: number): string {
  return new Intl.NumberFormat('en').format(Math.round(value));
}
