import { IconDownload } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import type { InstanceView } from '../../contract/instance.ts';
import { copiesOf, madeAt, newestGood } from '../backups/backupLine.ts';
import { useBackups } from '../backups/useBackups.ts';
import { FactCard } from '../components/FactCard.tsx';
import { Moment, useNow } from '../components/Moment.tsx';
import { formatBytes } from '../format/bytes.ts';
import { places } from '../shell/places.ts';
import { backupsOf } from '../store/backups.ts';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/** Older than this, a backup that is made by hand has been forgotten. */
const oldAfter = 7 * 24 * 3_600_000;

/** The newest backup that is known to be good, and its age; that there is none, where there is none. */
export function BackupCard({ instance }: { instance: InstanceView }) {
  const [, go] = useLocation();
  const now = useNow();
  const { running, all } = useBackups(instance);
  const { list, failure, copies } = useStore((state) => backupsOf(state, instance.id));
  const { openBackupSection, startBackup } = useStore.getState();
  const open = () => {
    openBackupSection('list');
    go(places.backups);
  };
  const card = { icon: IconDownload, title: words('screen.card.backup') };
  const see = { label: words('screen.backups.open'), run: open };
  const making = running.some(({ kind }) => kind === 'backup');
  if (list === undefined) {
    return (
      <FactCard
        {...card}
        tone="quiet"
        state={words('screen.card.backup.unknown')}
        loading={failure === undefined}
        fact={words('screen.card.not-known')}
        action={see}
      />
    );
  }
  const good = newestGood(list);
  if (good === undefined) {
    return (
      <FactCard
        {...card}
        tone={making ? 'busy' : 'warn'}
        state={words(making ? 'screen.card.backup.running' : 'screen.card.backup.none')}
        fact={words('screen.card.backup.none-fact')}
        evidence={
          list.length === 0
            ? words('screen.card.backup.none-more')
            : words('screen.card.backup.bad-more', { count: list.length })
        }
        action={
          making
            ? see
            : {
                label: words('screen.backups.now'),
                run: () => {
                  open();
                  void startBackup(instance.id);
                },
              }
        }
      />
    );
  }
  const at = madeAt(good);
  const old = now.getTime() - Date.parse(at) > oldAfter;
  const last = all.find(({ kind, state }) => kind === 'backup' && state !== 'running' && state !== 'cancelled');
  const failedSince = last !== undefined && last.startedAt > at && failureOfOperation(last) !== undefined;
  const which = making ? 'running' : failedSince ? 'failed' : old ? 'old' : 'ok';
  const tones = { running: 'busy', failed: 'bad', old: 'warn', ok: 'ok' } as const;
  const elsewhere = copiesOf(good, copies).map(({ name }) => name);
  return (
    <FactCard
      {...card}
      tone={tones[which]}
      state={words(`screen.card.backup.${which}`)}
      fact={<Moment at={at} />}
      evidence={
        <>
          <Moment at={at} how="ago" /> ·{' '}
          {[
            words('screen.card.backup.evidence', {
              size: formatBytes(good.bytes),
              tables: good.manifest?.tables.length ?? 0,
            }),
            ...elsewhere,
            ...(which === 'failed' ? [words('screen.card.backup.failed-more')] : []),
          ].join(' · ')}
        </>
      }
      action={see}
    />
  );
}
