import { randomUUID } from 'node:crypto';
import type { Plan } from '../../contract/plan.ts';
import { ProblemError } from '../problems/ProblemError.ts';

/** Minutes for which a plan that was shown may be run: afterwards the database may be another than the one it was made for. */
const validMinutes = 30;

/** Plans in memory: what was shown is what runs, so the window can only name one. */
export interface Plans<Detail> {
  keep(plan: Omit<Plan, 'id'>, detail: Detail): Plan;
  /** Raises `plan-missing` and, when it has become too old, `plan-stale`. It stays, so that a wrong password isn't the end of it. */
  find(id: string): { plan: Plan; detail: Detail };
}

export function createPlans<Detail>({ now = () => new Date() }: { now?: () => Date } = {}): Plans<Detail> {
  const kept = new Map<string, { plan: Plan; detail: Detail; madeAt: number }>();
  const isOld = (madeAt: number) => now().getTime() - madeAt > validMinutes * 60_000;
  return {
    keep(plan, detail) {
      // Old ones stay a while, so that running one says "too old" and not "there is none".
      for (const [id, { madeAt }] of [...kept].slice(0, -50)) if (isOld(madeAt)) kept.delete(id);
      const whole = { ...plan, id: randomUUID() };
      kept.set(whole.id, { plan: whole, detail, madeAt: now().getTime() });
      return whole;
    },
    find(id) {
      const found = kept.get(id);
      if (found === undefined) throw new ProblemError('plan-missing', { id });
      if (isOld(found.madeAt)) throw new ProblemError('plan-stale', { id });
      return { plan: found.plan, detail: found.detail };
    },
  };
}
