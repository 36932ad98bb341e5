/** Compares dotted versions by their numbers ("0.10.0" is newer than "0.8.3"); a missing number counts as 0. */
export function compareVersions(left: string, right: string): number {
  const numbers = (version: string) => version.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The server casts embeddings to `halfvec`, which pgvector has since this version. */
export const oldestVector = '0.7.0';

/** Earlier ones have faults in HNSW index builds and vacuum that this one fixed (pgvector's changelog). */
export const recommendedVector = '0.8.3';

/** What a build from source is made of. */
export const newestVector = '0.8.7';

export const oldestMajor = 14;
export const recommendedMajor = 16;

/** The day of each major version's last release: https://www.postgresql.org/support/versioning/ */
const finalReleases: Readonly<Record<number, string>> = {
  13: '2025-11-13',
  14: '2026-11-12',
  15: '2027-11-11',
  16: '2028-11-09',
  17: '2029-11-08',
  18: '2030-11-14',
};

/** The day after which a major version gets no more fixes; undefined for those that are newer than this table. */
export function endOfLife(major: number): string | undefined {
  return major < 13 ? '2024-11-21' : finalReleases[major];
}
