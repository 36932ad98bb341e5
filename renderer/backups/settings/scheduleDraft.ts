import type { ScheduleRule } from '../../../contract/backupSettings.ts';

export const ruleKinds = ['daily', 'weekly', 'cron'] as const;

/** A rule as it is typed: the fields of every kind. */
export type ScheduleDraft = {
  kind: (typeof ruleKinds)[number];
  at: string;
  on: Extract<ScheduleRule, { kind: 'weekly' }>['on'];
  expression: string;
};

/** At night, when nobody watches films, unless there is a rule. */
export function draftOf(rule: ScheduleRule | undefined): ScheduleDraft {
  const usual: ScheduleDraft = { kind: 'daily', at: '02:00', on: 'sunday', expression: '' };
  return rule === undefined ? usual : { ...usual, ...rule };
}

/** Undefined while something is missing. Whether a cron expression is one, asking for the plan tells. */
export function ruleOf({ kind, at, on, expression }: ScheduleDraft): ScheduleRule | undefined {
  if (kind === 'cron') return expression.trim().length < 9 ? undefined : { kind, expression: expression.trim() };
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(at)) return undefined;
  return kind === 'daily' ? { kind, at } : { kind, on, at };
}
