import { Button, TextInput } from '@mantine/core';
import { IconDownload, IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import type { OperationView } from '../../contract/operation.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { Moment, useNow } from '../components/Moment.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { formatMoment } from '../format/moment.ts';
import { Reading } from '../server/Reading.tsx';
import { backupsOf } from '../store/backups.ts';
import { failureOfOperation } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { BackUpNowButton } from './BackUpNowButton.tsx';
import { BackupList } from './BackupList.tsx';
import classes from './Backups.module.css';
import { madeAt, matches } from './backupLine.ts';
import { PlanPanel } from './PlanPanel.tsx';

/** What the next backup would do, what became of the last one where it failed, and all that there are. */
export function ListSection({
  instance,
  operations,
}: {
  instance: InstanceView;
  operations: readonly OperationView[];
}) {
  const { list, failure, startFailure, settings } = useStore((state) => backupsOf(state, instance.id));
  const { loadBackups, loadCopies } = useStore.getState();
  const running = operations.filter(({ state }) => state === 'running');
  const making = running.some(({ kind }) => kind !== 'backup-verify');
  const failed = lastFailed(operations);
  const destinations = settings?.destinations.length ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has just ended may have copied or removed something.
  useEffect(() => {
    if (destinations > 0) void loadCopies(instance.id);
  }, [destinations, running.length, instance.id, loadCopies]);
  return (
    <div className={classes.stack}>
      {startFailure !== undefined && (
        <Panel>
          <FailureView failure={startFailure} />
        </Panel>
      )}
      {failed.map((operation) => {
        const why = failureOfOperation(operation);
        return (
          why !== undefined && (
            <Panel
              key={operation.id}
              title={words('screen.backups.last-failed', { what: words(`operation.kind.${operation.kind}`) })}
              sub={<Moment at={operation.endedAt ?? operation.startedAt} how="ago" />}
            >
              <FailureView failure={why} />
            </Panel>
          )
        );
      })}
      {!making && <PlanPanel instance={instance} />}
      {failure !== undefined && (
        <Panel>
          <FailureView
            failure={failure}
            actions={
              <Button leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => void loadBackups(instance.id)}>
                {words('screen.server.look-again')}
              </Button>
            }
          />
        </Panel>
      )}
      {list === undefined && failure === undefined && <Reading />}
      {list !== undefined && list.length === 0 && (
        <Panel flush>
          <EmptyState
            icon={IconDownload}
            title={words('screen.backups.none')}
            actions={making ? undefined : <BackUpNowButton instance={instance} busy={false} />}
          >
            {words('screen.backups.none-text')}
          </EmptyState>
        </Panel>
      )}
      {list !== undefined && list.length > 0 && <SearchedList instanceId={instance.id} />}
    </div>
  );
}

function SearchedList({ instanceId }: { instanceId: string }) {
  const [search, setSearch] = useState('');
  const now = useNow();
  const { list = [], copies } = useStore((state) => backupsOf(state, instanceId));
  const found = list.filter((backup) => matches(backup, search, formatMoment(new Date(madeAt(backup)), now)));
  return (
    <Panel
      flush
      title={words('screen.backups.count', { count: list.length })}
      actions={
        <TextInput
          type="search"
          aria-label={words('screen.backups.search')}
          placeholder={words('screen.backups.search')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      }
    >
      {found.length === 0 ? (
        <p role="status" className={classes.inset}>
          {words('screen.activity.none-match')}
        </p>
      ) : (
        <BackupList backups={found} copies={copies} />
      )}
    </Panel>
  );
}

/** The newest of making and of copying, where it failed: until one has gone well again. */
function lastFailed(operations: readonly OperationView[]): OperationView[] {
  return (['backup', 'backup-copy'] as const).flatMap((kind) => {
    const newest = operations.find((operation) => operation.kind === kind && operation.state !== 'cancelled');
    return newest !== undefined && failureOfOperation(newest) !== undefined ? [newest] : [];
  });
}
