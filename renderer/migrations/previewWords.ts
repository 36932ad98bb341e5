import type { StatementEffect, StatementNeed, StatementWarning } from '../../contract/migration.ts';
import type { Tone } from '../components/StatusMark.tsx';
import { formatBytes } from '../format/bytes.ts';
import { words } from '../words.ts';

export const effectTones = {
  'destroys-data': 'bad',
  'rewrites-table': 'warn',
  'builds-index': 'info',
  'locks-table': 'warn',
  unknown: 'info',
  harmless: 'ok',
} as const satisfies Record<StatementEffect, Exclude<Tone, 'busy'>>;

const deletions: ReadonlySet<string> = new Set([
  'delete-all',
  'delete-rows',
  'delete-cascades',
  'truncate',
  'truncate-cascades',
  'merge-delete',
]);

/** What a warning comes to, in numbers first: "deletes 12,480 rows of public.embeddings". */
export function warningSum(warning: StatementWarning): string {
  const { object, rows, rowsExact, reason } = warning;
  if (object !== undefined && rows !== undefined && deletions.has(reason)) {
    const amount = words('migration.rows', { rows, exact: String(rowsExact === true) });
    return words('screen.migrations.sum.deletes', { rows: amount, object: shortName(object) });
  }
  return warningLine(warning);
}

/** What a warning says, with what is known of the size: "public.movies: builds an index; … (about 200 rows, 64 kB, about 2 seconds)". */
export function warningLine(warning: StatementWarning): string {
  const { effect, object, reason, rows, rowsExact, bytes, estimatedSeconds } = warning;
  // What is lost is counted in rows; how long it takes goes by the size.
  const sized = effect !== 'destroys-data' || rows === undefined;
  const sizes = [
    rows === undefined ? undefined : words('migration.rows', { rows, exact: String(rowsExact === true) }),
    bytes === undefined || bytes === 0 || !sized ? undefined : formatBytes(bytes),
    estimatedSeconds === undefined ? undefined : durationWords(estimatedSeconds),
  ].filter((part) => part !== undefined);
  const about = object === undefined ? '' : `${shortName(object)}: `;
  return `${about}${words(`migration.reason.${reason}`)}${sizes.length === 0 ? '' : ` (${sizes.join(', ')})`}`;
}

/** The usual schema goes without saying. */
function shortName(object: string): string {
  return object.replace(/^public\./, '');
}

function durationWords(seconds: number): string {
  if (seconds < 1) return words('screen.migrations.under-a-second');
  return seconds < 90
    ? words('migration.seconds', { seconds: Math.round(seconds) })
    : words('migration.minutes', { minutes: Math.round(seconds / 60) });
}

export function needLine(need: StatementNeed): string {
  return need.kind === 'extension'
    ? words(`migration.need.extension.${need.state}`, { name: need.name })
    : words('migration.need.privilege', { on: need.on, privilege: need.privilege });
}

/** A need that keeps the migration from succeeding. */
export function isMissing(need: StatementNeed): boolean {
  return need.kind === 'privilege' || need.state !== 'available';
}
