import {
  type MigrationPreview,
  type StatementEffect,
  type StatementWarning,
  statementEffects,
} from '../../contract/migration.ts';

/** What all statements with one effect come to. `worst`: those that hit the most, each table once for a reason. */
export type EffectSum = { effect: StatementEffect; statements: number; files: number; worst: StatementWarning[] };

/** The effects that there are, the worst first. */
export function effectSums(files: readonly MigrationPreview[]): EffectSum[] {
  return statementEffects.flatMap((effect): EffectSum[] => {
    let statements = 0;
    const inFiles = new Set<string>();
    const worst = new Map<string, StatementWarning>();
    for (const { name, statements: all } of files) {
      for (const statement of all) {
        if (statement.effect !== effect) continue;
        statements += 1;
        inFiles.add(name);
        for (const warning of statement.warnings) {
          if (warning.effect !== effect) continue;
          const key = `${warning.object ?? name} ${warning.reason}`;
          const before = worst.get(key);
          if (before === undefined || weight(warning) > weight(before)) worst.set(key, warning);
        }
      }
    }
    if (statements === 0) return [];
    return [
      { effect, statements, files: inFiles.size, worst: [...worst.values()].sort((a, b) => weight(b) - weight(a)) },
    ];
  });
}

/** Rows first; the size decides between equals. */
function weight({ rows = 0, bytes = 0, estimatedSeconds = 0 }: StatementWarning): number {
  return rows + (estimatedSeconds + 1) / 1e6 + bytes / 1e18;
}
