import { Button } from '@mantine/core';
import { useState } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { OperationView } from '../../contract/operation.ts';
import { progressLine } from '../activity/progressLine.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './OperationBar.module.css';
import surface from './surface.module.css';

/** An operation that runs: which step, how far, how fast, how long yet, and Cancel. */
export function OperationBar({ operation }: { operation: OperationView }) {
  const cancel = useStore((state) => state.cancelOperation);
  const [cancelling, setCancelling] = useState(false);
  const step = operation.steps[operation.stepIndex];
  const { amount, rate, left, parts } = progressLine(operation.progress);
  const percent = Math.round(operation.overall * 100);
  return (
    <section className={`${surface.panel} ${surface.padded}`} aria-label={words(`operation.kind.${operation.kind}`)}>
      <div className={classes.head}>
        <span className={classes.name}>{words(`operation.kind.${operation.kind}`)}</span>
        {step !== undefined && (
          <span className={classes.quiet} role="status">
            {words('screen.operation.step', {
              number: operation.stepIndex + 1,
              total: operation.steps.length,
              name: say(step.name),
            })}
          </span>
        )}
        <span className={classes.grow} />
        <Button
          disabled={cancelling}
          onClick={() => {
            setCancelling(true);
            void cancel(operation.id).catch(() => setCancelling(false));
          }}
        >
          {words(cancelling ? 'screen.cancelling' : 'screen.cancel')}
        </Button>
      </div>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label={words(`operation.kind.${operation.kind}`)}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <span className={classes.fill} style={{ transform: `scaleX(${Math.max(0.02, operation.overall)})` }} />
      </div>
      <div className={classes.numbers}>
        {amount !== undefined && <span>{amount}</span>}
        {rate !== undefined && <span>{rate}</span>}
        {left !== undefined && <span>{left}</span>}
        {parts !== undefined && <span>{parts}</span>}
      </div>
    </section>
  );
}
