import { useEffect, useRef } from 'react';
import type { OperationView } from '../../contract/operation.ts';
import { OperationLog } from '../activity/OperationLog.tsx';
import { Panel } from '../components/Panel.tsx';
import { installLogOf } from '../store/setupInstall.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './Setup.module.css';

/** What the server says while it is waited for, and what the app did. */
export function InstallLog({ operation }: { operation: OperationView }) {
  const lines = useStore((state) => installLogOf(state, operation.id));
  const log = useStore((state) => state.operationLogs[operation.id]);
  useEffect(() => {
    void useStore
      .getState()
      .loadOperationLog(operation.id)
      .catch(() => undefined);
  }, [operation.id]);
  const region = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows what comes.
  useEffect(() => {
    const box = region.current;
    if (box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < 120) box.scrollTop = box.scrollHeight;
  }, [lines]);
  return (
    <>
      {lines.length > 0 && (
        <Panel title={words('screen.install.log')}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable). */}
          <section className={classes.diff} ref={region} tabIndex={0} aria-label={words('screen.install.log')}>
            <pre>
              {lines.map((line, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines never change places.
                <span key={index} data-level={line.level}>
                  {`${line.message}\n`}
                </span>
              ))}
            </pre>
          </section>
        </Panel>
      )}
      {log !== undefined && log.length > 0 && (
        <Panel title={words('screen.install.operation-log')}>
          <OperationLog lines={log} follow={operation.state === 'running'} />
        </Panel>
      )}
    </>
  );
}
