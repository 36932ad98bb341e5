import type { CheckId, CheckResult } from '../../contract/check.ts';
import type { Fix } from '../../contract/fix.ts';

type Run = Extract<Fix, { kind: 'run' }>;

/**
 * Failed checks whose first runnable fix can go into one plan: two or more of them. One login runs a plan, so an administrator's
 * runs all of it as soon as one of them needs it.
 */
export function fixesAtOnce(
  results: readonly CheckResult[],
): { fixes: Run[]; checks: CheckId[]; as: Run['as'] } | undefined {
  const fixes: Run[] = [];
  const checks: CheckId[] = [];
  for (const result of results) {
    if (result.status !== 'fail') continue;
    const fix = result.fixes.find((one): one is Run => one.kind === 'run');
    if (fix === undefined) continue;
    checks.push(result.id);
    if (!fixes.some((one) => one.id === fix.id)) fixes.push(fix);
  }
  if (fixes.length < 2) return undefined;
  return { fixes, checks, as: fixes.some((fix) => fix.as === 'administrator') ? 'administrator' : 'app' };
}
