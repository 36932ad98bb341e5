const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat('en', { weekday: 'long' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A moment as people say it: "Today, 02:00", "Yesterday, 04:10", "Friday, 18:22", "19 Nov, 02:00", "3 Jan 2024". */
export function formatMoment(at: Date, now: Date): string {
  const days = calendarDays(at, now);
  if (days === 0) return `Today, ${clock.format(at)}`;
  if (days === 1) return `Yesterday, ${clock.format(at)}`;
  if (days > 1 && days < 7) return `${weekday.format(at)}, ${clock.format(at)}`;
  if (at.getFullYear() === now.getFullYear()) return `${dayOfYear.format(at)}, ${clock.format(at)}`;
  return dayAndYear.format(at);
}

/** How long ago: "just now", "5 minutes ago", "3 hours ago", "yesterday", "in 2 days". */
export function formatAgo(at: Date, now: Date): string {
  const difference = at.getTime() - now.getTime();
  const size = Math.abs(difference);
  if (size < 45_000) return 'just now';
  if (size < 59.5 * minute) return relative.format(Math.round(difference / minute), 'minute');
  if (size < 23.5 * hour) return relative.format(Math.round(difference / hour), 'hour');
  if (size < 30 * day) return relative.format(-calendarDays(at, now), 'day');
  if (size < 365 * day) return relative.format(Math.round(difference / (30 * day)), 'month');
  return relative.format(Math.round(difference / (365 * day)), 'year');
}

/** A day alone: "19 Nov 2026". */
export function formatDay(at: Date): string {
  return dayAndYear.format(at);
}

/** The moment to the second with its time zone, for the hover. */
export function formatExactly(at: Date): string {
  return exact.format(at);
}

function calendarDays(at: Date, now: Date): number {
  const start = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((start(now) - start(at)) / day);
}
