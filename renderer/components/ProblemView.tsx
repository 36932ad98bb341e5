import { type ReactNode, Suspense, use } from 'react';
import { problemText } from '../../contract/copy/problemText.ts';
import type { Problem } from '../../contract/problem.ts';
import type { Failure } from '../api.ts';
import type { FixContext } from '../fixes/fixContext.ts';
import { FixSlot } from '../fixes/fixSlot.ts';
import { words } from '../words.ts';
import classes from './ProblemView.module.css';
import { StatusIcon } from './StatusMark.tsx';

/** What went wrong, why, what to do; the other side's own words on request; the fixes. */
export function ProblemView({
  problem,
  context,
  actions,
}: {
  problem: Problem;
  /** Missing where nothing can be fixed from here; the fixes then are told as text to copy. */
  context?: FixContext;
  actions?: ReactNode;
}) {
  const FixView = use(FixSlot);
  const { title, cause, next } = problemText(problem);
  const cancelled = problem.code === 'cancelled';
  return (
    <div className={classes.problem} role={cancelled ? 'status' : 'alert'}>
      <StatusIcon tone={cancelled ? 'quiet' : 'bad'} />
      <p className={classes.title}>{title}</p>
      <p className={classes.words}>{cause}</p>
      <p className={classes.next}>{next}</p>
      {problem.detail !== undefined && (
        <details className={classes.more}>
          <summary>{words('screen.problem.detail')}</summary>
          <p className={classes.detail}>{problem.detail}</p>
        </details>
      )}
      {FixView !== undefined && problem.fixes !== undefined && problem.fixes.length > 0 && (
        <div className={classes.fixes}>
          <Suspense fallback={null}>
            <FixView fixes={problem.fixes} context={context} />
          </Suspense>
        </div>
      )}
      {actions !== undefined && actions !== false && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}

/** A failure of any kind: a problem that is known, or an error that nobody expected, with where its report is. */
export function FailureView({
  failure,
  context,
  actions,
}: {
  failure: Failure;
  context?: FixContext;
  actions?: ReactNode;
}) {
  if (failure.kind === 'problem') return <ProblemView problem={failure.problem} context={context} actions={actions} />;
  return (
    <div className={classes.problem} role="alert">
      <StatusIcon tone="bad" />
      <p className={classes.title}>{words('screen.unexpected.title')}</p>
      <p className={classes.words}>{words('screen.unexpected.cause')}</p>
      <p className={classes.next}>{words('screen.unexpected.next', { reference: failure.reference })}</p>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
