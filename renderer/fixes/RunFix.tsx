import { say } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import { words } from '../words.ts';
import classes from './FixView.module.css';
import type { FixContext } from './fixContext.ts';
import { PlanRunner } from './PlanRunner.tsx';

/** A fix that the app can carry out: its plan is shown, then exactly that runs. */
export function RunFix({
  fix,
  context,
  titled,
}: {
  fix: Extract<Fix, { kind: 'run' }>;
  context: FixContext;
  titled: boolean;
}) {
  return (
    <div className={classes.item}>
      {titled && <p className={classes.itemTitle}>{say(fix.title)}</p>}
      <PlanRunner
        fixes={[fix.id]}
        as={fix.as}
        preview={fix.preview}
        label={say(fix.title)}
        runLabel={words('screen.fix.run')}
        context={context}
      />
    </div>
  );
}
