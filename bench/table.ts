/** One measured thing: ours and a named rival in the same run, and the ratio that is aimed at. */
export type Row = { name: string; ours: string; rival: string; ratio: number; goal: string };
export type Table = { rows: Row[] };

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/** The table as text, columns aligned. */
export function format(tables: readonly Table[]): string {
  const rows = [
    ['What', 'Ours', 'Rival', 'Ratio', 'Goal'],
    ...tables.flatMap(({ rows }) => rows.map((row) => [row.name, row.ours, row.rival, row.ratio.toFixed(2), row.goal])),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}
