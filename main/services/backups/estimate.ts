/** Share of the tables' size that a dump takes where nothing is known: vectors as text, compressed. */
const usualShare = { zstd: 0.45, gzip: 0.6 } as const;
/** Bytes of tables that a server sends in a second on a small computer. */
const usualRate = 60_000_000;

export type Earlier = { bytes: number; databaseBytes: number; seconds: number };

/** How large a dump will be and how long it will take; by an earlier one of the same database where there is one. */
export function estimateDump(
  tableBytes: number,
  databaseBytes: number,
  compression: 'zstd' | 'gzip',
  earlier: Earlier | undefined,
): { bytes: number; seconds: number } {
  if (earlier !== undefined && earlier.databaseBytes > 0) {
    const growth = databaseBytes / earlier.databaseBytes;
    return { bytes: Math.ceil(earlier.bytes * growth), seconds: Math.ceil(earlier.seconds * growth) };
  }
  const slower = compression === 'zstd' ? 1 : 2;
  return {
    bytes: Math.ceil(tableBytes * usualShare[compression]),
    seconds: Math.max(1, Math.ceil((tableBytes * slower) / usualRate)),
  };
}

/**
 * How far a dump is, from its bytes and the table that it began last. Tables that are done tell how much smaller they get, so the
 * total becomes exact as it goes.
 */
export function createDumpProgress(tables: readonly { schema: string; name: string; bytes: number }[], guess: number) {
  const sizes = new Map(tables.map(({ schema, name, bytes }) => [`${schema}.${name}`, bytes]));
  const all = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  let begun = 0;
  let finished = 0;
  let current = 0;
  let bytesBefore = 0;
  return {
    /** Begins the table with this name as pg_dump says it. */
    table(name: string, bytes: number) {
      finished += current;
      current = sizes.get(name) ?? 0;
      bytesBefore = bytes;
      begun += 1;
    },
    at(bytes: number) {
      // Less than a tenth says little about the rest.
      const share = finished > all / 10 ? bytesBefore / finished : guess / Math.max(1, all);
      const total = Math.max(bytes, Math.ceil(bytesBefore + (all - finished) * share));
      return { bytes, total, tables: { done: Math.max(0, begun - 1), total: tables.length, unit: 'tables' as const } };
    },
  };
}
