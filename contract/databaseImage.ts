import type { Fix } from './fix.ts';
import type { Plan } from './plan.ts';
import type { FileChange } from './serverSettings.ts';

/** How a PostgreSQL container gets pgvector: by another image of the same major version. */
export type DatabaseImageReport = {
  container: string;
  from: string;
  to: string;
  /** `there`: it has pgvector. `by-hand`: the app does not do it; `byHand` says how. */
  outcome: 'possible' | 'by-hand' | 'there';
  /** Without steps unless `possible`. */
  plan: Plan;
  /** To the compose file. */
  change?: FileChange;
  byHand: Fix[];
};
