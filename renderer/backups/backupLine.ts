import type { BackupVerification } from '../../contract/backup.ts';
import type { CopiesAt, ListedBackup } from '../../contract/backupChannels.ts';
import type { Retention, Schedule } from '../../contract/backupSettings.ts';
import { type Text, text } from '../../contract/copy/text.ts';
import type { Tone } from '../components/StatusMark.tsx';
import { words } from '../words.ts';

/** How the state of a backup is marked: a tone and a word. */
export function stateOf(verification: BackupVerification): { tone: Exclude<Tone, 'busy'>; word: Text } {
  switch (verification.state) {
    case 'verified':
      return { tone: 'ok', word: text('screen.backups.state.verified') };
    case 'damaged':
      return { tone: 'bad', word: text('screen.backups.state.damaged') };
    case 'unverified':
      return { tone: 'warn', word: text('screen.backups.state.unverified') };
  }
}

/** When it was made; of a file without a manifest, when it was written. */
export function madeAt({ manifest, modifiedAt }: Pick<ListedBackup, 'manifest' | 'modifiedAt'>): string {
  return manifest?.createdAt ?? modifiedAt;
}

/** "PostgreSQL 17+, vector 0.8.0": what the server that it is restored to must have. */
export function restoresTo(target: {
  major: number;
  extensions: readonly (string | { name: string; version: string })[];
}) {
  const version = words('screen.backups.restores-to', { major: String(target.major) });
  const extensions = target.extensions.map((one) => (typeof one === 'string' ? one : `${one.name} ${one.version}`));
  return [version, ...extensions].join(', ');
}

/** The short form: only the extension that decides, for the list. */
export function restoresToShort({ manifest }: ListedBackup): string | undefined {
  if (manifest === undefined) return undefined;
  const { major, extensions } = manifest.restorableTo;
  return restoresTo({ major, extensions: extensions.filter(({ name }) => name === 'vector') });
}

/** The destinations that have a copy of it, as far as they have answered. */
export function copiesOf(
  { id }: Pick<ListedBackup, 'id'>,
  copies: readonly CopiesAt[] | undefined,
): { name: string; encrypted: boolean }[] {
  return (copies ?? []).flatMap(({ destination, backups }) => {
    const copy = backups.find((one) => one.id === id);
    return copy === undefined ? [] : [{ name: destination.name, encrypted: copy.encrypted }];
  });
}

/** The last part of a path, of whichever system it is. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** The newest backup that is known to be good; the list is newest first. */
export function newestGood(list: readonly ListedBackup[] | undefined): ListedBackup | undefined {
  return list?.find(({ manifest, verification }) => manifest !== undefined && verification.state === 'verified');
}

/** Whether each of the words that were typed is in what is shown of a backup. */
export function matches(backup: ListedBackup, search: string, when: string): boolean {
  const { label, where, id, verification, manifest } = backup;
  const shown = [
    label,
    where.path,
    id,
    when,
    words(`screen.backups.state.${verification.state}`),
    manifest?.server.version,
  ]
    .filter((part) => part !== undefined)
    .join(' ')
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word));
}

/** "the newest 7, 4 weekly" */
export function rulesLine(rules: Retention): string {
  const parts = (['last', 'daily', 'weekly', 'monthly'] as const)
    .filter((rule) => rules[rule] > 0)
    .map((rule) => words(`screen.backups.rule.${rule}`, { count: rules[rule] }));
  return parts.length === 0
    ? words('screen.backups.rule.none')
    : words('screen.backups.rule.keeps', { rules: parts.join(', ') });
}

/** "Daily at 02:00 (Europe/Berlin)" */
export function scheduleLine({ rule, timeZone }: Pick<Schedule, 'rule' | 'timeZone'>): string {
  switch (rule.kind) {
    case 'daily':
      return words('screen.backups.schedule.line-daily', { at: rule.at, zone: timeZone });
    case 'weekly':
      return words('screen.backups.schedule.line-weekly', {
        at: rule.at,
        day: words(`screen.backups.day.${rule.on}`),
        zone: timeZone,
      });
    case 'cron':
      return words('screen.backups.schedule.line-cron', { expression: rule.expression, zone: timeZone });
  }
}

/** When backups are made, for the head of the page. */
export function whenLine({ schedule }: { schedule?: Schedule | undefined }): string {
  return schedule === undefined ? words('screen.backups.by-hand') : `${scheduleLine(schedule)}.`;
}
