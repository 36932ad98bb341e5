import type { Text } from './copy/text.ts';

/**
 * One change to the outside world, as it will be done. What is shown is what runs: the executor takes these very steps.
 * No step holds a secret; a password in a statement is written as `PASSWORD ***` in `statement` and kept apart by the service.
 */
export type PlanStep =
  | { kind: 'sql'; host: string; database: string; role: string; statement: string }
  | { kind: 'file'; host: string; path: string; mode: string; content: string }
  | { kind: 'command'; host: string; argv: string[] };

/** What is going to be done, shown before it is done. Made and kept by main; the renderer names it by id. */
export type Plan = {
  id: string;
  title: Text;
  /** Whose login runs it: the instance's own role, or an administrator's that is asked for once and not stored. */
  as: 'app' | 'administrator';
  steps: PlanStep[];
  /** What stays as it is if it stops half-way, or what to expect while it runs. */
  notes: Text[];
};
