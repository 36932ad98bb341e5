import { say } from '../../contract/copy/text.ts';
import type { InstallPlan } from '../../contract/install.ts';
import type { PlanStep } from '../../contract/plan.ts';
import type { HostFinding } from '../../contract/serverSettings.ts';
import { Panel } from '../components/Panel.tsx';
import { Said } from '../components/Said.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import { FixView } from '../fixes/FixView.tsx';
import { words } from '../words.ts';
import { FileChangeView } from './FileChangeView.tsx';
import { findingTones } from './FindingLine.tsx';
import classes from './Setup.module.css';

/** A plan to install: what stands in its way, what the host is like, each file, each command and statement, and what if it stops. */
export function InstallPlanView({
  plan: { plan, changes, findings, limits, blocked },
  host,
}: {
  plan: InstallPlan;
  host: string;
}) {
  const passed = findings.filter(({ status }) => status === 'pass');
  const urgent = findings
    .filter(({ status }) => status !== 'pass')
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const reasons = blocked.filter((reason) => !findings.some(({ evidence }) => say(evidence) === say(reason)));
  return (
    <div className={classes.body}>
      {reasons.length > 0 && (
        <Panel>
          <ul className={classes.findings}>
            {reasons.map((reason) => (
              <li key={say(reason)}>
                <StatusIcon tone="bad" />
                <span>
                  <Said text={reason} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title={words('screen.review.findings')}>
        <div className={classes.group}>
          {urgent.length > 0 && <Findings findings={urgent} />}
          {passed.length > 0 && (
            <details className={classes.more} open={urgent.length === 0 && passed.length < 4}>
              <summary>{words('screen.review.passed', { count: passed.length })}</summary>
              <Findings findings={passed} />
            </details>
          )}
        </div>
      </Panel>
      {limits.length > 0 && (
        <Panel title={words('screen.review.limits')}>
          <ul className={classes.findings}>
            {limits.map((limit) => (
              <li key={say(limit)}>
                <StatusIcon tone="warn" />
                <span>
                  <Said text={limit} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel title={words('screen.review.files')} sub={words('screen.review.files-text')}>
        <div className={classes.group}>
          {changes.map((change) => (
            <FileChangeView key={change.path} change={change} />
          ))}
        </div>
      </Panel>
      <Panel title={words('screen.review.steps')} sub={words('screen.review.steps-text', { host })}>
        <ol className={classes.planSteps}>
          {plan.steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps never change places.
            <li key={index}>
              <PlanStepLine step={step} />
            </li>
          ))}
        </ol>
      </Panel>
      <Panel title={words('screen.review.half-way')}>
        <div className={classes.group}>
          <p>{words('screen.review.half-way-text')}</p>
          {plan.notes.length > 0 && (
            <ul className={classes.needs}>
              {plan.notes.map((note) => (
                <li key={say(note)}>{say(note)}</li>
              ))}
            </ul>
          )}
        </div>
      </Panel>
    </div>
  );
}

const order = ['fail', 'warn', 'skipped'];

function Findings({ findings }: { findings: readonly HostFinding[] }) {
  return (
    <ul className={classes.findings} aria-label={words('screen.review.findings')}>
      {findings.map((finding) => (
        <li key={`${finding.id} ${say(finding.evidence)}`} data-finding={finding.id} data-status={finding.status}>
          <StatusIcon tone={findingTones[finding.status]} />
          <div>
            <strong className={classes.findingName}>{say(finding.title)}</strong>
            <p className={classes.hint}>
              <span className={classes.unseen}>{`${words(`check.status.${finding.status}`)}: `}</span>
              <Said text={finding.evidence} />
            </p>
            {finding.status !== 'pass' && finding.fixes.length > 0 && <FixView fixes={finding.fixes} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

function PlanStepLine({ step }: { step: PlanStep }) {
  switch (step.kind) {
    case 'file':
      return <span>{words('screen.review.step-file', { path: step.path, mode: step.mode })}</span>;
    case 'command':
      return <code>{step.argv.map(quoted).join(' ')}</code>;
    case 'sql':
      return (
        <>
          <span className={classes.hint}>
            {words('screen.review.step-sql', { role: step.role, database: step.database })}
          </span>
          <code>{step.statement.trimEnd().endsWith(';') ? step.statement : `${step.statement};`}</code>
        </>
      );
  }
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
