import type { MigrationEntry, MigrationSourceFound, MigrationStatus } from '../../../contract/migration.ts';
import type { Problem } from '../../../contract/problem.ts';
import { byName, type Ledger } from './ledger.ts';
import type { MigrationFile, MigrationsRead } from './source.ts';

/** A source as it was read, or why it could not be. */
export type SourceRead = MigrationsRead | { problem: Problem };

/** The files that the ledger doesn't have, in the order in which they are applied. */
export function pendingFiles(files: readonly MigrationFile[], ledger: Ledger): MigrationFile[] {
  const applied = new Set(ledger.rows.map(({ name }) => name));
  return files.filter(({ name }) => !applied.has(name));
}

/** Compares the ledger with a source. Without one every entry is `applied`: nothing can be said about what is missing. */
export function statusOf(ledger: Ledger, source: SourceRead, onStart: boolean | undefined, now: Date): MigrationStatus {
  const read = 'files' in source ? source : undefined;
  const files = new Map(read?.files.map((file) => [file.name, file]));
  const entries: MigrationEntry[] = ledger.rows.map(({ id, name, appliedAt }) => {
    const bytes = files.get(name)?.bytes;
    return {
      name,
      state: read !== undefined && bytes === undefined ? 'unknown' : 'applied',
      id,
      ...(appliedAt === undefined ? {} : { appliedAt }),
      ...(bytes === undefined ? {} : { bytes }),
    };
  });
  const pending = pendingFiles(read?.files ?? [], ledger);
  entries.push(...pending.map(({ name, bytes }): MigrationEntry => ({ name, state: 'pending', bytes })));
  const count = (state: MigrationEntry['state']) => entries.filter((entry) => entry.state === state).length;
  // Unknown ones are left out: a later version's files don't make an older one's late.
  const last = entries.filter(({ state }) => state === 'applied').at(-1)?.name ?? '';
  const found: MigrationSourceFound | null = read?.found ?? null;
  return {
    at: now.toISOString(),
    source: found,
    ...('problem' in source ? { sourceProblem: source.problem } : {}),
    ledger: ledger.there ? 'there' : 'missing',
    entries: entries.sort(byName),
    applied: count('applied'),
    pending: pending.length,
    unknown: count('unknown'),
    outOfOrder: pending.filter(({ name }) => name < last).map(({ name }) => name),
    ...(onStart === undefined ? {} : { onStart }),
  };
}
