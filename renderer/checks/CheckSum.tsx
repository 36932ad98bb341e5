import type { ReactNode } from 'react';
import type { CheckResult } from '../../contract/check.ts';
import { say } from '../../contract/copy/text.ts';
import { Moment } from '../components/Moment.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { formatDuration } from '../format/duration.ts';
import type { ChecksView } from '../store/checks.ts';
import { words } from '../words.ts';
import classes from './CheckList.module.css';
import { countOf, sumLine } from './checkSum.ts';

/** The line above the checks: ready or not, how many passed, how long it took, when. Told to screen readers as it changes. */
export function CheckSum({
  view,
  results,
  children,
}: {
  view: ChecksView;
  results: readonly CheckResult[];
  children: ReactNode;
}) {
  return (
    <div className={classes.sum}>
      <SumIcon view={view} results={results} />
      <div className={classes.words} role="status">
        <SumWords view={view} results={results} />
      </div>
      <div className={classes.actions}>{children}</div>
    </div>
  );
}

function SumIcon({ view, results }: { view: ChecksView; results: readonly CheckResult[] }) {
  if (view.run !== undefined) return <StatusIcon tone="busy" size={20} />;
  if (view.report === undefined) return <StatusIcon tone="quiet" size={20} />;
  return <StatusIcon tone={view.failure === undefined ? sumLine(results).tone : 'quiet'} size={20} />;
}

function SumWords({ view, results }: { view: ChecksView; results: readonly CheckResult[] }) {
  if (view.run !== undefined) {
    return (
      <>
        <strong>{words('screen.checks.running')}</strong>
        <p className={classes.evidence}>{words('screen.checks.arrived', { count: view.run.results.length })}</p>
      </>
    );
  }
  if (view.report === undefined) {
    return (
      <>
        <strong>{words(view.loaded ? 'screen.checks.never' : 'screen.checks.loading')}</strong>
        {view.loaded && <p className={classes.evidence}>{words('screen.checks.never-more')}</p>}
      </>
    );
  }
  return (
    <>
      <strong>{view.failure === undefined ? say(sumLine(results).line) : words('screen.checks.stale')}</strong>
      <p className={classes.evidence}>
        {words('screen.checks.passed', {
          count: countOf(results, 'pass'),
          time: formatDuration(view.report.milliseconds),
        })}{' '}
        · {words('screen.checks.checked')} <Moment at={view.report.at} how="ago" />
      </p>
    </>
  );
}
