import { Tooltip } from '@mantine/core';
import { IconChevronRight, IconLock } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { CopiesAt, ListedBackup } from '../../contract/backupChannels.ts';
import { say } from '../../contract/copy/text.ts';
import { Moment } from '../components/Moment.tsx';
import { StatusMark } from '../components/StatusMark.tsx';
import { formatBytes } from '../format/bytes.ts';
import { backupPlace } from '../shell/places.ts';
import { words } from '../words.ts';
import classes from './Backups.module.css';
import { copiesOf, madeAt, restoresToShort, stateOf } from './backupLine.ts';

/** Every backup in a row, newest first: when, whether it can be relied on, how large, where, and what it restores to. */
export function BackupList({
  backups,
  copies,
}: {
  backups: readonly ListedBackup[];
  copies: readonly CopiesAt[] | undefined;
}) {
  return (
    <div className={classes.listBox}>
      <table className={classes.list} aria-label={words('screen.backups.title')}>
        <thead>
          <tr>
            <th scope="col">{words('screen.backups.column.when')}</th>
            <th scope="col">{words('screen.backups.column.state')}</th>
            <th scope="col" className={classes.number}>
              {words('screen.backups.column.size')}
            </th>
            <th scope="col">{words('screen.backups.column.where')}</th>
            <th scope="col" className={classes.wide}>
              {words('screen.backups.column.restores-to')}
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {backups.map((backup) => (
            <BackupRow key={`${backup.id} ${backup.where.path}`} backup={backup} copies={copies} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function BackupRow({ backup, copies }: { backup: ListedBackup; copies: readonly CopiesAt[] | undefined }) {
  const at = madeAt(backup);
  const { tone, word } = stateOf(backup.verification);
  const elsewhere = copiesOf(backup, copies);
  const gone = backup.verification.state === 'damaged' && backup.verification.why === 'missing';
  return (
    <tr>
      <th scope="row">
        <Link href={backupPlace(backup.id)} className={classes.rowLink}>
          {backup.label ?? <Moment at={at} />}
        </Link>
        <span className={classes.second}>
          {backup.label !== undefined && (
            <>
              <Moment at={at} /> ·{' '}
            </>
          )}
          <Moment at={at} how="ago" />
        </span>
      </th>
      <td className={classes.state}>
        <StatusMark tone={tone}>{say(word)}</StatusMark>
      </td>
      <td className={classes.number}>{gone ? '–' : formatBytes(backup.bytes)}</td>
      <td>
        <span className={classes.where}>
          {[words('screen.card.this-computer'), ...elsewhere.map(({ name }) => name)].join(', ')}
          {elsewhere.some(({ encrypted }) => encrypted) && (
            <Tooltip label={words('screen.backups.copies-encrypted')}>
              <span role="img" aria-label={words('screen.backups.copies-encrypted')}>
                <IconLock size={14} aria-hidden />
              </span>
            </Tooltip>
          )}
        </span>
      </td>
      <td className={classes.wide}>{restoresToShort(backup) ?? words('screen.backups.not-told')}</td>
      <td className={classes.chevron}>
        <IconChevronRight size={16} aria-hidden className={classes.chevronIcon} />
      </td>
    </tr>
  );
}
