import type { MigrationEntry } from '../../contract/migration.ts';

export const entryFilters = ['all', 'pending', 'applied', 'unknown'] as const;
export type EntryFilter = (typeof entryFilters)[number];

/** The entries with a state and all the words in their names, the newest first: what is pending stands on top. */
export function filterEntries(
  entries: readonly MigrationEntry[],
  { search, show }: { search: string; show: EntryFilter },
): MigrationEntry[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  return entries
    .filter(
      ({ name, state }) =>
        (show === 'all' || state === show) && wanted.every((word) => name.toLowerCase().includes(word)),
    )
    .reverse();
}
