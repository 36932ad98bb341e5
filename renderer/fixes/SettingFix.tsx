import { Button } from '@mantine/core';
import { useCallback } from 'react';
import { say } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import { FailureView } from '../components/ProblemView.tsx';
import { useAction } from '../store/useAction.ts';
import classes from './FixView.module.css';
import type { FixContext } from './fixContext.ts';

/** A change to the connection settings, made when the user agrees. */
export function SettingFix({
  fix,
  context,
  first,
}: {
  fix: Extract<Fix, { kind: 'setting' }>;
  context: FixContext;
  /** The one that is recommended stands out. */
  first: boolean;
}) {
  const { onSetting } = context;
  const change = useAction(useCallback(async () => onSetting?.(fix.id), [onSetting, fix.id]));
  return (
    <div className={classes.item}>
      {fix.why !== undefined && <p className={classes.note}>{say(fix.why)}</p>}
      <div className={classes.actions}>
        <Button variant={first ? 'filled' : 'default'} loading={change.pending} onClick={() => void change.run()}>
          {say(fix.title)}
        </Button>
      </div>
      {change.failure !== undefined && <FailureView failure={change.failure} />}
    </div>
  );
}
