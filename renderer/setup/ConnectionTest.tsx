import { useEffect, useRef, useState } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import { OperationBar } from '../components/OperationBar.tsx';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { ConnectionReportView } from '../database/ConnectionReportView.tsx';
import { connectionOf } from '../store/connections.ts';
import { useStore } from '../store/store.ts';
import { useConnectionFixes } from './connectionFixes.ts';
import classes from './Setup.module.css';

/** The try that is under way, step by step, and the report of the last one. */
export function ConnectionTest({ instance }: { instance: InstanceView }) {
  const view = useStore((state) => connectionOf(state, instance.id));
  const operation = useStore((state) =>
    view.operationId === undefined ? undefined : state.operations[view.operationId],
  );
  const onSetting = useConnectionFixes(instance);
  const place = useRef<HTMLDivElement>(null);
  const [wasTesting, setWasTesting] = useState(view.testing);
  // A test that was started from a long form: first its steps, then its report come into view.
  useEffect(() => {
    if (wasTesting === view.testing) return;
    setWasTesting(view.testing);
    place.current?.scrollIntoView({ block: view.testing ? 'nearest' : 'start' });
  }, [wasTesting, view.testing]);
  return (
    <div className={classes.testing} ref={place}>
      {view.testing && operation?.state === 'running' && <OperationBar operation={operation} />}
      {view.failure !== undefined && (
        <Panel>
          <FailureView failure={view.failure} />
        </Panel>
      )}
      {view.report !== undefined && !view.testing && (
        <ConnectionReportView instance={instance} report={view.report} onSetting={onSetting} />
      )}
    </div>
  );
}
