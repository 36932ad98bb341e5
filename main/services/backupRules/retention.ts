import type { Retention, RetentionReason } from '../../../contract/backupSettings.ts';

/** What retention needs to know of a backup. Copies of one backup in several places are one. */
export type Kept = {
  id: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Read to its end and found whole. Anything else neither counts nor is it removed. */
  verified: boolean;
};

export type RetentionVerdict = { id: string; createdAt: number } & (
  | { keep: true; reasons: RetentionReason[] }
  | { keep: false }
);

/**
 * Which backups stay and why, newest first (grandfather, father, son). Of each of the last so many days, weeks and months that have a
 * good backup, the newest good one stays; days are those of the time zone.
 *
 * Promises: the newest good backup always stays; nothing goes unless a newer good backup stays; a backup that is not known to be good
 * never counts for a rule and is never removed by one; with no rule at all everything stays. The clock of this computer is not asked,
 * so setting it back removes nothing.
 */
export function decideRetention(backups: readonly Kept[], rules: Retention, timeZone: string): RetentionVerdict[] {
  const sorted = [...backups].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  const good = sorted.filter(({ verified }) => verified);
  const reasons = new Map<string, RetentionReason[]>();
  const note = (id: string, reason: RetentionReason) => reasons.set(id, [...(reasons.get(id) ?? []), reason]);

  const newest = good[0];
  if (newest !== undefined) note(newest.id, 'newest-good');
  const hasRule = Object.values(rules).some((count) => count > 0);
  for (const backup of sorted) {
    if (!backup.verified) note(backup.id, 'not-verified');
    else if (!hasRule) note(backup.id, 'no-rule');
  }
  for (const { id } of good.slice(0, rules.last)) note(id, 'last');
  const day = dayIn(timeZone);
  const periods = [
    ['daily', rules.daily, (at: number) => day(at)],
    ['weekly', rules.weekly, (at: number) => mondayOf(day(at))],
    ['monthly', rules.monthly, (at: number) => day(at).slice(0, 7)],
  ] as const;
  for (const [reason, count, periodOf] of periods) {
    const seen = new Set<string>();
    for (const { id, createdAt } of good) {
      const period = periodOf(createdAt);
      if (seen.has(period)) continue;
      if (seen.size >= count) break;
      seen.add(period);
      note(id, reason);
    }
  }
  return sorted.map(({ id, createdAt }) => {
    const why = reasons.get(id);
    return why === undefined ? { id, createdAt, keep: false } : { id, createdAt, keep: true, reasons: why };
  });
}

/** The calendar day of a moment, as 2026-03-29. */
function dayIn(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (at) => format.format(at);
}

/** The Monday of a day's week. A calendar has no daylight saving, so it is reckoned in UTC. */
function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}
