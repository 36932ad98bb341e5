import { useEffect } from 'react';
import type { OperationView } from '../../contract/operation.ts';
import { OperationLog } from '../activity/OperationLog.tsx';
import { OperationBar } from '../components/OperationBar.tsx';
import { Panel } from '../components/Panel.tsx';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';

/** A run or a rehearsal as it goes: which file, PostgreSQL's notices, who is in the way of a lock. */
export function RunningMigration({ operation }: { operation: OperationView }) {
  const lines = useStore((state) => state.operationLogs[operation.id]);
  const { loadOperationLog } = useStore.getState();
  useEffect(() => {
    void loadOperationLog(operation.id).catch(() => undefined);
  }, [operation.id, loadOperationLog]);
  return (
    <>
      <OperationBar operation={operation} />
      {lines !== undefined && lines.length > 0 && (
        <Panel flush title={words('screen.migrations.log')} sub={words('screen.migrations.log-text')}>
          <OperationLog lines={lines} follow />
        </Panel>
      )}
    </>
  );
}
