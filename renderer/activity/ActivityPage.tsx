import { SegmentedControl, TextInput } from '@mantine/core';
import { IconActivityHeartbeat } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { EmptyState } from '../components/EmptyState.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { newestFirst } from '../store/operations.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Activity.module.css';
import { ActivityList } from './ActivityList.tsx';
import { OperationDetail } from './OperationDetail.tsx';
import { type ActivityFilter, filterOperations } from './operationLine.ts';

const shows = ['all', 'running', 'failed'] as const;

/** Every operation that ever ran, or one of them with its log. */
export function ActivityPage({ operationId }: { operationId?: string }) {
  const operations = useStore((state) => state.operations);
  const loaded = useStore((state) => state.operationsLoaded);
  const load = useStore((state) => state.loadOperations);
  const [filter, setFilter] = useState<ActivityFilter>({ search: '', show: 'all' });
  const sorted = useMemo(() => newestFirst(operations), [operations]);
  const found = useMemo(() => filterOperations(sorted, filter), [sorted, filter]);
  useEffect(() => {
    void load();
  }, [load]);

  if (operationId !== undefined) {
    return <OperationDetail id={operationId} operation={operations[operationId]} loaded={loaded.state !== 'loading'} />;
  }
  return (
    <>
      <PageHead title={words('screen.activity.title')} sub={words('screen.activity.sub')} />
      {loaded.state === 'failed' && (
        <Panel>
          <FailureView failure={loaded.failure} />
        </Panel>
      )}
      {loaded.state === 'loaded' && sorted.length === 0 ? (
        <Panel flush>
          <EmptyState icon={IconActivityHeartbeat} title={words('screen.activity.empty')}>
            {words('screen.activity.empty-text')}
          </EmptyState>
        </Panel>
      ) : (
        <>
          <div className={classes.tools}>
            <TextInput
              type="search"
              aria-label={words('screen.activity.search')}
              placeholder={words('screen.activity.search')}
              value={filter.search}
              onChange={(event) => setFilter({ ...filter, search: event.currentTarget.value })}
            />
            <SegmentedControl
              aria-label={words('screen.activity.show')}
              value={filter.show}
              onChange={(value) => setFilter({ ...filter, show: shows.find((one) => one === value) ?? 'all' })}
              data={shows.map((value) => ({ value, label: words(`screen.activity.show-${value}`) }))}
            />
          </div>
          {found.length === 0 ? (
            <p role="status">{words(loaded.state === 'loading' ? 'screen.loading' : 'screen.activity.none-match')}</p>
          ) : (
            <ActivityList operations={found} />
          )}
        </>
      )}
    </>
  );
}
